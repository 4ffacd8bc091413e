"""Parquet files of numbers, written at little cost: a result has hundreds of columns of small numbers, most of them 0.

Writers for all purposes look every value up. Here the values of a page are places among all whole numbers from the
least to the greatest of them, packed into as many bits as the places need: a few passes of numpy, and any reader of
Parquet reads it. Nothing is compressed beyond that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from guben.rulebook_engine.adapters.parquet_headers import (
    BOOLEAN,
    DATA_PAGE,
    DICTIONARY_PAGE,
    DOUBLE,
    INT32,
    INT64,
    INT_8,
    MAGIC,
    PLAIN,
    RLE_DICTIONARY,
    Chunk,
    Schema,
    bounds,
    footer,
    page_head,
    varint,
)
from guben.rulebook_engine.plan_of_run import NULL

BYTE = 256
FAR = (1 << 16) - BYTE  # places that two bytes hold beyond those of one
STORED = {INT32: "<i4", INT64: "<i8", DOUBLE: "<f8"}
WIDTHS = {INT32: 32, INT64: 64, DOUBLE: 64}
Column = NDArray[Any]


def write_numbers(target: Path, columns: Mapping[str, Column], in_a_group: int) -> int:
    """Writes equally long columns and gives back how long they are. Truths stay truths, numbers of one signed byte stay
    small, other whole numbers have 64 bits; NULL and not-a-number are null."""
    rows = len(next(iter(columns.values())))
    writers = [_Writer.of(name, column, in_a_group) for name, column in columns.items()]
    groups: list[tuple[int, list[Chunk]]] = []
    at = len(MAGIC)
    with target.open("wb") as file:
        file.write(MAGIC)
        for number, first in enumerate(range(0, rows, in_a_group)):
            last = min(first + in_a_group, rows)
            chunks: list[Chunk] = []
            pages: list[bytes] = []
            for writer in writers:
                chunk, content = writer.written(number, first, last, at)
                chunks.append(chunk)
                pages.append(content)
                at += chunk.size
            file.write(b"".join(pages))
            groups.append((last - first, chunks))
        file.write(footer([writer.schema for writer in writers], groups))
    return rows


@dataclass(frozen=True)
class _Encoded:
    """Values as bytes, so many bits for each: themselves, or their places in a dictionary."""

    content: bytes
    bits: int
    dictionary: bytes = b""  # its page

    @classmethod
    def of(cls, values: Column, schema: Schema, least: int, greatest: int) -> _Encoded:
        """Whole numbers; they stay as they are where most of them are far from the least."""
        physical = schema.physical
        if greatest - least < BYTE:
            places = values - values.dtype.type(least) if least else values
            bits = _bits(greatest - least)
            known = _from_to(least, greatest, physical)
            return cls(_packed(places.astype(np.uint8, copy=False), bits), bits, known)
        found = _places(values, least)
        if found is None:
            return cls(_plain(values, physical), WIDTHS[physical])
        bits = _bits(len(found[0]) - 1)
        return cls(_packed(found[1], bits), bits, _dictionary(found[0], physical))

    def page(self, first: int, last: int, rows: int, levels: bytes = b"") -> bytes:
        """The page of some of the values, where a row group has so many rows; `levels` tell which of them have one."""
        content = self.content[first * self.bits // 8 : (last * self.bits + 7) // 8]
        if not self.dictionary:
            return _page(levels + content, rows, PLAIN)
        content += bytes(-(last - first) % 8 * self.bits // 8)
        head = bytes([self.bits]) + varint((last - first + 7) // 8 << 1 | 1)
        return _page(levels + head + content, rows, RLE_DICTIONARY)


@dataclass(frozen=True)
class _Writer:
    """A column, encoded as a whole where nothing is null, with the least and the greatest of each row group."""

    schema: Schema
    column: Column
    bounds: list[tuple[int, int]]  # none where the values are not whole numbers
    encoded: _Encoded | None

    @classmethod
    def of(cls, name: str, column: Column, in_a_group: int) -> _Writer:
        if column.dtype.kind == "b":
            return cls(Schema(name, BOOLEAN, None, False), column, [], _Encoded(_packed(column.view(np.uint8), 1), 1))
        if column.dtype.kind == "f":
            schema = Schema(name, DOUBLE, None, bool(np.isnan(column).any()))
            plain = None if schema.optional else _Encoded(_plain(column, DOUBLE), WIDTHS[DOUBLE])
            return cls(schema, column, [], plain)
        firsts = np.arange(0, len(column), in_a_group)
        least, greatest = (kind.reduceat(column, firsts).tolist() for kind in (np.minimum, np.maximum))
        physical, converted = (INT32, INT_8) if column.dtype == np.int8 else (INT64, None)
        schema = Schema(name, physical, converted, NULL in least)
        encoded = None if schema.optional else _Encoded.of(column, schema, min(least), max(greatest))
        return cls(schema, column, list(zip(least, greatest, strict=True)), encoded)

    def written(self, number: int, first: int, last: int, at: int) -> tuple[Chunk, bytes]:
        """One row group as it is to lie at a place of the file."""
        rows = last - first
        if self.encoded is None:
            dictionary, data, between = self._with_nulls(self.column[first:last])
        elif not self.bounds:
            dictionary, data, between = b"", self.encoded.page(first, last, rows), b""
        else:
            least, greatest = self.bounds[number]
            between = _bounds(0, least, greatest, self.schema.physical)
            if least == greatest:
                dictionary, data = _all_alike(least, rows, self.schema.physical)
            else:
                dictionary, data = self.encoded.dictionary, self.encoded.page(first, last, rows)
        chunk = Chunk(self.schema, rows, at, len(dictionary), len(dictionary) + len(data), between)
        return chunk, dictionary + data

    def _with_nulls(self, values: Column) -> tuple[bytes, bytes, bytes]:
        """The dictionary's page, that of the values, and their bounds."""
        rows, physical = len(values), self.schema.physical
        known = ~np.isnan(values) if physical == DOUBLE else values != NULL
        values = values[known]
        runs = varint((rows + 7) // 8 << 1 | 1) + _packed(known.view(np.uint8), 1)
        levels = len(runs).to_bytes(4, "little") + runs
        if physical == DOUBLE or not len(values):
            return b"", _Encoded(_plain(values, physical), WIDTHS[physical]).page(0, len(values), rows, levels), b""
        least, greatest = int(values.min()), int(values.max())
        found = _Encoded.of(values, self.schema, least, greatest)
        between = _bounds(rows - len(values), least, greatest, physical)
        return found.dictionary, found.page(0, len(values), rows, levels), between


@lru_cache(maxsize=1 << 12)
def _all_alike(value: int, rows: int, physical: int) -> tuple[bytes, bytes]:
    """The pages of a row group that has one value only: a dictionary of it, and one run."""
    return _from_to(value, value, physical), _page(b"\1" + varint(rows << 1) + b"\0", rows, RLE_DICTIONARY)


def _page(content: bytes, values: int, encoding: int) -> bytes:
    return page_head(DATA_PAGE, len(content), values, encoding) + content


@lru_cache(maxsize=1 << 12)
def _from_to(least: int, greatest: int, physical: int) -> bytes:
    """The page of a dictionary of all whole numbers from one to another."""
    return _dictionary(least + np.arange(greatest - least + 1), physical)


def _dictionary(known: Column, physical: int) -> bytes:
    content = _plain(known, physical)
    return page_head(DICTIONARY_PAGE, len(content), len(known), PLAIN) + content


@lru_cache(maxsize=1 << 12)
def _bounds(nulls: int, least: int, greatest: int, physical: int) -> bytes:
    return bounds(nulls, *(_plain(np.array([one]), physical) for one in (least, greatest)))


def _plain(values: Column, physical: int) -> bytes:
    return values.astype(STORED[physical], copy=False).tobytes()


def _places(values: Column, least: int) -> tuple[Column, Column] | None:
    """What occurs, and the place of each value in it: whole numbers from the least on, as many as a byte holds but one,
    then the few that are greater. None where these are not few."""
    near = values < least + BYTE - 1
    far = values[~near]
    if 4 * len(far) > len(values):
        return None
    greater = np.unique(far)
    if len(greater) > FAR:
        return None
    known = np.concatenate([np.arange(least, least + BYTE - 1), greater])
    places = np.empty(len(values), np.uint8 if len(known) <= BYTE else np.uint16)
    places[near] = values[near] - least
    places[~near] = BYTE - 1 + np.searchsorted(greater, far)
    return known, places


def _bits(greatest: int) -> int:
    """The least of 1, 2, 4, 8 and 16 bits that hold places up to this one."""
    return 1 << max(greatest.bit_length() - 1, 0).bit_length()


def _packed(places: NDArray[np.unsignedinteger[Any]], bits: int) -> bytes:
    """Small numbers side by side, filled up to eights."""
    if bits == 1:
        return np.packbits(places, bitorder="little").tobytes()
    missing = -len(places) % 8
    if missing:
        places = np.concatenate([places, np.zeros(missing, places.dtype)])
    if bits == 2:
        four: NDArray[np.uint32] = places.view(np.uint32)
        return (four | four >> 6 | four >> 12 | four >> 18).astype(np.uint8).tobytes()
    if bits == 4:
        two: NDArray[np.uint16] = places.view(np.uint16)
        return (two | two >> 4).astype(np.uint8).tobytes()
    return places.astype(f"<u{bits // 8}", copy=False).tobytes()
