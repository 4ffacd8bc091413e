"""The headers of a Parquet file: the structs of its format, in Thrift's compact protocol.

Source: https://github.com/apache/parquet-format, `parquet.thrift`; numbers of fields and codes are those of that file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from guben import __version__

I32, I64, BINARY, LIST, STRUCT = 5, 6, 8, 9, 12
BOOLEAN, INT32, INT64, DOUBLE = 0, 1, 2, 5  # physical types
INT_8 = 15  # converted type
REQUIRED, OPTIONAL = 0, 1
PLAIN, RLE, RLE_DICTIONARY = 0, 3, 8
DATA_PAGE, DICTIONARY_PAGE = 0, 2
MAGIC = b"PAR1"
Value = tuple[int, bytes]  # Thrift's type, and the value written
Fields = Mapping[int, Value | None]  # by their numbers, in order; None is left out


@dataclass(frozen=True, slots=True)
class Schema:
    """A column as its file describes it."""

    name: str
    physical: int
    converted: int | None
    optional: bool


@dataclass(frozen=True, slots=True)
class Chunk:
    """The pages of one column in one row group, as they lie in the file; `dictionary` is the length of its
    page, 0 where there is none."""

    schema: Schema
    values: int
    at: int
    dictionary: int
    size: int
    bounds: bytes

    def described(self) -> Value:
        has_dictionary = self.dictionary > 0
        size = varint(self.size << 1)
        found = [
            _beginning(self.schema, has_dictionary),
            *(b"\x16", varint(self.values << 1), b"\x16", size, b"\x16", size),  # 5 to 7, each of 64 bits
            *(b"\x26", varint(self.at + self.dictionary << 1)),  # 9: where the values begin
            *((b"\x26", varint(self.at << 1)) if has_dictionary else ()),  # 11: where the dictionary begins
            *((b"\x1c" if has_dictionary else b"\x3c", self.bounds) if self.bounds else ()),  # 12
            b"\0",
        ]
        return STRUCT, b"".join([b"\x26", varint(self.at << 1), b"\x1c", *found, b"\0"])


@lru_cache(maxsize=1 << 12)
def _beginning(schema: Schema, has_dictionary: bool) -> bytes:
    """The first four fields of what describes a chunk."""
    encodings = (RLE, RLE_DICTIONARY, PLAIN) if has_dictionary else (RLE, PLAIN)
    found = {
        1: _i32(schema.physical),
        2: _list(I32, [_i32(one) for one in encodings]),
        3: _list(BINARY, [_binary(schema.name.encode())]),
        4: _i32(0),  # not compressed
    }
    return _struct(found)[1][:-1]


@lru_cache(maxsize=1 << 12)
def bounds(nulls: int, least: bytes, greatest: bytes) -> bytes:
    """How many values of a chunk are null, and between which the others lie."""
    return _struct({3: _i64(nulls), 5: _binary(greatest), 6: _binary(least)})[1]


@lru_cache(maxsize=1 << 12)
def page_head(kind: int, size: int, values: int, encoding: int) -> bytes:
    """What stands before a page that is not compressed."""
    head = {1: _i32(values), 2: _i32(encoding)}
    if kind == DATA_PAGE:
        head |= {3: _i32(RLE), 4: _i32(RLE)}
    return _struct({1: _i32(kind), 2: _i32(size), 3: _i32(size), (5 if kind == DATA_PAGE else 7): _struct(head)})[1]


def footer(schema: Sequence[Schema], groups: Sequence[tuple[int, Sequence[Chunk]]]) -> bytes:
    """What a file ends with: its columns, and of each row group how many rows it has and where its chunks lie."""
    root = _struct({4: _binary(b"schema"), 5: _i32(len(schema))})
    rows = [
        _struct(
            {
                1: _list(STRUCT, [chunk.described() for chunk in chunks]),
                2: _i64(sum(chunk.size for chunk in chunks)),
                3: _i64(count),
            }
        )
        for count, chunks in groups
    ]
    found = _struct(
        {
            1: _i32(1),
            2: _list(STRUCT, [root, *(_column(one) for one in schema)]),
            3: _i64(sum(count for count, _chunks in groups)),
            4: _list(STRUCT, rows),
            6: _binary(f"guben version {__version__}".encode()),
            7: _list(STRUCT, [_struct({1: _struct({})})] * len(schema)),  # the order of numbers
        }
    )[1]
    return found + len(found).to_bytes(4, "little") + MAGIC


def _column(schema: Schema) -> Value:
    return _struct(
        {
            1: _i32(schema.physical),
            3: _i32(OPTIONAL if schema.optional else REQUIRED),
            4: _binary(schema.name.encode()),
            6: None if schema.converted is None else _i32(schema.converted),
        }
    )


@lru_cache(maxsize=1 << 16)
def varint(number: int) -> bytes:
    """A whole number from nought on, seven bits to a byte, the lowest first."""
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)


def _i32(number: int) -> Value:
    return I32, varint(number << 1)


def _i64(number: int) -> Value:
    return I64, varint(number << 1)


def _binary(content: bytes) -> Value:
    return BINARY, varint(len(content)) + content


def _list(kind: int, items: Sequence[Value]) -> Value:
    few = 15
    head = bytes([len(items) << 4 | kind]) if len(items) < few else bytes([few << 4 | kind]) + varint(len(items))
    return LIST, head + b"".join(item for _kind, item in items)


def _struct(fields: Fields) -> Value:
    found = []
    before = 0
    for number, value in fields.items():
        if value is not None:
            found += [bytes([number - before << 4 | value[0]]), value[1]]
            before = number
    return STRUCT, b"".join([*found, b"\0"])
