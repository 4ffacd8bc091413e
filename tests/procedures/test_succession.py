"""Open cases when their unit is merged, split or dissolved."""

from __future__ import annotations

import pytest

from guben.organisations import obstacles
from guben.organisations.actions import reform as reforms
from guben.organisations.carrying import Heir, Reform
from guben.procedures import actions, proving, queries
from guben.procedures.models import Case
from tests.cast import BRANCH, SMALL_BRANCH, TODAY, VILLAGE, Cast
from tests.procedures import cases
from tests.procedures.cases import take

pytestmark = pytest.mark.usefixtures("procedures")


def merge(cast: Cast) -> Reform:
    first, second = cast.units[BRANCH], cast.units[SMALL_BRANCH]
    return Reform(
        kind="merge",  # type: ignore[arg-type]
        sources=(first, second),
        heirs=(Heir(unit=second),),
        parent=cast.units[VILLAGE],
        on=TODAY,
        paper="青委组〔2026〕1号",
        groups={group.pk: 0 for group in cast.groups},
    )


def test_open_cases_go_to_the_heir_and_come_back_with_a_correction(cast: Cast) -> None:
    case, other, ended = cases.named(cast), cases.hall(cast), cases.hall(cast)
    take(ended, "ask", TODAY, cast.secretary, values={"people": 1, "when": TODAY})
    actions.withdraw(ended, "不用了", by=cast.secretary)
    organiser = cases.town_organiser(cast)
    paper = merge(cast)
    counts, problems = reforms.rehearse(paper, by=organiser)
    assert any("办件" in line.title and line.number == 2 for line in counts)
    if problems:
        pytest.fail(str(problems))
    reforms.carry_out(paper, by=organiser)
    small = cast.units[SMALL_BRANCH]
    for one in (case, other):
        one.refresh_from_db()
        assert (one.organisation, one.actor) == (small, small)
    ended.refresh_from_db()
    assert ended.organisation == cast.units[BRANCH]
    assert case.entries.count() == 1
    assert proving.prove(TODAY).wrong == 0
    secretary = cases.user(cast, "small-secretary", "secretary", SMALL_BRANCH)
    assert set(queries.waiting_for(secretary, TODAY)) == {case, other}


def test_a_unit_with_open_cases_is_not_dissolved(cast: Cast) -> None:
    case = cases.hall(cast)
    said = obstacles.sentences("dissolve", cast.units[BRANCH], TODAY)
    assert any("还有1件没有办结" in one for one in said)
    Case.objects.filter(pk=case.pk).update(ended_on=TODAY, step="", once_about=None)
    assert not any("没有办结" in one for one in obstacles.sentences("dissolve", cast.units[BRANCH], TODAY))
