"""The road of a case: states, days at the boundaries, ways back, free order, editions that change while it runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guben.kit.calendar import Calendar
from guben.rulebook.sources import read_all, shipped_files
from guben.rulebook_engine.calendar_files import shipped_years
from guben.rulebook_engine.errors import RulebookErrors
from guben.rulebook_engine.facts import Catalogue
from guben.rulebook_engine.library import Library
from guben.rulebook_engine.loading import read_rulebook
from guben.rulebook_engine.procedures import Procedure, Share, Step, Term
from guben.rulebook_engine.roads import Done, Road, outcomes, possible, road, simulate, where
from guben.rulebook_engine.terms import day_of, describe
from tests.rulebook_engine.tables import small_catalogue

OFFICIAL = Calendar(shipped_years().values())
HALL = (Path(__file__).parent / "mistakes" / "procedure.toml.txt").read_text(encoding="utf-8")
HEAD = """
[rulebook]
key        = "sample"
title      = { zh = "样本", en = "Sample" }
source     = "Sample rules"
confidence = "verified"
from       = 2018-01-01
"""


def procedures(text: str, catalogue: Catalogue | None = None) -> tuple[Procedure, ...]:
    library = Library([read_rulebook(text, "sample.toml", catalogue or small_catalogue())])
    return library.editions_of(next(entry.key for entry in library))


def steps(*lines: str, more: str = "") -> str:
    """A procedure of steps, each written `KEY KIND` and further lines."""
    text = f'[[procedure]]\nkey = "p"\ntitle = {{ zh = "程序", en = "P" }}\nwho = "kind = \'branch\'"\n{more}\n'
    for line in lines:
        name, kind, *rest = line.split(" ", 2)
        text += f'[[procedure.step]]\nkey = "{name}"\nkind = "{kind}"\ntitle = {{ zh = "{name}", en = "{name}" }}\n'
        text += "\n".join(rest) + "\n"
    return text


@pytest.fixture(scope="module")
def development() -> tuple[Procedure, ...]:
    return read_all(shipped_files()).editions_of("development")


def run_to(editions: Sequence[Procedure], begun: date, until: str, on: date | None = None) -> list[Done]:
    """Each step done on its earliest day up to a step, under the edition of its day."""
    done: list[Done] = []
    day = begun
    for _ in range(200):
        found = road(editions, begun, done, day, OFFICIAL)
        step = found.current
        if step is None or step.step.key == until or (on is not None and day > on):
            return done
        day = max(day, step.opens_on or day)
        choice = next((one for one in possible(step, day) if one.good and one.to not in ("stay", "before")), None)
        if choice is None:
            stay = outcomes(step.step)[0]
            if step.step.kind == "notice" and not any(one.outcome == stay.key and one.on >= day for one in done):
                done.append(Done(step.step.key, stay.key, day, found.procedure.edition_label))
                day = road(editions, begun, done, day, OFFICIAL).current.leaves_on  # type: ignore[union-attr,assignment]
            elif step.step.every is not None:
                done.append(Done(step.step.key, stay.key, day, found.procedure.edition_label))
                if step.leaves_on and len([one for one in done if one.step == step.step.key]) >= 2:
                    day = max(day, step.leaves_on)
            continue
        done.append(Done(step.step.key, choice.key, day, found.procedure.edition_label))
    raise AssertionError("The road does not end.")


def states(found: Road) -> dict[str, str]:
    return {step.step.key: step.state for step in found.steps}


# The road of one edition


def test_a_case_stands_at_the_first_step_and_late_after_its_last_day() -> None:
    editions = procedures(HALL)[:1]
    begun = date(2025, 3, 3)
    done = [Done("ask", "done", begun)]

    on_time = road(editions, begun, done, date(2025, 3, 6), OFFICIAL)
    late = road(editions, begun, done, date(2025, 3, 7), OFFICIAL)

    assert on_time.current is not None
    assert (on_time.current.step.key, on_time.current.state, on_time.current.due_on) == (
        "look",
        "now",
        date(2025, 3, 6),
    )
    assert late.current is not None
    assert late.current.state == "late"
    assert states(on_time) == {
        "ask": "done", "look": "now", "post": "to_come", "decide": "to_come", "rest": "to_come", "give": "to_come"
    }  # fmt: skip


def test_a_returned_step_goes_back_and_keeps_what_was_done() -> None:
    editions = procedures(HALL)[:1]
    begun = date(2025, 3, 3)
    done = [Done("ask", "done", begun), Done("look", "returned", date(2025, 3, 4))]

    found = road(editions, begun, done, date(2025, 3, 5), OFFICIAL)

    assert found.current is not None
    assert found.current.step.key == "ask"
    assert [one.outcome for one in found.current.done] == ["done"]
    assert states(found)["look"] == "to_come"
    again = [*done, Done("ask", "done", date(2025, 3, 10))]
    due = road(editions, begun, again, date(2025, 3, 10), OFFICIAL).current
    assert due is not None
    assert due.due_on == date(2025, 3, 13)  # counted from the second time


def test_a_refused_case_ends_and_a_withdrawn_one_too() -> None:
    editions = procedures(HALL)[:1]
    begun = date(2025, 3, 3)
    refused = road(editions, begun, [Done("ask", "done", begun), Done("look", "refused", begun)], begun, OFFICIAL)
    withdrawn = road(editions, begun, [Done("ask", "withdrawn", begun)], begun, OFFICIAL)

    assert refused.ended is not None
    assert (refused.ended.key, refused.ended_on, refused.current) == ("refused", begun, None)
    assert withdrawn.ended is not None
    assert withdrawn.ended.key == "withdrawn"


def test_a_notice_hangs_and_only_then_has_a_result() -> None:
    editions = procedures(HALL)[:1]
    begun = date(2025, 9, 25)
    done = [Done("ask", "done", begun), Done("look", "agreed", begun)]
    posted = [*done, Done("post", "posted", date(2025, 9, 26))]  # Friday; the 28th is made up, 1 to 8 October are off

    before = road(editions, begun, done, begun, OFFICIAL).current
    hanging = road(editions, begun, posted, date(2025, 10, 9), OFFICIAL).current
    over = road(editions, begun, posted, date(2025, 10, 10), OFFICIAL).current

    assert before is not None
    assert before.leaves_on is None
    assert hanging is not None
    assert hanging.leaves_on == date(2025, 10, 10)
    assert [one.key for one in possible(hanging, date(2025, 10, 9))] == ["posted"]
    assert over is not None
    assert [one.key for one in possible(over, date(2025, 10, 10))] == ["posted", "clear", "upheld"]


def test_a_wait_passes_by_itself_on_its_day() -> None:
    editions = procedures(HALL)[:1]
    begun = date(2025, 3, 3)
    done = [Done("ask", "done", begun), Done("look", "agreed", begun), Done("post", "posted", begun),
            Done("post", "clear", date(2025, 3, 10)), Done("decide", "passed", date(2025, 3, 12))]  # fmt: skip

    assert where(editions, begun, done, date(2025, 3, 14), OFFICIAL).step.key == "rest"  # type: ignore[union-attr]
    there = where(editions, begun, done, date(2025, 3, 15), OFFICIAL)
    assert there.step is not None
    assert (there.step.key, there.opens_on) == ("give", date(2025, 3, 15))


def test_an_outcome_may_set_another_end_and_is_used_up() -> None:
    text = HEAD + steps(
        "vote form",
        'approve review closes = [{ after = "vote", months = 3 }]\n[[procedure.step.outcome]]\nkey = "yes"\n'
        'title = { zh = "是", en = "Yes" }\n[[procedure.step.outcome]]\nkey = "longer"\n'
        'title = { zh = "延长", en = "Longer" }\nto = "stay"\nonce = true\ncloses = [{ after = "vote", months = 6 }]',
    )
    editions, begun = procedures(text), date(2025, 8, 31)
    done = [Done("vote", "done", begun)]

    assert where(editions, begun, done, begun, OFFICIAL).due_on == date(2025, 11, 30)
    longer = [*done, Done("approve", "longer", date(2025, 11, 1))]
    now = road(editions, begun, longer, date(2025, 12, 1), OFFICIAL).current
    assert now is not None
    assert (now.state, now.due_on) == ("now", date(2026, 2, 28))
    assert [one.key for one in possible(now, date(2025, 12, 1))] == ["yes"]


def test_neighbours_in_any_order_are_open_together() -> None:
    text = HEAD + steps("a form", "b form any-order = true", "c form any-order = true", "d form")
    editions, begun = procedures(text), date(2025, 1, 1)
    done = [Done("a", "done", begun)]

    both = road(editions, begun, done, begun, OFFICIAL)
    one = road(editions, begun, [*done, Done("c", "done", begun)], begun, OFFICIAL)
    after = road(editions, begun, [*done, Done("c", "done", begun), Done("b", "done", begun)], begun, OFFICIAL)

    assert [step.step.key for step in both.open_steps] == ["b", "c"]
    assert [step.step.key for step in one.open_steps] == ["b"]
    assert [step.step.key for step in after.open_steps] == ["d"]


def test_an_examination_is_due_again_and_again() -> None:
    text = HEAD + steps(
        "a form", 'b examination every = { months = 6, at-least = 2 }\nopens = [{ after = "a", years = 1 }]'
    )
    editions, begun = procedures(text), date(2023, 8, 31)
    done = [Done("a", "done", begun)]

    first = where(editions, begun, done, begun, OFFICIAL)
    second = where(editions, begun, [*done, Done("b", "kept", date(2024, 2, 10))], date(2024, 3, 1), OFFICIAL)
    assert (first.due_on, first.leaves_on) == (date(2024, 2, 29), date(2024, 8, 31))
    assert second.due_on == date(2024, 8, 10)
    one = road(editions, begun, [*done, Done("b", "kept", date(2024, 2, 10))], date(2024, 9, 1), OFFICIAL).current
    assert one is not None
    assert [choice.key for choice in possible(one, date(2024, 9, 1))] == ["kept"]  # one examination is missing


@pytest.mark.parametrize(
    ("first", "second", "examined"),
    [
        (date(2023, 9, 1), date(2023, 9, 2), 1),
        (date(2023, 8, 31), date(2024, 2, 29), 1),  # the last day of the first half-year
        (date(2024, 2, 29), date(2024, 3, 1), 2),
        (date(2024, 3, 1), date(2024, 8, 31), 1),
        (date(2024, 8, 31), date(2025, 3, 1), 2),
    ],
)
def test_examinations_of_one_half_year_count_once(first: date, second: date, examined: int) -> None:
    text = HEAD + steps("a form", "b examination every = { months = 6, at-least = 2 }")
    editions, begun, later = procedures(text), date(2023, 8, 31), date(2025, 6, 1)
    done = [Done("a", "done", begun), Done("b", "kept", first), Done("b", "kept", second)]

    found = road(editions, begun, done, later, OFFICIAL).current

    assert found is not None
    assert found.examined == examined
    assert ("ready" in {one.key for one in possible(found, later)}) == (examined == 2)


# Boundary days


@given(st.dates(date(2012, 1, 1), date(2026, 6, 1)), st.integers(1, 24))
def test_months_are_calendar_months(day: date, months: int) -> None:
    end = day_of(Term(months=months), day, OFFICIAL)

    index = day.year * 12 + day.month - 1 + months
    assert (end.year, end.month) == (index // 12, index % 12 + 1)
    assert end.day == day.day or (end.day < day.day and (end + timedelta(days=1)).day == 1)


def test_a_year_from_the_leap_day_ends_on_the_last_of_february() -> None:
    assert day_of(Term(years=1), date(2024, 2, 29), OFFICIAL) == date(2025, 2, 28)
    assert day_of(Term(years=4), date(2024, 2, 29), OFFICIAL) == date(2028, 2, 29)
    assert day_of(Term(months=1), date(2026, 1, 31), OFFICIAL) == date(2026, 2, 28)


@given(st.integers(0, 1000))
def test_exactly_half_is_not_more_than_half_and_four_fifths_are_reached_exactly(base: int) -> None:
    half, four_fifths = Share(more_than="1/2"), Share(at_least="4/5")

    assert half.reached(base // 2, base) is False
    assert half.reached(base // 2 + 1, base) is True
    for count in range(max(base * 4 // 5 - 1, 0), base * 4 // 5 + 2):
        assert four_fifths.reached(count, base) is (Fraction(count) >= Fraction(4, 5) * base)
    if base % 5 == 0:
        assert four_fifths.reached(base * 4 // 5, base)


# The two editions of the development of members


def test_the_editions_differ_exactly_where_they_should(development: tuple[Procedure, ...]) -> None:
    old, new = ({step.key: step for step in edition.step} for edition in development)

    assert old.keys() - new.keys() == {"candidate-filing"}
    assert new.keys() - old.keys() == {"candidate-consent", "candidate-notice"}
    differing = {key for key in old.keys() & new.keys() if _acts(old[key]) != _acts(new[key])}
    assert differing == {"vote", "oath"}
    assert [term.months for term in new["vote"].closes] == [1]
    assert not old["vote"].closes
    assert new["candidate-notice"].notice is not None
    assert new["candidate-notice"].notice.working_days == 5


def _acts(step: Step) -> dict[str, object]:
    """What a step asks, without its words and its source."""
    terms = {name: [(one.after, one.working_days, one.days, one.months, one.years) for one in getattr(step, name)]
             for name in ("opens", "closes")}  # fmt: skip
    told = {
        name: getattr(step, name)
        for name in ("kind", "by", "at", "needs", "vote", "notice", "training", "every", "effect")
    }
    return {
        **told,
        **terms,
        "outcomes": [(one.key, one.to, one.effect, one.reason, one.once) for one in outcomes(step)],
    }


def test_the_same_entries_under_both_editions_differ_where_the_editions_do(development: tuple[Procedure, ...]) -> None:
    old, new = (
        [edition.model_copy(update={"from_on": date(2014, 5, 28), "until_on": None})] for edition in development
    )
    begun = date(2020, 1, 6)
    entries = run_to(old, begun, "vote")

    by_old = where(old, begun, entries, date(2021, 6, 1), OFFICIAL)
    assert by_old.step is not None
    assert (by_old.step.key, by_old.due_on, by_old.late) == ("vote", None, False)
    shorter = [one for one in entries if one.step != "candidate-filing"]
    by_new = where(new, begun, [Done(one.step, one.outcome, one.on) for one in shorter], date(2021, 6, 1), OFFICIAL)
    assert by_new.step is not None
    assert (by_new.step.key, by_new.late) == ("vote", True)


def test_the_whole_road_is_walked_in_both_editions(development: tuple[Procedure, ...]) -> None:
    for edition, begun in ((development[0], date(2015, 3, 31)), (development[1], date(2026, 5, 18))):
        done = run_to([edition], begun, "")
        found = road([edition], begun, done, done[-1].on, OFFICIAL)

        assert found.ended is not None
        assert found.current is None
        assert {step.state for step in found.steps} == {"done", "passed_by"}
        assert {step.step.key for step in found.steps if step.state == "passed_by"} == {
            "probation-extended",
            "cancellation",
        }
        effects = {edition.step[number].effect for number in range(len(edition.step))} - {""}
        assert len(effects) == 8


def test_a_case_begun_under_2014_runs_on_under_2026(development: tuple[Procedure, ...]) -> None:
    begun = date(2025, 4, 1)
    done = [one for one in run_to(development, begun, "candidate") if one.on < date(2026, 5, 18)]
    assert {one.edition for one in done} == {"2014"}

    before = road(development, begun, done, date(2026, 5, 17), OFFICIAL)
    after = road(development, begun, done, date(2026, 5, 18), OFFICIAL)

    assert (before.procedure.edition_label, after.procedure.edition_label) == ("2014", "2026")
    assert "candidate-filing" in states(before)
    assert {"candidate-consent", "candidate-notice"} <= states(after).keys()
    assert after.current is not None
    assert after.current.step.key == "candidate"
    assert {step.procedure.edition_label for step in after.steps if step.state == "done"} == {"2014"}
    on = [*done, Done("candidate", "done", date(2026, 5, 20))]
    assert where(development, begun, on, date(2026, 5, 20), OFFICIAL).step.key == "candidate-consent"  # type: ignore[union-attr]


def test_who_was_filed_under_2014_needs_no_notice_again(development: tuple[Procedure, ...]) -> None:
    begun = date(2024, 4, 1)
    done = run_to(development, begun, "introducers", on=date(2026, 1, 1))
    assert done[-1].step == "candidate-filing"

    after = road(development, begun, done, date(2026, 6, 1), OFFICIAL)

    assert after.current is not None
    assert (after.current.step.key, after.procedure.edition_label) == ("introducers", "2026")
    assert [step.step.key for step in after.steps if step.state == "done"][-1] == "candidate-filing"
    due = [*done, Done("introducers", "done", date(2026, 6, 1)), Done("political-review", "done", date(2026, 6, 2)),
           Done("training", "done", date(2026, 6, 5)), Done("branch-review", "done", date(2026, 6, 8)),
           Done("pre-review", "agreed", date(2026, 6, 30)), Done("application-form", "done", date(2026, 7, 1))]  # fmt: skip
    there = where(development, begun, due, date(2026, 7, 31), OFFICIAL)
    assert there.step is not None
    assert (there.step.key, there.due_on, there.late) == ("vote", date(2026, 7, 30), True)


def test_an_edition_may_leave_running_cases_with_theirs(development: tuple[Procedure, ...]) -> None:
    stays = (development[0], development[1].model_copy(update={"running": "stay"}))
    begun = date(2025, 4, 1)

    assert road(stays, begun, [], date(2026, 7, 1), OFFICIAL).procedure.edition_label == "2014"
    assert road(stays, date(2026, 5, 18), [], date(2026, 7, 1), OFFICIAL).procedure.edition_label == "2026"


def test_probation_is_extended_once(development: tuple[Procedure, ...]) -> None:
    editions, begun = development[1:], date(2026, 6, 1)
    done = run_to(editions, begun, "full-vote")
    day = done[-1].on
    vote = road(editions, begun, done, day, OFFICIAL).current
    assert vote is not None
    assert [one.key for one in possible(vote, day)] == ["on-time", "extended", "cancelled"]

    done.append(Done("full-vote", "extended", day))
    longer = road(editions, begun, done, day, OFFICIAL).current
    assert longer is not None
    voted = next(one.on for one in done if one.step == "vote")
    assert (longer.step.key, longer.leaves_on) == ("probation-extended", day_of(Term(months=18), voted, OFFICIAL))
    later = longer.leaves_on or day
    done += [Done("probation-extended", "ready", later), Done("full-application", "done", later)]
    again = road(editions, begun, done, later, OFFICIAL).current
    assert again is not None
    assert again.step.key == "full-vote"
    assert [one.key for one in possible(again, later)] == ["on-time", "cancelled"]


def test_a_renamed_reordered_or_new_step_is_found_again() -> None:
    old = steps("a form", "b form", "c form", "d form", more="until = 2025-01-01")
    new = steps('first form was = ["a"]', "new form", "c form", "b form", "d form", more="from = 2025-01-01")
    editions, begun, later = procedures(HEAD + old + new), date(2024, 12, 1), date(2025, 2, 1)

    def at(*done: str) -> str:
        there = where(editions, begun, [Done(key, "done", begun) for key in done], later, OFFICIAL).step
        return there.key if there else "end"

    assert at() == "first"
    assert at("a") == "new"
    assert at("a", "b") == "c"  # still to come, though it stands before b now
    assert at("a", "b", "c") == "d"
    assert at("a", "b", "c", "d") == "end"


# A procedure of a user's own


def test_a_users_procedure_simulates_itself() -> None:
    found = simulate(procedures(HALL), date(2025, 9, 26), OFFICIAL)

    assert [(one.key, one.earliest.isoformat(), one.latest and one.latest.isoformat()) for one in found] == [
        ("ask", "2025-09-26", None),
        ("look", "2025-09-26", "2025-09-30"),  # the 28th, a Sunday, is made up
        ("post", "2025-10-10", None),  # 26, 28, 29, 30 September, 9 October; 1 to 8 October are off
        ("decide", "2025-10-10", "2025-11-14"),
        ("rest", "2025-10-13", None),
        ("give", "2025-10-13", None),
    ]
    assert found[1].source == "Sample rules"
    assert [one.key for one in simulate(procedures(HALL), date(2025, 9, 26), OFFICIAL, date(2026, 2, 1))] == ["request"]


def test_a_term_is_said_in_both_languages(development: tuple[Procedure, ...]) -> None:
    new = development[1]
    vote = next(step for step in new.step if step.key == "vote")
    application = next(step for step in new.step if step.key == "full-application")

    assert describe(vote.closes[0], "zh-hans", new, end=True) == "“上级党委预审”后1个月内"
    assert describe(vote.closes[0], "en", new, end=True) == "within 1 month after “Pre-review by the committee above”"
    assert describe(application.opens[0], "zh-hans", new) == "“支部大会讨论”满1年后"
    assert describe(Term(), "en", new) == "after the start"


# Nothing raises and nothing hangs

KEYS = ["ask", "look", "post", "decide", "rest", "give", "request", "nonsense", ""]
OUTCOMES = ["done", "agreed", "returned", "refused", "posted", "clear", "upheld", "passed", "withdrawn", "nonsense", ""]
ENTRIES = st.lists(
    st.builds(Done, st.sampled_from(KEYS), st.sampled_from(OUTCOMES), st.dates(date(2020, 1, 1), date(2030, 1, 1)),
              st.sampled_from(["", "2018-01-01", "2026-01-01", "none"])), max_size=12)  # fmt: skip
HALLS = procedures(HALL)


@settings(deadline=None, max_examples=300)
@given(ENTRIES, st.dates(date(2015, 1, 1), date(2035, 1, 1)), st.dates(date(1900, 1, 2), date(2999, 1, 1)))
def test_whatever_was_recorded_has_a_road(done: list[Done], begun: date, on: date) -> None:
    found = road(HALLS, begun, done, on, OFFICIAL)
    there = where(HALLS, begun, done, on, OFFICIAL)

    assert (found.current is None) is (found.ended is not None) is (there.step is None)
    if found.current is not None and there.step is not None:
        assert found.current.step.key == there.step.key
        assert (found.current.due_on, found.current.opens_on) == (there.due_on, there.opens_on)
        assert (found.current.state == "late") is there.late


@settings(deadline=None, max_examples=200)
@given(st.lists(st.sampled_from(["form", "review", "wait", "examination"]), min_size=1, max_size=8), st.data())
def test_any_procedure_that_is_read_simulates_itself(kinds: list[str], data: st.DataObject) -> None:
    names = [f"s{number}" for number in range(len(kinds))]
    lines = []
    for number, kind in enumerate(kinds):
        after = data.draw(st.sampled_from(["begin", *names[:number]]))
        unit = data.draw(st.sampled_from(["days", "months", "years", "working-days"]))
        count = data.draw(st.integers(0, 100))
        more = "every = { months = 6 }\n" if kind == "examination" else ""
        lines.append(f'{names[number]} {kind} {more}opens = [{{ after = "{after}", {unit} = {count} }}]')
        if data.draw(st.booleans()):
            lines[-1] += "\nany-order = true"
    editions = procedures(HEAD + steps(*lines))
    found = simulate(editions, data.draw(st.dates(date(2018, 1, 1), date(2990, 1, 1))), OFFICIAL)

    assert [one.key for one in found] == names
    assert all(one.earliest <= date.max for one in found)


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_a_spoilt_procedure_is_refused_with_its_place(data: st.DataObject) -> None:
    text = HALL
    for _ in range(data.draw(st.integers(1, 3))):
        lines = text.split("\n")
        number = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.sampled_from(["drop", "double", "swap", "word"])):
            case "drop":
                del lines[number]
            case "double":
                lines.insert(number, lines[number])
            case "swap":
                other = data.draw(st.integers(0, len(lines) - 1))
                lines[number], lines[other] = lines[other], lines[number]
            case "word":
                words = ["end", "stay", "begin", "0", "-1", "[]", "{}", "ask", "9" * 30, "true", "'", "1/0"]
                part = lines[number].partition("=")
                lines[number] = part[0] + part[1] + " " + data.draw(st.sampled_from(words))
        text = "\n".join(lines) or "x"
    try:
        library = Library([read_rulebook(text, "halls.toml", small_catalogue())])
    except RulebookErrors as errors:
        assert all(one.line >= 1 and one.column >= 1 and one.sentence for one in errors.mistakes)
    else:
        for key in {entry.key for entry in library}:
            if library.editions_of(key):
                assert simulate(library.editions_of(key), date(2025, 9, 26), OFFICIAL)
