"""Setting standards, taking payments, putting them right, and making the year public."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from guben.access import policy
from guben.accounts.installation import today
from guben.accounts.models import User
from guben.audit import trail
from guben.dues import errors, queries
from guben.dues.choices import PaymentKind
from guben.dues.models import Balance, Decision, Payment, Publication
from guben.dues.scales import ADVANCE_MONTHS, scales_of, shipped
from guben.members.models import Person
from guben.members.places import require_person
from guben.organisations.models import Organisation
from guben.rulebook_engine.scales import Scale

RECORD = "dues.record"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A member's standard as it is asked for. `cents` is the declared base where the band has steps, else the amount;
    the base is used to find the amount and is not kept."""

    person_id: int
    band: str
    cents: int | None = None
    paper: str = ""


@transaction.atomic
def set_standards(
    unit: Organisation, year: int, wanted: Sequence[Wanted], *, from_month: int, by: User
) -> list[Balance]:
    """Sets what members of a unit owe each month from a month of the year on; all of them, or none.

    Nobody owes anything for the months before the admission.

    Raises:
        PermissionDenied, Http404: no `dues.record` at the unit.
        NotOnTheRoll, NotAMemberThen, UnknownBand, AmountMissing, AmountOutsideBand, PaperMissing, LessThanPaid.

    Source: 党费收缴规定; M3.12.
    """
    policy.require(by, RECORD, unit)
    _check_year(year)
    if not 1 <= from_month <= 12:
        raise errors.WrongMonth(from_month)
    people = {line.person_id: line for line in queries.roll(unit, today())}
    if any(one.person_id not in people for one in wanted):
        raise errors.NotOnTheRoll
    known = {row.person_id: row for row in _locked(year, [one.person_id for one in wanted])}
    paid = queries.paid_of([row.pk for row in known.values()])
    now, decided = timezone.now(), []
    for one in wanted:
        line = people[one.person_id]
        scale, cents = _standard(one, line.name, year)
        balance = known.get(one.person_id) or Balance(person_id=one.person_id, year=year)
        first = max(from_month if balance.pk else 1, queries.first_month(line.joined_on, year, line.name))
        balance.band = scale.key
        balance.set_months(first, 12, cents)
        if sum(balance.months) < paid.get(balance.pk, 0):
            raise errors.LessThanPaid(line.name, paid[balance.pk])
        balance.save()
        decided.append(Decision(balance=balance, from_month=first, monthly_cents=cents, band=scale.key,
                                paper=one.paper.strip(), recorded_at=now, recorded_by=by))  # fmt: skip
    Decision.objects.bulk_create(decided)
    _note_standards(unit, decided, by)
    return [decision.balance for decision in decided]


@transaction.atomic
def carry_over(unit: Organisation, year: int, *, by: User) -> int:
    """Lets the members of a unit who have no standard for a year keep that of last December; returns how many.

    Reductions and exemptions are decided for each year anew and are not carried over.
    """
    policy.require(by, RECORD, unit)
    _check_year(year)
    ids = [line.person_id for line in queries.roll(unit, today())]
    set_already = set(Balance.objects.filter(year=year, person__in=ids).values_list("person_id", flat=True))
    bands = {key for key, scale in scales_of(year).items() if not scale.needs_paper}
    before = Balance.objects.filter(year=year - 1, person__in=set(ids) - set_already, band__in=bands).order_by("pk")
    now, rows = timezone.now(), []
    for old in before:
        balance = Balance(person_id=old.person_id, year=year, band=old.band)
        balance.set_months(1, 12, old.due_12)
        balance.save(force_insert=True)
        rows.append(Decision(balance=balance, from_month=1, monthly_cents=old.due_12, band=old.band,
                             recorded_at=now, recorded_by=by))  # fmt: skip
    if not rows:
        raise errors.NothingToCarryOver(year - 1)
    Decision.objects.bulk_create(rows)
    _note_standards(unit, rows, by)
    return len(rows)


