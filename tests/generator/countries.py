"""Small invented countries for tests: so small that each takes a second or two."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from guben.generator.bulletins import Bulletin, read_bulletin
from guben.generator.columns import Shape
from guben.generator.generate import Generated, Order, Progress, generate
from guben.kit.tree import subtree_ends
from guben.rulebook_engine.facts import catalogue
from guben.rulebook_engine.frozen import check_file, read_manifest

PUBLISHED = Path(__file__).resolve().parents[2] / "guben" / "rulebooks" / "published"


def published(year: str) -> Bulletin:
    return read_bulletin(PUBLISHED / f"{year}-12-31.csv")


def silent(_message: str, _done: int, _total: int) -> None:
    """Nobody watches."""


def invent(out: Path, bulletin: Bulletin, members: int | None, *, seed: int = 1, most: int = 60, processes: int = 1,
           organisations: int | None = None, progress: Progress = silent) -> Generated:  # fmt: skip
    """A country in several parts, made in this process unless told otherwise."""
    shapes = [Shape(table.name, tuple((one.name, one.type) for one in table.stored_columns)) for table in catalogue]
    order = Order(bulletin, shapes, "test", members, organisations, seed, None, most, processes)
    return generate(order, out, progress)


def ask(folder: Path, sql: str) -> list[Any]:
    """Rows of a query in which {TABLE} stands for a table's files."""
    tables = {name: f"read_parquet('{folder}/{name}/*.parquet')" for name in ("tree", *catalogue.names)}
    return duckdb.default_connection().execute(sql.format(**tables)).fetchall()


def require_whole_and_in_order(folder: Path) -> None:
    """Every file is what the manifest says, the tree is in pre-order, and rows stand in the order of the tree."""
    manifest = read_manifest(folder)
    for file in manifest.files:
        check_file(folder, file)
    tree = ask(folder, "SELECT path, number, ends, organisation FROM {tree} ORDER BY number")
    paths = [path for path, *_rest in tree]
    assert paths == sorted(set(paths))
    assert [ends for _path, _number, ends, _unit in tree] == subtree_ends(paths)
    assert [number for _path, number, _ends, _unit in tree] == list(range(manifest.units))
    known = {unit: number for _path, number, _ends, unit in tree}
    for part in manifest.parts:
        for table in ("tree", *catalogue.names):
            file = manifest.file(table, part.number)
            assert file or part.number
            if file:
                found = ask(folder, f"SELECT organisation FROM '{folder / file.name}'")
                numbers = [known[unit] for (unit,) in found]
                assert len(numbers) == file.rows
                assert numbers == sorted(numbers)
                assert all(part.first <= number < part.ends for number in numbers)
        tree_file = manifest.file("tree", part.number)
        assert tree_file
        assert tree_file.rows == part.units
