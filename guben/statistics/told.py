"""How figures are written: in the rows of tables, at the end of bars, in sheets."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from guben.house.templatetags.house import UNKNOWN, change, number
from guben.rulebook_engine.aggregates import Figure
from guben.rulebook_engine.entries import Words
from guben.statistics.subjects import Line


def in_words(words: Words) -> str:
    """A wording of a rule in the reader's language."""
    return words.say(get_language() or "zh")


def value_words(value: float | int | None, unit: str, decimals: int) -> str:
    """A value as its line measures it: 1,046, 88.1%, 47.3."""
    if value is None:
        return UNKNOWN
    if unit == "share":
        return f"{fixed(value * 100, max(decimals, 1))}%"
    return number(value, 0 if isinstance(value, int) else max(decimals, 1))


def fixed(value: float, decimals: int) -> str:
    """With all its decimals, as a column of shares wants it."""
    return f"{round(value + 1e-12, decimals):,.{decimals}f}".replace("-", "−")


def told(line: Line, figure: Figure | None) -> str:
    """A figure in words; why there is none."""
    if getattr(figure, "is_hidden", False):
        return _("很少")
    if figure is None or figure.value is None:
        return UNKNOWN
    if line.change == "difference":
        return change(figure.value)
    return value_words(figure.value, line.unit, line.decimals)


def difference(line: Line, now: Figure | None, then: Figure | None) -> str:
    """How much more it is now: +12, or in percentage points."""
    if now is None or then is None or now.value is None or then.value is None or line.of:
        return ""
    more = now.value - then.value
    if line.unit == "share":
        points = round(more * 100, 1)
        return _points(change(points)) if points else "0"
    return change(more if isinstance(more, int) else round(more, 1))


def _points(number: str) -> str:
    """Percentage points, short where a language has a short word for them: it stands in narrow columns."""
    short, full = pgettext("short, in a column", "百分点"), _("百分点")
    name = short if short == full else format_html('<abbr title="{}">{}</abbr>', full, short)
    return format_html("{}&nbsp;{}" if short != full else "{}{}", number, name)


def day_words(iso_day: str) -> str:
    """The name of a day under a trend: the year where it is its end."""
    return _("%(year)s年末") % {"year": iso_day[:4]} if iso_day.endswith("-12-31") else iso_day
