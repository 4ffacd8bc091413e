"""Reading dues: a branch's year, a member's account, and the sums of the units below."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Min, Q, Sum
from django.http import Http404

from guben.access import policy
from guben.access.policy import Someone
from guben.dues import errors
from guben.dues.calculations import Account, hidden, months_over, unpaid_in_a_row
from guben.dues.choices import MONTHS, PaymentKind
from guben.dues.facts import member_sql
from guben.dues.models import Balance, Decision, Payment, Publication
from guben.dues.scales import GIFT_TO_CENTRE, shipped
from guben.kit import tree
from guben.kit.coarsening import is_few
from guben.members.choices import MEMBER_STAGES
from guben.members.models import Person
from guben.members.places import affiliation_of
from guben.members.spans import on_a_roll
from guben.organisations import queries as organisations
from guben.organisations.models import Organisation

VIEW = "dues.view"
YEARS_BACK = 6
MOST_CENTS = 100_000_000  # a month; more is a slip of the pen


@dataclass(frozen=True, slots=True)
class RollLine:
    """A member on the roll, and since when a member."""

    person_id: int
    name: str
    standing: str
    occupation: str
    joined_on: date


@dataclass(frozen=True, slots=True)
class Line:
    """A member's year in the branch's list; without an account no standard is set."""

    member: RollLine
    balance: Balance | None
    account: Account | None
    unpaid: int = 0
    extra: int = 0

    @property
    def states(self) -> list[tuple[int, str]]:
        """The twelve months for the strip."""
        return [(month, self.account.state_of(month) if self.account else "none") for month in MONTHS]


@dataclass(slots=True)
class Sums:
    """The sums of a unit and all below it, over the months that are over unless said otherwise."""

    members: int = 0
    without: int = 0
    owed: int = 0
    due: int = 0
    settled: int = 0
    paid: int = 0
    late: int = 0
    long_late: int = 0

    @property
    def share(self) -> float | None:
        return self.settled / self.due if self.due else None

    def add(self, other: Sums) -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit directly below, with its sums; hidden where they would tell about very few people."""

    unit: Organisation
    sums: Sums
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    """The sums at a unit and of the units directly below it."""

    unit: Organisation
    year: int
    total: Sums
    lines: list[UnitLine] = field(default_factory=list)
    is_hidden: bool = False


def years(today: date, *, ahead: int = 0) -> range:
    """The years that are kept, this one last."""
    return range(today.year - YEARS_BACK, today.year + ahead + 1)


def roll(unit: Organisation, on: date) -> list[RollLine]:
    """The members of a unit on a day by name: at home, away, retired elsewhere or ill alike."""
    rows = (
        on_a_roll(on)
        .filter(organisation_id_on=unit.pk, stage__in=MEMBER_STAGES)
        .annotate(joined=Min("stages__from_on", filter=Q(stages__kind__in=MEMBER_STAGES)))
        .order_by("pinyin", "name", "pk")
    )
    return [RollLine(row.pk, row.name, row.standing, row.occupation, row.joined) for row in rows]


def first_month(joined_on: date, year: int, name: str) -> int:
    """The first month of the year that a member owes for: that of the admission.

    Raises:
        NotAMemberThen: admitted after the year.
    """
    if joined_on.year > year:
        raise errors.NotAMemberThen(name, year)
    return joined_on.month if joined_on.year == year else 1


def paid_of(balances: Sequence[int], on: date | None = None, kind: str = PaymentKind.DUES) -> dict[int, int]:
    """What was paid by balance, in one query."""
    rows = Payment.objects.filter(balance__in=balances, kind=kind)
    if on is not None:
        rows = rows.filter(paid_on__lte=on)
    return dict(rows.order_by().values_list("balance").annotate(total=Sum("amount_cents")))


def lines_of(unit: Organisation, year: int, on: date) -> list[Line]:
    """The year of each member of a branch, in four queries. The caller has the right."""
    members = roll(unit, on)
    ids = [member.person_id for member in members]
    rows = Balance.objects.filter(person__in=ids, year__in=(year, year - 1))
    balances = {(row.person_id, row.year): row for row in rows}
    keys = [row.pk for row in balances.values()]
    paid, extra = paid_of(keys, on), paid_of(keys, on, PaymentKind.EXTRA)
    lines = []
    for member in members:
        balance, before = balances.get((member.person_id, year)), balances.get((member.person_id, year - 1))
        account, earlier = account_of(balance, paid, on), account_of(before, paid, on)
        unpaid = unpaid_in_a_row(account, earlier) if account else len(earlier.late_months) if earlier else 0
        lines.append(Line(member, balance, account, unpaid, extra.get(balance.pk, 0) if balance else 0))
    return lines


def account_of(balance: Balance | None, paid: Mapping[int, int], on: date) -> Account | None:
    return Account(balance.months, paid.get(balance.pk, 0), balance.year, on) if balance else None


