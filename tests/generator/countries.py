"""Small invented countries for tests: so small that each takes a second or two."""

from __future__ import annotations

from pathlib import Path

from guben.generator.bulletins import Bulletin, read_bulletin
from guben.generator.columns import Shape
from guben.generator.generate import Generated, Order, generate
from guben.rulebook_engine.facts import catalogue

PUBLISHED = Path(__file__).resolve().parents[2] / "guben" / "rulebooks" / "published"


def published(year: str) -> Bulletin:
    return read_bulletin(PUBLISHED / f"{year}-12-31.csv")


def invent(out: Path, bulletin: Bulletin, members: int | None, *, seed: int = 1, most: int = 60, processes: int = 1,
           organisations: int | None = None) -> Generated:  # fmt: skip
    """A country in several parts, made in this process unless told otherwise."""
    shapes = [Shape(table.name, tuple((one.name, one.type) for one in table.stored_columns)) for table in catalogue]
    order = Order(bulletin, shapes, "test", members, organisations, seed, None, most, processes)
    return generate(order, out, lambda _message, _done, _total: None)
