"""The house's template tags and filters: icons, chips, bars, heat cells, form widgets, numbers and days."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django import forms, template
from django.conf import settings
from django.core.paginator import Page
from django.forms import BoundField
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, gettext_lazy, pgettext

from guben.access.roles import title_of
from guben.accounts import installation
from guben.house.words import titled
from guben.kit.chinese import worded

register = template.Library()
logger = logging.getLogger(__name__)

CHIP_ICONS = {
    "late": "alert-triangle",
    "over": "alert-triangle",
    "soon": "clock",
    "done": "check",
    "waiting": "hourglass",
    "closed": "lock",
    "note": "",
}
NOTE_ICONS = {"next": "", "wait": "clock", "check": "alert-circle", "saved": "check", "bad": "alert-triangle"}
HEAT_SIGNS = {
    "ok": "✓",
    "late": gettext_lazy("迟"),
    "missing": gettext_lazy("缺"),
    "due": gettext_lazy("待"),
    "none": "·",
}
HEAT_WORDS = {
    "ok": gettext_lazy("按时"),
    "late": gettext_lazy("迟做"),
    "missing": gettext_lazy("未做"),
    "due": gettext_lazy("待做"),
    "future": gettext_lazy("未到"),
    "none": gettext_lazy("不要求"),
    "unkept": gettext_lazy("未建账"),
}
UNKNOWN = "—"
MONTHS = (
    None,
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
BAR_WIDTH, BAR_HEIGHT = 72, 14


@cache
def drawings() -> dict[str, str]:
    """The icons that the build hook unpacked, by name."""
    place = Path(settings.PACKAGE) / "static" / "vendor" / "icons.json"
    found: dict[str, str] = json.loads(place.read_text(encoding="utf-8")) if place.exists() else {}
    return found


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """An icon of the chosen set (assets/icons.txt), drawn inline and hidden from screen readers."""
    if name not in drawings():
        if name:
            logger.warning("There is no icon %s: assets/icons.txt lists those that are shipped.", name)
        return SafeString()
    return _drawn(name, css)


@cache
def _drawn(name: str, css: str) -> SafeString:
    return format_html(
        '<svg class="icon{}" viewBox="0 0 24 24" width="18" height="18" fill="none" stroke="currentColor" '
        'stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">'
        "{}</svg>",
        f" {css}" if css else "",
        mark_safe(drawings()[name]),  # noqa: S308 - our own file
    )


@register.simple_tag
def chip(kind: str, text: object) -> SafeString:
    """A state as icon, word and colour. Kinds: late, over, soon, done, waiting, closed; note has no icon."""
    if kind not in CHIP_ICONS:
        raise template.TemplateSyntaxError(f"chip knows {', '.join(CHIP_ICONS)}; not {kind!r}.")
    return format_html('<span class="chip chip-{}">{}{}</span>', kind, icon(CHIP_ICONS[kind]), text)


@register.simple_tag
def note_icon(kind: str) -> SafeString:
    """The icon of a note: next, wait, check, saved or bad."""
    return icon(NOTE_ICONS.get(kind, ""))


@register.simple_tag
def gap() -> str:
    """What stands between two sentences: a space where the language writes one."""
    return " " if (get_language() or "").startswith("en") else ""


@register.simple_tag
def bar(share: float | Decimal | None, line: float | Decimal | None = None, past: bool = False) -> SafeString:
    """A small bar of a share with the line as a tick; red when `past`. Stands beside the figure, so it is hidden from
    screen readers."""
    if share is None:
        return SafeString()
    length = round(BAR_WIDTH * min(max(float(share), 0), 1), 1)
    tick = SafeString()
    if line is not None:
        left = round((BAR_WIDTH - 2) * min(max(float(line), 0), 1), 1)
        tick = format_html('<rect class="bar-line" x="{}" y="0" width="2" height="{}"/>', left, BAR_HEIGHT)
    return format_html(
        '<svg class="bar{}" viewBox="0 0 {w} {h}" width="{w}" height="{h}" preserveAspectRatio="none"'
        ' aria-hidden="true" focusable="false"><rect class="bar-track" x="0" y="4" width="{w}" height="6"/>'
        '<rect class="bar-fill" x="0" y="4" width="{}" height="6"/>{}</svg>',
        " bar-past" if past else "",
        length,
        tick,
        w=BAR_WIDTH,
        h=BAR_HEIGHT,
    )


@register.simple_tag
def heat(state: str, word: str = "") -> SafeString:
    """A cell of the heat strip: ok, late, missing, due, future, none or unkept. The word is read out, and shown where
    there is no sign."""
    if state not in HEAT_WORDS:
        raise template.TemplateSyntaxError(f"heat knows {', '.join(HEAT_WORDS)}; not {state!r}.")
    return _heat(state, word, get_language())


@lru_cache(maxsize=2000, typed=True)  # typed: words that are safe and words that are not are not the same
def _heat(state: str, word: str, _language: str | None) -> SafeString:
    return format_html(
        '<span class="heat-cell heat-{}"><span aria-hidden="true">{}</span>'
        '<span class="visually-hidden">{}</span></span>',
        state,
        HEAT_SIGNS.get(state, ""),
        word or HEAT_WORDS[state],
    )


@register.simple_tag
def widget(field: BoundField, css: str = "") -> SafeString:
    """A form field's control in the look of the house. Days and times become the browser's own pickers."""
    control = field.field.widget
    attrs: dict[str, Any] = {}
    if isinstance(control, forms.CheckboxInput):
        name = "form-check-input"
    elif isinstance(control, forms.RadioSelect | forms.CheckboxSelectMultiple):
        name = "choice-list"
    elif isinstance(control, forms.Select):
        name = "form-select"
    else:
        name = "form-control"
    if isinstance(control, forms.DateInput):
        control.input_type, control.format = "date", "%Y-%m-%d"
    elif isinstance(control, forms.TimeInput):
        control.input_type, control.format = "time", "%H:%M"
    if field.errors:
        name += " is-invalid"
    attrs["class"] = " ".join(filter(None, [name, css, str(control.attrs.get("class", ""))]))
    return field.as_widget(attrs=attrs)


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Is this one box to tick, whose label stands behind it?"""
    return isinstance(field.field.widget, forms.CheckboxInput)


