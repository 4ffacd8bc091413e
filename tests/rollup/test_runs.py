"""Runs over a snapshot: whole or not at all, begun again where they stopped, and never beside each other."""

from __future__ import annotations

import multiprocessing
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from guben.figures.errors import BrokenSnapshot
from guben.rollup import results, runs
from guben.rollup.errors import AlreadyRunning, BrokenResult, NoEngine, NotOfThatDay
from guben.rulebook_engine.adapters import whole_duckdb
from guben.rulebook_engine.plan_of_run import plan
from tests.rollup.running import run_for_ever
from tests.rollup.worlds import DUCKDB, ON, RULES, frozen, library, planned
from tests.rulebook_engine.whole_trees import CATALOGUE, World, random_paths

MORE = RULES.replace("value >= 4", "value >= 5")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = frozen(tmp_path_factory.mktemp("runs") / "frozen", random_paths(random.Random(3), 24))
    assert len(made.manifest.parts) > 3
    yield made
    made.live.close()


@pytest.fixture(autouse=True)
def _worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a part comes to is the same in every test of this file."""
    monkeypatch.setattr(whole_duckdb, "work_out", _remembered)


KEPT: dict[Any, Any] = {}
WORK_OUT = whole_duckdb.work_out


def _remembered(folder: Path, manifest: Any, part: int, made: Any, handed_up: Any = ()) -> Any:
    place = folder, part, made.fingerprint
    if place not in KEPT:
        KEPT[place] = WORK_OUT(folder, manifest, part, made, handed_up)
    return KEPT[place]


@pytest.fixture
def worked(_worked_out_once: None, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The parts that the engine works out while a test runs; one called 'stop' ends the run there."""
    seen: list[int] = []
    work_out = whole_duckdb.work_out

    def watched(folder: Any, manifest: Any, part: int, *rest: Any) -> Any:
        seen.append(part)
        if len(seen) >= STOP.get("after", 10**6):
            raise KeyboardInterrupt
        return work_out(folder, manifest, part, *rest)

    monkeypatch.setattr(whole_duckdb, "work_out", watched)
    STOP.clear()
    return seen


STOP: dict[str, int] = {}


def left(out: Path) -> set[str]:
    return {folder.name.split("-")[0] for folder in out.iterdir()}


