"""The whole city as it is drawn, before a row is written: S4's shape and figures, whatever the seed."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from guben.demo.city import MEMBERS, Plan, draw
from guben.demo.shape import SMALL, Counts
from guben.kit.days import years_before


@pytest.fixture(scope="module", params=[1, 20260630])
def plan(request: pytest.FixtureRequest) -> Plan:
    return draw(Counts(), MEMBERS, Random(request.param))


def test_the_city_has_the_towns_villages_and_communities_of_s4(plan: Plan) -> None:
    assert (len(plan.city.towns), len(plan.city.villages), len(plan.city.communities)) == (23, 150, 88)
    assert 900 <= len(plan.branches) <= 1100
    codes = [unit.code for unit in plan.city.units]
    assert len(set(codes)) == len(codes)
    assert all(
        unit.parent is None or codes.index(unit.parent.code) < codes.index(unit.code) for unit in plan.city.units
    )


def test_the_ages_are_those_of_s4(plan: Plan) -> None:
    ages = [person.age for unit in plan.branches for person in unit.members]
    assert len(ages) == 30_000
    assert sum(age <= 35 for age in ages) == 9_078
    assert sum(age >= 60 for age in ages) == 8_796


def test_nine_villages_and_communities_have_grown_old_and_no_other_unit(plan: Plan) -> None:
    old = [u for u in plan.branches if sum(p.age >= 45 for p in u.members) / len(u.members) > 0.85]
    assert len(old) == 9
    assert Counter(unit.territory for unit in old) == {"village": 6, "community": 3}


def test_the_members_are_near_the_nations_shares(plan: Plan) -> None:
    members = [person for unit in plan.branches for person in unit.members]
    assert sum(person.sex == "2" for person in members) / len(members) == pytest.approx(0.309, abs=0.02)
    assert sum(person.ethnicity != "01" for person in members) / len(members) == pytest.approx(0.077, abs=0.01)
    assert sum(person.education <= "30" for person in members) / len(members) == pytest.approx(0.576, abs=0.05)


def test_everybody_joined_as_a_grown_up(plan: Plan) -> None:
    members = [person for unit in plan.branches for person in unit.members]
    assert [p.name for p in members if p.joined_on < years_before(p.born_on, -18)] == []


def test_committees_stand_where_seven_full_members_are(plan: Plan) -> None:
    for unit in plan.branches:
        assert (unit.seats >= 3) == (len(unit.full) >= 7), unit.code
    assert {unit.seats for unit in plan.branches} <= {1, 2, 3, 4, 5}


def test_leaders_belong_to_branches_of_agencies(plan: Plan) -> None:
    leading = {
        id(person)
        for unit in plan.city.units
        if not unit.setting and not unit.kind.startswith("general")
        for person in unit.team
    }
    homes = {unit.field for unit in plan.branches for person in unit.members if id(person) in leading}
    assert homes == {"agency", "school"}  # the college's leaders belong to the college's own office


def test_some_members_are_away_old_or_retired_elsewhere(plan: Plan) -> None:
    counts = Counter(person.standing for unit in plan.branches for person in unit.members)
    assert counts["away"] / 30_000 == pytest.approx(0.06, abs=0.01)
    assert counts["retired_elsewhere"] / 30_000 == pytest.approx(0.035, abs=0.01)
    assert counts["unable"] / 30_000 == pytest.approx(0.04, abs=0.01)


def test_the_clerk_keeps_the_records_of_some_forty_branches_three_of_them_not_begun(plan: Plan) -> None:
    branches = plan.special.clerk_branches
    assert len(branches) == 41
    assert sum(unit.kept_from is None for unit in branches) == 3


def test_the_same_seed_draws_the_same_city() -> None:
    def told(seed: int) -> list[object]:
        drawn = draw(SMALL, 1_800, Random(seed))
        return [
            (
                unit.code,
                unit.name,
                unit.founded_on,
                unit.elected_on,
                [(p.name, p.born_on, p.standing) for p in unit.people],
            )
            for unit in drawn.city.units
        ]

    assert told(5) == told(5)
    assert told(5) != told(6)
