"""What every page of a unit shows around its content: crumbs, one line about it, its acts, its tabs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guben.access import policy
from guben.access.policy import Someone
from guben.accounts.installation import today
from guben.organisations import calculations, queries
from guben.organisations.choices import TEAM_POSTS
from guben.organisations.models import Organisation, Post, Site

Text = str | Promise
Counter = Callable[[Organisation, date, Someone], Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab; `count` stands behind its title where it is known."""

    key: str
    title: Text
    url: str
    count: int | None
    is_current: bool


@dataclass(frozen=True, slots=True)
class ActLink:
    """An act that the reader may do to the unit."""

    title: Text
    url: str
    icon: str


@dataclass(frozen=True, slots=True)
class _Door:
    key: str
    title: Text
    url_name: str
    right: str


TABS = (
    _Door("unit", _("概况"), "home:unit", "units.view"),
    _Door("members", _("党员"), "home:unit_members", "members.view"),
    _Door("team", _("班子"), "organisations:team", "units.view"),
    _Door("meetings", _("会议"), "home:unit_meetings", "meetings.view"),
    _Door("cases", _("办件"), "home:unit_cases", "cases.view"),
    _Door("duties", _("职责"), "home:unit_duties", "figures.view"),
    _Door("sites", _("阵地"), "organisations:sites", "units.view"),
    _Door("history", _("历史"), "organisations:history", "units.view"),
)

_counters: list[Counter] = []


def register_counter(counter: Counter) -> None:
    """A higher app tells the numbers behind its tabs (`{"members": 39, "probationary": 2}`), in one or two queries."""
    if counter not in _counters:
        _counters.append(counter)


def unit_page(
    user: Someone, unit: Organisation, current: str, *, counts: Mapping[str, int] | None = None, on: date | None = None
) -> dict[str, Any]:
    """The context of `organisations/unit_page.html`.

    `counts` are numbers by tab key that the page knows anyway, and `members`, `probationary` for the line below the
    title; what it leaves out is asked of the registered counters. `current` is the key of the open tab.
    """
    day = on or today()
    known = dict(counts or {})
    if "members" not in known:
        for counter in _counters:
            known = {**counter(unit, day, user), **known}
    known = {**own_counts(unit, day, known), **known}
    return {
        "unit": unit,
        "on": on,
        "then": queries.placement_on(unit, on) if on else None,
        "ended_on": unit.dissolved_on if unit.dissolved_on and unit.dissolved_on <= day else None,
        "kept_from": queries.kept_from_on(unit, on) if on else unit.kept_from,
        "crumbs": queries.crumbs(unit, user),
        "unit_counts": known,
        "unit_acts": acts_open(user, unit),
        "unit_tabs": tabs(user, unit, current, known),
    }


def own_counts(unit: Organisation, day: date, known: Mapping[str, int]) -> dict[str, int]:
    """The numbers behind this app's own tabs, as far as the page does not know them."""
    found: dict[str, int] = {}
    if "team" not in known:
        found["team"] = Post.objects.filter(queries.as_of(day), organisation=unit, kind__in=TEAM_POSTS).count()
    if "sites" not in known:
        found["sites"] = Site.objects.filter(queries.as_of(day), organisation=unit).count()
    return found


def tabs(user: Someone, unit: Organisation, current: str, counts: Mapping[str, int]) -> list[Tab]:
    """The tabs that the reader may open at this unit."""
    return [
        Tab(door.key, door.title, url, counts.get(door.key), door.key == current)
        for door in TABS
        if policy.may(user, door.right, unit) and (url := _url(door.url_name, unit))
    ]


def acts_open(user: Someone, unit: Organisation) -> list[ActLink]:
    """The acts the reader may do to the unit, in the order of daily use."""
    if unit.dissolved_on:
        return []
    acts: list[tuple[Text, str, str]] = []
    if policy.may(user, "units.change", unit):
        if not calculations.is_branch(unit.kind):
            acts.append((_("登记下级组织"), "found", "plus"))
        acts.append((_("定建账日"), "keep_from", "calendar-check"))
    if queries.may_decide_place(user, unit):
        acts.append((_("更名"), "rename", "pencil"))
        if unit.parent_id:
            acts.append((_("改变隶属"), "move", "switch-horizontal"))
        if policy.may(user, "members.view", unit):
            acts.append((_("合并"), "home:merge", "git-merge"))
            acts.append((_("拆分"), "home:split", "git-branch"))
        acts.append((_("撤销"), "dissolve", "archive"))
    return [ActLink(title, _act_url(name, unit), icon) for title, name, icon in acts]


def _act_url(name: str, unit: Organisation) -> str:
    return reverse(name if ":" in name else f"organisations:{name}", args=[unit.code])


def _url(name: str, unit: Organisation) -> str:
    try:
        return reverse(name, args=[unit.code])
    except NoReverseMatch:
        return ""
