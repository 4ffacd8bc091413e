"""The hours of several years as stacked bars: who asked for them, and the limit where there is one."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from guben.house.charts import EDGE, INK, RED, SHADES, SURFACE, chart
from guben.house.templatetags.house import number
from guben.rulebook.burden import Burden
from guben.rulebook.issuers import issuer_words

WIDE, NARROW = 1000, 300  # points; a phone gets a drawing of its own, so that its words stay large
SUM = 160  # points behind the longest bar for its sum; on a phone sums stand below their bars
NEAR = 0.88  # of the limit: a sum that begins behind this is written behind the line
LEGEND_SPACE = 30  # between the legend and the bars, where the limit has its words
AXIS = 50  # for the years on the left
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Year:
    """One bar: the year, its hours by issuer, their sum in words, and whether it is past the limit."""

    year: int
    hours: list[tuple[str, str, float]]
    total: float
    words: str
    is_past: bool


def years_of(burdens: Sequence[Burden], names: dict[str, str]) -> list[Year]:
    """The bars, oldest first. `names` are the issuers from above to below."""
    found = []
    for one in burdens:
        over = one.hours_of_one - one.limit.hours if one.limit else 0
        hours = _("%(hours)s小时") % {"hours": number(one.hours_of_one, 1)}
        if over > 0:
            hours = _("%(hours)s小时，超%(over)s") % {
                "hours": number(one.hours_of_one, 1),
                "over": number(over, 1),
            }
        pieces = [(code, name, one.issuers.get(code, 0.0)) for code, name in names.items()]
        found.append(Year(one.on.year, pieces, one.hours_of_one, hours, over > 0))
    return found


def limit_words(burden: Burden) -> str:
    """The limit with its hours and who laid it down; empty where there is none."""
    if burden.limit is None:
        return ""
    return _("上限%(hours)s小时（%(issuer)s）") % {
        "hours": burden.limit.hours,
        "issuer": issuer_words(burden.limit),
    }


def drawings(years: Sequence[Year], now: Burden) -> SafeString:
    """The chart for a screen and for a phone; nothing where a name holds what a picture may not carry, for the table
    beside it says the same."""
    told = [f"{one.year}: {one.words}" for one in years]
    label = _("；").join([*told, limit_words(now)] if now.limit else told)
    try:
        wide, narrow = (chart(spec(years, now, width), label=label) for width in (WIDE, NARROW))
    except ValueError as error:
        logger.warning("No chart of the burden: %s", error)
        return SafeString("")
    return format_html('<div class="chart-wide">{}</div><div class="chart-narrow">{}</div>', wide, narrow)


def spec(years: Sequence[Year], now: Burden, width: int) -> dict[str, Any]:
    """The bars as a Vega-Lite specification of one width."""
    longest = max([one.total for one in years] + ([now.limit.hours] if now.limit else []), default=0) or 1
    names = [name for _code, name, _hours in years[-1].hours]
    rows = [
        {
            "year": str(one.year),
            "issuer": name,
            "place": place,
            "hours": round(hours, 1),
            "to": f"{reverse('rulebook:list')}?{urlencode({'issuer': code})}",
            "words": _("%(year)s年，%(issuer)s：%(hours)s小时")
            % {"year": one.year, "issuer": name, "hours": number(hours, 1)},
        }
        for one in years
        for place, (code, name, hours) in enumerate(one.hours)
        if hours >= 0.05
    ]
    most = now.limit.hours if now.limit else 0
    sums = [
        {"year": str(one.year), "at": _beside(one.total, most), "words": one.words, "past": one.is_past}
        for one in years
    ]
    drawn = width - AXIS
    most_drawn = longest * (drawn / (drawn - SUM) if width == WIDE else 1.02)
    across = {"type": "quantitative", "scale": {"domain": [0, most_drawn], "nice": False}}
    down = {"field": "year", "type": "ordinal", "title": None, "axis": {"labelFontSize": 13, "labelColor": INK}}
    layers = [_bars(rows, names, across, down), _sums(sums, down, below=width == NARROW)]
    if now.limit:
        layers += _line(now.limit.hours, limit_words(now), longest)
    return {
        "width": drawn,
        "height": {"step": 48 if width == WIDE else 64},
        "padding": {"left": 4, "right": 4, "top": 24 if now.limit else 4, "bottom": 4},
        "layer": layers,
    }


def _bars(rows: list[dict[str, Any]], names: list[str], across: dict[str, Any], down: dict[str, Any]) -> dict[str, Any]:
    colours = [SHADES[min(place, len(SHADES) - 1)] for place in range(len(names))]
    return {
        "data": {"values": rows},
        "mark": {"type": "bar", "height": 26, "stroke": SURFACE, "strokeWidth": 1},
        "encoding": {
            "x": {
                "field": "hours",
                **across,
                "stack": "zero",
                "title": _("小时/年"),
                "axis": {"tickCount": 5, "format": "d"},
            },
            "y": down,
            "order": {"field": "place"},
            "color": {
                "field": "issuer",
                "type": "nominal",
                "scale": {"domain": names, "range": colours},
                "legend": {"columns": 2, "labelLimit": 150, "offset": LEGEND_SPACE, "symbolStrokeColor": EDGE}
                if len(names) > 1
                else None,
            },
            "stroke": {"condition": {"test": f"datum.place >= {len(SHADES) - 1}", "value": EDGE}, "value": SURFACE},
            "href": {"field": "to"},
            "description": {"field": "words"},
        },
    }


def _sums(sums: list[dict[str, Any]], down: dict[str, Any], *, below: bool) -> dict[str, Any]:
    words = {"type": "text", "align": "left", "fontSize": 13, "fontWeight": "bold", "aria": False}
    return {
        "data": {"values": sums},
        "mark": {**words, "dy": 24} if below else {**words, "dx": 8},
        "encoding": {
            "x": {"value": 0} if below else {"field": "at", "type": "quantitative"},
            "y": down,
            "text": {"field": "words"},
            "color": {"condition": {"test": "datum.past", "value": RED}, "value": INK},
        },
    }


def _beside(total: float, limit: float) -> float:
    """Where a sum is written: at the end of its bar, or behind the line of the limit that would run through it."""
    return limit if NEAR * limit < total < limit else total


def _line(hours: int, words: str, longest: float) -> list[dict[str, Any]]:
    line = {"data": {"values": [{"limit": hours, "words": words}]}}
    x = {"field": "limit", "type": "quantitative"}
    align = "right" if hours > longest / 2 else "left"
    return [
        {
            **line,
            "mark": {"type": "rule", "color": RED, "strokeDash": [5, 4], "strokeWidth": 1.5, "aria": False},
            "encoding": {"x": x},
        },
        {
            **line,
            "mark": {
                "type": "text",
                "align": align,
                "baseline": "bottom",
                "dy": -6,
                "color": RED,
                "fontSize": 13,
                "aria": False,
            },
            "encoding": {"x": x, "y": {"value": 0}, "text": {"field": "words"}},
        },
    ]
