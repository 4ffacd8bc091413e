"""The team of a unit: posts and holders, the term, the groups; and their forms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from guben.access import policy
from guben.accounts.installation import today
from guben.kit.days import add_months
from guben.organisations import actions, calculations, holders, pages, queries
from guben.organisations.choices import TEAM_POSTS
from guben.organisations.forms import EndForm, GroupForm, PostForm, TeamForm
from guben.organisations.holders import Holder
from guben.organisations.models import Group, Organisation, Post, Team
from guben.organisations.views.posting import answer, unit_to_change

CHANGE = "units.change"
Row = TypeVar("Row", Post, Group)
WARN_MONTHS = 6
OVER_AGE = 60  # years; marks the team page only, a line that binds stands in the rulebook. Source: M2.2
YOUNG = 45
SENT_MONTHS = 3
WIDTH = 1000  # of the term's bar, in its own units


@dataclass(frozen=True, slots=True)
class Seat:
    """A post with its holder, as one row of the table."""

    post: Post
    holder: Holder | None
    appoint_url: str
    relieve_url: str
    sent_down_url: str = ""
    on: date | None = None

    @property
    def is_over_age(self) -> bool:
        return self.holder is not None and (self.holder.age or 0) >= OVER_AGE

    @property
    def sent_is_over(self) -> bool:
        """The term of who was sent down has ended, and the post is still held."""
        until = self.holder.sent_until if self.holder else None
        return until is not None and self.on is not None and until <= self.on

    @property
    def sent_ends_soon(self) -> bool:
        until = self.holder.sent_until if self.holder else None
        return until is not None and self.on is not None and self.on < until <= add_months(self.on, SENT_MONTHS)

    @property
    def is_vacant(self) -> bool:
        return self.holder is None


@dataclass(frozen=True, slots=True)
class TeamShape:
    """The team beside what a sound one has: filled seats, ages, education, women, full-time, sent down (M2.2)."""

    posts: int
    filled: int
    mean_age: float | None
    up_to_45: int
    over_age: int
    college: int
    women: int
    full_time: int
    part_time: int
    sent_down: int
    sent_over: int

    @property
    def vacant(self) -> int:
        return self.posts - self.filled

    @property
    def college_share(self) -> float | None:
        return self.college / self.filled if self.filled else None


def shape_of(seats: list[Seat]) -> TeamShape:
    """The structure of a team from its seats."""
    held = [(seat, seat.holder) for seat in seats if seat.holder is not None]
    ages = [holder.age for _seat, holder in held if holder.age is not None]
    return TeamShape(
        posts=len(seats),
        filled=len(held),
        mean_age=sum(ages) / len(ages) if ages else None,
        up_to_45=sum(age <= YOUNG for age in ages),
        over_age=sum(seat.is_over_age for seat in seats),
        college=sum(holder.has_college for _seat, holder in held),
        women=sum(holder.is_woman for _seat, holder in held),
        full_time=sum(seat.post.is_full_time for seat, _holder in held),
        part_time=sum(not seat.post.is_full_time for seat, _holder in held),
        sent_down=sum(bool(holder.sent_by) for _seat, holder in held),
        sent_over=sum(seat.sent_is_over for seat in seats),
    )


@dataclass(frozen=True, slots=True)
class Term:
    """How far a team's term has come."""

    team: Team
    share: float
    days_left: int
    is_over: bool
    ends_soon: bool

    @property
    def width(self) -> int:
        return round(self.share * WIDTH)

    @property
    def mark(self) -> int:
        """Where today's line stands, so that it does not fall out of the bar."""
        return min(self.width, WIDTH - 3)

    @property
    def days_over(self) -> int:
        return -self.days_left


def team(request: HttpRequest, code: str) -> HttpResponse:
    """Who leads the unit, until when, and which posts are vacant."""
    unit = queries.unit_for(request.user, code)
    now = today()
    posts = list(Post.objects.filter(queries.as_of(now), organisation=unit).order_by("id"))
    seats = _seats(request, unit, posts, now)
    in_team = [seat for seat in seats if seat.post.kind in TEAM_POSTS]
    teams = list(Team.objects.filter(organisation=unit))
    groups = list(Group.objects.filter(queries.as_of(now), organisation=unit))
    in_office = next((one for one in teams if one.until_on is None), None)
    context = pages.unit_page(request.user, unit, "team", counts={"team": len(in_team)}) | {
        "seats": in_team,
        "other_seats": [seat for seat in seats if seat.post.kind not in TEAM_POSTS],
        "vacant": sum(seat.is_vacant for seat in in_team),
        "women": sum(seat.holder is not None and seat.holder.is_woman for seat in in_team),
        "shape": shape_of(in_team),
        "reserve_url": _reserve_url(request, unit),
        "term": term_of(in_office, now) if in_office else None,
        "earlier_teams": [one for one in teams if one.until_on],
        "groups": groups,
        "has_groups": calculations.is_branch(unit.kind),
        "sees_people": policy.may(request.user, "members.view", unit),
        "may_change": not unit.dissolved_on and policy.may(request.user, CHANGE, unit),
    }
    return render(request, "organisations/team.html", context)


