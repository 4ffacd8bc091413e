"""Parquet files for the kernel: texts read by pyarrow as places in a dictionary, all else by polars."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from guben.rulebook_engine.columnar import Values
from guben.rulebook_engine.facts import ColumnType

MOST_ROWS = 2_000_000  # read at once, if row groups are not larger
pl.Config.set_streaming_chunk_size(MOST_ROWS)  # a row group stays in one piece, which numpy takes as it is
Codes = NDArray[np.int32]


@dataclass
class Rows:
    """Some rows of a table, all texts of a column from one dictionary."""

    size: int
    organisation: NDArray[np.int64]
    texts: dict[str, tuple[Codes, tuple[str, ...]]]  # a null is the place after the last
    plain: pl.DataFrame  # days as whole numbers
    types: Mapping[str, ColumnType]
    _found: dict[str, Values] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Values:
        """A stored column for expressions."""
        if name not in self._found:
            self._found[name] = self._values(name)
        return self._found[name]

    def _values(self, name: str) -> Values:
        if name in self.texts:
            codes, texts = self.texts[name]
            told = codes < len(texts)
            return Values(codes, None if told.all() else told, texts)
        column = self.plain[name]
        known = column.is_not_null().to_numpy() if column.null_count() else None
        if known is not None:
            column = column.fill_null(False if column.dtype == pl.Boolean else 0)
        return Values(column.to_numpy(), known)


def read_rows(file: Path, types: Mapping[str, ColumnType]) -> Iterator[Rows]:
    """The rows of a file, a row group at a time; rows without a unit have organisation -1."""
    texts = [name for name, type_ in types.items() if type_ == "text"]
    plain = [pl.col("organisation")]
    plain += [pl.col(name).to_physical() for name, type_ in types.items() if type_ != "text"]
    with pq.ParquetFile(file, read_dictionary=texts) as parquet:
        sizes = [parquet.metadata.row_group(group).num_rows for group in range(parquet.num_row_groups)]
        first = 0
        for groups in _together(sizes):
            rows = sum(sizes[group] for group in groups)
            frame = pl.scan_parquet(file).select(plain).slice(first, rows).collect()
            coded = parquet.read_row_groups(groups, columns=texts, use_threads=False) if texts else None
            at = 0
            for size in (sizes[group] for group in groups):
                yield _rows(frame.slice(at, size), coded.slice(at, size) if coded else None, types)
                at += size
            first += rows


def _together(sizes: list[int]) -> Iterator[list[int]]:
    groups: list[int] = []
    rows = 0
    for group, size in enumerate(sizes):
        if groups and rows + size > MOST_ROWS:
            yield groups
            groups, rows = [], 0
        groups.append(group)
        rows += size
    if rows:
        yield groups


def _rows(frame: pl.DataFrame, coded: pa.Table | None, types: Mapping[str, ColumnType]) -> Rows:
    texts = {name: _coded(coded.column(name)) for name in coded.column_names} if coded is not None else {}
    organisation = frame["organisation"]
    if organisation.null_count():
        organisation = organisation.fill_null(-1)
    return Rows(len(frame), read_only(organisation.to_numpy()), texts, frame, types)


def _coded(column: pa.ChunkedArray) -> tuple[Codes, tuple[str, ...]]:
    if not pa.types.is_dictionary(column.type):
        column = column.cast(pa.string()).dictionary_encode()
    found = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    if isinstance(found, pa.ChunkedArray):
        found = found.unify_dictionaries().chunk(0) if found.num_chunks else pa.array([], column.type)
    texts = tuple(found.dictionary.to_pylist())
    places = found.indices
    if places.null_count:
        places = places.fill_null(len(texts))
    return read_only(places.to_numpy(zero_copy_only=False).astype(np.int32, copy=False)), texts


def read_only(found: NDArray[Any]) -> NDArray[Any]:
    """The same array, side by side in memory, as one that is not written to."""
    found = np.ascontiguousarray(found).view()
    found.setflags(write=False)
    return found
