"""Files to rows of raw cells, within limits: workbooks old and new, and texts with separators."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import Literal

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from guben.kit.far_cells import Glance, NoSheet, far_cell, has_strange_sheet

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED_BYTES = 400 * 1024 * 1024
MAX_PACKING = 200  # times; a real sheet packs 10 to 40 times
MAX_ROWS = 100_000
MAX_COLUMNS = 130
CHUNK = 1 << 18
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
OTHER_FORMATS = {"xl/workbook.bin", "content.xml"}  # what the reader would try next, and nobody has looked through
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
SEPARATORS = ",\t;，；|"

# An old container that holds an encrypted workbook, or whose workbook begins with the record of a password.
LOCKED = re.compile(
    b"\\A\xd0\xcf\x11\xe0.*(?:" + re.escape("EncryptedPackage".encode("utf-16-le"))
    + rb"|\x09\x08[\x08\x10]\x00.{8}(?:.{8})?\x2f\x00[\x04\x06\x36]\x00)",
    re.DOTALL,
)  # fmt: skip

Problem = Literal[
    "too_large", "unpacks_too_large", "too_many_rows", "too_far_out", "locked", "broken", "unknown_encoding", "empty",
    "header_twice", "same_header",
]  # fmt: skip
Lines = Iterator[tuple[int, Sequence[object]]]


class UnreadableTable(Exception):
    """The file is no table that can be read. `problem` is a key, `values` belong into its sentence."""

    def __init__(self, problem: Problem, **values: object) -> None:
        super().__init__(problem, values)
        self.problem = problem
        self.values = values


def grid_of(content: bytes, name: str) -> tuple[str, Lines]:
    """The name and the numbered rows of the first visible sheet that is not empty; `name` is a text file's own.

    Raises:
        UnreadableTable.
    """
    if len(content) > MAX_BYTES:
        raise UnreadableTable("too_large", megabytes=MAX_BYTES // 1024**2)
    if content.startswith(b"PK"):
        _check_workbook(content)
        return _workbook_rows(content)
    if content.startswith(OLD_WORKBOOK):
        return _workbook_rows(content)
    return name, _text_rows(content)


def _text_rows(content: bytes) -> Lines:
    text = _decoded(content)
    try:
        yield from enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text)), start=1)
    except csv.Error:
        raise UnreadableTable("broken") from None


def _decoded(content: bytes) -> str:
    """The text of a file. GB18030 holds GBK; what spreadsheets call Unicode text is UTF-16 with its mark."""
    encodings = ["utf-16"] if content.startswith(UTF_16) else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UnreadableTable("unknown_encoding")


def _separator(text: str) -> str:
    """What separates the cells: the sign that is most frequent, outside of quotes, in one of the first lines."""
    lines = [re.sub(r'"[^"]*"', "", line) for line in text[:20_000].splitlines()[:30]]
    counts = {sign: max((line.count(sign) for line in lines), default=0) for sign in SEPARATORS}
    return max(SEPARATORS, key=lambda sign: counts[sign])


def _workbook_rows(content: bytes) -> tuple[str, Lines]:
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for told in workbook.sheets_metadata:
            if told.visible is SheetVisibleEnum.Visible and told.typ is SheetTypeEnum.WorkSheet:
                sheet = workbook.get_sheet_by_name(told.name)
                if sheet.end is not None:
                    _check_size(sheet)
                    return told.name, iter(enumerate(sheet.to_python(skip_empty_area=False), start=1))
    except PasswordError:
        raise UnreadableTable("locked") from None
    except (CalamineError, OSError, ValueError):
        raise UnreadableTable("locked" if LOCKED.search(content) else "broken") from None
    raise UnreadableTable("empty")


def _check_size(sheet: CalamineSheet) -> None:
    """An old workbook is not looked through beforehand, but can't be wider than 256 columns nor longer than 65,536."""
    if sheet.end and sheet.end[1] >= 256:
        raise UnreadableTable("too_far_out", cell="IW1", columns=MAX_COLUMNS)


def _check_workbook(content: bytes) -> None:
    """Unpacks every part once, piece by piece, and refuses what is no workbook or would not fit into memory."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            names = {part.filename.lower() for part in parts.infolist()}
            if "xl/workbook.xml" not in names or names & OTHER_FORMATS:
                raise UnreadableTable("broken")
            unpacked = 0
            for part in parts.infolist():
                unpacked = _check_part(content, part, unpacked)
    except (zipfile.BadZipFile, zlib.error, IndexError, NotImplementedError, NoSheet):
        raise UnreadableTable("broken") from None


def _check_part(content: bytes, part: zipfile.ZipInfo, unpacked: int) -> int:
    """Unpacks one part; gives how much is unpacked by now. Any part called .xml may be meant as a sheet."""
    name = part.filename.lower()
    is_xml, glance = name.endswith(".xml"), Glance()
    for piece in _pieces(content, part):
        unpacked += len(piece)
        if unpacked > min(MAX_UNPACKED_BYTES, max(MAX_PACKING * len(content), 1024**2)):
            raise UnreadableTable("unpacks_too_large", megabytes=MAX_UNPACKED_BYTES // 1024**2)
        if is_xml:
            glance.look(piece)
    glance.end()
    if glance.is_odd and (far := far_cell(_pieces(content, part))):
        raise UnreadableTable("too_far_out", cell=far, columns=MAX_COLUMNS)
    if name.endswith("workbook.xml.rels") and has_strange_sheet(b"".join(_pieces(content, part))):
        raise UnreadableTable("broken")
    return unpacked


def _pieces(content: bytes, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """One part's unpacked bytes. The sizes in the archive's own list are not believed: they may lie."""
    head = part.header_offset
    start = head + 30 + int.from_bytes(content[head + 26 : head + 28], "little")
    start += int.from_bytes(content[head + 28 : head + 30], "little")
    packed = content[start : start + part.compress_size]
    if part.flag_bits & 1:
        raise UnreadableTable("locked")
    if part.compress_type == zipfile.ZIP_STORED:
        yield packed
        return
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise UnreadableTable("broken")
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    while not unpacker.eof:
        piece = unpacker.decompress(packed, CHUNK)
        packed = unpacker.unconsumed_tail
        if not piece:
            break
        yield piece
