"""Setting standards, collecting, correcting, publishing: what is allowed, what is refused, what is written."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from guben.audit.models import Entry
from guben.dues import actions, errors, queries
from guben.dues.actions import Wanted
from guben.dues.models import Balance, Decision, Payment
from guben.members.models import Affiliation
from guben.rulebook.live import LiveEngine
from guben.rulebook_engine.facts import catalogue
from tests import cast as the_cast
from tests.cast import TODAY, Cast

pytestmark = pytest.mark.django_db
BOSS, AWAY, NEW = "柏守田", "宁远行", "阮新芽"


def wanted(cast: Cast, name: str, band: str = "farmers", cents: int | None = 100, paper: str = "") -> Wanted:
    return Wanted(cast.people[name].pk, band, cents, paper)


def set_one(cast: Cast, name: str, *more: Any, month: int = 1, year: int = 2026) -> Balance:
    one = wanted(cast, name, *more)
    return actions.set_standards(cast.branch, year, [one], from_month=month, by=cast.secretary)[0]


def everybody(cast: Cast, year: int = 2026) -> None:
    members = queries.roll(cast.branch, TODAY)
    every = [Wanted(line.person_id, "farmers", 100) for line in members if line.joined_on.year <= year]
    actions.set_standards(cast.branch, year, every, from_month=1, by=cast.secretary)


def take(cast: Cast, *names: str, through: int = 6, on: date = TODAY, year: int = 2026) -> list[Payment]:
    people = [cast.people[name].pk for name in names]
    return actions.collect(cast.branch, year, people, through=through, paid_on=on, by=cast.secretary)


def test_the_income_is_used_and_not_kept(cast: Cast) -> None:
    balance = set_one(cast, BOSS, "wages", 765_432)
    assert balance.due_01 == balance.due_12 == 11_481
    assert "765432" not in str(list(Balance.objects.values())) + str(list(Decision.objects.values()))
    assert "765432" not in str(list(Entry.objects.values()))


def test_a_probationary_member_owes_from_the_month_of_admission(cast: Cast) -> None:
    balance = set_one(cast, NEW)
    assert balance.months == (0, *(100,) * 11)
    with pytest.raises(errors.NotAMemberThen):
        set_one(cast, NEW, year=2025)


def test_members_away_and_ill_stay_on_the_list(cast: Cast) -> None:
    assert {AWAY, "慕老根"} <= {line.member.name for line in queries.lines_of(cast.branch, 2026, TODAY)}


@pytest.mark.parametrize(
    ("band", "cents", "paper", "error"),
    [
        ("farmers", 101, "", errors.AmountOutsideBand),
        ("farmers", None, "", errors.AmountMissing),
        ("minimum", 30, "", errors.AmountOutsideBand),
        ("reduced", 50, "  ", errors.PaperMissing),
        ("exempt", None, "", errors.PaperMissing),
        ("golden", 5, "", errors.UnknownBand),
        ("wages", -5, "", errors.AmountWrong),
        ("wages", 10**12, "", errors.AmountWrong),
    ],
)
def test_a_standard_outside_its_band_is_refused(
    cast: Cast, band: str, cents: int | None, paper: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        set_one(cast, BOSS, band, cents, paper)
    assert not Balance.objects.exists()


def test_one_wrong_line_saves_none(cast: Cast) -> None:
    lines = [wanted(cast, BOSS), wanted(cast, AWAY, "golden")]
    with pytest.raises(errors.UnknownBand):
        actions.set_standards(cast.branch, 2026, lines, from_month=1, by=cast.secretary)
    assert not Balance.objects.exists()


def test_hardship_holds_from_its_month_and_the_paper_is_kept(cast: Cast) -> None:
    set_one(cast, BOSS)
    balance = set_one(cast, BOSS, "exempt", None, "青党复〔2026〕7号", month=5)
    assert balance.months == (100,) * 4 + (0,) * 8
    assert [row.paper for row in queries.decisions_of(balance)] == ["", "青党复〔2026〕7号"]
    with pytest.raises(errors.LessThanPaid):
        take(cast, BOSS, through=4)
        set_one(cast, BOSS, "exempt", None, "青党复〔2026〕8号", month=2)


def test_many_are_collected_at_once_each_by_the_own_standard(cast: Cast) -> None:
    everybody(cast)
    set_one(cast, AWAY, "wages", 400_000)
    rows = take(cast, BOSS, AWAY, through=6)
    assert sorted(row.amount_cents for row in rows) == [600, 24_000]
    again = take(cast, BOSS, "敖石匠", through=6)
    assert [row.amount_cents for row in again] == [600]
    with pytest.raises(errors.NothingToCollect):
        take(cast, BOSS, "敖石匠", through=6)
    assert Entry.objects.filter(action="dues.collected").count() == 3


def test_nothing_is_collected_in_advance_beyond_the_quarter(cast: Cast) -> None:
    everybody(cast)
    with pytest.raises(errors.TooFarAhead):
        take(cast, BOSS, through=7)
    with pytest.raises(errors.TooFarAhead):
        take(cast, BOSS, through=4, on=date(2026, 3, 31))
    with pytest.raises(errors.PaidInFuture):
        take(cast, BOSS, on=date(2026, 7, 1))
    with pytest.raises(errors.PaidBeforeYear):
        take(cast, BOSS, through=1, on=date(2025, 12, 31))
    with pytest.raises(errors.YearOutOfReach):
        take(cast, BOSS, year=1999)
    assert take(cast, BOSS, through=3, on=date(2026, 1, 2))


def test_only_members_of_the_branch_are_collected_from(cast: Cast) -> None:
    everybody(cast)
    with pytest.raises(errors.NotOnTheRoll):
        take(cast, BOSS, "苗江月")
    with pytest.raises(errors.NobodyChosen):
        take(cast)
    Balance.objects.filter(person=cast.people[BOSS]).delete()
    with pytest.raises(errors.NoStandard):
        take(cast, BOSS)


def test_more_than_the_year_is_a_gift(cast: Cast) -> None:
    everybody(cast)
    person = cast.people[BOSS]
    with pytest.raises(errors.MoreThanOwed) as refused:
        actions.pay(person, 2026, kind="dues", amount_cents=1_201, paid_on=TODAY, by=cast.secretary)
    assert "12.00" in str(refused.value)
    small = actions.pay(person, 2026, kind="extra", amount_cents=99_999, paid_on=TODAY, by=cast.secretary)
    large = actions.pay(person, 2026, kind="extra", amount_cents=100_000, paid_on=TODAY, by=cast.secretary)
    assert [queries.goes_to_centre(row) for row in (small, large)] == [False, True]
    (line,) = [one for one in queries.lines_of(cast.branch, 2026, TODAY) if one.member.name == BOSS]
    assert line.account is not None
    assert line.account.paid == 0
    assert line.extra == 199_999
    for amount in (0, -5):
        with pytest.raises(errors.AmountWrong):
            actions.pay(person, 2026, kind="dues", amount_cents=amount, paid_on=TODAY, by=cast.secretary)


def test_a_correction_is_a_counter_entry_and_happens_once(cast: Cast) -> None:
    everybody(cast)
    (row,) = take(cast, BOSS)
    with pytest.raises(errors.ReasonMissing):
        actions.correct(row, " ", by=cast.secretary)
    counter = actions.correct(row, "记错了人", by=cast.secretary)
    assert counter.amount_cents == -row.amount_cents
    assert sum(one.amount_cents for one in queries.payments_of(row.balance)) == 0
    for one in (row, counter):
        with pytest.raises(errors.AlreadyCorrected):
            actions.correct(one, "再来一次", by=cast.secretary)
    assert take(cast, BOSS)


def test_last_years_standards_are_carried_over_but_no_exemption(cast: Cast) -> None:
    everybody(cast, 2025)
    set_one(cast, AWAY, "exempt", None, "青党复〔2025〕1号", year=2025)
    count = actions.carry_over(cast.branch, 2026, by=cast.secretary)
    assert count == len(queries.roll(cast.branch, TODAY)) - 2
    assert not Balance.objects.filter(person=cast.people[AWAY], year=2026).exists()
    with pytest.raises(errors.NothingToCarryOver):
        actions.carry_over(cast.branch, 2026, by=cast.secretary)


def test_a_balance_goes_along_and_the_history_stays(cast: Cast) -> None:
    everybody(cast)
    take(cast, BOSS, through=3)
    row = Affiliation.objects.get(person=cast.people[BOSS])
    row.until_on = date(2026, 5, 1)
    row.save()
    Affiliation.objects.create(person=cast.people[BOSS], organisation=cast.neighbour_branch, from_on=date(2026, 5, 1))
    assert BOSS not in {one.member.name for one in queries.lines_of(cast.branch, 2026, TODAY)}
    (line,) = [one for one in queries.lines_of(cast.neighbour_branch, 2026, TODAY) if one.member.name == BOSS]
    assert line.account is not None
    assert line.account.paid == 300
    assert Payment.objects.get(balance=line.balance).organisation == cast.branch
    (more,) = actions.collect(
        cast.neighbour_branch, 2026, [cast.people[BOSS].pk], through=6, paid_on=TODAY, by=cast.neighbour
    )
    assert (more.amount_cents, more.organisation) == (300, cast.neighbour_branch)


def test_who_does_not_keep_dues_changes_nothing(cast: Cast) -> None:
    everybody(cast)
    (row,) = take(cast, BOSS)
    for who, error in ((cast.member, PermissionDenied), (cast.inspector, PermissionDenied), (cast.neighbour, Http404)):
        with pytest.raises(error):
            actions.set_standards(cast.branch, 2026, [], from_month=1, by=who)
        with pytest.raises(error):
            actions.collect(cast.branch, 2026, [1], through=1, paid_on=TODAY, by=who)
        with pytest.raises((PermissionDenied, Http404)):
            actions.correct(row, "不行", by=who)
        with pytest.raises(error):
            actions.publish(cast.branch, 2026, published_on=TODAY, by=who)


def test_a_publication_is_noted_once_a_day(cast: Cast) -> None:
    actions.publish(cast.branch, 2026, published_on=TODAY, by=cast.secretary, way="公开栏")
    with pytest.raises(errors.PublishedAlready):
        actions.publish(cast.branch, 2026, published_on=TODAY, by=cast.secretary)
    with pytest.raises(errors.PaidInFuture):
        actions.publish(cast.branch, 2026, published_on=date(2026, 7, 1), by=cast.secretary)


def facts(name: str, columns: list[str], on: date = TODAY) -> dict[int, tuple[Any, ...]]:
    table = catalogue.table(name)
    assert table is not None
    rows = LiveEngine().select(table, ["record", *columns], where=None, group_by_organisation=False, on=on)
    return {row[1]: row[2:] for row in rows}


def agree(cast: Cast, on: date = TODAY) -> None:
    """The facts in SQL say of every member what the pages say."""
    names = "has_standard due_cents paid_cents settled_cents late_months unpaid_months owed_cents".split()
    told = facts("dues", names, on)
    lines = queries.lines_of(cast.branch, on.year, on)
    for line in lines:
        account = line.account
        expected = (
            (1, account.due, account.paid, account.settled, len(account.late_months), line.unpaid, account.owed)
            if account
            else (0, 0, 0, 0, 0, line.unpaid, 0)
        )
        assert tuple(map(int, told[line.member.person_id])) == expected, line.member.name
    sums = queries.summary(cast.branch, on.year, on, coarse=False).total
    assert sums == queries.sums_of(lines)


def test_the_facts_say_what_the_pages_say(cast: Cast) -> None:
    agree(cast)
    everybody(cast, 2025)
    everybody(cast)
    set_one(cast, AWAY, "exempt", None, "青党复〔2026〕7号", month=4)
    set_one(cast, "敖石匠", "wages", 333_333, month=3)
    take(cast, BOSS, through=10, year=2025)
    take(cast, BOSS, "敖石匠", through=3, on=date(2026, 2, 1))
    actions.pay(cast.people["曾望川"], 2026, kind="dues", amount_cents=150, paid_on=date(2026, 5, 5), by=cast.secretary)
    actions.pay(
        cast.people["曾望川"], 2026, kind="extra", amount_cents=700, paid_on=date(2026, 5, 5), by=cast.secretary
    )
    for day in (TODAY, date(2026, 1, 15), date(2026, 2, 28), date(2026, 5, 5)):
        agree(cast, day)


class TestSums(TestCase):
    @settings(deadline=None, max_examples=15)
    @given(st.lists(st.tuples(st.sampled_from([BOSS, AWAY, "敖石匠"]), st.integers(1, 400)), max_size=8))
    def test_sums_balance_to_the_cent_whatever_is_paid_and_taken_back(self, steps: list[tuple[str, int]]) -> None:
        cast = the_cast.build()
        everybody(cast)
        for name, cents in steps:
            person = cast.people[name]
            try:
                row = actions.pay(person, 2026, kind="dues", amount_cents=cents, paid_on=TODAY, by=cast.secretary)
            except errors.MoreThanOwed:
                continue
            if cents % 3 == 0:
                actions.correct(row, "记错", by=cast.secretary)
        lines = queries.lines_of(cast.branch, 2026, TODAY)
        paid = sum(Payment.objects.values_list("amount_cents", flat=True))
        assert queries.sums_of(lines).paid == paid == queries.summary(cast.city, 2026, TODAY, coarse=False).total.paid
        assert all(line.account is None or 0 <= line.account.paid <= line.account.owed for line in lines)
