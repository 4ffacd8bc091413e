"""A case told by its shape stands where the same case stands entry by entry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guben.rulebook.sources import read_all, shipped_files
from guben.rulebook_engine.calendar_files import shipped_calendar
from guben.rulebook_engine.procedures import Procedure
from guben.rulebook_engine.roads import Done, outcomes, where
from guben.rulebook_engine.shapes import Shapes
from tests.rulebook_engine.test_roads import HALL, procedures, run_to

KEYS = ("development", "able-to-member")
DAY = st.dates(date(2014, 1, 1), date(2028, 12, 31))


@cache
def editions(key: str) -> tuple[Procedure, ...]:
    return read_all(shipped_files()).editions_of(key)


@cache
def marks(key: str) -> list[tuple[str, str, str]]:
    """Every step and outcome under every edition, what ends a case by itself, and what nobody knows."""
    found = [
        (step.key, outcome.key, edition.edition_label)
        for edition in editions(key)
        for step in edition.step
        for outcome in outcomes(step)
    ]
    label = editions(key)[0].edition_label
    return [*found, (found[0][0], "withdrawn", label), ("no-step", "done", label), (found[0][0], "no-outcome", label)]


def told(shapes: Shapes, begun_on: date, done: Sequence[Done], on: date) -> object:
    text = "\x1e".join(f"{one.step}\x1f{one.outcome}\x1f{one.edition}" for one in done)
    shape = shapes.find(text, begun_on)
    assert shape is not None
    return shape.where(begun_on, [str(one.on.toordinal()) for one in done], on)


@settings(max_examples=300, deadline=None)
@given(data=st.data(), key=st.sampled_from(KEYS), on=DAY)
def test_a_shape_says_what_the_entries_say(data: st.DataObject, key: str, on: date) -> None:
    calendar = shipped_calendar()
    shapes = Shapes(editions(key), on, calendar)
    chosen = data.draw(st.lists(st.sampled_from(marks(key)), max_size=20))
    for _ in range(2):  # a shape is used again with other days
        begun_on = data.draw(DAY)
        done = [Done(*mark[:2], data.draw(DAY), mark[2]) for mark in chosen]

        assert told(shapes, begun_on, done, on) == where(editions(key), begun_on, done, on, calendar)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("begun_on", [date(2016, 2, 29), date(2024, 8, 31), date(2026, 5, 18)])
def test_a_case_that_goes_its_way_is_told_at_each_step(key: str, begun_on: date) -> None:
    calendar = shipped_calendar()
    whole = run_to(editions(key), begun_on, "")
    for count in range(len(whole) + 1):
        for days in (0, 40, 400):
            done = whole[:count]
            on = (done[-1].on if done else begun_on) + timedelta(days=days)

            found = told(Shapes(editions(key), on, calendar), begun_on, done, on)

            assert found == where(editions(key), begun_on, done, on, calendar)


def test_no_shape_is_known_where_a_day_decides_the_road() -> None:
    on = date(2026, 6, 30)
    of_development = Shapes(editions("development"), on, shipped_calendar())

    assert Shapes(procedures(HALL), on, shipped_calendar()).find("", on) is None
    assert of_development.find("talk\x1fdone\x1f", on) is None
    assert of_development.find("talk\x1fdone\x1f1938", on) is None
    assert of_development.find("talk\x1fdone\x1f2014", on) is not None
