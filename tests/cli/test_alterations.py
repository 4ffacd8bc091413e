"""`guben benchmark alter|compare`: rows altered, the figures they must change by a count by hand, and those shown."""

from __future__ import annotations

import re
import signal
from pathlib import Path
from typing import Any

import pytest

import guben.rulebooks
from guben.generator import check, comparing
from guben.rulebook_engine.frozen import read_manifest
from tests.command import guben as run
from tests.command import refused
from tests.generator.countries import invent, published

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
RULES = ("--rules", Path(guben.rulebooks.__file__).parent / "bulletin.toml")
ROWS = 65  # of the bulletin of 2023 that can be counted


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("altered")
    invent(found / "before", published("2023"), 2500, most=100)
    return found


@pytest.fixture
def altered(folder: Path) -> Path:
    """Both snapshots and both results, made once."""
    if not (folder / "after").exists():
        told = run("benchmark", "alter", "--snapshot", folder / "before", "--rows", 300, "--out", folder / "after")
        assert "300 rows altered" in told.out
        for name in ("before", "after"):
            made = run("run", "--snapshot", folder / name, "--out", folder / f"r-{name}", "--engine", "duckdb", *RULES)
            assert made.code == 0, made.err
    return folder


def compared(folder: Path, *words: object) -> Any:
    sides = ("--before", folder / "before", "--after", folder / "after")
    return run("benchmark", "compare", *sides, *RULES, *words)


def results(folder: Path, first: str = "before", second: str = "after") -> tuple[object, ...]:
    return ("--results", folder / f"r-{first}", folder / f"r-{second}")


def test_reports_change_by_what_a_count_by_hand_says(altered: Path) -> None:
    told = compared(altered, "--units", 1, "--json").document
    assert (told["differences"], told["changed"] + told["same"]) == (0, len(told["rows"]))
    top = [row for row in told["rows"] if row["at"] == "D00000001"]
    assert len(top) == ROWS
    assert sum(row["before"] != row["after"] for row in top) > 40
    members = next(row for row in top if row["row"] == "党员总数")
    assert members["shown_before"] == members["before"] == [2500, 0]


def test_results_change_by_it_at_every_unit_and_nowhere_else(altered: Path) -> None:
    told = compared(altered, *results(altered), "--units", 1, "--json").document
    units = len({*_codes(altered / "before"), *_codes(altered / "after")})
    whole = told["whole_tree"]
    assert (told["differences"], whole["different"]) == (0, {})
    assert whole["changed"] + whole["same"] == ROWS * units
    assert whole["changed"] > told["changed"] > 100


def test_a_rule_that_counts_otherwise_is_seen_at_every_unit(altered: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the rules took students for workers: the count by hand says otherwise."""
    monkeypatch.setitem(check.JOBS, "学生", "'worker'")
    said = compared(altered, *results(altered), "--units", 1).out.splitlines()
    wrong = [line for line in said if "NOT EQUAL" in line]
    assert {line.split()[-1] for line in wrong if " in the results: " not in line} == {"学生"}
    keys = {
        key for line in wrong if (found := line.partition(" in the results: unit ")[2]) for key in found.split()[1:]
    }
    assert {key.rstrip(",") for key in keys} == {
        "bulletin-occupation_students",
        "bulletin-admitted-occupation_students",
    }
    last = re.fullmatch(r"([\d,]+) figures changed, ([\d,]+) did not, (\d+) differences", said[-1])
    assert last
    assert int(last[3]) > 2


def test_what_does_not_go_together_is_refused(altered: Path, tmp_path: Path) -> None:
    assert "no result of" in refused(compared(altered, *results(altered, "after", "before")))
    sides = ("--before", altered / "before", "--after")
    assert "manifest.json" in refused(run("benchmark", "compare", *sides, tmp_path))
    assert "out of reach" in refused(
        run("benchmark", "alter", "--snapshot", altered / "before", "--rows", 0, "--out", tmp_path / "out")
    )


def _codes(folder: Path) -> set[str]:
    import duckdb

    files = [str(folder / file.name) for file in read_manifest(folder).tables["tree"]]
    return {code for (code,) in duckdb.read_parquet(files).project("code").fetchall()}


@pytest.mark.parametrize("word", [signal.SIGINT, signal.SIGTERM])
def test_stopped_while_it_counts_it_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch, word: signal.Signals
) -> None:
    """What a query that is interrupted raises, as DuckDB does, is no fault of its own."""

    def changes(*_sides: object) -> None:
        try:
            signal.raise_signal(word)
        except KeyboardInterrupt:
            raise RuntimeError("Query interrupted") from None

    before = [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)]
    monkeypatch.setattr(comparing.Count, "changes", changes)
    sides = ("--before", folder / "before", "--after", folder / "before")
    answer = run("benchmark", "compare", *sides, *RULES)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.splitlines() == ["  what must change", "guben: stopped."]
    assert [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)] == before
