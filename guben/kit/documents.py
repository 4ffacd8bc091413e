"""PDF documents from templates, set by typst with fonts from packages alone; data are never read as markup.

A template is a file `guben/<app>/papers/<name>.typ` that builds on `kit/papers/base.typ`; what it shows comes in as
data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Literal

import typst

from guben.kit.chinese import worded
from guben.kit.errors import DomainError
from guben.kit.glyphs import font_files, printable

PACKAGE = Path(__file__).resolve().parent.parent
STANDARD = "a-2b"  # for keeping: fonts inside, nothing from outside
_NAME = re.compile(r"[a-z_]+/[a-z][a-z0-9_-]*")
_LANGUAGES = {"zh-hans": ("zh", "cn"), "zh-hant": ("zh", "tw"), "en": ("en", "gb")}
_turn = Lock()


class NoSuchTemplate(ValueError):
    """No app has a template of this name."""


@dataclass(frozen=True, slots=True)
class Check:
    """By what the holder of a print finds out whether it is genuine: the foot of every page bears it. `code` as it is
    typed, `picture` the address as a square code (SVG), `says` what to do with it."""

    code: str
    picture: str
    says: str


class DocumentError(DomainError):
    """A document could not be set. What went wrong stands in the exception's cause."""

    status = 500

    def __init__(self, title: str, lang: str) -> None:
        zh = f"“{title}”没有生成，这是程序的问题，不是您的。记下时间，告诉管理员。"
        en = f"“{title}” could not be made. The fault is the program's. Note the time and tell your administrator."
        super().__init__(worded(zh, en, lang))


def pdf(
    template: str,
    data: Mapping[str, Any],
    *,
    title: str,
    lang: str = "zh-hans",
    number: str = "",
    demo: bool = False,
    made_at: datetime | None = None,
    check: Check | None = None,
) -> bytes:
    """A PDF/A-2b of the template `app/name`, filled with data (texts, numbers, true and false, lists, mappings).

    `title` is the document's own title, `number` stands at the foot of every page, `demo` marks every page as made from
    demonstration data. With `made_at` the same data give the same bytes.

    Raises:
        ValueError: the template's name is no `app/name`, or there is no such template.
        DocumentError: it could not be set.
    """
    return bytes(_set(template, data, title, lang, number, demo, made_at, "pdf", check))


def pictures(
    template: str,
    data: Mapping[str, Any],
    *,
    title: str,
    lang: str = "zh-hans",
    number: str = "",
    demo: bool = False,
    check: Check | None = None,
) -> list[bytes]:
    """The pages of the same document as PNG pictures, to look at."""
    found = _set(template, data, title, lang, number, demo, None, "png", check)
    return list(found) if isinstance(found, list) else [found]


def _set(  # noqa: PLR0913, PLR0917 - one place for what both formats take
    template: str,
    data: Mapping[str, Any],
    title: str,
    lang: str,
    number: str,
    demo: bool,
    made_at: datetime | None,
    form: Literal["pdf", "png"],
    check: Check | None,
) -> Any:
    place = _place_of(template)
    language, region = _LANGUAGES.get(lang, _LANGUAGES["zh-hans"])
    paper = {"title": title, "lang": language, "region": region, "number": number, "demo": demo}
    paper["check"] = asdict(check) if check else None
    inputs = {"data": _written(data), "paper": _written(paper)}
    standard: dict[str, Any] = {"pdf_standards": STANDARD} if form == "pdf" else {"ppi": 110.0}
    stamp = (made_at or datetime.now(tz=UTC)).astimezone(UTC)
    try:
        with _turn:
            return _compiler().compile(
                input=str(place), format=form, sys_inputs=inputs, timestamp=int(stamp.timestamp()), **standard
            )
    except typst.TypstError as error:
        raise DocumentError(title, lang) from error


def _place_of(template: str) -> Path:
    if not _NAME.fullmatch(template):
        raise ValueError(f"{template!r} names no template: write app/name.")
    app, name = template.split("/")
    place = PACKAGE / app / "papers" / f"{name}.typ"
    if not place.is_file():
        raise NoSuchTemplate(f"There is no template {place.relative_to(PACKAGE)}.")
    return place


def _written(data: Mapping[str, Any]) -> str:
    return json.dumps(_printable(data), ensure_ascii=False, allow_nan=False)


def _printable(value: Any) -> Any:
    """The same data with signs that no font can show replaced, in texts at any depth."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {str(key): _printable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(one) for one in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    raise TypeError(f"A document takes texts and numbers, not {type(value).__name__}.")


@cache
def _compiler() -> typst.Compiler:
    """One for the process: it remembers what it has set, and reads the fonts once."""
    folders = list(dict.fromkeys(str(place.parent) for place in font_files()))
    return typst.Compiler(root=str(PACKAGE), font_paths=folders, ignore_system_fonts=True)
