"""`guben benchmark`: from a bulletin file to a snapshot and its count, without a database."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from guben.accounts import database
from guben.generator import generate
from tests.command import guben, refused
from tests.generator.countries import PUBLISHED, invent, published

RULES = ("--rules", PUBLISHED.parent / "bulletin.toml")
BULLETIN = PUBLISHED / "2024-12-31.csv"


def test_a_country_is_invented_and_its_rows_are_counted(tmp_path: Path) -> None:
    made = guben(
        "benchmark", "generate", "--bulletin", BULLETIN, "--members", 2000, "--divisions", tmp_path, "--json",
        "--out", tmp_path / "out",
    ).document  # fmt: skip
    assert (made["generated"]["members"], made["rows"]["dues"], made["missed"]) == (2000, 2000, [])
    assert "awards 表彰优秀共产党员" in made["not_told_by_one_day"]
    asked = ("benchmark", "check", "--snapshot", tmp_path / "out", "--bulletin", BULLETIN)
    counted = guben(*asked, "--json").document
    assert (counted["equal"], counted["unequal"]) == (43, 0)
    women = next(row for row in counted["rows"] if row["row"] == "女党员")
    assert (women["published"], women["equal"]) == ("3099.5", True)
    assert "43 rows equal, 0 not, 9 not told by the records of one day" in guben(*asked).out


def test_invented_records_need_no_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here may ask one, so that each question to it would fail."""
    monkeypatch.setattr(database, "is_prepared", lambda: False)
    invent(tmp_path / "frozen", published("2024"), 500)
    made = guben("run", "--snapshot", tmp_path / "frozen", "--out", tmp_path / "out", "--engine", "duckdb", *RULES)
    assert "演示数据" in made.out
    at = ("--at", "D00000001")
    assert "演示数据" in guben("result", "show", "bulletin-members_total", "--result", tmp_path / "out", *at).out
    assert "演示数据" in guben("result", "findings", "--result", tmp_path / "out", *at, *RULES).out
    for source in (("--snapshot", tmp_path / "frozen"), ("--result", tmp_path / "out")):
        told = guben("report", "bulletin", *source, *RULES, "--json").document
        assert next(row["value"] for row in told["rows"] if row["key"] == "bulletin-members_total") == 500
        assert guben("report", "bulletin", *source, *RULES, "--row", "bulletin-members_total").code == 0


def test_what_cannot_be_done_is_told_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = tmp_path / "2024.csv"
    bad.write_text("table,row,value,unit\nmembers.total,党员总数,many,万名\n", encoding="utf-8")
    words = ("benchmark", "generate", "--out", tmp_path / "out", "--bulletin")
    assert ":2: 'many' is no number." in refused(guben(*words, bad))
    assert "0 members are out of reach" in refused(guben(*words, BULLETIN, "--members", 0))
    assert "-5 members are out of reach" in refused(guben(*words, BULLETIN, "--members", -5))
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert "pip install 'guben[national]'" in refused(guben(*words, BULLETIN))
    assert not (tmp_path / "out").exists()


def test_being_ended_from_outside_is_told_as_ctrl_c_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(generate, "regions_of", lambda *_words: signal.raise_signal(signal.SIGTERM))
    words = ("benchmark", "generate", "--out", tmp_path / "out", "--bulletin", BULLETIN, "--members", 100)
    answer = guben(*words, "--divisions", tmp_path)
    assert (answer.code, answer.err.splitlines()[-1]) == (1, "guben: stopped.")
    assert list(tmp_path.iterdir()) == []
    assert signal.getsignal(signal.SIGTERM) is before
