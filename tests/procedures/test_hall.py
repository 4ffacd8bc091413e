"""A procedure that a user wrote, without a person, from beginning to end."""

from __future__ import annotations

from datetime import date

import pytest

from guben.procedures import actions, queries, standing
from guben.procedures.models import Case
from tests.cast import Cast
from tests.procedures import cases

pytestmark = pytest.mark.usefixtures("procedures")


def test_a_hall_is_asked_for_reviewed_and_handed_over(cast: Cast) -> None:
    organiser = cases.town_organiser(cast)
    case = cases.hall(cast, begun_on=date(2026, 6, 1))
    assert case.number == "2026-CD-000001"
    assert (case.step, case.actor, case.due_on) == ("ask", cast.branch, date(2026, 6, 11))
    cases.take(case, "ask", date(2026, 6, 2), cast.secretary, values={"people": "30", "when": "2026-06-20"})
    actions.hand_in(case, "plan", by=cast.secretary, kept_where="文件柜", dated_on=date(2026, 6, 3))
    cases.take(case, "hand-in", date(2026, 6, 3), cast.secretary)
    case.refresh_from_db()
    assert (case.step, case.actor) == ("review", cast.town)
    assert (case.opens_on, case.due_on) == (date(2026, 6, 5), date(2026, 6, 10))
    assert [one.pk for one in queries.waiting_for(organiser, cast.today)] == [case.pk]
    cases.take(case, "review", date(2026, 6, 9), organiser, "agreed")
    case.refresh_from_db()
    assert standing.of(case, date(2026, 6, 11)).closed_because
    cases.take(case, "hand-over", date(2026, 6, 12), cast.secretary)
    case.refresh_from_db()
    assert (case.ended_on, case.ended_as, case.step, case.actor) == (date(2026, 6, 12), "done", "", None)
    assert cases.handed_over == [case.pk]
    assert [entry.step for entry in case.entries.all()] == ["ask", "hand-in", "review", "hand-over"]
    assert Case.objects.filter(once_about__isnull=False).count() == 0