@transaction.atomic
def collect(
    unit: Organisation, year: int, people: Iterable[int], *, through: int, paid_on: date, by: User
) -> list[Payment]:
    """Notes for many members at once that their dues are paid through a month; who has paid so far already is passed.

    Raises:
        PermissionDenied, Http404: no `dues.record` at the unit.
        NobodyChosen, NotOnTheRoll, NoStandard, TooFarAhead, NothingToCollect, PaidInFuture, PaidBeforeYear.

    Source: M3.12. Dues are not collected in advance.
    """
    policy.require(by, RECORD, unit)
    chosen = set(people)
    _check_day(year, paid_on)
    _check_advance(year, through, paid_on)
    if not chosen:
        raise errors.NobodyChosen
    names = {line.person_id: line.name for line in queries.roll(unit, today())}
    if not chosen <= set(names):
        raise errors.NotOnTheRoll
    balances = {row.person_id: row for row in _locked(year, chosen)}
    if missing := chosen - set(balances):
        raise errors.NoStandard(names[min(missing)], year)
    paid = queries.paid_of([row.pk for row in balances.values()])
    now = timezone.now()
    rows = [
        _payment(balance, amount, paid_on, unit, by, now)
        for balance in balances.values()
        if (amount := sum(balance.months[:through]) - paid.get(balance.pk, 0)) > 0
    ]
    if not rows:
        raise errors.NothingToCollect(through)
    return _save_payments(rows, unit, by)


@transaction.atomic
def pay(person: Person, year: int, *, kind: str, amount_cents: int, paid_on: date, by: User, note: str = "") -> Payment:
    """Notes one payment of a member: dues, or something given beyond them.

    Raises:
        PermissionDenied, Http404: no `dues.record` at the member's unit.
        NoStandard, AmountWrong, MoreThanOwed, PaidInFuture, PaidBeforeYear.
    """
    unit = require_person(by, RECORD, person)
    _check_day(year, paid_on)
    if amount_cents <= 0 or kind not in PaymentKind.values:
        raise errors.AmountWrong
    balance = next(iter(_locked(year, [person.pk])), None)
    if balance is None:
        raise errors.NoStandard(person.name, year)
    if kind == PaymentKind.DUES:
        owed, paid = sum(balance.months), queries.paid_of([balance.pk]).get(balance.pk, 0)
        if amount_cents > owed - paid:
            raise errors.MoreThanOwed(owed, paid, max(0, owed - paid))
    row = _payment(balance, amount_cents, paid_on, unit, by, timezone.now())
    row.kind, row.note = kind, note.strip()
    return _save_payments([row], unit, by)[0]


@transaction.atomic
def correct(payment: Payment, reason: str, *, by: User) -> Payment:
    """Takes a payment back by a counter-entry of the same day; both stay on the account.

    Raises:
        PermissionDenied, Http404: no `dues.record` at the member's unit.
        AlreadyCorrected, ReasonMissing.
    """
    payment = (
        Payment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("balance__person")
        .get(pk=payment.pk)
    )
    unit = require_person(by, RECORD, payment.balance.person)
    if not reason.strip():
        raise errors.ReasonMissing
    if payment.corrects_id or Payment.objects.filter(corrects=payment).exists():
        raise errors.AlreadyCorrected
    row = Payment.objects.create(
        balance=payment.balance,
        kind=payment.kind,
        amount_cents=-payment.amount_cents,
        paid_on=payment.paid_on,
        organisation=payment.organisation,
        corrects=payment,
        note=reason.strip(),
        recorded_at=timezone.now(),
        recorded_by=by,
    )
    trail.record(
        "dues.corrected", row, by=by, organisation_id=unit.pk, right=policy.under_which_right(by, RECORD, unit),
        changed={"amount_cents": row.amount_cents}, details={"year": payment.balance.year},
    )  # fmt: skip
    return row


