"""Charts of statistics: bars of a table, a line over the years, columns of a spread.

Units have their bars in the rows of their table: a picture of many names takes long to draw.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from guben.house.charts import BAR, EDGE, INK, INK_2, chart

# Points of the drawings, from which the page takes the widest that fits: measured in the reader's letters, so that
# large type on a phone gets the smallest, and its words grow with all others.
WIDE, NARROW, SMALL = 960, 320, 208
WIDTHS = {"wide": WIDE, "narrow": NARROW, "small": SMALL}
NAMES = {WIDE: 320, NARROW: 120, SMALL: 72}  # at most, for names beside their bars; longer ones stand above on a phone
VALUES = {WIDE: 80, NARROW: 64, SMALL: 60}  # for the values at the right
LETTERS, SMALLER = 14, 13  # points; the smaller under and over the points of a line
STEP, THICK, ROW = 28, 14, 18  # points of a bar's row, of the bar, and of a row of a name above it
MOST_ROWS = 3  # of a name
WORDS: dict[str, Any] = {"fontSize": LETTERS, "color": INK, "aria": False}
PIECES = re.compile(r"[^\s\u2e80-\uffff]+\s*|[\u2e80-\uffff]|\s+")  # a word, or a Han character
logger = logging.getLogger(__name__)
Spec = Callable[[int], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, value, the value in words, the page behind it, and a tick beside which it is read."""

    name: str
    value: float
    words: str
    url: str = ""
    tick: float | None = None


def drawn(spec: Spec, label: str) -> SafeString:
    """The chart in all widths; nothing where a name holds what a picture may not carry, for the table beside it says
    the same."""
    try:
        found = [(name, chart(spec(width), label=label)) for name, width in WIDTHS.items()]
    except ValueError as error:
        logger.warning("No chart of statistics: %s", error)
        return SafeString("")
    pictures = format_html_join("", '<div class="stat-chart-{}">{}</div>', found)
    return format_html('<div class="chart stat-chart">{}</div>', pictures)


def room_of(words: str, letters: int = LETTERS) -> float:
    """About how many points words take."""
    return letters * sum(1.0 if ord(sign) > 0x2E7F else 0.58 for sign in words)


def in_rows(words: str, room: float) -> list[str]:
    """Words in at most MOST_ROWS rows, broken where a language may be; what has no room in the last is cut there."""
    rows = [""]
    for piece in PIECES.findall(words):
        if rows[-1] and len(rows) < MOST_ROWS and room_of((rows[-1] + piece).rstrip()) > room:
            rows.append("")
        rows[-1] += piece
    return [row.rstrip() for row in rows]


def bars(rows: Sequence[Bar], label: str) -> SafeString:
    """Horizontal bars from nought, values in one column at the right edge."""
    return drawn(lambda width: bars_spec(rows, width), label) if rows else SafeString("")


def bars_spec(rows: Sequence[Bar], width: int) -> dict[str, Any]:
    """The bars as a Vega-Lite specification of one width. On a phone long names stand above their bars."""
    longest = max((room_of(row.name) for row in rows), default=0) + 16
    is_above = width != WIDE and longest > NAMES[width]
    names = 0 if is_above else int(min(longest, NAMES[width]))
    above = [in_rows(row.name, width - 4) for row in rows] if is_above else []
    most_rows = max(map(len, above), default=0)
    step, inner = STEP + ROW * most_rows, width - names - VALUES[width]
    # Two units may share a name: bars stand by their number, and the axis writes the name.
    down = {"field": "place", "type": "ordinal", "axis": None if is_above else _names(rows, names), "sort": None}
    layers = _bar_layers(rows, {**down, "title": None}, inner, width, lower=(step - STEP) / 2)
    if is_above:
        words = {"type": "text", "align": "left", "baseline": "top", "lineHeight": ROW, "limit": width - 4, **WORDS}
        across, text = {"value": 0}, {"field": "above"}
        mark = {**words, "yOffset": 6 - step / 2}
        layers.append({"mark": mark, "encoding": {"x": across, "y": {**down, "title": None}, "text": text}})
    return {
        "data": {"values": [_bar_values(place, row, above, most_rows) for place, row in enumerate(rows)]},
        "width": inner,
        "height": {"step": step},
        "padding": {"left": 0, "right": 0, "top": 4, "bottom": 4},
        "autosize": {"type": "pad"},
        "layer": layers,
    }


