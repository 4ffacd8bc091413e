"""`guben run` and `guben result`: the whole of a snapshot at once says what the live commands say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cast import CITY, TOWN, Cast
from tests.command import guben

pytestmark = pytest.mark.one_database


@pytest.fixture
def result(rules: None, cast: Cast, tmp_path: Path) -> Path:
    snapshot, out = tmp_path / "frozen", tmp_path / "result"
    assert guben("snapshot", "--out", snapshot).code == 0
    told = guben("run", "--snapshot", snapshot, "--out", out, "--engine", "duckdb", "--json").document
    assert (told["parts"], told["kept"], told["generated"]) == (1, 0, {})
    return out


def test_a_result_says_what_the_live_commands_say(result: Path, cast: Cast) -> None:
    for at in (CITY, TOWN, cast.branch.code):
        live = guben("diagnose", "--at", at, "--json").document
        found = guben("result", "findings", "--result", result, "--at", at, "--most", "0", "--json").document
        assert (found["findings"], found["quiet"]) == (live["findings"], live["quiet"])
        assert found["findings"]
    figures = guben("evaluate", "--all", "--at", TOWN, "--below", "--json").document["rows"]
    shown = guben("result", "show", "--result", result, "--at", TOWN, "--children", "--ancestors", "--json").document
    assert by_unit(figures, TOWN) == by_unit(shown["rows"], TOWN)
    assert {row["code"] for row in shown["rows"]} > {CITY, TOWN}


def by_unit(rows: list[dict[str, Any]], code: str) -> list[dict[str, Any]]:
    return sorted((row for row in rows if row["code"] == code), key=lambda row: str(row["indicator"]))


def test_in_words(result: Path, cast: Cast) -> None:
    assert "rules found nothing" in guben("result", "findings", "--result", result, "--at", TOWN).out
    assert TOWN in guben("result", "show", "members", "--result", result, "--at", TOWN).out
    assert "what the manifest says" in guben("result", "check", "--result", result).out
    refused = guben("result", "show", "--result", result.parent, "--at", TOWN)
    assert (refused.code, refused.out) == (1, "")
    assert "guben run" in refused.err


def test_who_sees_no_persons_is_not_shown_a_result_of_real_records(result: Path, cast: Cast) -> None:
    for verb in ("show", "findings"):
        answer = guben("--as", "statistician", "result", verb, "--result", result, "--at", TOWN)
        assert (answer.code, answer.out) == (1, "")
        assert "members.view" in answer.err


def test_what_is_hidden_is_worked_out_by_who_may_freeze_the_tree_and_again_the_same(result: Path, cast: Cast) -> None:
    words = ("result", "hide", "--result", result)
    assert guben("--as", "clerk", *words).code == 1
    before = guben("result", "check", "--result", result, "--json").document["files"]
    told = guben("--as", "statistician", *words, "--json").document
    assert (told["state"], told["units"]) == ("new", len(cast.units))
    assert told["figures"] > 50
    assert guben("result", "check", "--result", result, "--json").document["files"] == before + 1
    assert "the same as before" in guben(*words).out
    file = next(result.glob("run-*/hidden/*/*.parquet"))
    file.write_bytes(b"")
    refused = guben("result", "check", "--result", result)
    assert (refused.code, refused.out) == (1, "")
    assert "guben result hide" in refused.err
    assert guben(*words).code == 0
    assert guben("result", "check", "--result", result).code == 0
