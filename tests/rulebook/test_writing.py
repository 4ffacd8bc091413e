"""Whatever is typed into a rule stays a text: the TOML that is written reads back as it was meant."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guben.rulebook.conditions import condition, quote
from guben.rulebook.drafting import stem, suffix
from guben.rulebook.errors import BadCondition
from guben.rulebook.forms import DutyForm, IndicatorForm, TextForm
from guben.rulebook.mistakes import in_words
from guben.rulebook.writing import toml
from guben.rulebook_engine.checking import check
from guben.rulebook_engine.errors import ExpressionMistake
from guben.rulebook_engine.facts import catalogue
from tests.cast import Cast
from tests.rulebook.local import DUTY, FIGURE, KEY, drafted

WORDS = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)
VALUES = st.recursive(
    WORDS | st.integers(-(2**53), 2**53) | st.booleans() | st.dates() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(WORDS, VALUES, max_size=5), st.lists(st.dictionaries(WORDS, VALUES, max_size=4), max_size=3))
def test_what_is_written_is_read_again(header: dict[str, object], duties: list[dict[str, object]]) -> None:
    found = tomllib.loads(toml(header, {"duty": duties}))

    assert found["rulebook"] == header
    assert found.get("duty", []) == duties


@pytest.mark.parametrize(
    "nasty",
    [
        '"',
        '"""',
        "'''",
        "\\",
        '\\"',
        '" }\n[[role]]\nkey = "king',
        "]]\n[rulebook]\nissued-by = 'national'",
        "# kein Kommentar",
        "${x} {{ y }} {% z %}",
        "<script>alert(1)</script>",
        "عنوان",
        "𠮷镕🐈",
    ],
)
def test_a_nasty_title_stays_a_title(cast: Cast, rules: None, nasty: str) -> None:
    title = " ".join(nasty.split("\n"))
    text = drafted(cast, title_zh=title, title_en=title, why_zh=nasty, source=title, article=title[:60]).text

    data = tomllib.loads(text)
    assert set(data) == {"rulebook", "duty"}
    assert data["rulebook"]["title"] == {"zh": title.strip(), "en": title.strip()}
    assert data["duty"][0]["why"]["zh"].split() == nasty.split()
    assert data["rulebook"]["issued-by"] == "990000101"


@pytest.mark.parametrize("name", ["title_zh", "title_en", "source", "article", "paper"])
@pytest.mark.parametrize("sign", ["\x07", "\u202e", "\u2066", "\x7f", "a\nb", "\x00"])
def test_signs_that_nobody_sees_are_refused(cast: Cast, rules: None, name: str, sign: str) -> None:
    form = DutyForm({**DUTY, name: f"字{sign}字"}, unit=cast.town)

    assert name in form.errors


def test_what_is_too_long_is_refused(cast: Cast, rules: None) -> None:
    form = DutyForm(
        {name: "长" * 10_000 if isinstance(item, str) else item for name, item in DUTY.items()}, unit=cast.town
    )

    for name in ("title_zh", "why_zh", "source", "paper", "meeting", "every", "minutes", "from_on", "who_more"):
        assert name in form.errors


@pytest.mark.parametrize("name", list(DUTY))
@pytest.mark.parametrize(
    "evil", ["'); drop table x; --", "x') or 1=1 or kind in ('branch", '"\nkey = "y"', "../../etc"]
)
def test_no_field_reaches_beyond_its_place(cast: Cast, rules: None, name: str, evil: str) -> None:
    typed = [evil] if isinstance(DUTY[name], list) else evil
    form = DutyForm({**DUTY, name: typed}, unit=cast.town)
    if not form.is_valid():
        return
    entry = tomllib.loads(form.written_text)["duty"]

    assert len(entry) == 1
    assert set(entry[0]) <= {
        "key", "title", "who", "applies", "every", "times", "due-after-days", "evidence", "entry", "answerable",
        "minutes", "why", "article", "until",
    }  # fmt: skip
    assert entry[0]["who"] == "kind in ('branch', 'joint_branch')"