def _rounded(value: float | Decimal | int, places: int) -> Decimal:
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _percent(value: float | Decimal | None, places: int) -> str:
    if value is None or value == "":
        return UNKNOWN
    return f"{_rounded(Decimal(str(value)) * 100, places):,}%".replace("-", "−")


@register.filter
def share(value: float | Decimal | None) -> str:
    """0.881 → 88.1%"""
    return _percent(value, 1)


@register.filter
def share0(value: float | Decimal | None) -> str:
    """0.881 → 88%"""
    return _percent(value, 0)


@register.filter
def count(value: int | str | None) -> str:
    """1046 → 1,046; unknown is —"""
    return UNKNOWN if value is None or value == "" else f"{int(value):,}".replace("-", "−")


@register.filter
def total(page: Page[Any]) -> str:
    """How many rows a list in pages has: 1,046, or 超过20,000 where counting stopped there."""
    rows = page.paginator
    shown = count(rows.count)
    return gettext("超过%(number)s") % {"number": shown} if getattr(rows.object_list, "has_more", False) else shown


@register.filter
def number(value: float | Decimal | None, places: int = 1) -> str:
    """1234.56 → 1,234.6, without zeros at the end"""
    if value is None or value == "":
        return UNKNOWN
    text = f"{_rounded(value, places):,}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "−")


@register.filter
def minus(value: object) -> str:
    """-3 → −3: the true minus sign"""
    return UNKNOWN if value is None else str(value).replace("-", "−")


@register.filter
def change(value: float | Decimal | int | None) -> str:
    """A difference with its sign: +2, −3, 0"""
    if value is None:
        return UNKNOWN
    return minus(f"{value:+,}") if value else "0"


def _as_day(value: date | datetime) -> date:
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


@register.filter
def day(value: date | datetime | None, now: date | None = None) -> str:
    """7月3日（周五）, with the year only when it is another one than today's; in English Fri 3 July 2026."""
    if not value:
        return UNKNOWN
    value = _as_day(value)
    same_year = value.year == (now or installation.today()).year
    if (get_language() or "").startswith("en"):
        text = f"{value.strftime('%a')} {value.day} {MONTHS[value.month]}"
        return text if same_year else f"{text} {value.year}"
    week = "週" if (get_language() or "").startswith("zh-hant") else "周"
    text = f"{value.month}月{value.day}日（{week}{'一二三四五六日'[value.weekday()]}）"
    return text if same_year else f"{value.year}年{text}"


@register.filter
def in_script(text: str) -> str:
    """Words of a rule that stand in Chinese alone, such as its source, in the characters of the reader's language."""
    lang = get_language() or ""
    return worded(str(text), str(text), lang) if text else ""


@register.filter
def iso(value: date | datetime | None) -> str:
    """2026-07-03, for tables"""
    return _as_day(value).isoformat() if value else UNKNOWN


@register.filter
def short_day(value: date | datetime | None) -> str:
    """7-03, for narrow cells"""
    if not value:
        return UNKNOWN
    value = _as_day(value)
    return f"{value.month}-{value.day:02d}"


@register.filter
def moment(value: datetime | None) -> str:
    """7-03 09:12, for histories; the year stands first when it is another one."""
    if not value:
        return UNKNOWN
    local = timezone.localtime(value)
    text = f"{local.month}-{local.day:02d} {local:%H:%M}"
    return text if local.year == installation.today().year else f"{local.year}-{text}"


register.simple_tag(titled)


@register.simple_tag
def joined(items: Iterable[Any]) -> SafeString:
    """A list in words: 甲、乙、丙"""
    comma = pgettext("between the items of a list", "、")
    return mark_safe(conditional_escape(comma).join(conditional_escape(item) for item in items))  # noqa: S308 - each escaped


@register.simple_tag(takes_context=True)
def with_query(context: template.Context, **changes: object) -> str:
    """This page's address with some of its query changed; a value of None or "" takes the key away."""
    query = context["request"].GET.copy()
    for key, value in changes.items():
        if value in (None, ""):
            query.pop(key, None)
        else:
            query[key] = str(value)
    return f"?{query.urlencode()}" if query else "?"


@register.simple_tag(takes_context=True)
def page_query(context: template.Context, number: int, key: str = "") -> str:
    """The address of another page of the same list."""
    return with_query(context, **{key or "page": number})


@register.simple_tag
def role_title(key: str) -> str:
    """A role's title in the reader's language."""
    return title_of(key)


@register.filter
def minutes(value: timedelta | None) -> int:
    """A span of time in whole minutes, rounded up."""
    return -(-int(value.total_seconds()) // 60) if value else 0
