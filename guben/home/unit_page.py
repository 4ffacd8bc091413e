"""The unit page: how one unit stands on a day, in few queries whatever its size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, FilteredRelation, JSONField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from guben.access import policy
from guben.access.policy import Someone
from guben.duties import queries as duties
from guben.duties.queries import DutyItem
from guben.duties.states import State
from guben.home.words import every_name, period_name, title_of
from guben.house.words import titled
from guben.kit.days import Period, periods_between, read_day
from guben.meetings import queries as meetings
from guben.meetings.models import Meeting
from guben.members.choices import MEMBER_STAGES, Sex, StageKind, education_label
from guben.members.models import Affiliation
from guben.organisations.choices import TEAM_POSTS, Condition, Tenure
from guben.organisations.models import Organisation, Post, Site, Team

LOOKS = {
    State.DONE: "ok",
    State.DONE_LATE: "late",
    State.LATE: "missing",
    State.DUE: "due",
    State.EXEMPT: "none",
    State.NOT_KEPT: "unkept",
}
SITE_TOLD = ("name", "area_m2", "tenure", "condition", "lease_ends_on", "checked_on")
TEAM_TOLD = ("elected_on", "ends_on", "term_months", "seats")


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One month of one duty."""

    look: str
    word: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One duty over the year."""

    title: str
    every: str
    cells: list[HeatCell]


@dataclass(frozen=True, slots=True)
class Seat:
    """A post of the team with its holder; `name` is empty where it is vacant."""

    title: str
    name: str
    person_id: int | None
    sex: str
    birth_year: int | None
    education: str
    is_full_time: bool
    since_on: date | None


def find(user: Someone, code: str, on: date, right: str = "units.view") -> Any:
    """The unit with the counts of its tabs and its team on a day, in one query.

    Raises:
        Http404, PermissionDenied: as `policy.require`.
    """
    unit = _with_counts(Organisation.objects.select_related("parent"), on).filter(code=code).first()
    if unit is None:
        raise Http404
    policy.require(user, right, unit)
    return unit


def day_asked(request: HttpRequest, today: date) -> date:
    """The day of ?on=, not later than today."""
    return min(read_day(request.GET.get("on", "")) or today, today)


def overview(request: HttpRequest, unit: Any, on: date) -> dict[str, Any]:
    """The strip of the year, the team, the sites and the last meetings."""
    year = Period(date(on.year, 1, 1), date(on.year, 12, 31), "year")
    items = duties.items([unit], on, first=year.starts_on, last=year.ends_on)
    over = [item for item in items if item.state in {State.DONE, State.DONE_LATE, State.LATE}]
    may_see_meetings = policy.may(request.user, "meetings.view", unit)
    return {
        "heat": heat_of(items, year, on),
        "months": [date(on.year, month, 1) for month in range(1, 13)],
        "over": len(over),
        "on_time": sum(item.state == State.DONE for item in over),
        "done_late": sum(item.state == State.DONE_LATE for item in over),
        "missing": sum(item.state == State.LATE for item in over),
        "seats": seats_of(unit, on),
        "site": main_site_of(unit),
        "site_count": tab_counts(unit)["sites"],
        "meetings": _last_meetings(unit, on) if may_see_meetings else [],
    }


def heat_of(items: list[DutyItem], year: Period, on: date) -> list[HeatRow]:
    """One row for each duty that the unit has this year; a cell stands in the month in which its period ends."""
    by_rule: dict[str, list[DutyItem]] = {}
    for item in items:
        by_rule.setdefault(item.duty.key, []).append(item)
    return [_heat_row(found, year, on) for found in by_rule.values()]


def _heat_row(items: list[DutyItem], year: Period, on: date) -> HeatRow:
    duty = items[-1].duty
    cells = [HeatCell("none", "") for _month in range(12)]
    if items[-1].state != State.EXEMPT:
        for period in periods_between(year.starts_on, year.ends_on, duty.every):
            if period.starts_on > on:
                cells[period.ends_on.month - 1] = HeatCell("future", "")
    for item in items:
        word = _("%(duty)s：%(state)s") % {
            "duty": titled(period_name(item.period, on), title_of(duty)),
            "state": item.state.label,
        }
        anchor = f"{duty.key}-{item.period.label}"
        cells[item.period.ends_on.month - 1] = HeatCell(LOOKS[item.state], word, anchor)
    return HeatRow(title_of(duty), every_name(duty.every), cells)


def seats_of(unit: Organisation, on: date) -> list[Seat]:
    """The posts of the team on a day with their holders, secretary first, in one query."""
    rows = (
        Post.objects.filter(organisation=unit, kind__in=TEAM_POSTS, from_on__lte=on)
        .filter(Q(until_on=None) | Q(until_on__gt=on))
        .annotate(
            held=FilteredRelation(
                "holdings",
                condition=Q(holdings__from_on__lte=on)
                & (Q(holdings__until_on__isnull=True) | Q(holdings__until_on__gt=on)),
            )
        )
        .annotate(
            holder_id=F("held__person_id"),
            holder=F("held__person__name"),
            holder_sex=F("held__person__sex"),
            holder_born_on=F("held__person__born_on"),
            holder_education=F("held__person__education"),
            held_since=F("held__from_on"),
        )
    )
    order = {kind.value: place for place, kind in enumerate(TEAM_POSTS)}
    posts: list[Any] = sorted(rows, key=lambda post: (order[post.kind], post.pk))
    return [_seat(post) for post in posts]


def _seat(post: Any) -> Seat:
    return Seat(
        title=str(post),
        name=post.holder or "",
        person_id=post.holder_id,
        sex=str(Sex(post.holder_sex).label) if post.holder_sex else "",
        birth_year=post.holder_born_on.year if post.holder_born_on else None,
        education=education_label(post.holder_education) if post.holder_education else "",
        is_full_time=post.is_full_time,
        since_on=post.held_since,
    )


def team_of(unit: Any) -> Team | None:
    """The team in office, read from the unit's annotations."""
    told = unit.team_told
    if told is None:
        return None
    return Team(
        elected_on=date.fromisoformat(told["elected_on"]),
        ends_on=date.fromisoformat(told["ends_on"]),
        term_months=told["term_months"],
        seats=told["seats"],
    )


