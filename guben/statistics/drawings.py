"""Charts of statistics: bars of a table, a line over the years, columns of a spread.

Units have their bars in the rows of their table: a picture of many names takes long to draw.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from guben.house.charts import BAR, EDGE, INK, INK_2, chart

WIDE, NARROW = 1000, 320  # points; a phone gets a drawing of its own, so that its words stay large
NAMES = {WIDE: 300, NARROW: 124}  # at most, for the names on the left
VALUES = {WIDE: 80, NARROW: 64}  # for the values at the right
SIGN = 14  # points, about the width of a Han character
STEP, THICK = 28, 14
IN_TWO_ROWS = (  # the name of a day on a phone: End of / 2025, 2026 / 06-30
    "indexof(datum.label,' ')>0 ? [slice(datum.label,0,lastindexof(datum.label,' ')),"
    " slice(datum.label,lastindexof(datum.label,' ')+1)]"
    " : length(datum.label)==10 ? [slice(datum.label,0,4),slice(datum.label,5)] : datum.label"
)
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
    """The chart for a screen and for a phone; nothing where a name holds what a picture may not carry, for the table
    beside it says the same."""
    try:
        wide, narrow = (chart(spec(width), label=label) for width in (WIDE, NARROW))
    except ValueError as error:
        logger.warning("No chart of statistics: %s", error)
        return SafeString("")
    return format_html(
        '<div class="chart stat-chart-wide">{}</div><div class="chart stat-chart-narrow">{}</div>', wide, narrow
    )


def bars(rows: Sequence[Bar], label: str) -> SafeString:
    """Horizontal bars from nought, values in one column at the right edge."""
    return drawn(lambda width: bars_spec(rows, width), label) if rows else SafeString("")


def bars_spec(rows: Sequence[Bar], width: int) -> dict[str, Any]:
    """The bars as a Vega-Lite specification of one width."""
    # Two units may share a name: bars stand by their number, and the axis writes the name.
    values = [
        {"place": place, "name": row.name, "value": row.value, "words": row.words, "to": row.url, "tick": row.tick}
        for place, row in enumerate(rows)
    ]
    names = min(max((len(row.name) for row in rows), default=0) * SIGN + 16, NAMES[width])
    inner = width - names - VALUES[width]
    most = max([row.value for row in rows] + [row.tick for row in rows if row.tick is not None] + [0]) or 1
    across = {"type": "quantitative", "scale": {"domain": [0, most], "nice": False}, "axis": None}
    down = {"field": "place", "type": "ordinal", "axis": _names(rows, names), "sort": None, "title": None}
    mark: dict[str, Any] = {"type": "bar", "height": THICK, "color": BAR}
    layers = [
        {
            "mark": mark,
            "encoding": {
                "x": {"field": "value", **across},
                "y": down,
                "description": {"field": "words"},
                **_href(rows),
            },
        },
        {
            "mark": {"type": "text", "align": "right", "fontSize": 13, "aria": False, "color": INK},
            "encoding": {"x": {"value": inner + VALUES[width] - 4}, "y": down, "text": {"field": "words"}},
        },
    ]
    if any(row.tick is not None for row in rows):
        tick = {"type": "tick", "color": INK, "thickness": 2, "size": THICK + 6, "aria": False}
        layers.append({"mark": tick, "encoding": {"x": {"field": "tick", **across}, "y": down}})
    return {
        "data": {"values": values},
        "width": inner,
        "height": {"step": STEP},
        "padding": {"left": 0, "right": 0, "top": 4, "bottom": 4},
        "autosize": {"type": "pad"},
        "layer": layers,
    }


def _href(rows: Sequence[Bar]) -> dict[str, Any]:
    return {"href": {"field": "to"}} if all(row.url for row in rows) else {}


def _names(rows: Sequence[Bar], room: int) -> dict[str, Any]:
    named = {str(place): row.name for place, row in enumerate(rows)}
    return {
        "labelExpr": f"({_literal(named)})[datum.value]",
        "labelFontSize": 13,
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
    values = [{"day": day, "value": value, "words": words} for day, value, words in points]
    x = {
        "field": "day",
        "type": "ordinal",
        "sort": None,
        "title": None,
        "axis": {
            "labelAngle": 0,
            "labelFontSize": 13 if width == WIDE else 11,
            "labelColor": INK_2,
            **({"labelExpr": IN_TWO_ROWS} if width == NARROW else {}),
        },
    }
    y = {"field": "value", "type": "quantitative", "scale": {"zero": False, "padding": 24}, "axis": None}
    return {
        "data": {"values": values},
        "width": width - 20,
        "height": 150,
        "padding": {"left": 4, "right": 4, "top": 16, "bottom": 4},
        "layer": [
            {"mark": {"type": "line", "color": BAR, "strokeWidth": 2, "aria": False}, "encoding": {"x": x, "y": y}},
            {
                "mark": {"type": "point", "color": BAR, "filled": True, "opacity": 1, "size": 50},
                "encoding": {"x": x, "y": y, "description": {"field": "words"}},
            },
            {
                "mark": {
                    "type": "text",
                    "dy": -14,
                    "fontSize": 13 if width == WIDE else 11,
                    "color": INK,
                    "aria": False,
                },
                "encoding": {"x": x, "y": y, "text": {"field": "words"}},
            },
        ],
    }


def columns(rows: Sequence[Bar], label: str) -> SafeString:
    """Columns of a spread, from nought, each with its count on top."""
    return drawn(lambda width: columns_spec(rows, width), label) if rows else SafeString("")


def columns_spec(rows: Sequence[Bar], width: int) -> dict[str, Any]:
    """The columns as a Vega-Lite specification of one width; on a phone they lie on their side."""
    if width == NARROW:
        return bars_spec(rows, width)
    values = [{"name": row.name, "value": row.value, "words": row.words, "to": row.url} for row in rows]
    x = {
        "field": "name",
        "type": "ordinal",
        "sort": None,
        "title": None,
        "axis": {"labelAngle": 0, "labelFontSize": 12, "labelColor": INK_2},
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
                "mark": {"type": "text", "dy": -8, "fontSize": 13, "color": INK, "aria": False},
                "encoding": {"x": x, "y": y, "text": {"field": "words"}},
            },
        ],
    }
