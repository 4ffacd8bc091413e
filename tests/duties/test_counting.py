"""Duties counted for very many units at once: each of them stands as its records say."""

from __future__ import annotations

from datetime import date

import pytest

from guben.duties.counting import Counting
from guben.duties.queries import identity_of, items, planned_between
from guben.duties.states import State
from guben.organisations.actions import carry_out, move
from guben.organisations.models import FormerBooks, Organisation
from guben.organisations.queries import units_on
from guben.rulebook.live import Within
from guben.rulebook.queries import installed_files
from guben.rulebook.sources import RuleFile, read_all
from tests.cast import TODAY, TOWN, Cast, hold
from tests.duties.test_what_is_owed import ABSENT, EDITIONS
from tests.organisations.test_reform import merger

LOCAL = f"""
[rulebook]
key        = "local"
title      = {{ zh = "本镇规定", en = "Of this town" }}
issued-by  = "{TOWN}"
source     = "示例"
confidence = "verified"

[[duty]]
key        = "town-lecture"
title      = {{ zh = "上课", en = "Lecture" }}
who        = "kind = 'branch'"
applies    = [{{ where = "members >= 5", otherwise = {{ zh = "人少", en = "Few people" }} }}]
every      = "month"
evidence.record = "meeting"
evidence.is     = "form = 'lecture'"
answerable = "secretary"
from       = 2025-01-01
"""


@pytest.mark.parametrize("on", [date(2026, 1, 15), TODAY])
@pytest.mark.usefixtures("rules")
def test_what_is_counted_is_what_each_unit_owes(cast: Cast, on: date) -> None:
    hold(cast, cast.other_village, "member_meeting", date(2026, 3, 20), by=cast.clerk, absent=ABSENT)  # no quorum
    late = hold(cast, cast.other_village, "theme_day", date(2026, 5, 20), by=cast.clerk, recorded_after=9)
    type(late).objects.filter(pk=late.pk).update(makes_up_on=date(2026, 3, 10))
    Organisation.objects.filter(pk=cast.small_branch.pk).update(kept_from=None)
    Organisation.objects.filter(pk=cast.neighbour_branch.pk).update(kept_from=date(2026, 2, 10))
    books = FormerBooks(organisation=cast.neighbour_branch, from_on=date(2026, 1, 1), until_on=date(2026, 4, 10))
    books.save()
    Organisation.objects.filter(pk=cast.community.pk).update(founded_on=date(2025, 11, 20))
    move(cast.other_village, parent=cast.street, effective_on=date(2026, 5, 1), by=cast.operator)
    carry_out(merger(cast), by=cast.organiser)
    library = read_all([*installed_files(), RuleFile("new.toml", EDITIONS, ""), RuleFile("town.toml", LOCAL, "")])
    first = date(on.year - 1, 1, 1)
    units = [place.organisation for place in units_on(on)]
    ids = tuple(unit.pk for unit in units)
    plan = planned_between(library, first, on, on, None)

    found = Counting(plan, on, library).outcomes(ids, Within(ids=ids))

    told = {
        (unit, identity_of(plan[place].duty), plan[place].period, state, good)
        for unit, outcomes in found.items()
        for place, state, good in outcomes
    }
    of_records = [one for one in items(units, on, first=first, rules=library) if one.state != State.EXEMPT]
    assert told == {(o.unit.pk, identity_of(o.duty), o.period, o.state, len(o.records)) for o in of_records}
    assert len(told) == sum(map(len, found.values())) == len(of_records)
    if on == TODAY:
        assert {state for *_rest, state, _good in told} == {*State} - {State.EXEMPT}
        assert any(unit.succeeded_on for unit in units)
        assert {"town-lecture", "study", "group-meeting"} <= {identity[1] for _unit, identity, *_rest in told}
