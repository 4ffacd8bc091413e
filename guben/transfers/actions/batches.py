"""Many transfers from one list: read the list, then begin each case and take the steps that the user may take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from guben.access import policy
from guben.accounts.installation import read_once, today
from guben.accounts.models import User
from guben.audit import trail
from guben.jobs import actions as jobs
from guben.jobs.models import Job
from guben.kit.errors import DomainError
from guben.kit.tables import Sheet, cell_text, read_sheet
from guben.members import calculations, sealed
from guben.members.models import Person
from guben.members.spans import on_a_roll
from guben.organisations.models import Organisation
from guben.procedures import actions as cases
from guben.procedures.models import Case
from guben.procedures.people import unit_named
from guben.transfers import errors
from guben.transfers.actions.requests import request_transfer
from guben.transfers.choices import LETTER_MOST_DAYS, RowState
from guben.transfers.models import Batch, BatchRow

BEGIN = "cases.begin"
KIND = "transfers.batch"
MOST = 2000
NAME, NUMBER, NOW, TO, OUTSIDE = "姓名", "公民身份号码", "现支部", "接收组织", "系统外接收组织"
COLUMNS = (NAME, NUMBER, NOW, TO, OUTSIDE)
OWN_STEPS = ("branch", "letter")


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of a list. `number` is the row's number in the sheet."""

    number: int
    name: str
    receiver: str = ""
    outside: str = ""
    id_number: str = ""
    unit: str = ""
    person: Person | None = None


def read_list(content: bytes) -> list[Listed]:
    """The rows of an uploaded list. Raises UnreadableTable, ColumnsMissing, BatchEmpty, BatchTooLong."""
    sheet = read_sheet(content)
    missing = [name for name in (NAME,) if sheet.column(name) is None]
    if sheet.column(TO) is None and sheet.column(OUTSIDE) is None:
        missing.append(TO)
    if missing:
        raise errors.ColumnsMissing("、".join(missing))
    rows = [_row(sheet, row.number, row.cells) for row in sheet.rows]
    return [row for row in rows if row.name or row.id_number]


def _row(sheet: Sheet, number: int, cells: Sequence[object]) -> Listed:
    def text(column: str) -> str:
        place = sheet.column(column)
        return "" if place is None else cell_text(cells[place]).strip()  # type: ignore[arg-type]

    return Listed(number, text(NAME)[:60], text(TO)[:200], text(OUTSIDE)[:200], text(NUMBER)[:40], text(NOW)[:200])


@transaction.atomic
def begin_batch(
    unit: Organisation, rows: Sequence[Listed], *, title: str, valid_days: int, cause: str, by: User
) -> Batch:
    """Keeps a list with who is meant in each row. Numbers are only used to find the person and kept nowhere.

    Raises:
        errors.BatchEmpty, errors.BatchTooLong, errors.DayWrong.

    Source: M3.7; 党员教育管理工作条例 Art. 34.
    """
    policy.require(by, BEGIN, unit)
    if not rows:
        raise errors.BatchEmpty
    if len(rows) > MOST:
        raise errors.BatchTooLong(len(rows), MOST)
    if not 1 <= valid_days <= LETTER_MOST_DAYS:
        raise errors.ValidityWrong(LETTER_MOST_DAYS)
    batch = Batch.objects.create(
        organisation=unit, title=title.strip()[:80] or _("批量转接"), valid_days=valid_days, cause=cause,
        begun_on=today(), begun_by=by,
    )  # fmt: skip
    BatchRow.objects.bulk_create([_kept(batch, row, unit) for row in rows])
    trail.record(
        "transfers.batch_begun", batch, by=by, organisation_id=unit.pk,
        right=policy.under_which_right(by, BEGIN, unit), details={"rows": len(rows)},
    )  # fmt: skip
    return batch


def _kept(batch: Batch, row: Listed, unit: Organisation) -> BatchRow:
    kept = BatchRow(batch=batch, number=row.number, name=row.name, receiver=row.receiver, outside=row.outside)
    try:
        kept.person = row.person or _find(row, unit, batch.begun_on)
        kept.name = kept.person.name[:60]
    except DomainError as error:
        kept.state, kept.reason = RowState.FAILED, str(error)[:300]
    return kept


