"""Columns of invented rows as Arrow arrays, and whole tables in the form of a fact table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from guben.generator.fitting import Array

EPOCH = date(1970, 1, 1).toordinal()
NO_DAY = np.iinfo(np.int32).min
NONE = -1  # the code of a text that is not there


@dataclass(frozen=True, slots=True)
class Shape:
    """A fact table's name and its stored columns with their types, without anything that Django needs."""

    name: str
    columns: tuple[tuple[str, str], ...]


def number_of(day: date) -> int:
    """A day as days since 1970, as Parquet keeps it."""
    return day.toordinal() - EPOCH


def texts(codes: Array, words: Sequence[str]) -> Any:
    """Words by their place; NONE is null."""
    mask = codes < 0
    indices = pa.array(codes, mask=mask if mask.any() else None)
    return pa.DictionaryArray.from_arrays(indices, pa.array(list(words)))


def one_text(word: str, count: int) -> Any:
    return texts(np.zeros(count, dtype=np.int8), [word])


def days(numbers: Array) -> Any:
    """Days since 1970; NO_DAY is null."""
    mask = numbers == NO_DAY
    return pa.array(numbers.astype(np.int32), mask=mask if mask.any() else None).cast(pa.date32())


def table(shape: Shape, units: Array, first: int, columns: Mapping[str, Any]) -> Any:
    """The rows of a fact table: ids of units, records numbered from `first`, its columns; those not given are null."""
    found: dict[str, Any] = {
        "organisation": pa.array(units.astype(np.int64)),
        "record": pa.array(np.arange(first, first + len(units), dtype=np.int64)),
    }
    for name, kind in shape.columns:
        column = columns.get(name)
        found[name] = pa.nulls(len(units), ARROW[kind]) if column is None else pa.array(column)
    return pa.table(found)


ARROW = {
    "text": pa.string(), "integer": pa.int64(), "number": pa.float64(), "date": pa.date32(), "boolean": pa.bool_(),
}  # fmt: skip
