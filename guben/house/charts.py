"""Charts: a Vega-Lite specification becomes an SVG of the house, made once and kept on disk."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

FONT = "Noto Sans CJK SC"
# The colours of the light theme; on a page each becomes the colour of that name in the reader's theme.
INK, INK_2, RED, SURFACE = "#1E1C19", "#524D45", "#B3261E", "#FFFEFC"
INDIGO, BAR, EDGE, LINE_2, SUNKEN = "#1D4F7C", "#5D7489", "#857E72", "#C4BDB0", "#EDEAE2"
SHADES = [INDIGO, BAR, EDGE, LINE_2, SUNKEN]  # from above to below
TOKENS = {
    INK: "ink",
    INK_2: "ink-2",
    RED: "red",
    SURFACE: "surface",
    INDIGO: "indigo",
    BAR: "bar",
    EDGE: "edge",
    LINE_2: "line-2",
    SUNKEN: "sunken",
}
CONFIG: dict[str, Any] = {
    "background": None,
    "font": FONT,
    "axis": {
        "labelColor": INK_2,
        "labelFontSize": 12,
        "titleColor": INK_2,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "grid": False,
        "domain": False,
        "ticks": False,
        "labelPadding": 8,
        "aria": False,
    },
    "view": {"stroke": None},
    "bar": {"color": BAR},
    "tick": {"color": INK, "thickness": 2, "opacity": 1},
    "rule": {"color": INK},
    "text": {"color": INK, "fontSize": 12},
    "legend": {
        "orient": "top",
        "symbolType": "square",
        "symbolStrokeWidth": 0,
        "labelColor": INK_2,
        "labelFontSize": 12,
        "title": None,
        "aria": False,
    },
    "range": {"ordinal": SHADES, "category": SHADES},
}
VEGA_LITE = "5.20"
RELATIVE = "https://vega.github.io/vega-datasets/"  # what the converter puts before an address of the house
FORM = "2"  # raised when the same specification gives another picture than before
# Nothing that runs, loads or styles belongs in a chart; links to pages of the house may stay.
UNSAFE = re.compile(
    r"<script|<style|<foreignObject|<image|<use|\son\w+=|\sstyle=|javascript:|@import|href=\"(?!/(?!/)|#|\?)",
    re.IGNORECASE,
)
# Refused before drawing: the converter would fetch it, or stumble and stay broken for the whole process.
ELSEWHERE = re.compile(r"javascript:|https?://|\"url\"\s*:", re.IGNORECASE)
COLOURS = re.compile("|".join(TOKENS), re.IGNORECASE)
INNER_WORDS = re.compile(r' (?:role|aria-label|aria-roledescription)="[^"]*"')
FAMILIES = '"PingFang SC","HarmonyOS Sans SC","Microsoft YaHei UI","Microsoft YaHei","Noto Sans CJK SC",sans-serif'


def chart(spec: Mapping[str, Any], *, label: str) -> SafeString:
    """The chart as inline SVG. `label` is one sentence that tells the finding; it is what a screen reader says.

    The same specification is drawn once; its picture stays in the data folder under the hash of the specification.

    Raises:
        ValueError: the specification cannot be drawn, or its picture holds what a page may not carry.
    """
    if found := ELSEWHERE.search(json.dumps(spec, ensure_ascii=False)):
        raise ValueError(f"A chart must not hold {found.group()!r}.")
    whole = {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", **spec, "config": CONFIG}
    text = json.dumps(whole, sort_keys=True, ensure_ascii=False)
    key = hashlib.sha256(f"{FORM}\n{text}".encode()).hexdigest()
    place = _folder() / f"{key}.svg"
    if place.exists():
        svg = place.read_text(encoding="utf-8")
    else:
        svg = draw(text)
        keep(place, svg)
    role = "group" if "<a " in svg else "img"  # links inside an image would be out of reach
    return mark_safe(svg.replace("<svg ", f'<svg role="{role}" aria-label="{escape(label)}" ', 1))  # noqa: S308 - checked


def draw(spec: str) -> str:
    """Draws a specification (JSON) and cleans the picture."""
    import vl_convert  # half a second and a hundred megabytes: only where a chart is drawn anew

    try:
        svg: str = vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE, allowed_base_urls=[])
    except ValueError as error:
        raise ValueError(f"The chart can't be drawn: {error}") from error
    return clean(svg)


def clean(svg: str) -> str:
    """The bare <svg> element with our list of fonts and the colours of the page.

    Raises:
        ValueError: it holds a script, a style or something that is loaded from elsewhere.
    """
    bare = svg[svg.index("<svg") :].replace(RELATIVE, "")
    if found := UNSAFE.search(bare):
        raise ValueError(f"A chart must not hold {found.group()!r}.")
    bare = COLOURS.sub(lambda found: f"var(--{TOKENS[found.group().upper()]})", bare)
    if "<a " not in bare:  # one sentence stands for the whole picture
        bare = INNER_WORDS.sub("", bare)
    return re.sub(r'font-family="[^"]*"', f"font-family='{FAMILIES}'", bare)


def keep(place: Path, svg: str) -> None:
    """Writes beside, then renames: a reader never meets half a picture."""
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=place.parent, suffix=".part")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(svg)
    os.replace(name, place)


def forget(*, days: int) -> int:
    """Drops the pictures that were drawn so many days ago; returns how many went."""
    oldest = time.time() - days * 86_400
    gone = [file for file in _folder().glob("*") if file.stat().st_mtime < oldest]
    for file in gone:
        file.unlink(missing_ok=True)
    return len(gone)


def _folder() -> Path:
    return Path(settings.DATA) / "cache" / "charts"