def _find(row: Listed, unit: Organisation, on: date) -> Person:
    """The person at or below the unit: by number, else by name and branch. Nobody outside is looked for."""
    here = on_a_roll(on).filter(policy.in_subtrees([unit.path], "unit_path"))
    if row.id_number:
        number = calculations.read_id_number(row.id_number).number
        people = here.filter(id_number_index__in=sealed.indexes_of("id_number", number))
        people = people.filter(name=row.name) if row.name else people
    else:
        people = here.filter(name=row.name)
        if row.unit:
            home = unit_named(row.unit)
            people = people.filter(organisation_id_on=home.pk if home else 0)
    found = list(people[:2])
    if not found:
        raise errors.PersonNotFound
    if len(found) > 1:
        raise errors.SeveralOfTheName
    person: Person = found[0]
    return person


def start_batch(batch: Batch, *, by: User) -> Job:
    """Puts the batch into the queue; it may be started again for the rows that are not done."""
    policy.require(by, BEGIN, batch.organisation)
    return jobs.start(KIND, batch.title, by, batch.organisation, {"batch": batch.pk})


def advance(batch: Batch, *, by: User, progress: Callable[[int, int], None] | None = None) -> dict[str, int]:
    """Takes each row as far as the user may: case, request, the branch's word, the letter. Each row stands for itself;
    one that fails keeps its reason, and what was done before stays."""
    policy.require(by, BEGIN, batch.organisation)
    rows = list(batch.rows.exclude(state=RowState.SENT).values_list("pk", flat=True))
    done = {state.value: 0 for state in RowState}
    for place, pk in enumerate(rows, 1):
        with read_once(reading=True):  # which rules are installed is asked once a row
            state = _advance(pk, batch, by)
        done[state] += 1
        if progress:
            progress(place, len(rows))
    return done


def _advance(pk: int, batch: Batch, by: User) -> str:
    try:
        with transaction.atomic():
            row = BatchRow.objects.select_for_update(of=("self",)).select_related("case", "person").get(pk=pk)
            if row.person is None:
                return RowState.FAILED
            if row.case is None:
                row.case = _request(row, batch, by)
            row.state, row.reason = RowState.UNDER_WAY, ""
            row.save(update_fields=["case", "state", "reason"])
        return _steps(pk, row.case, batch, by)
    except (DomainError, PermissionDenied, Http404) as refused:
        words = str(refused) if isinstance(refused, DomainError) else _("没有办这件事的权限。")
        BatchRow.objects.filter(pk=pk, case=None).update(state=RowState.FAILED, reason=words[:300])
        BatchRow.objects.filter(pk=pk, case__isnull=False).update(reason=words[:300])
        return str(BatchRow.objects.values_list("state", flat=True).get(pk=pk))


def _request(row: BatchRow, batch: Batch, by: User) -> Case:
    person = row.person
    assert person is not None  # noqa: S101 - asked before
    host = unit_named(row.receiver) if row.receiver else None
    if row.receiver and host is None:
        raise errors.ReceiverUnknown(row.receiver)
    if host is None and not row.outside:
        raise errors.ReceiverUnknown("")
    return request_transfer(person, by=by, on=batch.begun_on, cause=batch.cause, host=host, receiver=row.outside)


def _steps(pk: int, case: Case, batch: Batch, by: User) -> str:
    """The branch's word and the letter, where they are this user's to take."""
    for step in OWN_STEPS:
        case.refresh_from_db()
        if case.step != step:
            continue
        values = {"valid-days": batch.valid_days} if step == "letter" else {}
        cases.take(case, step, outcome="done", done_on=today(), by=by, values=values)
    case.refresh_from_db()
    state = RowState.UNDER_WAY if case.step in ("request", *OWN_STEPS) else RowState.SENT
    BatchRow.objects.filter(pk=pk).update(state=state, reason="")
    return state
