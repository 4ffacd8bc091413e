"""For each mistake an author can make there is one broken file; here are the place and the sentence it must bring."""

from __future__ import annotations

from pathlib import Path

import pytest

from guben.rulebook_engine.errors import RulebookErrors
from guben.rulebook_engine.loading import read_rulebook
from tests.rulebook_engine.tables import small_catalogue

FOLDER = Path(__file__).parent / "broken"
MISTAKES = {
    "bad_date": [
        "15:1: Found '2020'; needed is a date without quotes, such as 2026-01-31.",
    ],
    "bad_key": [
        "9:1: 'Member Meeting' is no key: write small letters, digits and single hyphens.",
    ],
    "comment": [
        "13:25: Comments are not allowed inside an expression.",
    ],
    "condition_counts": [
        "13:10: count(...) counts over many rows; a condition is about one.",
    ],
    "date_with_time": [
        "15:1: Found a value of type datetime; needed is a date without quotes, such as 2026-01-31.",
    ],
    "day_is_no_date": [
        "14:103: 'present' is of type integer; needed is date.",
    ],
    "english_missing": [
        "10:1: 'en' is missing.",
    ],
    "expression_is_no_text": [
        "11:1: Found True; needed is an expression in quotes.",
    ],
    "function": [
        "11:10: No function 'median'. Did you mean 'mean'?",
    ],
    "hyphen_and_underscore": [
        "16:1: 'due_after_days' stands here twice, with a hyphen and with an underscore.",
    ],
    "key_of_another_kind": [
        "16:1: The key 'share-35-or-under' already belongs to a rule of kind 'indicator' (key_of_another_kind.toml:8).",
    ],
    "missing_key": [
        "8:1: 'every' is missing.",
    ],
    "mixed_types": [
        "11:16: Can't compare 'born_on' (date) with '35' (integer).",
    ],
    "no_head": [
        "1:1: A rulebook starts with a [rulebook] table.",
    ],
    "out_of_range": [
        "15:1: 0 is out of range: greater than or equal to 1.",
    ],
    "overlapping_editions": [
        "16:1: Two editions of 'member-meeting' overlap: the one from 2018-01-01 (overlapping_editions.toml:8) runs until further notice. Give it 'until = 2020-01-01'.",
    ],
    "second_statement": [
        "13:24: The sign ';' is not allowed in an expression.",
    ],
    "several_mistakes": [
        "11:15: 'brunch' is no value of 'kind'. Did you mean 'branch'?",
        "12:1: 'weekly' is not allowed; write one of 'month', 'quarter', 'half_year' or 'year'.",
        "19:16: No column 'agee' in fact table 'member'. Did you mean 'age'?",
    ],
    "single_brackets": [
        "8:1: Write [[duty]] with two brackets on each side.",
    ],
    "subquery": [
        "13:10: 'in' with 'query' is not allowed in an expression. Allowed: = <> < <= > >=, and, or, not, in, between, is null, + - * /, count, share, sum, mean, min, max, months, days.",
    ],
    "text_order": [
        "13:10: '>' does not order texts: use = or in.",
    ],
    "times_is_no_count": [
        "15:1: 'kind' is of type text; needed is integer.",
    ],
    "toml_syntax": [
        "2:14: This is not valid TOML: Invalid value.",
    ],
    "too_deep": [
        "11:35: At most 20 brackets may be open at once.",
    ],
    "too_long": [
        "11:15: The expression has 1116 characters; at most 1000 are allowed.",
    ],
    "unfinished": [
        "13:27: The expression can't be read near 'and': a value or a sign is missing or misplaced.",
    ],
    "unknown_code": [
        "11:15: 'brunch' is no value of 'kind'. Did you mean 'branch'?",
    ],
    "unknown_column": [
        "11:16: No column 'agee' in fact table 'member'. Did you mean 'age'?",
    ],
    "unknown_confidence": [
        "15:1: 'certain' is not allowed; write one of 'verified', 'secondary', 'recalled' or 'proposed'.",
    ],
    "unknown_indicator": [
        "19:1: No indicator 'share-35-and-under'. Did you mean 'share-35-or-under'?",
    ],
    "unknown_key": [
        "8:1: 'answerable' is missing.",
        "13:1: No key 'anserable' here. Did you mean 'answerable'?",
    ],
    "unknown_part": [
        "8:1: No part 'dutty' in a rulebook. Did you mean 'duty'?",
    ],
    "unknown_role": [
        "12:1: No role 'secretery'. Did you mean 'secretary'?",
    ],
    "unknown_table": [
        "12:1: No fact table 'members'. Did you mean 'member'?",
    ],
    "until_before_from": [
        "16:1: 'until' must be later than 'from'.",
    ],
    "value_is_no_figure": [
        "11:10: 'age' has a value for each row; a figure needs one for all: share(...), count(...), mean(age).",
    ],
    "wrong_day": [
        "11:16: '1990-02-30' is not a date: write '2026-01-31'.",
    ],
    "wrong_type": [
        "15:1: Found '90'; needed is a whole number.",
    ],
}


@pytest.mark.parametrize("name", sorted(MISTAKES))
def test_a_broken_file_tells_every_mistake_with_its_place(name: str) -> None:
    file = FOLDER / f"{name}.toml"

    with pytest.raises(RulebookErrors) as caught:
        read_rulebook(file.read_text(encoding="utf-8"), file.name, small_catalogue())

    assert [str(mistake) for mistake in caught.value.mistakes] == [f"{file.name}:{said}" for said in MISTAKES[name]]


def test_every_broken_file_is_told_about() -> None:
    assert sorted(file.stem for file in FOLDER.glob("*.toml")) == sorted(MISTAKES)


def test_a_broken_file_is_broken_by_its_fixture_and_nothing_else() -> None:
    whole = (FOLDER / "whole.toml.txt").read_text(encoding="utf-8")

    rulebook = read_rulebook(whole, "whole.toml", small_catalogue())

    assert [entry.key for entry in rulebook.entries] == ["member-meeting", "share-35-or-under", "young-enough"]
