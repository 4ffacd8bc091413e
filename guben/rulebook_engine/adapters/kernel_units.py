"""The units' own facts for the kernel, in the order of the tree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from guben.rulebook_engine.adapters.kernel_files import Rows, read_rows
from guben.rulebook_engine.columnar import Values
from guben.rulebook_engine.expressions import Node
from guben.rulebook_engine.facts import ColumnType
from guben.rulebook_engine.filter_tables import stored_types
from guben.rulebook_engine.frozen import File
from guben.rulebook_engine.rolling_up import PartTree

DAYS: dict[str, ColumnType] = {"founded_on": "date", "kept_from": "date"}
OF_FIGURES = ("value", "numerator", "denominator")


@dataclass(frozen=True)
class UnitFacts:
    """Stored columns with a place for each unit; `there` says which units have facts at all."""

    columns: dict[str, Values]
    there: NDArray[np.bool_]

    def __getitem__(self, name: str) -> Values:
        return self.columns[name]

    def numbers(self, name: str, empty: int) -> NDArray[np.int64]:
        """A column of whole numbers or days, with a number for null."""
        column = self.columns[name]
        found = np.asarray(column.values, np.int64)
        return found if column.known is None else np.where(column.known, found, empty)

    @classmethod
    def read(
        cls, folder: Path, file: File | None, trees: Iterable[Node], times: Sequence[str], tree: PartTree
    ) -> UnitFacts:
        """The columns that trees read, those that say how many times something is owed, and the days of duties."""
        types = {name: type_ for name, type_ in stored_types(trees).items() if name not in OF_FIGURES}
        types |= dict.fromkeys(times, "integer")
        if times or trees:
            types |= DAYS
        groups = list(read_rows(folder / file.name, types)) if file and file.rows else []
        ids = np.concatenate([rows.organisation for rows in groups]) if groups else np.zeros(0, np.int64)
        if len(ids) == len(tree) and (ids == tree.organisation).all():
            columns = {name: _joined(name, type_, groups) for name, type_ in types.items()}
            return cls(columns, np.ones(len(tree), bool))
        place = tree.places(ids)
        row_of = np.full(len(tree), -1, np.int64)
        row_of[place[place >= 0]] = np.flatnonzero(place >= 0)
        columns = {name: _placed(_joined(name, type_, groups), row_of) for name, type_ in types.items()}
        return cls(columns, row_of >= 0)


def _joined(name: str, type_: ColumnType, groups: Sequence[Rows]) -> Values:
    """One column of several row groups."""
    found = [rows[name] for rows in groups]
    if len(found) == 1:
        return found[0]
    if not found:
        return Values(np.zeros(0, np.int64), None, ("",) if type_ == "text" else ())
    known = np.concatenate([np.ones(len(one.values), bool) if one.known is None else one.known for one in found])
    if type_ != "text":
        return Values(np.concatenate([one.values for one in found]), known)
    texts = tuple(dict.fromkeys(text for one in found for text in one.texts))
    number = {text: place for place, text in enumerate(texts)}
    codes = [np.array([*(number[text] for text in one.texts), len(texts)], np.int32)[one.values] for one in found]
    return Values(np.concatenate(codes), known, texts)


def _placed(column: Values, row_of: NDArray[np.int64]) -> Values:
    """A column in the order of the tree; a unit without a row knows nothing."""
    there = row_of >= 0
    filled: Any = np.append(column.values, np.zeros(1, np.asarray(column.values).dtype))
    known = there if column.known is None else there & np.append(column.known, False)[row_of]
    return Values(filled[row_of], known, column.texts)
