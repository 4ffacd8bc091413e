"""Which signs the fonts of documents can show, read from the fonts' own tables, and what stands in for the others."""

from __future__ import annotations

import struct
import unicodedata
from functools import cache
from pathlib import Path

GETA = "〓"  # printers' mark for a sign that has to be put in by hand
_KEPT = frozenset("\n\t")


def font_files() -> list[Path]:
    """The fonts that are installed as packages: Song and Sans in simplified Chinese, and a Sans for rare signs."""
    import manimgx_fonts_cjk
    import pylopdf_fonts_zh_cn

    rare = Path(manimgx_fonts_cjk.__file__).parent / "NotoSansCJK-VF.otf.ttc"
    return [pylopdf_fonts_zh_cn.serif_path(), pylopdf_fonts_zh_cn.sans_path(), rare]


@cache
def known_signs() -> frozenset[int]:
    """The code points that at least one of the fonts has a shape for."""
    return frozenset().union(*(_signs_of(place.read_bytes()) for place in font_files()))


def printable(text: str) -> str:
    """The text as it can be printed: a sign without a shape becomes 〓, what has no shape by nature is left out."""
    if text.isascii() and text.isprintable():
        return text
    known = known_signs()
    return "".join(_shown(sign, known) for sign in text.replace("\r\n", "\n"))


def _shown(sign: str, known: frozenset[int]) -> str:
    if sign in _KEPT:
        return sign
    kind = unicodedata.category(sign)
    if kind in {"Cc", "Cf"} or "\ufe00" <= sign <= "\ufe0f" or "\U000e0100" <= sign <= "\U000e01ef":
        return ""
    return sign if ord(sign) in known else GETA


def _signs_of(font: bytes) -> set[int]:
    """The code points in a font file (the first one of a collection)."""
    start = struct.unpack_from(">I", font, 12)[0] if font[:4] == b"ttcf" else 0
    (tables,) = struct.unpack_from(">H", font, start + 4)
    for number in range(tables):
        tag, _sum, offset, _length = struct.unpack_from(">4sIII", font, start + 12 + number * 16)
        if tag == b"cmap":
            return _signs_in_map(font, offset)
    return set()


def _signs_in_map(font: bytes, start: int) -> set[int]:
    """The code points of a character map's full table (format 12)."""
    (count,) = struct.unpack_from(">H", font, start + 2)
    found: set[int] = set()
    for number in range(count):
        _platform, _encoding, offset = struct.unpack_from(">HHI", font, start + 4 + number * 8)
        table = start + offset
        if struct.unpack_from(">H", font, table)[0] != 12:  # noqa: PLR2004 - the format's number
            continue
        (groups,) = struct.unpack_from(">I", font, table + 12)
        for group in range(groups):
            first, last, _glyph = struct.unpack_from(">III", font, table + 16 + group * 12)
            found.update(range(first, last + 1))
    return found
