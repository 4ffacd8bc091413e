"""Examples of procedures: a case is played as it would be taken, and what could not be taken is told."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from guben.rulebook.mistakes import in_words
from guben.rulebook_engine.examples import failing, read_examples
from guben.rulebook_engine.library import Library
from guben.rulebook_engine.loading import read_rulebook
from tests.rulebook_engine.tables import HEAD, small_catalogue

STEPS = """
[[procedure]]
key     = "hall"
title   = { zh = "会场", en = "Hall" }
who     = "kind = 'branch'"
subject = "none"
edition = "1"

[[procedure.step]]
key    = "asked"
kind   = "form"
title  = { zh = "申请", en = "Asked" }

[[procedure.step]]
key    = "voted"
kind   = "vote"
title  = { zh = "表决", en = "Voted" }
opens  = [{ after = "asked", days = 3 }]
closes = [{ after = "asked", months = 1 }]
vote   = { form = "member_meeting", quorum = { at-least = "4/5", of = "entitled" }, majority = { more-than = "1/2", of = "entitled" } }

[[procedure.step]]
key    = "shown"
kind   = "notice"
title  = { zh = "公示", en = "Shown" }
notice = { working-days = 5, objections-to = "secretary" }

[[procedure.step]]
key    = "lent"
kind   = "form"
title  = { zh = "借用", en = "Lent" }
"""
LIBRARY = Library([read_rulebook(HEAD + STEPS, "halls.toml", small_catalogue())])
ASKED = '{ step = "asked", done_on = 2026-09-01 }'
VOTED = '{ step = "voted", done_on = 2026-09-28, entitled = 10, present = 8, in_favour = 6 }'
SHOWN = '{ step = "shown", outcome = "posted", done_on = 2026-09-29 }'


def answer(entries: str, then: str, on: str = "2026-12-31", case: str = "{ begun_on = 2026-09-01 }") -> str:
    text = f"""
[[example]]
rule  = "hall"
says  = {{ zh = "例", en = "for instance" }}
given = {{ case = {case}, entry = [{entries}] }}
on    = {on}
then  = {{ {then} }}
"""
    found = list(failing(read_examples(text, "halls.examples.toml"), LIBRARY, small_catalogue()))
    return found[0].sentence.removeprefix("The example of 'hall' fails. ") if found else ""


@pytest.mark.parametrize(
    ("entries", "then", "on"),
    [
        ("", 'step = "asked", edition = "1", opens_on = 2026-09-01, is_late = false', "2026-09-01"),
        (ASKED, 'step = "voted", opens_on = 2026-09-04, due_on = 2026-10-01, is_late = false', "2026-10-01"),
        (ASKED, 'step = "voted", is_late = true', "2026-10-02"),
        (f"{ASKED}, {VOTED}", 'step = "shown", opens_on = 2026-09-28', "2026-09-28"),
        (f"{ASKED}, {VOTED}, {SHOWN}", 'step = "shown", leaves_on = 2026-10-12', "2026-10-10"),
        (
            f'{ASKED}, {VOTED}, {SHOWN}, {{ step = "shown", done_on = 2026-10-12 }}, {{ step = "lent", done_on = 2026-10-12 }}',
            'step = "", ended_as = "done", ended_on = 2026-10-12',
            "2026-10-13",
        ),
        (f"{ASKED}, {VOTED.replace('6 }', '5 }')}", 'ended_as = "failed", ended_on = 2026-09-28', "2026-09-28"),
    ],
)
def test_an_example_says_where_the_case_stands(entries: str, then: str, on: str) -> None:
    assert answer(entries, then, on) == ""


def test_an_example_that_differs_says_how() -> None:
    assert answer(ASKED, 'step = "shown", due_on = 2026-10-02, is_late = false', "2026-09-30") == (
        "Expected due_on 2026-10-02, found 2026-10-01. Expected step shown, found voted."
    )


FIVE, SIX = VOTED.removesuffix("6 }") + "5", VOTED.removesuffix(" }")
REFUSED = {
    '{ step = "lent", done_on = 2026-09-01 }': "'lent' can't be taken on 2026-09-01: the case stands at 'asked'.",
    '{ step = "nothing", done_on = 2026-09-01 }': "'nothing' can't be taken on 2026-09-01: the case stands at 'asked'.",
    f'{ASKED}, {{ step = "voted", done_on = 2026-09-03 }}': "'voted' can't end as 'passed' on 2026-09-03: it opens on 2026-09-04.",
    f'{ASKED}, {{ step = "voted", done_on = 2026-08-03 }}': "'voted' is of 2026-08-03, before the entry above it.",
    f"{ASKED}, {VOTED.replace('present = 8', 'present = 7')}": "'voted' can't be taken on 2026-09-28: the quorum is not reached.",
    f"{ASKED}, {VOTED.replace('present = 8', 'present = 11')}": "In 'voted': 'in_favour' is at most 'present', and that at most 'entitled'.",
    f"{ASKED}, {VOTED.replace('present = 8', 'present = -8')}": "In 'entry 2': -8 is out of range: greater than or equal to 0.",
    f'{ASKED}, {FIVE}, outcome = "passed" }}': "'voted' can't end as 'passed': the majority is not reached.",
    f'{ASKED}, {SIX}, outcome = "failed" }}': "'voted' can't end as 'failed': the majority is reached.",
    f'{ASKED}, {SIX}, outcome = "past" }}': "No outcome 'past' of 'voted'. Did you mean 'passed'?",
    f'{ASKED}, {VOTED}, {SHOWN}, {{ step = "shown", done_on = 2026-10-10 }}': "'shown' can't end as 'clear' on 2026-10-10: it opens on 2026-10-12.",
    f'{ASKED}, {VOTED}, {{ step = "shown", done_on = 2026-10-10 }}': "'shown' can't end as 'clear' on 2026-10-10.",
    f'{ASKED}, {FIVE} }}, {{ step = "shown", done_on = 2026-10-10 }}': "'shown' can't be taken on 2026-10-10: the case ended on 2026-09-28.",
    '{ step = "asked", done_on = 2027-01-01 }': "Entry 1 is of 2027-01-01, after 2026-12-31.",
    '{ step = "asked" }': "In 'entry 1': 'done_on' is missing.",
    '{ step = "asked", done_on = "2026-09-01" }': "In 'entry 1': Found '2026-09-01'; needed is a date without quotes, such as 2026-01-31.",
    '{ step = "asked", done_on = 2026-09-01, many = 3 }': "In 'entry 1': No key 'many' here.",
    '{ step = "asked", done_on = 2026-08-31 }': "'asked' can't end as 'done' on 2026-08-31: it opens on 2026-09-01.",
}  # fmt: skip


@pytest.mark.parametrize("entries", REFUSED)
def test_what_could_not_be_taken_is_told(entries: str) -> None:
    said = answer(entries, 'step = "asked"')

    assert said.startswith(REFUSED[entries])
    with translation.override("zh-hans"):
        assert re.search("[一-龥]", re.sub("是不是.*|可以写：.*", "", in_words(said)))


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("{}", "In 'case': 'begun_on' is missing."),
        ("[]", "In 'case': 'begun_on' is missing."),
        ("{ begun_on = 3 }", "In 'case': Found 3; needed is a date without quotes, such as 2026-01-31."),
        ("{ begun_on = 2026-09-01 }, cases = {}", "No part 'cases' in the example of a procedure. Did you mean 'case'?"),
    ],
)  # fmt: skip
def test_a_case_that_is_written_wrongly_is_told(case: str, said: str) -> None:
    assert answer("", 'step = "asked"', case=case) == said