@pytest.mark.parametrize("typed", ["正式党员", "full"])
def test_a_code_may_be_given_by_its_name(typed: str) -> None:
    table = catalogue.table("member")
    assert table is not None
    assert condition(table, "stage", "=", typed) == "stage = 'full'"


@pytest.mark.parametrize(
    ("column", "sign", "typed"),
    [
        ("stage", "=", "x' or 'a' = 'a"),
        ("age", "<=", "1 or 1=1"),
        ("age", "<=", ""),
        ("age", "<=", "²"),
        ("born_on", "<", "1990-13-01"),
        ("has_contact_person", "=", "也许"),
        ("no_such", "=", "1"),
        ("age", "; drop", "1"),
    ],
)
def test_a_picked_condition_takes_only_what_its_column_holds(column: str, sign: str, typed: str) -> None:
    table = catalogue.table("member")
    assert table is not None
    with pytest.raises(BadCondition):
        condition(table, column, sign, typed)


@given(WORDS)
def test_a_quoted_text_is_one_text_or_refused(words: str) -> None:
    table = catalogue.table("member")
    assert table is not None
    try:
        found = check(f"ethnicity = {quote(words)}", table)
    except ExpressionMistake:
        return
    assert [column.name for column in found.columns] == ["ethnicity"]


def test_a_share_needs_what_it_counts(cast: Cast, rules: None) -> None:
    form = IndicatorForm({**FIGURE, "what_1_column": ""}, unit=cast.town)

    assert "what_1_column" in form.errors


def test_a_wrong_expression_is_told_beside_its_field_in_chinese(cast: Cast, rules: None) -> None:
    form = DutyForm({**DUTY, "who_more": "membres > 3"}, unit=cast.town)

    assert form.errors["who_more"] == ["事实表“organisation”里没有“membres”这一列。是不是“members”？"]


def test_a_national_key_is_not_written_into_the_form(cast: Cast, rules: None) -> None:
    form = DutyForm({**DUTY, "key": "theme-day"}, unit=cast.town)

    assert "中央规定的制度" in form.errors["key"][0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "= =",
        "[rulebook",
        "a = " + "[" * 5000,
        "[[rulebook]]\nkey = 1",
        "rulebook = 3",
        "duty = 3\n[rulebook]\nkey = 'x'",
        "\x00",
        "[rulebook]\nkey = 'x'\ntitle = 'y'",
    ],
)
def test_a_pasted_text_that_is_no_rulebook_is_told_so(cast: Cast, rules: None, text: str) -> None:
    form = TextForm({"text": text, "paper": "文", "from_on": "2026-07-01"}, unit=cast.town)

    assert not form.is_valid()
    assert "text" in form.errors


def test_keys_are_made_of_what_a_key_may_hold() -> None:
    assert stem("", "支部议安全", "") == "zhi-bu-yi-an-quan"
    assert stem("", "支部", "Safety Talk!") == "safety-talk"
    assert stem("", "。。", "") == "rule"
    assert suffix("990000101", 5) == "990000101"
    assert suffix("QW-Ü", 5) == "u5"


def test_a_key_that_was_chosen_gets_the_units_code_once(cast: Cast, rules: None) -> None:
    form = DutyForm({**DUTY, "key": KEY}, unit=cast.town)

    assert form.is_valid(), form.errors
    assert tomllib.loads(form.written_text)["duty"][0]["key"] == KEY


def test_dates_are_written_as_dates(cast: Cast, rules: None) -> None:
    form = DutyForm({**DUTY, "until_on": "2027-01-01"}, unit=cast.town)

    assert form.is_valid()
    data = tomllib.loads(form.written_text)
    assert (data["rulebook"]["from"], data["duty"][0]["until"]) == (date(2026, 7, 1), date(2027, 1, 1))


def test_the_engines_sentences_are_said_in_chinese() -> None:
    from django.utils.translation import override

    with override("zh-hans"):
        assert in_words("No function 'summe'. Did you mean 'sum'?") == "没有“summe”这个函数。是不是“sum”？"
        assert in_words("Something new.") == "Something new."
    with override("en"):
        assert in_words("This text is empty.") == "This text is empty."