def test_a_result_is_whole_and_what_its_manifest_says(world: World, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []

    made = runs.run(world.folder, tmp_path, planned(), DUCKDB, progress=lambda *now: told.append(now))

    parts = len(world.manifest.parts)
    assert told == [(done, parts) for done in range(parts + 1)]
    assert results.check(tmp_path) == made.manifest
    assert made.manifest.rows == sum(world.manifest.rows(table) for table in ("member", "meeting"))
    assert left(tmp_path) == {"current", "lock", "run"}
    assert not (made.folder / "done").exists()


def test_a_run_that_was_stopped_goes_on_with_what_is_missing(world: World, tmp_path: Path, worked: list[int]) -> None:
    STOP["after"] = 3
    with pytest.raises(KeyboardInterrupt):
        runs.run(world.folder, tmp_path, planned(), runs.How("duckdb", workers=1))
    assert left(tmp_path) == {"lock", "work"}
    before, _ = worked[:2], worked.clear()
    STOP.clear()

    made = runs.run(world.folder, tmp_path, planned(), DUCKDB)

    assert made.kept == 2
    assert not set(before) & set(worked)
    fresh = runs.run(world.folder, tmp_path / "other", planned(), DUCKDB)
    for table, files in fresh.manifest.tables.items():
        assert made.manifest.tables[table] == files, table


def test_a_part_that_was_damaged_since_is_worked_out_again(world: World, tmp_path: Path, worked: list[int]) -> None:
    STOP["after"] = 4
    with pytest.raises(KeyboardInterrupt):
        runs.run(world.folder, tmp_path, planned(), runs.How("duckdb", workers=1))
    STOP.clear()
    (work,) = tmp_path.glob("work-*")
    damage(work / "units" / f"{worked[0]:04d}.parquet")
    worked.clear()

    assert runs.run(world.folder, tmp_path, planned(), DUCKDB).kept == 2
    assert results.check(tmp_path)


def test_what_other_rules_left_half_done_is_not_used(world: World, tmp_path: Path, worked: list[int]) -> None:
    STOP["after"] = 3
    with pytest.raises(KeyboardInterrupt):
        runs.run(world.folder, tmp_path, planned(), runs.How("duckdb", workers=1))
    STOP.clear()

    assert runs.run(world.folder, tmp_path, planned(MORE), DUCKDB).kept == 0
    assert left(tmp_path) == {"current", "lock", "run"}


def test_the_result_before_the_newest_stays_until_the_next_run(world: World, tmp_path: Path) -> None:
    made = planned()
    first, second, third = (runs.run(world.folder, tmp_path, made, DUCKDB).folder for _ in range(3))

    assert not first.exists()
    assert second.exists()
    assert runs.current(tmp_path) == third.name


def damage(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


@pytest.mark.parametrize("what", ["damaged", "missing"])
def test_a_damaged_file_is_named_and_the_old_result_stays(tmp_path: Path, what: str) -> None:
    world = frozen(tmp_path / "frozen", random_paths(random.Random(4), 30))
    world.live.close()
    out = tmp_path / "out"
    old = runs.run(world.folder, out, planned(), DUCKDB)
    file = world.manifest.tables["member"][2]
    damage(world.folder / file.name) if what == "damaged" else (world.folder / file.name).unlink()

    with pytest.raises(BrokenSnapshot, match=file.name):
        runs.run(world.folder, out, planned(MORE), DUCKDB)

    assert runs.current(out) == old.folder.name
    assert results.check(out) == old.manifest


def test_what_can_not_be_run_says_why(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BrokenSnapshot):
        runs.run(tmp_path / "nothing", tmp_path / "out", planned(), DUCKDB)
    with pytest.raises(NotOfThatDay):
        runs.run(world.folder, tmp_path / "out", plan(library(), ON.replace(day=1), CATALOGUE), DUCKDB)
    monkeypatch.setitem(sys.modules, "guben.rulebook_engine.adapters.kernel", None)
    with pytest.raises(NoEngine, match=r"guben\[national\]"):
        runs.run(world.folder, tmp_path / "out", planned(), runs.How("kernel"))
    assert not (tmp_path / "out").exists()


def test_two_runs_do_not_write_into_one_folder(world: World, tmp_path: Path) -> None:
    with runs._alone(tmp_path), pytest.raises(AlreadyRunning):
        runs.run(world.folder, tmp_path, planned(), DUCKDB)


def test_a_folder_without_a_whole_result_is_refused(world: World, tmp_path: Path) -> None:
    with pytest.raises(BrokenResult, match="current"):
        results.check(tmp_path)
    made = runs.run(world.folder, tmp_path, planned(), DUCKDB)
    damage(made.folder / made.manifest.tables["below"][0].name)
    with pytest.raises(BrokenResult, match="below/"):
        results.check(tmp_path)
    (made.folder / "manifest.json").write_text("{}")
    with pytest.raises(BrokenResult, match="manifest"):
        results.newest(tmp_path)


def test_killed_at_any_moment_the_old_or_the_new_result_is_whole(tmp_path: Path) -> None:
    small = frozen(tmp_path / "frozen", random_paths(random.Random(3), 12))
    small.live.close()
    chance, out = random.Random(), tmp_path / "out"
    plans = [planned(), planned(MORE)]
    first = time.monotonic()
    runs.run(small.folder, out, plans[0], DUCKDB)
    took = time.monotonic() - first
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.rollup.running"])
    seen, kills, ends = set(), 0, time.monotonic() + 60
    while kills < 4 or (len(seen) < 2 and time.monotonic() < ends):
        begun = processes.Event()
        process = processes.Process(target=run_for_ever, args=(small.folder, out, plans, begun))
        process.start()
        begun.wait(30)
        time.sleep(2 * took * chance.random())
        process.kill()
        process.join(30)
        kills += 1

        assert results.check(out).fingerprint in {one.fingerprint for one in plans}
        seen.add(runs.current(out))
    assert len(seen) > 1, "It was always killed before a run had finished."
