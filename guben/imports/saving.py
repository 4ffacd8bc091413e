"""Saving what a check of a roster planned: in batches of one transaction each, so that others can write in between.

Stopped or killed, everything up to the last whole batch is saved; the same file again finds those rows unchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from guben.accounts.models import User
from guben.imports.errors import RowNotSaved
from guben.imports.member_checks import Progress
from guben.imports.member_records import Plan, Update
from guben.kit.errors import DomainError
from guben.members import actions as people
from guben.members.errors import RowRefused
from guben.members.models import Person, Standing

BATCH = 10_000  # half a second in which others wait
UPDATES = 200
T = TypeVar("T")


def save_members(
    plan: Plan,
    by: User,
    today: date,
    progress: Progress,
    saved: Callable[[int], None],
    registered: Callable[[Sequence[int]], None],
) -> None:
    """Registers and updates; tells after each batch how many rows are saved, and in its transaction whom it registered.

    Raises:
        RowNotSaved: the records changed since the check. The batches before stay.
    """
    done, total = 0, len(plan.new) + len(plan.updates)
    for batch in _batches(plan.new, BATCH):
        progress(done, total, _("保存"))
        with transaction.atomic():
            registered(_register(plan, batch, by, today, done))
        done += len(batch)
        saved(done)
    for changes in _batches(plan.updates, UPDATES):
        progress(done, total, _("保存"))
        with transaction.atomic():
            for update in changes:
                _apply(update, by, today, done)
        done += len(changes)
        saved(done)
    progress(done, total, _("保存"))


def _batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _register(plan: Plan, rows: Sequence[int], by: User, today: date, done: int) -> list[int]:
    try:
        return people.register_columns(plan.roster.new_people(rows, today), by=by)
    except RowRefused as refused:
        number = plan.roster.table.numbers[rows[refused.row - 1]]
        raise RowNotSaved(number, refused.reason, done) from refused


def _apply(update: Update, by: User, today: date, done: int) -> None:
    row = update.row
    person = Person.objects.get(pk=update.person_id)
    try:
        if update.change:
            person = people.change_person(person, by=by, **update.change)
        for kind, day in update.stages:
            people.enter_stage(person, kind, from_on=day, by=by)
        if update.new_group and row.unit:
            people.affiliate(person, row.unit, from_on=today, by=by, group=row.group)
        if update.standing:
            kept = Standing.objects.filter(person=person, until_on=None).first()
            people.take_standing(
                person,
                update.standing,
                from_on=today,
                by=by,
                contact_person=kept.contact_person if kept else None,
                place=kept.place if kept else "",
            )
    except DomainError as refused:
        raise RowNotSaved(row.number, refused, done) from refused