def elect_team(request: HttpRequest, code: str) -> HttpResponse:
    """A newly elected team."""
    unit = unit_to_change(request, code)
    in_office = Team.objects.filter(organisation=unit, until_on__isnull=True).first()
    months = calculations.normal_term_months(unit.kind, unit.territory)
    initial = {"elected_on": today(), "term_months": months, "seats": in_office.seats if in_office else 3}
    form = TeamForm(request.POST or None, initial=initial)
    return answer(
        request,
        "organisations/elect_team.html",
        form,
        lambda: actions.elect_team(unit, by=request.user, **form.cleaned_data),  # type: ignore[arg-type]
        _context(request, unit) | {"in_office": in_office, "normal_months": months},
        done=_("已登记新一届班子。接着任命各职。"),
        to=_team_url(unit),
    )


def add_post(request: HttpRequest, code: str) -> HttpResponse:
    """A new post."""
    unit = unit_to_change(request, code)
    form = PostForm(request.POST or None, initial={"from_on": today()})
    return answer(
        request,
        "organisations/add_post.html",
        form,
        lambda: actions.add_post(unit, by=request.user, **form.cleaned_data),  # type: ignore[arg-type]
        _context(request, unit),
        done=_("已设岗位，现在空缺。"),
        to=_team_url(unit),
    )


def close_post(request: HttpRequest, pk: int) -> HttpResponse:
    """The end of a post."""
    post = _row_for(request, Post, pk)
    form = EndForm(request.POST or None, initial={"on": today()})
    return answer(
        request,
        "organisations/close_post.html",
        form,
        lambda: actions.close_post(post, by=request.user, **form.cleaned_data),  # type: ignore[arg-type]
        _context(request, post.organisation) | {"post": post},
        done=_("已撤岗位。"),
        to=_team_url(post.organisation),
    )


def add_group(request: HttpRequest, code: str) -> HttpResponse:
    """A new group of a branch."""
    unit = unit_to_change(request, code)
    form = GroupForm(request.POST or None, initial={"from_on": today()})
    return answer(
        request,
        "organisations/add_group.html",
        form,
        lambda: actions.add_group(unit, by=request.user, **form.cleaned_data),  # type: ignore[arg-type]
        _context(request, unit),
        done=_("已设党小组。"),
        to=_team_url(unit),
    )


def close_group(request: HttpRequest, pk: int) -> HttpResponse:
    """The end of a group."""
    group = _row_for(request, Group, pk)
    form = EndForm(request.POST or None, initial={"on": today()})
    return answer(
        request,
        "organisations/close_group.html",
        form,
        lambda: actions.close_group(group, by=request.user, **form.cleaned_data),  # type: ignore[arg-type]
        _context(request, group.organisation) | {"group": group},
        done=_("已撤党小组。"),
        to=_team_url(group.organisation),
    )


def term_of(team: Team, on: date) -> Term:
    """How far the term has come on a day."""
    return Term(
        team=team,
        share=calculations.term_share(team.elected_on, team.ends_on, on),
        days_left=(team.ends_on - on).days,
        is_over=team.ends_on <= on,
        ends_soon=on < team.ends_on <= add_months(on, WARN_MONTHS),
    )


def _seats(request: HttpRequest, unit: Organisation, posts: list[Post], on: date) -> list[Seat]:
    """The posts with their holders, the team first in its order."""
    known = holders.of_posts([post.pk for post in posts], on)
    order = {kind: number for number, kind in enumerate(TEAM_POSTS)}
    may_appoint = not unit.dissolved_on and policy.may(request.user, "members.change", unit)
    seats = []
    for post in sorted(posts, key=lambda post: (order.get(post.kind, len(order)), post.pk)):  # type: ignore[call-overload]
        holder = known.get(post.pk)
        appoint = _url("members:appoint", post.pk) if may_appoint and holder is None else ""
        relieve = _url("members:relieve", holder.holding_id) if may_appoint and holder else ""
        sent_down = _url("members:send_down", holder.holding_id) if may_appoint and holder else ""
        seats.append(Seat(post, holder, appoint, relieve, sent_down, on))
    return seats


def _reserve_url(request: HttpRequest, unit: Organisation) -> str:
    """The list of reserve cadres, for those who see the members and may change their records."""
    if not all(policy.may(request.user, right, unit) for right in ("members.view", "members.change")):
        return ""
    try:
        return f"{reverse('members:reserve')}?at={unit.code}"
    except NoReverseMatch:
        return ""


def _row_for(request: HttpRequest, model: type[Row], pk: int) -> Row:
    row = model._default_manager.select_related("organisation__parent").filter(pk=pk).first()
    if row is None:
        raise Http404
    policy.require(request.user, CHANGE, row.organisation)
    return row


def _team_url(unit: Organisation) -> str:
    return reverse("organisations:team", args=[unit.code])


def _url(name: str, pk: int) -> str:
    try:
        return reverse(name, args=[pk])
    except NoReverseMatch:
        return ""


def _context(request: HttpRequest, unit: Organisation) -> dict[str, Any]:
    return {"unit": unit, "crumbs": queries.crumbs(unit, request.user)}
