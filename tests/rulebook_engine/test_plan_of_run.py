"""What a run over the whole tree works out: each atom once, duties of the last period that is over, logic without words."""

from __future__ import annotations

from datetime import date

import pytest

from guben.rulebook_engine.library import Library
from guben.rulebook_engine.loading import read_rulebook
from guben.rulebook_engine.plan_of_run import Plan, plan, tally_places
from tests.rulebook_engine.tables import DUTY, HEAD, INDICATOR, STANDARD, small_catalogue

ON = date(2026, 6, 30)
MEMBERS = """
[[indicator]]
key   = "members"
title = { zh = "党员", en = "Members" }
value = "count()"
over  = "member"
where = "stage = 'full'"
"""


def planned(text: str = DUTY + INDICATOR + STANDARD + MEMBERS, keys: tuple[str, ...] = ()) -> Plan:
    catalogue = small_catalogue()
    return plan(Library([read_rulebook(HEAD + text, "sample.toml", catalogue)]), ON, catalogue, keys)


def test_an_atom_that_two_indicators_need_has_one_column() -> None:
    found = planned()

    assert found.tables == {"member": (0, 1), "meeting": (2, 3)}
    assert found.columns_of(found.by_key["share-35-or-under"]) == (0, 1)
    assert found.columns_of(found.by_key["members"]) == (1,)


def test_a_duty_is_asked_for_in_the_last_period_that_is_over() -> None:
    (duty,) = planned().duties

    assert duty.label == ("member-meeting", "2026-Q1")
    assert (duty.day, duty.due_on, duty.good, duty.in_time) == (date(2026, 3, 31), date(2026, 3, 31), 2, 3)


def test_a_standard_brings_its_indicator() -> None:
    found = planned(keys=("young-enough",))

    assert [one.key for one in found.indicators] == ["share-35-or-under"]
    assert (len(found.standards), len(found.duties)) == (1, 0)


def test_a_tally_has_a_place_for_each_verdict_and_state() -> None:
    assert tally_places(planned()) == {"young-enough": 0, ("member-meeting", "2026-Q1"): 3, "": 9}


def test_words_do_not_change_the_fingerprint_and_a_line_does() -> None:
    text = DUTY + INDICATOR + STANDARD
    before = planned(text).fingerprint

    assert planned(text.replace("够年轻", "年轻").replace("age <= 35", "(age  <=  35)")).fingerprint == before
    for old, new in (("0.25", "0.26"), ("age <= 35", "age <= 36"), ("'branch'", "'joint_branch'"), ("* 2", "* 3")):
        assert planned(text.replace(old, new)).fingerprint != before, old


@pytest.mark.parametrize("key", ["nothing-of-the-kind", "members"])
def test_what_is_not_asked_for_is_left_out(key: str) -> None:
    found = planned(keys=(key,))

    assert [one.key for one in found.indicators] == [one for one in ("members",) if one == key]