def _bar_values(place: int, row: Bar, above: Sequence[list[str]], most_rows: int) -> dict[str, Any]:
    """A bar's row of data. The last row of a name above it stands on its bar."""
    values = {"place": place, "name": row.name, "value": row.value, "words": row.words, "to": row.url, "tick": row.tick}
    return values | ({"above": [""] * (most_rows - len(above[place])) + above[place]} if above else {})


def _bar_layers(
    rows: Sequence[Bar], down: dict[str, Any], inner: int, width: int, *, lower: float
) -> list[dict[str, Any]]:
    """Bars, their values at the right, and ticks; `lower` than the middle of their row where a name is above."""
    most = max([row.value for row in rows] + [row.tick for row in rows if row.tick is not None] + [0]) or 1
    across = {"type": "quantitative", "scale": {"domain": [0, most], "nice": False}, "axis": None}
    bar = {"x": {"field": "value", **across}, "y": down, "description": {"field": "words"}, **_href(rows)}
    right = {"x": {"value": inner + VALUES[width] - 4}, "y": down, "text": {"field": "words"}}
    layers: list[dict[str, Any]] = [
        {"mark": {"type": "bar", "height": THICK, "color": BAR, "yOffset": lower}, "encoding": bar},
        {"mark": {"type": "text", "align": "right", "yOffset": lower, **WORDS}, "encoding": right},
    ]
    if any(row.tick is not None for row in rows):
        tick = {"type": "tick", "color": INK, "thickness": 2, "size": THICK + 6, "aria": False, "yOffset": lower}
        layers.append({"mark": tick, "encoding": {"x": {"field": "tick", **across}, "y": down}})
    return layers


def _href(rows: Sequence[Bar]) -> dict[str, Any]:
    return {"href": {"field": "to"}} if all(row.url for row in rows) else {}


def _names(rows: Sequence[Bar], room: int) -> dict[str, Any]:
    named = {str(place): row.name for place, row in enumerate(rows)}
    return {
        "labelExpr": f"({_literal(named)})[datum.value]",
        "labelFontSize": LETTERS,
        "labelColor": INK,
        "labelLimit": room - 12,
        "minExtent": room - 8,
        "maxExtent": room - 8,
    }


def _literal(named: Mapping[str, str]) -> str:
    """An object of the chart's small language; signs that could end a text are left out."""
    cleaned = {key: name.replace("\\", " ").replace("'", "’").replace("\n", " ") for key, name in named.items()}
    return "{" + ",".join(f"'{key}':'{name}'" for key, name in cleaned.items()) + "}"


def line(points: Sequence[tuple[str, float, str]], label: str) -> SafeString:
    """A small line over days: (name of the day, value, value in words)."""
    return drawn(lambda width: line_spec(points, width), label) if len(points) > 1 else SafeString("")


