"""The procedure in docs/writing-a-procedure.md is real: it is read, installed and simulated as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from guben.rulebook.models import CalendarYear
from tests.cast import Cast
from tests.command import guben

GUIDE = Path(__file__).parents[2] / "docs" / "writing-a-procedure.md"
pytestmark = pytest.mark.usefixtures("rules")


@pytest.fixture
def hall(tmp_path: Path) -> Path:
    text, examples = re.findall(r"```toml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    file = tmp_path / "hall.toml"
    file.write_text(text, encoding="utf-8")
    (tmp_path / "hall.examples.toml").write_text(examples, encoding="utf-8")
    return file


def test_a_users_procedure_is_checked_and_simulated_without_a_change_of_code(hall: Path) -> None:
    checked = guben("procedure", "check", hall, "--json").document
    found = guben("procedure", "simulate", hall, "--from", "2026-09-28", "--json").document

    assert checked == {"mistakes": [], "procedures": ["hall-use"]}
    assert set(found) == {"procedure", "edition", "steps"}
    assert (found["procedure"], found["edition"]) == ("hall-use", "2026-01-01")
    assert [(step["key"], step["earliest"], step["latest"]) for step in found["steps"]] == [
        ("request", "2026-09-28", None),
        ("review", "2026-09-28", "2026-10-08"),  # 1 to 7 October are off
        ("notice", "2026-10-10", None),  # 28, 29, 30 September, 8 and 9 October; Saturday the 10th is made up
        ("handing-over", "2026-10-10", "2026-10-21"),
        ("return", "2026-10-11", "2026-11-21"),
    ]
    assert found["steps"][1]["source"] == "青石镇会场使用办法 第四条"


def test_an_installed_procedure_is_simulated_by_its_key_and_by_the_rules_of_a_day(hall: Path, cast: Cast) -> None:
    assert guben("rules", "install", hall).code == 0
    assert guben("procedure", "simulate", "hall-use", "--from", "2026-03-02").out.count("\n") == 6

    old = guben("procedure", "simulate", "development", "--from", "2026-03-02", "--json").document
    new = guben("procedure", "simulate", "development", "--from", "2026-03-02", "--on", "2026-06-01", "--json").document
    assert (old["edition"], new["edition"]) == ("2014", "2026")
    old_keys, new_keys = ([step["key"] for step in one["steps"]] for one in (old, new))
    assert set(old_keys) ^ set(new_keys) == {"candidate-filing", "candidate-consent", "candidate-notice"}
    assert "candidate-notice" in new_keys


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("simulate", "no-such", "--from", "2026-03-02"), "no-such"),
        (("simulate", "branch-member-meeting", "--from", "2026-03-02"), "another kind"),
        (("simulate", "development", "--from", "1700-01-01"), "out of reach"),
        (("simulate", "nowhere.toml", "--from", "2026-03-02"), "can't be read"),
        (("check", "nowhere.toml"), "can't be read"),
    ],
)
def test_what_cannot_be_shown_is_refused_in_a_sentence(words: tuple[str, ...], said: str) -> None:
    answer = guben("procedure", *words)

    assert answer.code == 1
    assert said in answer.err
    assert "Traceback" not in answer.err


def test_mistakes_are_told_with_their_place(hall: Path) -> None:
    hall.write_text(hall.read_text(encoding="utf-8").replace('after = "notice"', 'after = "notices"'), encoding="utf-8")

    answer = guben("procedure", "check", hall)

    assert answer.code == 1
    assert re.fullmatch(rf"{re.escape(str(hall))}:\d+:\d+: No step 'notices'\. Did you mean 'notice'\?\n", answer.out)


YEAR = """[calendar]
year       = 2027
source     = "国务院办公厅关于2027年部分节假日安排的通知"
confidence = "verified"

[days-off]
2027-05-03 = "劳动节"
2027-05-04 = "劳动节"

[make-up-days]
2027-05-08 = "补班"
"""


def test_an_operator_adds_the_notice_of_a_year(tmp_path: Path, cast: Cast) -> None:
    assert guben("calendar", "show", 2027, "--json").document["provisional"] is True
    file = tmp_path / "2027.toml"
    file.write_text(YEAR, encoding="utf-8")

    assert guben("calendar", "install", file, "--json").document == {"changed": [2027]}
    assert guben("calendar", "install", file, "--json").document == {"changed": []}
    assert CalendarYear.objects.filter(year=2027).count() == 1
    shown = guben("calendar", "show", 2027, "--json").document
    assert (shown["provisional"], shown["make_up_days"]) == (False, {"2027-05-08": "补班"})


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("2027-05-08", "2027-05-07", "needs no making up"),
        ("2027-05-03", "2026-05-03", "does not lie in 2027"),
        ("2027-05-04", "2027-02-30", "is not a date"),
        ("2027-05-08", "2027-05-03", "no Saturday or Sunday"),
        ("year       = 2027", "", "'year' is missing"),
        ("[days-off]", "[off-days]", "No part 'off_days' here"),
        ("[calendar]", "calendar = 3\n[x]", "starts with a [calendar] table"),
    ],
)
def test_a_wrong_calendar_is_refused_with_its_place(
    tmp_path: Path, cast: Cast, before: str, after: str, said: str
) -> None:
    file = tmp_path / "2027.toml"
    file.write_text(YEAR.replace(before, after, 1), encoding="utf-8")

    answer = guben("calendar", "install", file)

    assert answer.code == 1
    assert said in answer.err
    assert f"{file}:" in answer.err
    assert guben("calendar", "show", 2027, "--json").document["provisional"] is True


def test_an_example_that_does_not_hold_is_told(hall: Path) -> None:
    beside = hall.with_name("hall.examples.toml")
    beside.write_text(beside.read_text(encoding="utf-8").replace("leaves_on = 2026-10-12", "leaves_on = 2026-10-09"))

    answer = guben("rules", "check", hall)

    assert answer.code == 1
    assert "Expected leaves_on 2026-10-09, found 2026-10-12." in answer.out
