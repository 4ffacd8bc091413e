"""What the live engine asks of the database."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guben.accounts.database import is_postgres
from guben.rulebook import live
from guben.rulebook.live import LiveEngine, Within
from guben.rulebook_engine.engines import needed_table
from guben.rulebook_engine.facts import catalogue
from tests.cast import TODAY, Cast


def units(within: Within | None) -> set[int]:
    table = needed_table("organisation", catalogue)
    found = LiveEngine(within).select(table, ["'100%'"], where=None, group_by_organisation=False, on=TODAY)
    assert {row[1] for row in found} <= {"100%"}  # a sign in a text asks for no parameter
    return {row[0] for row in found}


def test_what_is_narrowed_to_some_units_is_told_of_these_alone(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    some = (cast.branch.pk, cast.town.pk)

    assert units(Within(ids=some)) == set(some)
    assert units(Within(ids=())) == set()
    assert set(some) < units(None)
    monkeypatch.setattr(live, "MOST_PREPARED", 1)  # more than that are written into the query
    assert units(Within(ids=some)) == set(some)


@pytest.mark.skipif(not is_postgres(), reason="PostgreSQL prepares")
def test_a_question_about_other_units_is_not_planned_again(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as asked:
        for one in (cast.branch, cast.town, cast.street):
            assert units(Within(ids=(one.pk,))) == {one.pk}
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*), max(generic_plans + custom_plans) FROM pg_prepared_statements")
            statements, answers = cursor.fetchone()

    assert len(asked) == 4
    assert (statements, answers) == (1, 3)
