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
from guben.imports.member_rows import MemberRow
from guben.kit.errors import DomainError
from guben.members import actions as people
from guben.members.actions import NewPerson
from guben.members.choices import StandingKind
from guben.members.errors import RowRefused
from guben.members.models import Person, Standing

BATCH = 2000
UPDATES = 200
T = TypeVar("T")


def save_members(plan: Plan, by: User, today: date, progress: Progress, saved: Callable[[int], None]) -> None:
    """Registers and updates; tells after each batch how many rows are saved.

    Raises:
        RowNotSaved: the records changed since the check. The batches before stay.
    """
    done, total = 0, len(plan.new) + len(plan.updates)
    for batch in _batches(plan.new, BATCH):
        progress(done, total, _("保存"))
        _register(batch, by, today, done)
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


def _register(rows: Sequence[MemberRow], by: User, today: date, done: int) -> None:
    try:
        people.register_checked([_new_person(row, today) for row in rows], by=by)
    except RowRefused as refused:
        raise RowNotSaved(rows[refused.row - 1].number, refused.reason, done) from refused


def _new_person(row: MemberRow, today: date) -> NewPerson:
    if row.unit is None:
        raise ValueError("A row without a unit is not saved.")
    stages = row.stages(today)
    since = max(stages[0][1], row.unit.founded_on)
    return NewPerson(
        name=row.name,
        organisation_id=row.unit.pk,
        stages=stages,
        affiliated_on=since,
        standing_from=since,
        sex=row.sex,
        born_on=row.born_on,
        id_number=row.id_number,
        phone=row.phone,
        ethnicity=row.ethnicity or "01",
        education=row.education,
        occupation=row.occupation,
        group_id=row.group.pk if row.group else None,
        standing=row.standing or StandingKind.HOME.value,
        degree=row.degree,
        stratum=row.stratum,
        professional_post=row.professional_post,
        is_migrant_worker=row.is_migrant_worker,
        service_correction=row.service_correction,
        home=row.home,
        domicile=row.domicile,
    )


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
