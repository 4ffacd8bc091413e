from __future__ import annotations

from datetime import date

import pytest

from guben.rulebook_engine.checking import check
from guben.rulebook_engine.errors import ExpressionMistake
from guben.rulebook_engine.expressions import Comparison, Constant, Junction
from tests.rulebook_engine.tables import MEMBER

CONDITIONS = [
    "sex = '1'",
    "sex <> '1' and not has_contact_person",
    "age between 18 and 35 or age is null",
    "education between '10' and '33'",
    "born_on < '1990-01-31' and last_contact_on is not null",
    "sex in ('1', '2') and note not in ('a', 'b''c')",
    "has_contact_person = true or has_contact_person <> false",
    "months(last_contact_on) >= 6 and days(last_contact_on) < -3",
    "talks + 1 - 2 > hours / 3",
    "talks = -1",
    "hours * 1.5 >= talks",
    "'2020-01-01' < born_on",
]
FIGURES = [
    "count()",
    "count(*)",
    "Count(sex = '1')",
    "share(age <= 35)",
    "mean(age) - min(hours)",
    "sum(talks) / count()",
]


@pytest.mark.parametrize("text", CONDITIONS)
def test_a_condition_of_the_small_language_is_read(text: str) -> None:
    assert check(text, MEMBER).type == "boolean"


@pytest.mark.parametrize("text", FIGURES)
def test_a_figure_of_the_small_language_is_read(text: str) -> None:
    assert check(text, MEMBER, "figure").type in ("integer", "number")


REFUSED = {
    "": "The expression is empty.",
    "sex": "A condition is needed here, true or false; this is a value (text).",
    "Sex = '1'": "No column 'Sex' in fact table 'member'. Did you mean 'sex'?",
    'sex = "1"': "Write names without quotes and texts in single quotes.",
    "sex = '1": "A text is not closed: the second ' is missing.",
    "(sex = '1'": "A bracket is not closed.",
    "sex = '1')": "This bracket closes nothing.",
    "note = 'a%'": "The sign '%' is not allowed in a text.",
    "note = 'a\\b'": "The sign '\\\\' is not allowed in a text.",
    "talks % 2 = 0": "The sign '%' is not allowed in an expression.",
    "note || 'x' = 'y'": "The sign '|' is not allowed in an expression.",
    "talks = 1 /* two */": "Comments are not allowed inside an expression.",
    "{{ talks }} = 1": "The sign '{' is not allowed in an expression.",
    "sex is true": "'is' is only for null: write is null, is not null, or = true.",
    "sex = null": "Nothing is equal to null",
    "talks is distinct from 1": "is not allowed in an expression.",
    "note like 'a'": "'like' is not allowed in an expression.",
    "case when sex = '1' then true end": "'case' is not allowed in an expression.",
    "cast(talks as text) = '1'": "'cast' is not allowed in an expression.",
    "exists(select 1)": "No function 'exists'.",
    "other.talks = 1": "Write 'talks' alone",
    "talks = 1 talks": "is not allowed in an expression.",
    "coalesce(talks, 1) = 1": "No function 'coalesce'.",
    "random() > 0": "No function",
    "mont(last_contact_on) > 1": "No function 'mont'. Did you mean 'months'?",
    "months(talks) > 1": "months(...) needs one date column.",
    "months(born_on, 2) > 1": "months(...) needs one date column.",
    "talks > 'a'": "Can't compare 'talks' (integer) with 'a' (text).",
    "has_contact_person > false": "'>' does not order true and false: use = or not.",
    "sex < note": "does not order",
    "has_contact_person and talks": "and, or, not join conditions; found 'talks' (integer).",
    "born_on - last_contact_on > 1": "'-' needs numbers; found 'born_on' (date). Use days(...) or months(...).",
    "sex in ()": "After 'in' comes a list of values in brackets.",
    "sex in (note)": "A list after 'in' holds plain values only.",
    "sex in ('1', '3')": "'3' is no value of 'sex'.",
    "talks > 99999999999999": "The number 99999999999999 is too large.",
    "1 < talks < 3": "Can't compare a value of type boolean with '3' (integer).",
    "talks + 1 is null": "Only a column can be tested with 'is null'.",
    "-talks > 1": "A minus sign stands before a number or between two values.",
    "born_on = '20200101'": "'20200101' is not a date: write '2026-01-31'.",
    "record = 1": "No column 'record' in fact table 'member'.",
    "organisation = 1": "No column 'organisation' in fact table 'member'.",
    " or ".join(f"talks = {number}" for number in range(70)): "parts; at most 200 are allowed.",
    "not " * 15 + "has_contact_person": "The expression is nested 16 deep; at most 12 is allowed.",
}


@pytest.mark.parametrize("text", REFUSED)
def test_everything_else_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ExpressionMistake) as caught:
        check(text, MEMBER)

    assert REFUSED[text] in caught.value.sentence


FIGURES_REFUSED = {
    "talks": "'talks' has a value for each row",
    "count() + talks": "'talks' has a value for each row",
    "count(distinct talks)": "'distinct' is not allowed",
    "sum(talks) over ()": "'window' is not allowed",
    "max(talks) filter (where talks > 1)": "'filter' is not allowed",
    "max(talks, 3)": "'max' with 'expressions' is not allowed",
    "count(count())": "count(...) can't stand inside another figure.",
    "count(talks)": "count(...) needs a condition; found 'talks' (integer). Say which rows.",
    "share()": "share(...) needs one value in its brackets; found 0.",
    "sum(sex)": "sum(...) needs a number; found 'sex' (text).",
    "max(born_on)": "max(...) needs a number; found 'born_on' (date).",
    "count() > 3": "A number is needed here; this is boolean.",
    "1 + 2": "A figure counts over rows",
    "median(talks)": "No function 'median'. Did you mean 'mean'?",
}


@pytest.mark.parametrize("text", FIGURES_REFUSED)
def test_a_figure_that_cannot_be_rolled_up_is_refused(text: str) -> None:
    with pytest.raises(ExpressionMistake) as caught:
        check(text, MEMBER, "figure")

    assert FIGURES_REFUSED[text] in caught.value.sentence


def test_a_long_chain_is_no_deep_tree() -> None:
    tree = check(" and ".join(["talks = 1"] * 40), MEMBER).tree

    assert isinstance(tree, Junction)
    assert len(tree.parts) == 40


def test_a_text_beside_a_date_becomes_a_date() -> None:
    tree = check("born_on >= '2020-02-29'", MEMBER).tree

    assert isinstance(tree, Comparison)
    assert tree.right == Constant(date(2020, 2, 29), "date")


def test_thousands_of_signs_do_not_exhaust_the_reader() -> None:
    for text in ("not " * 249 + "a", "- " * 490 + "1", "(" * 500, "a." * 400 + "a", "talks" + " + 1" * 240 + " > 1"):
        with pytest.raises(ExpressionMistake):
            check(text, MEMBER)


def test_a_mistake_tells_where_the_name_stands() -> None:
    with pytest.raises(ExpressionMistake) as caught:
        check("sex = '1' and agee > 3", MEMBER)

    assert caught.value.offset == len("sex = '1' and ")
