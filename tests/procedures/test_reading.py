"""What is read of cases: what waits for whom, warnings, facts, the proof, and how many queries it all takes."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guben.organisations.models import Organisation
from guben.procedures import actions, facts, proving, queries, reminding, standing
from guben.procedures.models import Case, Entry, Reminder
from guben.rulebook.live import LiveEngine
from tests.cast import BRANCH, SMALL_BRANCH, Cast
from tests.command import Answer
from tests.command import guben as run
from tests.procedures import cases
from tests.procedures.cases import take

pytestmark = pytest.mark.usefixtures("procedures")


def guben(words: str) -> Answer:
    return run(*words.split())


def at_review(cast: Cast) -> Case:
    case = cases.hall(cast, begun_on=date(2026, 6, 1))
    take(case, "ask", date(2026, 6, 2), cast.secretary, values={"people": 30, "when": date(2026, 6, 20)})
    actions.hand_in(case, "plan", by=cast.secretary, kept_where="文件柜", dated_on=date(2026, 6, 3))
    take(case, "hand-in", date(2026, 6, 3), cast.secretary)
    case.refresh_from_db()
    return case


def test_each_sees_what_waits_for_her_and_what_is_in_others_hands(cast: Cast) -> None:
    case, organiser = at_review(cast), cases.town_organiser(cast)
    other = cases.hall(cast)
    assert list(queries.waiting_for(organiser, cast.today)) == [case]
    assert list(queries.waiting_for(cast.secretary, cast.today)) == [other]
    for nobody in (cast.clerk, cast.organiser, cast.member, cast.neighbour, cast.inspector):
        assert not queries.waiting_for(nobody, cast.today).exists()
    assert list(queries.in_others_hands(cast.branch, cast.today)) == [case]
    assert list(queries.at_hand(cast.town, cast.today)) == [case]
    assert list(queries.overdue_below(cast.town, cast.today)) == [case]  # the town itself is late, and it shows
    assert list(queries.overdue_below(cast.branch, cast.today)) == [case]
    assert not queries.overdue_below(cast.street, cast.today).exists()


def test_what_opens_later_does_not_wait_yet(cast: Cast) -> None:
    at_review(cast)
    organiser = cases.town_organiser(cast)
    assert not queries.waiting_for(organiser, date(2026, 6, 4)).exists()
    assert queries.waiting_for(organiser, date(2026, 6, 5)).exists()


def test_a_step_left_to_the_member_waits_for_her(cast: Cast) -> None:
    case = cases.trial(cast)
    assert list(queries.waiting_for(cast.member, cast.today)) == [case]


def test_warnings_come_as_early_as_the_procedure_says(cast: Cast) -> None:
    case = at_review(cast)
    assert queries.warnings(date(2026, 6, 6)) == []
    (soon,) = queries.warnings(date(2026, 6, 7))
    assert (soon.case, soon.days_left, soon.is_late, soon.title) == (case, 3, False, "审核")
    (late,) = queries.warnings(date(2026, 6, 11), queries.cases_for(cast.secretary))
    assert (late.days_left, late.is_late) == (-1, True)
    assert queries.warnings(cast.today, queries.cases_for(cast.neighbour)) == []


def test_reminders_are_noted_once_before_and_once_after(cast: Cast) -> None:
    at_review(cast)
    assert reminding.remind(date(2026, 6, 6)) == 0
    assert reminding.remind(date(2026, 6, 7)) == 1
    assert reminding.remind(date(2026, 6, 8)) == 0
    assert reminding.remind(date(2026, 6, 11)) == 1
    assert reminding.remind(date(2026, 6, 12)) == 0
    rows = list(Reminder.objects.order_by("pk"))
    assert [row.kind for row in rows] == ["soon", "late"]
    assert {(row.actor, row.supervisor) for row in rows} == {(cast.town, cast.city)}
    assert queries.reminders_at(cast.city, date(2026, 6, 1)).count() == 2


def test_queries_do_not_grow_with_the_cases(cast: Cast) -> None:
    def asked() -> int:
        who = cases.again(organiser)
        with CaptureQueriesContext(
            connection,
        ) as made:
            for found in (
                queries.cases_for(who),
                queries.waiting_for(who, cast.today),
                queries.in_others_hands(cast.branch, cast.today),
                queries.overdue_below(cast.town, cast.today),
            ):
                assert [(one.organisation.name, one.actor and one.actor.name, one.person) for one in found]
            assert queries.warnings(cast.today)
        return len(made)

    organiser = cases.town_organiser(cast)
    at_review(cast)
    few = asked()
    for _number in range(5):
        at_review(cast)
    assert asked() == few
    assert few <= 14


def test_a_page_of_a_case_takes_few_queries(cast: Cast) -> None:
    case = cases.noticed(cast)
    who = cases.again(cast.secretary)
    with CaptureQueriesContext(connection) as made:
        found = standing.of(queries.case_for(who, case.pk), cast.today)
        assert found.who
        assert [entry.recorded_by.display_name for entry in found.records.entries]
    assert len(made) <= 9, [query["sql"][:120] for query in made]


class TestProof:
    def test_what_stands_written_is_what_follows(self, cast: Cast) -> None:
        for case in (at_review(cast), cases.voted(cast), cases.hall(cast)):
            assert case.pk
        take(Case.objects.get(step="notice"), "notice", date(2026, 4, 9), cast.secretary, "posted",
             values={"places": ["x"]})  # fmt: skip
        entry = Entry.objects.get(step="hand-in")
        actions.correct(entry, done_on=date(2026, 6, 5), reason="x", by=cast.secretary)
        proof = proving.prove(cast.today)
        assert (proof.cases, proof.wrong, proof.differences) == (3, 0, [])
        assert proof.late == 1

    def test_what_differs_is_said_and_mended(self, cast: Cast) -> None:
        case = at_review(cast)
        Case.objects.filter(pk=case.pk).update(step="ask", due_on=None, actor=cast.city)
        proof = proving.prove(cast.today)
        assert {(one.column, one.kept, one.found) for one in proof.differences} == {
            ("step", "ask", "review"),
            ("due_on", "", "2026-06-10"),
            ("actor_id", str(cast.city.pk), str(cast.town.pk)),
        }
        assert proving.prove(cast.today, mend=True).mended == 1
        assert proving.prove(cast.today).wrong == 0
        case.refresh_from_db()
        assert (case.step, case.actor) == ("review", cast.town)

    def test_a_unit_that_moved_has_another_superior(self, cast: Cast) -> None:
        case = at_review(cast)
        Organisation.objects.filter(pk=cast.town.pk).update(kind="work_committee")
        assert proving.prove(cast.today, mend=True).mended == 1
        case.refresh_from_db()
        assert case.actor == cast.city

    def test_a_procedure_that_is_no_longer_installed_is_said(self, cast: Cast) -> None:
        from guben.rulebook.models import Rulebook

        at_review(cast)
        Rulebook.objects.all().delete()
        assert proving.prove(cast.today).unknown == ["hall-use"]


class TestFacts:
    def rows(self, name: str, on: date, *columns: str) -> list[dict[str, Any]]:
        table = next(one for one in facts.TABLES if one.name == name)
        engine = LiveEngine()
        chosen = [engine.dialect.quoted(column) for column in columns]
        found = engine.select(table, chosen, where=None, group_by_organisation=False, on=on)
        return [dict(zip(columns, row[1:], strict=True)) for row in found]

    def test_one_row_for_each_case_and_each_entry_that_stands(self, cast: Cast) -> None:
        case, organiser = at_review(cast), cases.town_organiser(cast)
        take(case, "review", date(2026, 6, 15), organiser, "agreed")
        actions.correct(Entry.objects.get(step="ask"), values={"people": 5, "when": "2026-07-01"}, reason="x",
                        by=cast.secretary)  # fmt: skip
        (row,) = self.rows("case", cast.today, "procedure", "step", "state", "entries", "late_entries", "days_late")
        assert row == {
            "procedure": "hall-use", "step": "hand-over", "state": "open", "entries": 3, "late_entries": 1,
            "days_late": 5,
        }  # fmt: skip
        steps = self.rows("case_step", cast.today, "step", "days_since_previous", "days_late", "corrected")
        assert sorted(row["step"] for row in steps) == ["ask", "hand-in", "review"]
        assert {row["step"]: row["days_since_previous"] for row in steps} == {"ask": 1, "hand-in": 1, "review": 12}
        assert self.rows("case", date(2026, 5, 31), "step") == []
        assert len(self.rows("case_step", date(2026, 6, 3), "step")) == 2

    def test_every_column_can_be_read(self, cast: Cast) -> None:
        cases.voted(cast)
        for table in facts.TABLES:
            names = [column.name for column in table.all_columns]
            (first, *_rest) = self.rows(table.name, cast.today, *names)
            assert set(first) == set(names)


class TestCommand:
    def test_list_show_explain_check(self, cast: Cast) -> None:
        case = at_review(cast)
        listed = json.loads(guben("case list --json --late").out)
        assert [one["number"] for one in listed["cases"]] == [case.number]
        shown = json.loads(guben(f"case show {case.number} --json").out)
        assert [one["step"] for one in shown["entries"]] == ["ask", "hand-in"]
        assert shown["late_by"] == 20
        road = json.loads(guben(f"case explain {case.number} --json").out)
        assert [one["state"] for one in road["steps"]] == ["done", "done", "late", "to_come", "to_come"]
        assert "第五条" in road["steps"][2]["source"]
        for words in ("case list", f"case show {case.number}", f"case explain {case.number}", "case check"):
            answer = guben(words)
            assert answer.code == 0, answer
            assert answer.out
        Case.objects.filter(pk=case.pk).update(step="ask")
        assert guben("case check").code == 1
        assert guben("case check --mend").code == 0
        assert json.loads(guben("case check --json").out)["wrong"] == 0

    def test_others_see_nothing(self, cast: Cast) -> None:
        case = at_review(cast)
        for verb in ("show", "explain"):
            assert guben(f"--as neighbour case {verb} {case.number}").code == 1
            assert guben(f"case {verb} 2026-XX-000001").code == 1
        assert json.loads(guben("--as neighbour case list --json").out)["cases"] == []
        assert guben(f"--as neighbour case list --at {BRANCH}").code == 1
        assert guben(f"--as secretary case list --at {SMALL_BRANCH}").code == 1