@transaction.atomic
def publish(unit: Organisation, year: int, *, published_on: date, by: User, way: str = "") -> Publication:
    """Notes that the year's collection was made public to the members on a day.

    Raises:
        PermissionDenied, Http404: no `dues.record` at the unit.
        PaidInFuture, PaidBeforeYear, PublishedAlready.

    Source: 党费收缴规定 (at least once a year); 党务公开条例 Art. 11.
    """
    policy.require(by, RECORD, unit)
    _check_day(year, published_on)
    if Publication.objects.filter(organisation=unit, year=year, published_on=published_on).exists():
        raise errors.PublishedAlready(published_on)
    row = Publication.objects.create(
        organisation=unit, year=year, published_on=published_on, way=way.strip(), recorded_at=timezone.now(),
        recorded_by=by,
    )  # fmt: skip
    trail.record(
        "dues.published", unit, by=by, organisation_id=unit.pk, right=policy.under_which_right(by, RECORD, unit),
        changed={"way": row.way}, details={"year": year, "published_on": published_on.isoformat()},
    )  # fmt: skip
    return row


def _check_year(year: int) -> None:
    years = queries.years(today(), ahead=1)
    if year not in years:
        raise errors.YearOutOfReach(year, min(years), max(years))


def _check_day(year: int, day: date) -> None:
    _check_year(year)
    if day > today():
        raise errors.PaidInFuture(day, today())
    if day.year < year:
        raise errors.PaidBeforeYear(year)


def _check_advance(year: int, through: int, paid_on: date) -> None:
    if not 1 <= through <= 12:
        raise errors.WrongMonth(through)
    if (last := last_month_taken(year, paid_on)) < through:
        raise errors.TooFarAhead(last)


def last_month_taken(year: int, paid_on: date) -> int:
    """Through which month of a year dues may be taken on a day: to the end of the quarter."""
    if paid_on.year > year:
        return 12
    span = max(1, shipped().limit(ADVANCE_MONTHS, paid_on))
    return min(12, -(-paid_on.month // span) * span)


def _standard(one: Wanted, name: str, year: int) -> tuple[Scale, int]:
    """The band and the monthly amount that are asked for, if the scale allows them."""
    scale = scales_of(year).get(one.band)
    if scale is None:
        raise errors.UnknownBand(one.band)
    title = scale.title.say(get_language() or "")
    if scale.needs_paper and not one.paper.strip():
        raise errors.PaperMissing(name, title)
    if one.cents is None and not scale.is_fixed:
        raise errors.AmountMissing(name)
    if one.cents is not None and one.cents < 0:
        raise errors.AmountWrong
    if scale.is_fixed and one.cents not in (None, scale.least_cents):
        raise errors.AmountOutsideBand(name, title, scale.least_cents, scale.most_cents)
    cents = scale.amount(one.cents or 0)
    if not scale.allows(cents):
        raise errors.AmountOutsideBand(name, title, scale.least_cents, scale.most_cents)
    if cents > queries.MOST_CENTS:
        raise errors.AmountWrong
    return scale, cents


def _locked(year: int, people: Iterable[int]) -> list[Balance]:
    """The balances, held until the act is done, so that two at once cannot take the same month twice."""
    return list(
        Balance.objects.select_for_update(no_key=True).filter(year=year, person__in=list(people)).order_by("pk")
    )


def _payment(balance: Balance, cents: int, paid_on: date, unit: Organisation, by: User, now: datetime) -> Payment:
    return Payment(
        balance=balance, amount_cents=cents, paid_on=paid_on, organisation=unit, recorded_at=now, recorded_by=by
    )


def _save_payments(rows: list[Payment], unit: Organisation, by: User) -> list[Payment]:
    saved = Payment.objects.bulk_create(rows)
    right = policy.under_which_right(by, RECORD, unit)
    trail.record_many(
        trail.entry_for(
            "dues.collected",
            row,
            by=by,
            organisation_id=unit.pk,
            right=right,
            changed={"amount_cents": row.amount_cents},
            details={"year": row.balance.year, "paid_on": row.paid_on.isoformat()},
        )  # fmt: skip
        for row in saved
    )
    return saved


def _note_standards(unit: Organisation, rows: Iterable[Decision], by: User) -> None:
    right = policy.under_which_right(by, RECORD, unit)
    trail.record_many(
        trail.entry_for(
            "dues.standard_set",
            row.balance,
            by=by,
            organisation_id=unit.pk,
            right=right,
            changed={"monthly_cents": row.monthly_cents, "band": row.band, "paper": row.paper},
            details={"year": row.balance.year, "month": row.from_month},
        )  # fmt: skip
        for row in rows
    )
