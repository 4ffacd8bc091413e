"""Money in whole cents: scales turn a base into an amount, payments fill the months, sums balance to the cent."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guben.dues.calculations import Account, hidden, months_begun, months_over, unpaid_in_a_row
from guben.dues.money import cents_of, yuan
from guben.dues.scales import scales_of, shipped, usual_band
from guben.members.choices import Occupation
from guben.rulebook_engine.errors import RulebookErrors
from guben.rulebook_engine.scales import read_scales

JUNE = date(2026, 6, 30)
MONTHS = st.lists(st.integers(0, 50_000), min_size=12, max_size=12).map(tuple)


@pytest.mark.parametrize(
    ("base", "amount"),
    [
        (0, 0),
        (300_000, 1_500),  # 3000.00 pays 0.5 %
        (300_001, 3_000),  # 3000.01 pays 1 % of the whole
        (500_000, 5_000),
        (500_001, 7_500),
        (1_000_000, 15_000),
        (1_000_001, 20_000),
        (123_456, 617),  # 6.1728 yuan, half a cent upwards
    ],
)
def test_wages_pay_a_share_of_the_whole_base(base: int, amount: int) -> None:
    assert scales_of(2026)["wages"].amount(base) == amount


@pytest.mark.parametrize(("base", "amount"), [(500_000, 2_500), (500_001, 5_000)])
def test_pensions_pay_less(base: int, amount: int) -> None:
    assert scales_of(2026)["retired"].amount(base) == amount


def test_farmers_choose_between_the_ends_and_others_pay_the_minimum() -> None:
    scales = scales_of(2026)
    assert [scales["farmers"].allows(cents) for cents in (19, 20, 100, 101)] == [False, True, True, False]
    assert scales["minimum"].is_fixed
    assert scales["minimum"].amount(999_999) == 20
    assert [key for key, scale in scales.items() if scale.needs_paper] == ["reduced", "exempt"]


def test_every_occupation_is_offered_a_band_that_there_is() -> None:
    assert {usual_band(value) for value in ("", *Occupation.values)} <= set(scales_of(2026))


def test_every_scale_says_its_source_and_how_sure_it_is() -> None:
    for entry in (*shipped().scales, *shipped().limits):
        assert entry.source
        assert entry.article
        assert entry.confidence in ("verified", "secondary", "recalled", "proposed")


def test_a_scale_is_in_force_only_in_its_days() -> None:
    assert scales_of(2007) == {}
    with pytest.raises(LookupError):
        shipped().limit("no-such", JUNE)


HEAD = (
    '[rulebook]\nkey = "x"\ntitle = { zh = "甲", en = "A" }\nsource = "S"\nconfidence = "verified"\nfrom = 2020-01-01\n'
)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            '[[scale]]\nkey = "a"\ntitle = { zh = "甲", en = "A" }\nsteps = [{ per-mille = 5 }, { per-mille = 6 }]',
            "rise",
        ),
        ('[[scale]]\nkey = "a"\ntitle = { zh = "甲", en = "A" }\nsteps = [{ up-to-cents = 5, per-mille = 5 }]', "rise"),
        ('[[scale]]\nkey = "a"\ntitle = { zh = "甲", en = "A" }\nleast-cents = 5\nmost-cents = 4', "below"),
        ('[[scale]]\nkey = "a"\ntitle = { zh = "甲", en = "A" }\nper_mile = 4', "per_mile"),
        ('[[scle]]\nkey = "a"', "scale"),
        ('[[limit]]\nkey = "a"\ntitle = { zh = "甲", en = "A" }\nvalue = -1', "out of range"),
        ("[[limit]", "TOML"),
    ],
)
def test_a_mistake_in_a_scale_is_told_at_its_place(body: str, words: str) -> None:
    with pytest.raises(RulebookErrors) as refused:
        read_scales(HEAD + body, "x.toml")
    assert words in str(refused.value)
    assert str(refused.value).startswith("x.toml:")


def test_a_month_is_late_only_when_it_is_over() -> None:
    assert [months_over(2026, day) for day in (date(2025, 12, 31), date(2026, 1, 31), JUNE, date(2027, 2, 1))] == [
        0, 0, 5, 12,
    ]  # fmt: skip
    assert months_begun(2026, JUNE) == 6
    account = Account((100,) * 12, 300, 2026, JUNE)
    assert account.late_months == (4, 5)
    assert [account.state_of(month) for month in (3, 4, 6, 7)] == ["ok", "missing", "due", "future"]


def test_a_payment_fills_the_oldest_months_and_a_part_pays_none() -> None:
    account = Account((0, 0, *(100,) * 10), 250, 2026, JUNE)
    assert account.paid_months == {3, 4}
    assert account.paid_up_to == 4
    assert account.late_months == (5,)
    assert account.missing_through(6) == 150


def test_the_row_of_unpaid_months_goes_over_the_turn_of_the_year() -> None:
    before = Account((100,) * 12, 1_000, 2025, JUNE)
    assert unpaid_in_a_row(Account((100,) * 12, 0, 2026, JUNE), before) == 7
    assert unpaid_in_a_row(Account((100,) * 12, 100, 2026, JUNE), before) == 4
    assert unpaid_in_a_row(Account((100,) * 12, 0, 2026, date(2026, 1, 5)), before) == 2
    assert unpaid_in_a_row(Account((100,) * 12, 0, 2026, JUNE), None) == 5


@given(MONTHS, st.integers(0, 600_000), st.integers(1, 12))
def test_what_is_settled_and_what_is_missing_make_what_is_due(months: tuple[int, ...], paid: int, month: int) -> None:
    account = Account(months, min(paid, sum(months)), 2026, date(2026, month, 15))
    missing = account.missing_through(months_over(2026, account.on))
    assert account.settled + missing == account.due
    assert account.owed == account.paid + account.left
    assert all(months[one - 1] for one in (*account.late_months, *account.paid_months))
    assert not set(account.late_months) & account.paid_months
    assert bool(account.late_months) == (missing > 0)


@given(st.integers(-(10**10), 10**10))
def test_an_amount_is_read_as_it_is_written(cents: int) -> None:
    assert cents_of(yuan(cents).replace("−", "-")) == cents


@pytest.mark.parametrize("text", ["", "abc", "1.234", "1e400", "NaN", "Infinity", "１２。３", "--1", "9" * 40])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=".*"):
        cents_of(text)


@given(st.lists(st.integers(0, 40), max_size=12))
def test_no_hidden_sum_can_be_worked_out_from_the_total(members: list[int]) -> None:
    out = hidden(members)
    few = {place for place, number in enumerate(members) if 0 < number < 5}
    assert few <= out
    large = sum(number >= 5 for number in members)
    assert len(out) != 1 or large == 0
