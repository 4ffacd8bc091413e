from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from guben.kit.days import completed_years
from guben.organisations.models import Organisation
from guben.rulebook.models import Rulebook
from guben.rulebook.queries import library
from tests.cast import BRANCH, CITY, NEIGHBOUR_BRANCH, PEOPLE, STREET, TODAY, TOWN, Cast
from tests.command import figures, guben, refused

pytestmark = pytest.mark.usefixtures("rules")

OWN = """
[rulebook]
key        = "my-own"
title      = { zh = "自己写的", en = "My own" }
issued-by  = "national"
source     = "示例"
confidence = "proposed"
from       = 2020-01-01

[[indicator]]
key    = "share-under-forty-away"
title  = { zh = "40岁以下外出党员占比", en = "Under 40 and away" }
value  = "share(age < 40 and standing = 'away')"
over   = "member"
where  = "stage = 'full'"
scope  = "subtree"
unit   = "share"

[[indicator]]
key    = "mean-days-to-record"
title  = { zh = "平均几天登记", en = "Mean days to record" }
value  = "mean(present) / count()"
over   = "meeting"
where  = "form = 'committee'"
scope  = "own"

[[indicator]]
key    = "oldest"
title  = { zh = "最大年龄", en = "Oldest" }
value  = "max(age) - min(age)"
over   = "member"
scope  = "subtree"

[[indicator]]
key    = "smallest-borrowed"
title  = { zh = "最小的借用阵地", en = "Smallest borrowed site" }
value  = "min(area_m2)"
over   = "site"
where  = "tenure = 'borrowed'"
scope  = "subtree"

[[indicator]]
key    = "contacted-lately"
title  = { zh = "半年内联系过的占比", en = "Contacted lately" }
value  = "share(months(last_contact_on) < 6)"
over   = "member"
where  = "standing <> 'home'"
scope  = "subtree"
unit   = "share"

[[standard]]
key       = "not-too-many-away"
title     = { zh = "外出青年过多", en = "Too many young away" }
indicator = "share-under-forty-away"
holds     = "value <= 0.01"
line      = { zh = "不超过1%", en = "At most 1%" }
severity  = "low"
remedy    = { zh = "多联系", en = "Keep in touch" }
opens     = "age < 40 and standing = 'away'"

[[duty]]
key        = "half-year-talk"
title      = { zh = "半年谈心", en = "Half-yearly talk" }
who        = "kind = 'branch' and members >= 5"
every      = "half_year"
evidence.record = "meeting"
evidence.is     = "form = 'talk'"
answerable = "secretary"
minutes    = 30
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    file = tmp_path / "my-own.toml"
    file.write_text(OWN, encoding="utf-8")
    return file


class TestShapes:
    def test_evaluate(self, cast: Cast) -> None:
        document = guben("evaluate", "share-35-or-under", "--at", CITY, "--below", "--json").document

        assert {key: document[key] for key in ("on", "at", "engine")} == {
            "on": "2026-06-30",
            "at": CITY,
            "engine": "live",
        }
        assert set(document["rows"][0]) >= {"code", "indicator", "value", "numerator", "denominator", "edition"}
        (top,) = [row for row in document["rows"] if row["code"] == CITY]
        young = sum(completed_years(born, TODAY) <= 35 for _n, _u, _s, born, *_rest in PEOPLE)
        assert (top["numerator"], top["denominator"]) == (young, len(PEOPLE))
        assert top["value"] == top["numerator"] / top["denominator"]

    def test_without_below_only_the_unit_itself(self, cast: Cast) -> None:
        assert {code for code, _key in figures("--all", "--at", TOWN)} == {TOWN}

    def test_diagnose(self, cast: Cast) -> None:
        document = guben("diagnose", "--at", CITY, "--json").document

        assert (document["on"], document["at"]) == ("2026-06-30", CITY)
        keys = {"rule", "mechanism", "severity", "value", "of", "line", "units", "source"}
        for finding in document["findings"]:
            assert set(finding) >= keys
            assert finding["severity"] in {"high", "medium", "low"}
            assert finding["units"]
            assert finding["line"]
            assert finding["source"]
        rules = [finding["rule"] for finding in document["findings"]]
        assert len(rules) == len(set(rules)) > 3

    def test_due(self, cast: Cast) -> None:
        document = guben("due", "--at", CITY, "--below", "--json").document

        assert (document["on"], document["at"]) == ("2026-06-30", CITY)
        states = {"due", "done", "done_late", "late", "exempt", "not_kept"}
        for item in document["items"]:
            assert set(item) >= {"unit", "rule", "period", "state", "due_on", "recorded_after_days", "records"}
            assert item["state"] in states
        assert {item["unit"] for item in guben("due", "--at", BRANCH, "--json").document["items"]} == {BRANCH}

    def test_explain(self, cast: Cast) -> None:
        why = guben("explain", "share-60-or-over", "--at", CITY, "--json").document

        assert why["value"] == why["numerator"] / why["denominator"]
        assert why["records"] == why["denominator"] == len(PEOPLE)
        assert why["edition"]
        assert why["source"]

    def test_rules_list_show_and_facts(self, cast: Cast) -> None:
        rules = guben("rules", "list", "--json").document["rules"]
        assert {rule["key"] for rule in rules} == {rule.key for rule in library().in_force(TODAY)}
        (edition,) = guben("rules", "show", "theme-day", "--json").document["editions"]
        assert edition["who"] == "kind in ('branch', 'joint_branch')"
        tables = {table["name"] for table in guben("rules", "facts", "--json").document["tables"]}
        rolls = {"member", "post", "dues", "unplaced_member"}
        rolls |= {"case", "case_step", "development_case", "unit_admissions", "transfer_letter", "outflow", "inflow"}
        shown = {"notice", "publication"}
        assert tables == {"organisation", "site", "meeting", "leader_meeting", "establishment"} | rolls | shown

    def test_import(self, cast: Cast, tmp_path: Path) -> None:
        file = tmp_path / "roll.csv"
        file.write_text("姓名,性别\n甲某,男\n", encoding="utf-8")

        answer = guben("import", "members", file, "--at", BRANCH, "--json")

        if answer.code == 0:  # the demo sign-in is closed in the cast
            document = answer.document
            counts = [document[key] for key in ("accepted", "updated", "unchanged", "rejected_rows")]
            assert document["rows"] == sum(counts) == 1
            assert all(set(fault) >= {"row", "column", "message"} for fault in document["faults"])
        else:
            refused(answer)

    def test_texts_for_people_name_the_same_things(self, cast: Cast) -> None:
        for words in (
            ("diagnose", "--at", CITY),
            ("due", "--at", BRANCH),
            ("evaluate", "--all", "--at", CITY),
            ("explain", "theme-day", "--at", BRANCH),
            ("explain", "unit-growing-old", "--at", CITY),
            ("rules", "list"),
            ("rules", "show", "theme-day"),
            ("rules", "facts"),
        ):
            answer = guben(*words)
            assert answer.code == 0, words
            assert len(answer.out.splitlines()) > 3, words


class TestRulesOfOnesOwn:
    def test_they_are_checked(self, own: Path) -> None:
        answer = guben("rules", "check", own)
        assert (answer.code, answer.err) == (0, "")
        assert "no mistakes" in answer.out

    def test_mistakes_are_told_with_file_line_and_column(self, own: Path) -> None:
        own.write_text(OWN.replace("standing <> 'home'", "standing <> 'hom'"), encoding="utf-8")

        answer = guben("rules", "check", own)

        assert answer.code == 1
        assert answer.err == ""
        (line,) = answer.out.splitlines()
        file, row, column, sentence = line.split(":", 3)
        assert (file, OWN.splitlines()[int(row) - 1].split(" ")[0]) == (str(own), "where")
        assert int(column) > 0
        assert "hom" in sentence
        document = json.loads(guben("rules", "check", own, "--json").out)
        assert document["mistakes"][0]["line"] == int(row)

    def test_live_and_duckdb_are_equal_for_every_unit(self, cast: Cast, own: Path) -> None:
        empty = Organisation.objects.get(code=STREET)
        assert not empty.sites.exists()
        asked = ("--all", "--at", CITY, "--below", "--rules", own)

        live = figures(*asked)

        assert figures(*asked, "--engine", "duckdb") == live
        assert live[BRANCH, "share-under-forty-away"][:3] == (1 / 8, 1, 8)
        assert live[STREET, "smallest-borrowed"][0] == 8
        assert live[TOWN, "smallest-borrowed"][0] is None
        assert live[TOWN, "contacted-lately"][:2] != (None, None)
        assert live[NEIGHBOUR_BRANCH, "mean-days-to-record"][0] is None
        assert {code for code, _key in live} == set(cast.units)

    def test_on_a_past_day_too(self, cast: Cast, own: Path) -> None:
        asked = ("--all", "--at", CITY, "--below", "--rules", own, "--on", "2025-02-28")

        assert figures(*asked) == figures(*asked, "--engine", "duckdb") != {}

    def test_a_new_standard_is_diagnosed(self, cast: Cast, own: Path) -> None:
        findings = guben("diagnose", "--at", CITY, "--rules", own, "--json").document["findings"]

        (found,) = [one for one in findings if one["rule"] == "not-too-many-away"]
        assert BRANCH in found["units"]
        assert (found["line"], found["severity"]) == ("不超过1%", "low")

    def test_a_new_duty_is_due(self, cast: Cast, own: Path) -> None:
        items = guben("due", "--at", CITY, "--below", "--rules", own, "--json").document["items"]

        states = {one["unit"]: one["state"] for one in items if one["rule"] == "half-year-talk"}
        assert states[BRANCH] == "due"
        assert "99000010120102" not in states  # four members

    def test_they_are_explained_and_not_installed(self, cast: Cast, own: Path) -> None:
        why = guben("explain", "not-too-many-away", "--at", BRANCH, "--rules", own, "--json").document
        assert (why["holds"], why["records"]) == (False, 1)
        assert "没有" in refused(guben("explain", "not-too-many-away", "--at", BRANCH))

    def test_the_same_file_named_twice_is_read_once(self, cast: Cast, own: Path) -> None:
        assert guben("evaluate", "oldest", "--at", CITY, "--rules", own, "--rules", own, "--json").code == 0

    def test_an_installed_rulebook_changed_in_a_file_takes_its_place(self, cast: Cast, tmp_path: Path) -> None:
        file = tmp_path / "structure.toml"
        text = Rulebook.objects.get(key="structure").text
        file.write_text(text.replace('"value <= 0.85"', '"value <= 0.01"'), encoding="utf-8")

        def old(*more: object) -> list[str]:
            findings = guben("diagnose", "--at", CITY, "--json", *more).document["findings"]
            return next((one["units"] for one in findings if one["rule"] == "unit-growing-old"), [])

        assert len(old("--rules", file)) > len(old())


NASTY_CODES = ["", " ", "nope", "99' OR '1'='1", '"; DROP TABLE x; --', "９９００００", "%", "../..", "\x00"]


class TestRefusals:
    @pytest.mark.parametrize("code", NASTY_CODES)
    def test_an_unknown_unit(self, cast: Cast, code: str) -> None:
        for words in (("due",), ("diagnose",), ("evaluate", "--all"), ("explain", "theme-day")):
            refused(guben(*words, "--at", code))

    def test_an_unknown_rule(self, cast: Cast) -> None:
        assert "share-35-or-under" in refused(guben("evaluate", "share-35-under", "--at", CITY))
        refused(guben("explain", "", "--at", CITY))
        refused(guben("rules", "show", "nothing"))

    def test_a_rule_that_gives_no_figure(self, cast: Cast) -> None:
        assert "theme-day" in refused(guben("evaluate", "theme-day", "--at", CITY))

    def test_an_unknown_user(self, cast: Cast) -> None:
        assert "no active user nemo" in refused(guben("--as", "nemo", "due", "--at", CITY))

    @pytest.mark.parametrize("who", ["stranger", "secretary", "administrator", "member"])
    def test_a_user_without_the_right(self, cast: Cast, who: str) -> None:
        for words in (
            ("due", "--at", CITY),
            ("diagnose", "--at", CITY),
            ("evaluate", "--all", "--at", CITY),
            ("explain", "theme-day", "--at", CITY),
        ):
            refused(guben("--as", who, *words))
        if who != "administrator":
            assert "snapshots.take" in refused(guben("--as", who, "snapshot"))
            assert "rules.install" in refused(guben("--as", who, "rules", "install"))

    def test_days_out_of_reach(self, cast: Cast) -> None:
        for day in ("0001-01-01", "9999-12-31"):
            for words in (("due",), ("diagnose",), ("evaluate", "--all"), ("explain", "theme-day")):
                assert "out of reach" in refused(guben(*words, "--at", CITY, "--on", day))

    def test_a_day_before_the_tree_was_there(self, cast: Cast) -> None:
        for words in (("due",), ("diagnose",), ("evaluate", "--all"), ("explain", "unit-growing-old")):
            assert "2001-01-01" in refused(guben(*words, "--at", CITY, "--on", "2001-01-01"))

    def test_a_day_to_come_is_answered(self, cast: Cast) -> None:
        states = {
            one["state"] for one in guben("due", "--at", BRANCH, "--on", "2027-01-01", "--json").document["items"]
        }
        assert "late" in states

    def test_files_that_are_no_rulebooks(self, cast: Cast, tmp_path: Path) -> None:
        (tmp_path / "binary.toml").write_bytes(bytes(range(256)))
        (tmp_path / "empty.toml").write_text("")
        (tmp_path / "gb.toml").write_bytes(OWN.encode("gb18030"))
        for name in ("binary.toml", "empty.toml", "gb.toml"):
            answer = guben("rules", "check", tmp_path / name)
            assert (answer.code, answer.err) == (1, ""), name
            assert answer.out.startswith(f"{tmp_path / name}:"), name
            refused(guben("due", "--at", CITY, "--rules", tmp_path / name))
        assert "gb.toml:4:22: This is not UTF-8" in guben("rules", "check", tmp_path / "gb.toml").out
        for path in (tmp_path, tmp_path / "missing.toml", "", "a\0b"):
            refused(guben("rules", "check", path))
            refused(guben("diagnose", "--at", CITY, "--rules", path))

    def test_a_file_with_a_byte_order_mark_is_read(self, cast: Cast, tmp_path: Path) -> None:
        file = tmp_path / "bom.toml"
        file.write_text(OWN, encoding="utf-8-sig")
        assert guben("rules", "check", file).code == 0

    def test_below_a_leaf_is_the_leaf_itself(self, cast: Cast) -> None:
        assert {code for code, _key in figures("--all", "--at", BRANCH, "--below")} == {BRANCH}

    @pytest.mark.parametrize(
        "words",
        [(), ("due",), ("due", "--at"), ("nothing",), ("due", "--at", "1", "--on", "tomorrow"), ("rules",),
         ("evaluate", "--at", "1", "--engine", "abacus"), ("rules", "check"), ("--nonsense",)],
    )  # fmt: skip
    def test_wrong_words_are_usage(self, words: tuple[str, ...]) -> None:
        answer = guben(*words)
        assert (answer.code, answer.out) == (2, "")
        assert "usage: guben" in answer.err

    def test_evaluating_nothing(self, cast: Cast) -> None:
        assert "--all" in refused(guben("evaluate", "--at", CITY))


def test_the_user_may_be_named_before_or_after_the_command(cast: Cast) -> None:
    before = guben("--as", "organiser", "due", "--at", TOWN, "--json")
    after = guben("due", "--at", TOWN, "--json", "--as", "organiser")
    assert before.document == after.document


def test_a_database_that_is_not_migrated_says_what_to_do(tmp_path: Path) -> None:
    environment = {**os.environ, "GUBEN_DATA": str(tmp_path / "data"), "DJANGO_SETTINGS_MODULE": "guben.settings"}
    environment.pop("DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-m", "guben", "due", "--at", CITY, "--json"],
        capture_output=True, text=True, env=environment, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (1, "")
    assert "guben manage migrate" in done.stderr
    assert "Traceback" not in done.stderr
