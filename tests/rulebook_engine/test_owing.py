from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from guben.rulebook_engine.adapters.rows import RowsEngine
from guben.rulebook_engine.duty_state import Evidence
from guben.rulebook_engine.entries import Words
from guben.rulebook_engine.loading import read_rulebook
from guben.rulebook_engine.owing import Owes, evidence, owing
from tests.rulebook_engine.tables import DUTY, HEAD, MEETING, ORGANISATION, small_catalogue

ON = date(2026, 6, 30)
GROUPS = DUTY.replace("member-meeting", "group-meeting").replace("'member_meeting'", "'group'") + (
    'times = "groups"\n[[duty.applies]]\nwhere = "groups > 0"\notherwise = { zh = "没有党小组", en = "No groups" }\n'
)
DUTIES = read_rulebook(HEAD + DUTY + GROUPS, "sample.toml", small_catalogue()).duties
UNITS = [
    {"organisation": 1, "record": 1, "kind": "committee"},
    {"organisation": 2, "record": 2, "kind": "branch", "groups": 3},
    {"organisation": 3, "record": 3, "kind": "branch", "groups": 0},
    {"organisation": 4, "record": 4, "kind": "branch"},
]


def meeting(record: int, form: str, day: date, **more: Any) -> dict[str, Any]:
    dates = {"held_on": day, "counts_on": day, "recorded_on": day}
    return {"organisation": 2, "record": record, "form": form, "entitled": 10, "present": 5, **dates, **more}


MEETINGS = [
    meeting(1, "member_meeting", date(2026, 5, 1)),
    meeting(2, "member_meeting", date(2026, 5, 2), present=4),
    meeting(3, "member_meeting", date(2026, 5, 3), present=None),
    meeting(4, "group", date(2026, 5, 4), recorded_on=date(2026, 5, 9)),
    meeting(5, "committee", date(2026, 5, 5)),
    meeting(6, "member_meeting", date(2026, 1, 1)),
    meeting(7, "member_meeting", date(2026, 7, 2), counts_on=ON),
]


@pytest.mark.parametrize("name", ["sqlite", "duckdb"])
def test_who_owes_what_how_often_and_why_not(name: Any) -> None:
    found = owing(DUTIES, RowsEngine(name, {ORGANISATION: UNITS}), ON, small_catalogue())

    no_groups = Words(zh="没有党小组", en="No groups")
    assert found["member-meeting"] == {unit: Owes(True, None, 1) for unit in (2, 3, 4)}
    assert found["group-meeting"] == {
        2: Owes(True, None, 3),
        3: Owes(False, no_groups, 0),
        4: Owes(False, no_groups, 0),
    }


@pytest.mark.parametrize("name", ["sqlite", "duckdb"])
def test_which_records_are_meant_and_which_are_good_enough(name: Any) -> None:
    engine = RowsEngine(name, {MEETING: MEETINGS})

    found = evidence(DUTIES, engine, ON, small_catalogue(), first=date(2026, 4, 1), last=ON)

    assert found["group-meeting"] == {2: [Evidence(4, date(2026, 5, 4), date(2026, 5, 4), date(2026, 5, 9), True)]}
    meant = found["member-meeting"][2]
    assert [(one.record, one.meets) for one in meant] == [(1, True), (2, False), (3, False), (7, True)]
    assert (meant[3].day, meant[3].held_on) == (ON, date(2026, 7, 2))


def test_no_duties_need_no_query() -> None:
    assert owing([], RowsEngine("sqlite", {}), ON, small_catalogue()) == {}
    assert evidence([], RowsEngine("sqlite", {}), ON, small_catalogue()) == {}
