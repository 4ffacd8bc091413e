"""Figures kept for a large tree follow the records: act by act they are what a full run says."""

from __future__ import annotations

import pytest

from guben.figures import queries
from guben.figures.queries import worked_out
from guben.figures.trees import day_tree
from guben.organisations.actions import change_site
from guben.organisations.models import Site
from guben.rollup.freshness import keeping, reading
from guben.rollup.freshness.logic import Logic, logic_of
from guben.rollup.models import KeptTree
from guben.rulebook.queries import library
from tests.cast import TODAY, Cast

pytestmark = pytest.mark.usefixtures("rules")


@pytest.fixture(autouse=True)
def _large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any unit is a large tree here."""
    monkeypatch.setattr(keeping, "LARGE_TREE", 0)
    monkeypatch.setattr(reading, "SMALL_TREE", 0)


@pytest.fixture
def logic(cast: Cast) -> Logic:
    return logic_of(library(), TODAY)


@pytest.fixture
def kept(logic: Logic) -> KeptTree:
    begun = keeping.begin(logic)
    assert begun is not None
    return begun


def plain(found: queries.Diagnosis) -> dict[str, object]:
    return {
        one.rule.key: (one.value, one.of, one.period, {(each.unit, each.figure) for each in one.units[0:1000]})
        for one in found.findings
    }


def test_what_is_kept_is_what_the_records_say_for_each_unit(cast: Cast, kept: KeptTree, logic: Logic) -> None:
    for unit in (cast.city, cast.town, cast.village, cast.branch, cast.community):
        live = worked_out(day_tree(unit, TODAY), library())
        found = reading.KeptFigures().diagnosis(unit, TODAY)
        assert found is not None
        assert plain(found.diagnosis) == plain(live)
        assert {rule.key for rule in found.diagnosis.quiet} == {rule.key for rule in live.quiet}
        assert found.diagnosis.size == len(live.top.units)


def test_an_act_shows_at_every_level_within_one_step(cast: Cast, kept: KeptTree, logic: Logic) -> None:
    change_site(Site.objects.get(organisation=cast.community), tenure="owned", by=cast.operator)
    assert keeping.catch_up(kept, logic) > 0
    for unit in (cast.city, cast.street, cast.community):
        found = reading.KeptFigures().diagnosis(unit, TODAY)
        assert found is not None
        assert plain(found.diagnosis) == plain(worked_out(day_tree(unit, TODAY), library()))
    assert keeping.check(kept, logic) == []
