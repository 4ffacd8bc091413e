from __future__ import annotations

from typing import Any

import pytest

from guben.rulebook_engine.errors import RulebookErrors
from guben.rulebook_engine.examples import read_examples, run
from guben.rulebook_engine.library import Library
from guben.rulebook_engine.loading import read_rulebook
from tests.rulebook_engine.tables import DUTY, HEAD, INDICATOR, STANDARD, small_catalogue

LIBRARY = Library([read_rulebook(HEAD + DUTY + INDICATOR + STANDARD, "sample.toml", small_catalogue())])
ENGINES = ["sqlite", "duckdb"]


def example(rule: str, given: str, then: str, on: str = "2026-07-01") -> str:
    says = 'says = { zh = "例", en = "for instance" }'
    return f'[[example]]\nrule = "{rule}"\n{says}\ngiven = {{ {given} }}\non = {on}\nthen = {{ {then} }}\n'


def answer(name: Any, rule: str, given: str, then: str, on: str = "2026-07-01") -> str | None:
    (one,) = read_examples(example(rule, given, then, on), "sample.examples.toml")
    return run(one, LIBRARY, small_catalogue(), name)


MET = 'organisation = { kind = "branch" }, meeting = { form = "member_meeting", held_on = 2026-05-20, entitled = 9, present = 5 }'
TWO = 'organisation = [{ name = "town" }, { name = "village", under = "town" }], member = '


@pytest.mark.parametrize("name", ENGINES)
def test_an_example_that_holds_says_nothing(name: str) -> None:
    assert answer(name, "member-meeting", MET, 'period = "2026-Q2", state = "done", due_on = 2026-06-30') is None
    assert (
        answer(name, "share-35-or-under", TWO + '[{ at = "village", stage = "full", many = 2 }]', "value = 0") is None
    )


@pytest.mark.parametrize("name", ENGINES)
def test_an_example_that_differs_says_how(name: str) -> None:
    assert answer(name, "member-meeting", MET, 'period = "2026-Q1", state = "done"') == (
        "sample.examples.toml:1: member-meeting: Expected state done, found late."
    )
    given = TWO + '[{ at = "village", stage = "full", born_on = 1990-01-01 }]'
    assert answer(name, "young-enough", given, "value = 0.5, holds = true") == (
        "sample.examples.toml:1: young-enough: Expected value 0.5, found 0.0. Expected holds True, found False."
    )


WRONG = {
    ("nobody", MET, "holds = true"): "No rule 'nobody' in force on 2026-07-01.",
    ("young-enough", "members = {}", "holds = true"): "No fact table 'members'. Did you mean 'member'?",
    ("young-enough", "member = { agee = 3 }", "holds = true"): "No stored column 'agee' in fact table 'member'.",
    ("young-enough", "member = { age = 3 }", "holds = true"): "No stored column 'age' in fact table 'member'.",
    ("young-enough", 'member = { talks = "3" }', "holds = true"): "'talks' is of type integer; found '3'.",
    ("young-enough", "member = { talks = true }", "holds = true"): "'talks' is of type integer; found True.",
    ("young-enough", 'member = { sex = "9" }', "holds = true"): "'9' is no value of 'sex'.",
    ("young-enough", 'member = { at = "x" }', "holds = true"): "No unit 'x' above this place. Known: 1.",
    ("member-meeting", MET, 'period = "2026-Q9", state = "done"'): "'2026-Q9' is not a period",
    ("member-meeting", 'organisation = { kind = "committee" }', 'period = "2026"'): "The rule is not about this unit.",
    ("member-meeting", MET, 'period = "2026-Q2", absent = true'): "Expected absent True, found False.",
}


@pytest.mark.parametrize("case", WRONG)
def test_an_example_that_cannot_be_right_says_why(case: tuple[str, str, str]) -> None:
    said = answer("sqlite", *case)

    assert said is not None
    assert WRONG[case] in said


def test_mistakes_in_a_file_of_examples_have_their_places() -> None:
    text = (
        example("a", "member = {}", 'state = "doen"')
        + "\n[[exampel]]\n"
        + example("b", "", "value = 1").replace("on =", "om =")
    )

    with pytest.raises(RulebookErrors) as caught:
        read_examples(text, "x.toml")

    assert [str(mistake).split(";")[0] for mistake in caught.value.mistakes] == [
        "x.toml:6:10: 'doen' is not allowed",
        "x.toml:8:1: No part 'exampel' here. Known: [[example]].",
        "x.toml:9:1: 'on' is missing.",
        "x.toml:13:1: No key 'om' here. Known: rule, says, given, on, then.",
    ]