def line_spec(points: Sequence[tuple[str, float, str]], width: int) -> dict[str, Any]:
    """The line as a Vega-Lite specification of one width."""
    letters = LETTERS if width == WIDE else SMALLER
    names = f"{json.dumps(_day_names(points, width), ensure_ascii=False)}[datum.value]"
    axis = {"labelAngle": 0, "labelFontSize": letters, "labelColor": INK_2, "labelExpr": names}
    x = {"field": "place", "type": "ordinal", "sort": None, "title": None, "axis": axis}
    y = {"field": "value", "type": "quantitative", "scale": {"zero": False, "padding": 28}, "axis": None}
    point = {"type": "point", "color": BAR, "filled": True, "opacity": 1, "size": 50}
    words = {"type": "text", **WORDS, "fontSize": letters, "align": {"expr": "datum.side"}, "dy": {"expr": "datum.dy"}}
    return {
        "data": {"values": _point_values(points, width - 20)},
        "width": width - 20,
        "height": 150,
        "padding": {"left": 4, "right": 4, "top": 16, "bottom": 4},
        "layer": [
            {"mark": {"type": "line", "color": BAR, "strokeWidth": 2, "aria": False}, "encoding": {"x": x, "y": y}},
            {"mark": point, "encoding": {"x": x, "y": y, "description": {"field": "words"}}},
            {"mark": words, "encoding": {"x": x, "y": y, "text": {"field": "words"}}},
        ],
    }


def _day_names(points: Sequence[tuple[str, float, str]], width: int) -> list[list[str]]:
    """The names of the days, on a phone in two rows: End of / 2025, 2025 / 年末, 2026 / 06-30. Where they have no room
    beside each other, the first and the last are written."""
    if width == WIDE:
        return [[day] for day, _value, _words in points]
    names = [_two_rows(day) for day, _value, _words in points]
    fits = max(room_of(row, SMALLER) for rows in names for row in rows) + 4 <= (width - 20) / len(points)
    return [rows if fits or place in (0, len(names) - 1) else [""] for place, rows in enumerate(names)]


def _two_rows(day: str) -> list[str]:
    """The name of a day in two rows, the year by itself."""
    if " " in day:
        return day.rsplit(" ", 1)
    year, rest = day[:4], day[4:].lstrip("-")
    return [year, rest] if rest else [day]


def _point_values(points: Sequence[tuple[str, float, str]], inner: int) -> list[dict[str, Any]]:
    """The points with their words on the side of the line's bend. Where these have no room beside each other, the first
    and the last are written."""
    fits = max(room_of(words) for _day, _value, words in points) + 8 <= inner / len(points)
    found = []
    for place, (_day, value, words) in enumerate(points):
        beside = [points[other][1] for other in (place - 1, place + 1) if 0 <= other < len(points)]
        written = fits or place in (0, len(points) - 1)
        side = "center" if fits else "left" if place == 0 else "right"
        dy = 18 if value < sum(beside) / len(beside) else -14
        found.append({"place": place, "value": value, "words": words if written else "", "side": side, "dy": dy})
    return found


def columns(rows: Sequence[Bar], label: str) -> SafeString:
    """Columns of a spread, from nought, each with its count on top."""
    return drawn(lambda width: columns_spec(rows, width), label) if rows else SafeString("")


def columns_spec(rows: Sequence[Bar], width: int) -> dict[str, Any]:
    """The columns as a Vega-Lite specification of one width; on a phone they lie on their side."""
    if width != WIDE:
        return bars_spec(rows, width)
    values = [{"name": row.name, "value": row.value, "words": row.words, "to": row.url} for row in rows]
    x = {
        "field": "name",
        "type": "ordinal",
        "sort": None,
        "title": None,
        "axis": {"labelAngle": 0, "labelFontSize": LETTERS, "labelColor": INK_2},
        "scale": {"paddingInner": 0.08, "paddingOuter": 0.04},
    }
    y = {"field": "value", "type": "quantitative", "axis": None}
    return {
        "data": {"values": values},
        "width": width - 20,
        "height": 160,
        "padding": {"left": 4, "right": 4, "top": 8, "bottom": 4},
        "layer": [
            {
                "mark": {"type": "bar", "color": BAR, "stroke": EDGE, "strokeWidth": 0},
                "encoding": {"x": x, "y": y, "description": {"field": "words"}, **_href(rows)},
            },
            {
                "mark": {"type": "text", "dy": -8, **WORDS},
                "encoding": {"x": x, "y": y, "text": {"field": "words"}},
            },
        ],
    }
