from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from guben.generator.altering import CLOSED, FOUNDED, Altered, alter
from guben.generator.check import question_of
from guben.generator.comparing import Changes, Count, Side, asked_of, sample
from guben.generator.errors import GeneratorRefused
from guben.rulebook_engine.frozen import check_file, read_manifest
from tests.generator.countries import ask, invent, published, require_whole_and_in_order, silent

ROWS = 300
BULLETIN = published("2023")
Altering = tuple[Path, Path, Altered]


@pytest.fixture(scope="module")
def altered(tmp_path_factory: pytest.TempPathFactory) -> Altering:
    folder = tmp_path_factory.mktemp("altered")
    invent(folder / "before", BULLETIN, 4000, most=80)
    return folder / "before", folder / "after", alter(folder / "before", folder / "after", ROWS, 1, silent)


@pytest.fixture(scope="module")
def count() -> Count:
    rows = [(f"{line.table} {line.row}", line.table, line.row, line.is_share) for line in BULLETIN]
    return Count(asked_of([row for row, line in zip(rows, BULLETIN, strict=True) if question_of(line, BULLETIN.on)],
                          BULLETIN.on), silent)  # fmt: skip


@pytest.fixture(scope="module")
def changes(altered: Altering, count: Count) -> Changes:
    return count.changes(Side(altered[0]), Side(altered[1]))


def test_both_snapshots_are_whole_and_in_order(altered: Altering) -> None:
    before, after, done = altered
    require_whole_and_in_order(after)
    for file in read_manifest(before).files:
        check_file(before, file)
    assert read_manifest(after) == done.manifest
    assert done.manifest.generated["altered"]["rows"] == ROWS


def test_as_many_rows_are_altered_as_were_asked_for(altered: Altering) -> None:
    before, after, done = altered
    assert sum(done.acts.values()) == ROWS
    assert (done.acts[CLOSED], done.acts[FOUNDED]) == (7, 7)
    known = {unit for (unit,) in ask(after, "SELECT organisation FROM {tree}")}
    closed = [unit for (unit,) in ask(before, "SELECT organisation FROM {tree}") if unit not in known]
    assert len(closed) == done.acts[CLOSED]
    rows = [set(ask(folder, "SELECT * FROM {member}")) for folder in (before, after)]
    gone = {row for row in rows[0] - rows[1] if row[0] not in closed}
    stayed = done.acts["member added"]
    members = sum(number for act, number in done.acts.items() if act.startswith("member"))
    there = len(rows[1] - rows[0]) + done.acts["member removed"]
    assert members - len(closed) * 40 <= len(gone) + stayed <= members  # those of closed units went with them
    assert len(gone) <= there <= members


def test_what_is_not_touched_is_the_same_file(altered: Altering) -> None:
    before, after, done = altered
    old = {file.name: (before / file.name).stat().st_ino for file in read_manifest(before).files}
    same = [file.name for file in done.manifest.files if (after / file.name).stat().st_ino == old.get(file.name)]
    assert len(same) == done.kept > 10
    assert all(file.sha256 == next(one.sha256 for one in read_manifest(before).files if one.name == file.name)
               for file in done.manifest.files if file.name in same)  # fmt: skip


def test_the_same_seed_alters_the_same_rows(altered: Altering, tmp_path: Path) -> None:
    before, _after, done = altered
    assert alter(before, tmp_path / "again", ROWS, 1, silent).manifest == done.manifest
    assert alter(before, tmp_path / "other", 1, 2, silent).acts != alter(before, tmp_path / "one", 1, 3, silent).acts


def test_changes_added_up_are_the_difference_of_two_counts_at_every_unit(
    altered: Altering, count: Count, changes: Changes
) -> None:
    """Two ways by hand: the altered units' own rows carried to all above them, and all rows of each unit's span."""
    before, after = (Side(folder) for folder in altered[:2])
    every = [int(unit) for unit in np.union1d(before.organisation, after.organisation)]
    assert len(every) == before.units_with(after) == len(before.organisation) + altered[2].acts[FOUNDED]
    counts = [count.at(side, every) for side in (before, after)]
    changed = 0
    for unit in every:
        must = count.numbers(changes.of(unit))
        for key, (number, among) in must.items():
            old, new = counts[0][unit][key], counts[1][unit][key]
            assert (new[0] - old[0], new[1] - old[1]) == (number, among), (unit, key)
            changed += (number, among) != (0, 0)
    assert 500 < changed < len(every) * len(count.asked) / 2


def test_units_of_every_level_are_looked_at_changed_ones_and_others(altered: Altering, changes: Changes) -> None:
    before, after = (Side(folder) for folder in altered[:2])
    found = np.array(sample(before, after, changes, 4, 1))
    depths = after.depth[after.numbers(found)]
    assert set(depths) == set(after.depth)
    changed = np.isin(found, changes.organisation)
    assert changed.any()
    assert not changed.all()
    assert (before.numbers(found) >= 0).all()


def test_nothing_changes_where_nothing_is_altered(altered: Altering, count: Count) -> None:
    side = Side(altered[0])
    assert len(count.changes(side, side).organisation) == 0


def test_what_cannot_be_altered_or_counted_is_refused(altered: Altering, tmp_path: Path) -> None:
    before, after, _done = altered
    for rows in (0, -1, 1_000_000):
        with pytest.raises(GeneratorRefused, match="out of reach"):
            alter(before, tmp_path / "out", rows, 1, silent)
    with pytest.raises(GeneratorRefused, match="holds something already"):
        alter(before, after, 10, 1, silent)
    with pytest.raises(GeneratorRefused, match=r"manifest\.json"):
        alter(tmp_path, tmp_path / "out", 10, 1, silent)
    real = tmp_path / "real"
    real.mkdir()
    content = json.loads((before / "manifest.json").read_text(encoding="utf-8")) | {"generated": {}}
    (real / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(GeneratorRefused, match="holds real records"):
        alter(real, tmp_path / "out", 10, 1, silent)
    with pytest.raises(GeneratorRefused, match="not known to the count by hand"):
        asked_of([("x", "members.occupation", "宇航员", False)], BULLETIN.on)
    with pytest.raises(GeneratorRefused, match="ends none"):
        asked_of([], BULLETIN.on.replace(day=30))
    assert not list(tmp_path.glob("out*"))
