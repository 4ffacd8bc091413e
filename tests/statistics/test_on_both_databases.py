"""What a unit's statistics ask of the database, on the tree of a day and on today's, live and kept."""

from __future__ import annotations

from datetime import date

import pytest

from guben.organisations.actions import move
from guben.statistics import queries
from guben.statistics.keeping import keep_reckoning
from guben.statistics.models import Standing
from guben.statistics.queries import Reading
from tests.cast import OTHER_VILLAGE, STREET, TODAY, Cast

pytestmark = pytest.mark.usefixtures("rules")
TOTAL = "bulletin-members_total"
YEAR_END = date(2025, 12, 31)


def test_both_trees_live_and_kept(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    move(cast.units[OTHER_VILLAGE], parent=cast.units[STREET], effective_on=date(2026, 3, 1), by=cast.organiser)
    for standing, below in ((Standing.THEN, [17, 7]), (Standing.TODAY, [12, 12])):
        live = Reading(cast.organiser, cast.city, TODAY, standing)
        wanted = live.known.indicators
        found = live.reckoned(YEAR_END, wanted)
        assert found
        assert [found.figures[TOTAL][unit.id].value for unit in found.children] == below

        keep_reckoning(cast.city, YEAR_END, standing)
        with monkeypatch.context() as patch:
            patch.setattr(queries, "MOST_AT_ONCE", 3)
            kept = Reading(cast.organiser, cast.city, TODAY, standing).reckoned(YEAR_END, wanted)
        assert kept
        assert kept.figures == found.figures
