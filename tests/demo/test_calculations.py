"""Shares come out exactly, ages fit their day, and the numbers belong to nobody."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest
from stdnum.cn import ric

from guben.demo.calculations import AgeMix, allot_ages, apportion, born_for_age, id_number, phone_number
from guben.kit.days import completed_years

DAY = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("total", "weights", "caps", "expected"),
    [
        (10, [1, 1, 1], None, [4, 3, 3]),
        (7, [5, 2, 0], None, [5, 2, 0]),
        (9, [8, 1, 1], [3, 9, 9], [3, 3, 3]),
        (0, [1, 2], None, [0, 0]),
        (3, [0, 0, 0], None, [1, 1, 1]),
        (6, [1, 0], [2, 4], [2, 4]),
    ],
)
def test_whole_numbers_follow_their_weights_and_stay_under_their_caps(
    total: int, weights: list[float], caps: list[int] | None, expected: list[int]
) -> None:
    assert apportion(total, weights, caps) == expected


def test_a_total_above_all_caps_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        apportion(9, [1, 1], [4, 4])


def test_any_total_is_met_exactly() -> None:
    random = Random(4)
    for _ in range(300):
        caps = [random.randrange(30) for _ in range(random.randrange(1, 40))]
        total = random.randrange(sum(caps) + 1)
        found = apportion(total, [random.random() for _ in caps], caps)
        assert sum(found) == total
        assert all(0 <= share <= cap for share, cap in zip(found, caps, strict=True))


def test_a_city_gets_exactly_its_young_and_its_old() -> None:
    random = Random(9)
    sizes = apportion(30_000, [random.uniform(5, 50) for _ in range(1000)])
    mixes = [AgeMix(random.uniform(0.1, 0.6), random.uniform(0.02, 0.5), number < 9) for number in range(1000)]
    found = allot_ages(sizes, mixes, 9_078, 8_796)
    assert [counts.total for counts in found] == sizes
    assert sum(counts.young for counts in found) == 9_078
    assert sum(counts.old for counts in found) == 8_796
    grown_old = [(counts.ripe + counts.old) / counts.total > 0.85 for counts in found]
    assert grown_old == [mix.ageing for mix in mixes]
    assert min(min(counts.young, counts.rising, counts.ripe, counts.old) for counts in found) >= 0


@pytest.mark.parametrize("on", [DAY, date(2028, 2, 29), date(2027, 2, 28), date(2027, 3, 1)])
def test_a_day_of_birth_gives_exactly_the_age(on: date) -> None:
    random = Random(2)
    for age in (18, 35, 36, 59, 60, 92):
        assert {completed_years(born_for_age(age, on, random), on) for _ in range(400)} == {age}


def test_citizens_numbers_are_right_different_and_from_nowhere() -> None:
    numbers = [id_number(serial, date(1990, 2, 28), "12"[serial % 2]) for serial in range(5_000)]
    assert len(set(numbers)) == 5_000
    assert all(number.startswith("99") for number in numbers)
    assert all(ric.calc_check_digit(number) == number[17] for number in numbers)
    assert all(int(number[16]) % 2 == 1 - serial % 2 for serial, number in enumerate(numbers))


def test_telephones_come_from_one_range_only() -> None:
    numbers = {phone_number(serial) for serial in range(100_000)}
    assert len(numbers) == 100_000
    assert all(number.startswith("190000") and len(number) == 11 for number in numbers)
