from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from guben.kit.days import parse_period
from guben.rulebook_engine.duty_state import DutyState, Evidence, state_of
from guben.rulebook_engine.entries import Duty
from guben.rulebook_engine.loading import read_rulebook
from tests.rulebook_engine.tables import DUTY, HEAD, small_catalogue

LONG_AGO = date(2019, 1, 1)


def duty(more: str = "") -> Duty:
    return read_rulebook(HEAD + DUTY + more, "sample.toml", small_catalogue()).duties[0]


def held(
    day: date, record: int = 1, *, recorded: date | None = None, meets: bool = True, counts: date | None = None
) -> Evidence:
    return Evidence(record, counts or day, day, recorded or day, meets)


def state(
    on: date, *evidence: Evidence, rule: Duty | None = None, period: str = "2026-Q2", **facts: Any
) -> DutyState | None:
    known = {"founded_on": LONG_AGO, "kept_from": LONG_AGO, "dissolved_on": None, "applies": True, "times": 1} | facts
    return state_of(rule or duty(), parse_period(period), on, evidence=evidence, **known)


JUNE, END, JULY = date(2026, 6, 20), date(2026, 6, 30), date(2026, 7, 1)


@pytest.mark.parametrize(
    ("on", "evidence", "expected"),
    [
        (JUNE, [], "due"),
        (END, [], "due"),
        (JULY, [], "late"),
        (JUNE, [held(JUNE)], "done"),
        (JULY, [held(END)], "done"),
        (JULY, [held(JULY, counts=END)], "done_late"),
        (JULY, [held(JUNE, meets=False)], "late"),
        (JUNE, [held(JUNE, meets=False)], "due"),
        (JULY, [held(date(2026, 3, 31))], "late"),
        (JULY, [held(JULY)], "late"),
    ],
)
def test_records_and_days_make_the_state(on: date, evidence: list[Evidence], expected: str) -> None:
    found = state(on, *evidence)

    assert found is not None
    assert found.state == expected


def test_a_record_entered_later_says_by_how_many_days() -> None:
    found = state(JULY, held(JUNE, recorded=date(2026, 6, 29)))

    assert found == DutyState("done", END, held_on=JUNE, recorded_after_days=9, records=(1,))


def test_a_meeting_below_the_condition_is_told_apart_from_none() -> None:
    found = state(JULY, held(JUNE, 7, meets=False))

    assert found == DutyState("late", END, falls_short=(7,))


def test_days_of_grace_move_the_due_day() -> None:
    rule = duty("due_after_days = 10\n")

    found = state(date(2026, 7, 10), rule=rule)
    assert found == DutyState("due", date(2026, 7, 10))
    found = state(date(2026, 7, 11), held(date(2026, 7, 9), counts=END), rule=rule)
    assert found is not None
    assert found.state == "done"


def test_several_times_count_to_the_last_that_is_needed() -> None:
    found = state(JULY, held(date(2026, 4, 1), 1), held(date(2026, 5, 1), 2), held(JUNE, 3), times=2)
    assert found is not None
    assert (found.state, found.held_on, found.records) == ("done", date(2026, 5, 1), (1, 2, 3))

    found = state(JULY, held(date(2026, 4, 1)), times=2)
    assert found is not None
    assert (found.state, found.records) == ("late", (1,))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"founded_on": date(2026, 4, 2)}, ("exempt", "founded_later")),
        ({"founded_on": date(2026, 4, 1)}, ("late", "")),
        ({"founded_on": date(2026, 7, 1)}, None),
        ({"kept_from": None}, ("not_kept", "")),
        ({"kept_from": date(2026, 4, 2)}, ("not_kept", "")),
        ({"kept_from": date(2026, 4, 1)}, ("late", "")),
        ({"dissolved_on": date(2026, 6, 30)}, ("exempt", "dissolved")),
        ({"dissolved_on": date(2026, 7, 1)}, ("late", "")),
        ({"dissolved_on": date(2026, 4, 1)}, None),
        ({"applies": False}, ("exempt", "not_applicable")),
        ({"times": 0}, ("exempt", "not_applicable")),
        ({"applies": False, "kept_from": None}, ("exempt", "not_applicable")),
    ],
)
def test_what_is_not_owed_is_never_late(facts: dict[str, Any], expected: tuple[str, str] | None) -> None:
    found = state(date(2026, 8, 1), **facts)

    assert (found and (found.state, found.reason)) == expected


def test_a_period_to_come_is_nothing_yet_unless_something_was_done() -> None:
    assert state(JUNE, period="2026-Q3") is None
    found = state(JUNE, held(date(2026, 6, 20), counts=date(2026, 7, 1)), period="2026-Q3")
    assert found is not None
    assert found.state == "done"


def test_a_period_is_ruled_by_the_edition_of_its_first_day() -> None:
    older, newer = duty("until = 2026-05-01\n"), duty("from = 2026-05-01\n")

    assert state(JULY, rule=older) == DutyState("late", END)
    assert state(JULY, rule=newer) is None