def tab_counts(unit: Any) -> dict[str, int]:
    """The numbers behind the tabs, read from the unit's annotations."""
    return {
        "members": _count(unit.members_told, "members"),
        "probationary": _count(unit.members_told, "probationary"),
        "team": _count(unit.posts_told, "all"),
        "meetings": _count(unit.meetings_told, "all"),
        "sites": _count(unit.sites_told, "all"),
    }


def filled_posts(unit: Any) -> int:
    """How many posts of the team are held, read from the unit's annotations."""
    return _count(unit.posts_told, "filled")


@dataclass(frozen=True, slots=True)
class MainSite:
    """The largest site, read from the unit's annotations."""

    name: str
    area_m2: float
    tenure: str
    tenure_label: str
    condition: str
    condition_label: str
    lease_ends_on: date | None
    checked_on: date | None


def main_site_of(unit: Any) -> MainSite | None:
    told = unit.site_told
    if told is None:
        return None
    return MainSite(
        name=told["name"],
        area_m2=float(told["area_m2"]),
        tenure=told["tenure"],
        tenure_label=str(Tenure(told["tenure"]).label),
        condition=told["condition"],
        condition_label=str(Condition(told["condition"]).label),
        lease_ends_on=_day(told["lease_ends_on"]),
        checked_on=_day(told["checked_on"]),
    )


def _last_meetings(unit: Organisation, on: date) -> list[Meeting]:
    held = meetings.in_force(Meeting.objects.filter(organisation=unit, held_on__lte=on))
    return list(meetings.with_present(held)[:5])


def counted(unit: Organisation, on: date) -> Any:
    """The same unit with the counts and the team of a day."""
    return _with_counts(Organisation.objects.all(), on).get(pk=unit.pk)


def _with_counts(units: QuerySet[Organisation], on: date) -> QuerySet[Any]:
    """Each kind of row in one subquery: what is asked of it comes together, since a subquery takes longer to put
    together than to answer."""

    def holding(rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(organisation=OuterRef("pk"), from_on__lte=on).filter(Q(until_on=None) | Q(until_on__gt=on))

    on_stage = Q(person__stages__from_on__lte=on) & (
        Q(person__stages__until_on=None) | Q(person__stages__until_on__gt=on)
    )
    held_now = Q(holdings__from_on__lte=on) & (Q(holdings__until_on=None) | Q(holdings__until_on__gt=on))
    members = holding(Affiliation.objects.filter(on_stage, person__stages__kind__in=MEMBER_STAGES))
    posts = holding(Post.objects.filter(kind__in=TEAM_POSTS))
    held = Meeting.objects.filter(
        organisation=OuterRef("pk"), withdrawn_at=None, held_on__year=on.year, held_on__lte=on
    )
    team = (
        Team.objects.filter(organisation=OuterRef("pk"), elected_on__lte=on)
        .filter(Q(until_on=None) | Q(until_on__gt=on))
        .order_by("-elected_on")
    )
    sites = holding(Site.objects.all())
    return units.annotate(
        members_told=_numbers(members, members=Q(), probationary=Q(person__stages__kind=StageKind.PROBATIONARY)),
        posts_told=_numbers(posts, all=Q(), filled=held_now),
        meetings_told=_numbers(held, all=Q()),
        sites_told=_numbers(sites, all=Q()),
        site_told=_first(sites.order_by("-area_m2"), SITE_TOLD),
        team_told=_first(team, TEAM_TOLD),
    )


def _numbers(rows: QuerySet[Any], **asked: Q) -> Subquery:
    """How many of the unit's rows there are under each condition; None where there are no rows."""
    counts = {name: Count("pk", filter=only, distinct=True) for name, only in asked.items()}
    grouped = rows.order_by().values("organisation").annotate(told=JSONObject(**counts)).values("told")
    return Subquery(grouped, output_field=JSONField())


def _first(rows: QuerySet[Any], columns: Sequence[str]) -> Subquery:
    """Some columns of the first row; None where there is none."""
    told = JSONObject(**{name: name for name in columns})
    return Subquery(rows.values(told=told)[:1], output_field=JSONField())


def _count(told: Mapping[str, int] | None, name: str) -> int:
    return told[name] if told else 0


def _day(told: str | None) -> date | None:
    return date.fromisoformat(told) if told else None
