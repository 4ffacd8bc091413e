"""Deadlines brought to mind by night: once before, as the procedure says, and once when the last day has passed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from guben.kit import tree
from guben.organisations.models import Organisation
from guben.procedures.choices import ReminderKind
from guben.procedures.models import Case, Reminder
from guben.procedures.rules import Rules, rules

CHUNK = 2_000


def remind(on: date) -> int:
    """Notes every deadline that is near or past and was not noted yet; gives how many. Safe to run twice."""
    known = rules()
    ahead = max((one.warns_days for one in known.all_editions()), default=0)
    cases = (
        Case.objects.filter(ended_on=None, due_on__lte=on + timedelta(days=ahead))
        .select_related("organisation", "actor")
        .order_by("pk")
    )
    count = 0
    for chunk in _chunks(cases.iterator(chunk_size=CHUNK)):
        rows = list(_rows(chunk, known, on))
        there = set(
            Reminder.objects.filter(case__in=[row.case_id for row in rows]).values_list(
                "case_id", "step", "due_on", "kind"
            )
        )
        fresh = [row for row in rows if (row.case_id, row.step, row.due_on, row.kind) not in there]
        Reminder.objects.bulk_create(fresh, batch_size=500, ignore_conflicts=True)
        count += len(fresh)
    return count


def _chunks(cases: Iterable[Case]) -> Iterator[list[Case]]:
    chunk: list[Case] = []
    for case in cases:
        chunk.append(case)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _rows(cases: list[Case], known: Rules, on: date) -> Iterator[Reminder]:
    above = _above(cases)
    for case in cases:
        procedure = known.edition(case.procedure, case.edition)
        if procedure is None or case.due_on is None:
            continue
        days_left = (case.due_on - on).days
        if days_left > procedure.warns_days:
            continue
        unit = case.actor or case.organisation
        yield Reminder(
            case=case,
            step=case.step,
            kind=ReminderKind.LATE if days_left < 0 else ReminderKind.SOON,
            due_on=case.due_on,
            actor_id=case.actor_id,
            supervisor_id=above.get(tree.parent_path(unit.path)),
            noted_on=on,
        )


def _above(cases: list[Case]) -> dict[str, int]:
    """The units directly above those that act, by path."""
    paths = {tree.parent_path((case.actor or case.organisation).path) for case in cases}
    return dict(Organisation.objects.filter(path__in=paths).values_list("path", "pk"))
