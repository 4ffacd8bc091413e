"""Cells far out in a workbook: a reader makes room for every cell up to the last, so a few bytes can fill the memory.

What a program writes is told apart by a few quick searches; anything written in another way that XML allows (other
quotes, spaces, small letters, cells and rows that tell no place and are counted) is followed element by element.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.parsers import expat

FAR_COLUMN = 131  # the first column that is not read
FAR_ROW = 110_000

CELL = b'<c r="'
FAR_PLACE = re.compile(
    rb"r\s*=\s*[\"'](?:[A-Za-z]{3,}\d+|[E-Ze-z][A-Za-z]\d+|[A-Za-z]{1,2}(?:\d{7,}|[2-9]\d{5}|1[1-9]\d{4}))"
)
OTHER_CELL = re.compile(rb"<c(?![A-Za-z])(?! r=\")")
PREFIXED = re.compile(rb":(?:c|row)[\s/>]")
PLACE = re.compile(r"([A-Za-z]+)(\d+)")
CONTENTS = frozenset({"v", "is", "f"})
LONGEST_TAG = 1 << 20


class NoSheet(Exception):
    """The part is no XML that a sheet may be written in."""


class Glance:
    """Looks at a part piece by piece, and notes whether it has to be followed element by element."""

    def __init__(self) -> None:
        self.is_odd = False
        self._rest = b""

    def look(self, piece: bytes) -> None:
        """Looks at the next piece; a tag that is cut at its end is looked at with the one after it."""
        if self.is_odd:
            return
        here = self._rest + piece
        end = here.rfind(b"<")
        here, self._rest = (here[:end], here[end:]) if end > 0 else (b"", here)
        # Most pieces hold nothing but cells that tell their place in the usual way, which two counts tell.
        is_usual = here.count(b"<c") == here.count(CELL) or not OTHER_CELL.search(here)
        is_near = not (PREFIXED.search(here) or FAR_PLACE.search(here))
        self.is_odd = not (is_usual and is_near) or len(self._rest) > LONGEST_TAG

    def end(self) -> None:
        """The last tag is whole now."""
        self.look(b"<")


def far_cell(pieces: Iterable[bytes]) -> str:
    """The first cell with content that stands outside of what is read, as far as it is told; empty where none does.

    Raises:
        NoSheet: the part can't be followed.
    """
    follower = _Follower()
    parser = expat.ParserCreate()
    parser.StartElementHandler = follower.start
    parser.StartDoctypeDeclHandler = follower.refuse
    try:
        for piece in pieces:
            parser.Parse(piece, False)
            if follower.found:
                return follower.found
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError):
        raise NoSheet from None
    return follower.found


def has_strange_sheet(relationships: bytes) -> bool:
    """Does a workbook keep a sheet in a part that is not called .xml, where nobody looks?"""
    found: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if attributes.get("Type", "").endswith("worksheet"):
            found.append(attributes.get("Target", ""))

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    try:
        parser.Parse(relationships, True)
    except (expat.ExpatError, ValueError, LookupError):
        return True
    return not all(target.lower().endswith(".xml") for target in found)


class _Follower:
    """Counts rows and columns as a reader does: a place that is told counts, else the next one."""

    def __init__(self) -> None:
        self.found = ""
        self._row = self._column = 0
        self._is_far = False
        self._place = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "c":
            self._cell(attributes.get("r"))
        elif local == "row":
            told = attributes.get("r", "")
            self._row = int(told) if told.isascii() and told.isdecimal() and len(told) < 12 else self._row + 1
            self._column = 0
            self._is_far = False
        elif local in CONTENTS and self._is_far and not self.found:
            self.found = self._place

    def refuse(self, *_about: object) -> None:
        raise ValueError

    def _cell(self, told: str | None) -> None:
        found = PLACE.fullmatch(told or "")
        row, self._column = self._row, self._column + 1
        if found:
            row, self._column = int(found[2][:12]), _number_of(found[1])
        self._is_far = self._column >= FAR_COLUMN or max(row, self._row) >= FAR_ROW
        self._place = told or f"{self._row}:{self._column}"


def _number_of(letters: str) -> int:
    number = 0
    for letter in letters[:6].upper():
        number = number * 26 + ord(letter) - 64
    return number
