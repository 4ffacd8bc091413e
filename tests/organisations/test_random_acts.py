"""Whatever acts follow one another, each day's placements form a tree and today's copy agrees with them."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest

from guben.kit import tree
from guben.kit.errors import DomainError
from guben.members.models import Affiliation, Holding
from guben.organisations import actions, queries
from guben.organisations.models import Organisation, Placement
from tests.cast import Cast

FIRST = date(2026, 1, 1)


def act_at_random(random: Random, cast: Cast, number: int) -> None:
    """One act on any unit on any day of half a year."""
    units = list(Organisation.objects.filter(dissolved_on__isnull=True).order_by("pk"))
    unit, other = random.choice(units), random.choice(units)
    day = FIRST + timedelta(days=random.randrange(180))
    verb = random.choice(["found", "found", "move", "move", "move", "rename", "dissolve"])
    if verb == "found":
        actions.found(
            code=f"R{number}", name=f"组织{number}", short_name=f"{number}", kind="branch", field="rural",
            parent=unit, founded_on=day, by=cast.organiser,
        )  # fmt: skip
    elif verb == "move":
        actions.move(unit, parent=other, effective_on=day, by=cast.organiser)
    elif verb == "rename":
        actions.rename(unit, short_name=f"新{number}", effective_on=day, by=cast.organiser)
    else:
        actions.dissolve(unit, effective_on=day, by=cast.organiser)


@pytest.mark.parametrize("seed", range(3))
def test_any_sequence_of_acts_leaves_a_tree_on_every_day(cast: Cast, seed: int) -> None:
    Affiliation.objects.all().delete()
    Holding.objects.all().delete()
    random, done = Random(seed), 0
    for number in range(60):
        try:
            act_at_random(random, cast, number)
        except DomainError:
            continue
        done += 1
    assert done >= 15
    owners: dict[str, set[int]] = {}
    for path, unit in Placement.objects.values_list("path", "organisation"):
        owners.setdefault(path, set()).add(unit)
    assert {path for path, units in owners.items() if len(units) > 1} == set(), "no path ever belonged to two units"
    assert actions.check_tree() == []
    for offset in range(0, 181, 3):
        places = {place.organisation_id: place for place in queries.units_on(FIRST + timedelta(days=offset))}
        for place in places.values():
            above = places[place.parent_id].path if place.parent_id else ""
            assert tree.parent_path(place.path) == above
        assert len({place.path for place in places.values()}) == len(places)