def sums_of(lines: Iterable[Line]) -> Sums:
    """The sums of a branch's list, to the cent those of its lines."""
    sums = Sums()
    for line in lines:
        sums.members += 1
        sums.long_late += line.unpaid >= 6
        if line.account is None:
            sums.without += 1
            continue
        account = line.account
        sums.add(Sums(0, 0, account.owed, account.due, account.settled, account.paid, bool(account.late_months)))
    return sums


def person_for(user: Someone, pk: int, right: str = VIEW) -> Person:
    """The member whose account the user may read (everybody the own one) or change.

    Raises:
        Http404: there is none, or the user may not know of it.
        PermissionDenied: the user sees the person but lacks the right.
    """
    person = Person.objects.filter(pk=pk).first()
    if person is None:
        raise Http404
    affiliation = affiliation_of(person)
    unit = affiliation.organisation if affiliation else None
    own = user.is_authenticated and person.user_id == user.pk
    if (right == VIEW and own) or (unit and policy.may(user, right, unit)):
        return person
    if own or (unit and policy.may(user, "members.view", unit)):
        raise PermissionDenied(right)
    raise Http404


def payment_for(user: Someone, pk: int) -> Payment:
    """The payment, where the user may put it right.

    Raises:
        Http404, PermissionDenied: as `person_for`.
    """
    payment = Payment.objects.select_related("balance__person", "organisation").filter(pk=pk).first()
    if payment is None:
        raise Http404
    person_for(user, payment.balance.person_id, "dues.record")
    return payment


def balances_of(person: Person, on: date) -> dict[int, tuple[Balance, Account]]:
    """A member's years, the latest first."""
    rows = list(Balance.objects.filter(person=person).order_by("-year"))
    paid = paid_of([row.pk for row in rows], on)
    return {row.year: (row, Account(row.months, paid.get(row.pk, 0), row.year, on)) for row in rows}


def payments_of(balance: Balance) -> list[Payment]:
    """What was paid and put right, oldest first."""
    rows = Payment.objects.filter(balance=balance).select_related("recorded_by", "organisation", "corrected_by")
    return list(rows.order_by("paid_on", "pk"))


def decisions_of(balance: Balance) -> list[Decision]:
    return list(Decision.objects.filter(balance=balance).select_related("recorded_by").order_by("pk"))


def goes_to_centre(payment: Payment) -> bool:
    """A single gift of that size goes to the centre entirely."""
    limit = shipped().limit(GIFT_TO_CENTRE, payment.paid_on)
    return payment.kind == PaymentKind.EXTRA and payment.amount_cents >= limit


def publications_of(unit: Organisation, year: int) -> list[Publication]:
    return list(Publication.objects.filter(organisation=unit, year=year).select_related("recorded_by"))


def summary(unit: Organisation, year: int, on: date, *, coarse: bool) -> Summary:
    """The sums at and below a unit; `coarse` hides those of very few people, for who sees figures only."""
    by_path = _sums_by_path(unit, year, on)
    total = Sums()
    for sums in by_path.values():
        total.add(sums)
    below = list(organisations.children_of(unit)) if not unit.dissolved_on else []
    found: dict[str, Sums] = {child.path: Sums() for child in below}
    for path, sums in by_path.items():
        if (head := path[: len(unit.path) + 4]) in found:
            found[head].add(sums)
    own = by_path.get(unit.path, Sums())
    places = hidden([*(found[child.path].members for child in below), own.members]) if coarse else set()
    lines = [UnitLine(child, found[child.path], number in places) for number, child in enumerate(below)]
    return Summary(unit, year, total, lines, coarse and is_few(total.members))


def _sums_by_path(unit: Organisation, year: int, on: date) -> dict[str, Sums]:
    """The sums of each unit with members at and below a unit, by its path, in one query."""
    source = member_sql(str(int(year)), str(months_over(year, on))).replace("%(on)s", f"'{on.isoformat()}'")
    first, last = tree.span(unit.path)
    inside = f"AND a.organisation_id IN (SELECT w.id FROM organisations_organisation w WHERE w.path >= '{first}'"  # noqa: S608 - a path of the tree
    inside += f" AND w.path < '{last}')"
    source = source.replace("/*within:a.organisation_id*/", inside)
    sql = f"""
SELECT o.path, count(*), sum(1 - f.has_standard), sum(f.owed_cents), sum(f.due_cents), sum(f.settled_cents),
  sum(f.paid_cents), sum(CASE WHEN f.late_months > 0 THEN 1 ELSE 0 END),
  sum(CASE WHEN f.unpaid_months >= 6 THEN 1 ELSE 0 END)
FROM ({source}) AS f JOIN organisations_organisation o ON o.id = f.organisation GROUP BY o.path
"""  # noqa: S608 - only numbers, days and paths of the tree
    with connection.cursor() as cursor:
        cursor.execute(sql)
        found: dict[str, Sums] = defaultdict(Sums)
        for path, *numbers in cursor.fetchall():
            found[path].add(Sums(*map(int, numbers)))
    return found
