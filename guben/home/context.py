"""What every page of the house shows around its content: the day, the places, who I am and at which unit."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, gettext_lazy

from guben.access import policy
from guben.access.models import Grant
from guben.access.roles import title_of
from guben.accounts import installation
from guben.kit import tree
from guben.organisations.models import Organisation

Words = Any  # text that is translated when it is shown
UNIT_KEY = "acting_unit"
UNIT_PAGES = ("handover", "merge", "split")  # of `home`, besides those that begin with "unit"


@dataclass(frozen=True, slots=True)
class Place:
    """One of the house's main places."""

    key: str
    title: Words
    url: str
    icon: str
    current: bool


@dataclass(frozen=True, slots=True)
class Acting:
    """The unit the reader stands at, the role she has there, and all units she may stand at."""

    unit: Organisation | None = None
    role: str = ""
    grants: list[Grant] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Door:
    key: str
    title: Words
    url: str
    icon: str
    rights: tuple[str, ...] = ()


PLACES = (
    _Door("today", gettext_lazy("今日"), "home:today", "home"),
    _Door("organisations", gettext_lazy("组织"), "organisations:tree", "sitemap", ("units.view",)),
    _Door("members", gettext_lazy("党员"), "members:list", "users", ("members.view",)),
    _Door("meetings", gettext_lazy("会议"), "meetings:list", "calendar-event", ("meetings.view",)),
    _Door("procedures", gettext_lazy("办件"), "procedures:list", "clipboard-list", ("cases.view",)),
    _Door("figures", gettext_lazy("诊断"), "figures:diagnosis", "stethoscope", ("figures.view",)),
    _Door("rulebook", gettext_lazy("制度"), "rulebook:list", "book", ("rules.view",)),
    _Door("statistics", gettext_lazy("统计"), "statistics:tables", "chart-bar", ("figures.view",)),
)
MORE = (
    _Door("structure", gettext_lazy("党员结构"), "members:structure", "users", ("figures.view",)),
    _Door("development", gettext_lazy("发展党员"), "development:board", "users-plus", ("figures.view",)),
    _Door("transfers", gettext_lazy("组织关系和流动党员"), "transfers:list", "switch-horizontal", ("cases.view",)),
    _Door("my-unit", gettext_lazy("我的组织关系"), "transfers:mine", "user-circle"),
    _Door("establishments", gettext_lazy("单位覆盖"), "establishments:list", "building-factory", ("figures.view",)),
    _Door("dues", gettext_lazy("党费"), "dues:overview", "calculator", ("dues.view", "figures.view")),
    _Door("publication", gettext_lazy("公示和公开"), "publication:list", "clipboard-text"),
    _Door("burden", gettext_lazy("负担"), "rulebook:burden", "clock", ("rules.view",)),
    _Door("imports", gettext_lazy("导入"), "imports:start", "file-import", ("imports.run",)),
    _Door("exports", gettext_lazy("导出"), "exports:start", "file-export", ("exports.run",)),
    _Door("jobs", gettext_lazy("任务"), "jobs:list", "list-check"),
    _Door("audit", gettext_lazy("历史"), "audit:list", "history", ("history.view", "history.view_all")),
    _Door("openings", gettext_lazy("查看号码记录"), "accounts:openings", "eye", ("history.view_all",)),
    _Door("people", gettext_lazy("授权"), "accounts:people", "user-shield", ("accounts.view",)),
    _Door("settings", gettext_lazy("账户"), "accounts:settings", "user-circle"),
)
RECORD = _Door("record", gettext_lazy("记会议"), "meetings:record", "edit", ("meetings.record",))
ON_THE_PHONE = ("today", "procedures", "record", "members", "organisations", "meetings", "figures", "rulebook")
TABS = 4  # and 更多


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context processor. Everything is read only where a template shows it."""
    return {
        "installation": SimpleLazyObject(installation.current),
        "today": SimpleLazyObject(installation.today),
        "acting": SimpleLazyObject(lambda: acting(request)),
        "acting_unit": SimpleLazyObject(lambda: acting(request).unit),
        "acting_role": SimpleLazyObject(lambda: acting(request).role),
        "places": SimpleLazyObject(lambda: _places(request, PLACES)),
        "more_places": SimpleLazyObject(lambda: _places(request, MORE)),
        "tabs": SimpleLazyObject(lambda: _tabs(request)),
        "language": get_language() or "zh-hans",
    }


def acting(request: HttpRequest) -> Acting:
    """Where the reader stands: ?at=CODE if she may see it, else what she chose last, else her first grant's unit."""
    kept: Acting | None = getattr(request, "_acting", None)
    if kept is None:
        kept = _acting(request)
        request._acting = kept  # type: ignore[attr-defined]
    return kept


def _acting(request: HttpRequest) -> Acting:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return Acting()
    grants = [grant for grant in policy.grants_of(user) if grant.organisation.path]
    own = {grant.organisation.code: grant.organisation for grant in grants}
    asked = request.GET.get("at", "")
    unit = own.get(asked) or _within_reach(user, asked)
    if asked in own and request.session.get(UNIT_KEY) != asked:
        request.session[UNIT_KEY] = asked
    unit = unit or own.get(request.session.get(UNIT_KEY, "")) or next(iter(own.values()), None)
    return Acting(unit, _role_at(unit, grants), grants)


def _within_reach(user: policy.Someone, code: str) -> Organisation | None:
    if not code:
        return None
    return Organisation.objects.filter(policy.within(user, "units.view", "path"), code=code).first()


def _role_at(unit: Organisation | None, grants: list[Grant]) -> str:
    """The title of the role that reaches the unit from nearest."""
    reaching = [g for g in grants if unit and tree.is_at_or_below(unit.path, g.organisation.path)]
    nearest = max(reaching, key=lambda grant: len(grant.organisation.path), default=None)
    return title_of(nearest.role) if nearest else ""


def _places(request: HttpRequest, doors: tuple[_Door, ...]) -> list[Place]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    current = _current(request)
    return [
        Place(door.key, door.title, url, door.icon, door.key == current)
        for door in doors
        if (url := _open_door(user, door))
    ]


def _open_door(user: policy.Someone, door: _Door) -> str:
    """The place's address; empty where the user has nothing to do there."""
    if door.rights and not any(policy.may_anywhere(user, right) for right in door.rights):
        return ""
    return _address(door.url, get_script_prefix(), settings.ROOT_URLCONF)


@lru_cache(maxsize=100)
def _address(url: str, prefix: str, pages: str) -> str:  # noqa: ARG001 - what they hang on
    try:
        return reverse(url)
    except NoReverseMatch:
        return ""


def _tabs(request: HttpRequest) -> list[Place]:
    """The first four places of the phone's bar: recording a meeting stands in the middle where one may."""
    found = {place.key: place for place in _places(request, (*PLACES, RECORD))}
    if "record" in found:
        lists, record = found.pop("meetings", None), found["record"]
        found["record"] = replace(record, current=bool(lists and lists.current))
    return [found[key] for key in ON_THE_PHONE if key in found][:TABS]


def _current(request: HttpRequest) -> str:
    """The key of the place that the page belongs to."""
    match = request.resolver_match
    if match is None:
        return ""
    space, name = match.namespace, match.url_name or ""
    if space == "home":
        return "organisations" if name.startswith("unit") or name in UNIT_PAGES else name
    if space == "accounts":
        if name in {"openings", "openings_file"}:
            return "openings"
        people = {"people", "grant", "end_grant", "open", "password_link", "reset_factors", "account_state"}
        return "people" if name in people else "settings"
    if space == "figures" and name.startswith("what_if"):
        return "rulebook"
    return space
