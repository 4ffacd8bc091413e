"""A snapshot's parts and its manifest."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guben.rulebook_engine.frozen import BrokenManifest, File, Manifest, Part, check_file, cut, digest, read_manifest


@st.composite
def trees(draw: st.DrawFn) -> list[int]:
    """The ends of the subtrees of a random tree in pre-order."""
    parents = [-1] + [draw(st.integers(0, number - 1)) for number in range(1, draw(st.integers(1, 60)))]
    order: list[int] = []
    children: dict[int, list[int]] = {}
    for number, parent in enumerate(parents):
        children.setdefault(parent, []).append(number)
    ends: dict[int, int] = {}

    def visit(number: int) -> None:
        place = len(order)
        order.append(number)
        for child in children.get(number, ()):
            visit(child)
        ends[place] = len(order)

    visit(0)
    return [ends[place] for place in range(len(order))]


@given(trees(), st.integers(1, 20))
def test_parts_are_whole_subtrees_and_hold_every_unit_once(ends: list[int], most: int) -> None:
    parts = cut(ends, most)
    above, below = parts[0], parts[1:]
    assert [part.number for part in parts] == list(range(len(parts)))
    assert sum(part.units for part in parts) == len(ends)
    held = [number for part in below for number in range(part.first, part.ends)]
    assert len(held) == len(set(held)) == len(ends) - above.units
    for part in below:
        assert part.units <= most
        assert all(ends[number] <= part.ends for number in range(part.first, part.ends))
    if below:
        assert all(ends[number] - number > most for number in set(range(len(ends))) - set(held))


def manifest(folder: Path) -> Manifest:
    (folder / "tree").mkdir()
    (folder / "tree/0000.parquet").write_bytes(b"rows")
    file = File(0, "tree/0000.parquet", 3, digest(folder / "tree/0000.parquet"))
    return Manifest(date(2026, 6, 30), "0", {"a": "2026"}, (Part(0, 0, 3, 3),), {"tree": (file,)}, {"seed": 1})


def test_a_manifest_reads_back_as_it_was_written(tmp_path: Path) -> None:
    written = manifest(tmp_path)
    (tmp_path / "manifest.json").write_text(written.text(), encoding="utf-8")

    assert read_manifest(tmp_path) == written
    for file in written.files:
        check_file(tmp_path, file)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"on": "2026-06-30", "tables": {}}', '{"format": 3}'])
def test_other_manifests_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(BrokenManifest, match=r"manifest\.json"):
        read_manifest(tmp_path)


def test_a_changed_or_missing_file_is_named(tmp_path: Path) -> None:
    (file,) = manifest(tmp_path).files
    (tmp_path / file.name).write_bytes(b"other")
    with pytest.raises(BrokenManifest, match="tree/0000.parquet"):
        check_file(tmp_path, file)
    (tmp_path / file.name).unlink()
    with pytest.raises(BrokenManifest, match="tree/0000.parquet"):
        check_file(tmp_path, file)
