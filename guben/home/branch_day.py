"""Today for the secretary of one branch: what is late, what is due, what comes later, and how the branch stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from guben.access import policy
from guben.duties import queries as duties
from guben.duties.models import Reminder
from guben.duties.queries import DutyItem
from guben.duties.states import State
from guben.home.unit_page import MainSite, counted, filled_posts, main_site_of, tab_counts, team_of
from guben.home.words import article_of, form_of, period_name, title_of
from guben.house.words import titled
from guben.kit.days import add_months, next_period, years_before
from guben.members.calculations import contact_due_on, contact_overdue_before
from guben.members.choices import MEMBER_STAGES, NEEDS_CONTACT, StandingKind
from guben.members.spans import people_on, with_last_contact
from guben.organisations.models import Organisation
from guben.rulebook.issuers import issuer_words

WEEK, MONTH, LATER = 7, 30, 100  # days
OLDER_AGE = 45
ENDING_DAYS = 180  # a team's term that ends within half a year is marked
MOST_LATER = 8


@dataclass(frozen=True, slots=True)
class ToDo:
    """One row of the list: what, by when, why, and the one button."""

    title: str
    sentence: str
    due_on: date
    days: int  # left; negative when late
    article: str = ""
    rule: str = ""
    level: str = ""
    act: str = ""
    url: str = ""
    reminded_on: date | None = None

    @property
    def is_late(self) -> bool:
        return self.days < 0

    @property
    def days_over(self) -> int:
        return -self.days


@dataclass(frozen=True, slots=True)
class Standing:
    """The four figures of a branch. Unknown is None."""

    done: int
    on_time: int
    done_late: int
    missing: int
    owed: int
    members: int
    older_share: float | None
    filled: int
    seats: int
    term_ends_on: date | None
    term_days: int | None
    site: MainSite | None
    site_count: int

    @property
    def term_ends_soon(self) -> bool:
        return self.term_days is not None and self.term_days <= ENDING_DAYS


def context(request: HttpRequest, unit: Organisation, on: date, more: Iterable[ToDo] = ()) -> dict[str, Any]:
    """Everything the secretary's page shows; `more` are rows of higher apps."""
    items = duties.items([unit], on)
    user = request.user
    sees_people = policy.may(user, "members.view", unit)
    to_do = sorted(
        [*more, *_duty_rows(request, unit, items, on), *(_contact_rows(request, unit, on) if sees_people else [])],
        key=lambda row: row.due_on,
    )
    sunday = on + timedelta(days=6 - on.weekday())
    return {
        "unit": unit,
        "late": [row for row in to_do if row.days < 0],
        "week": [row for row in to_do if on <= row.due_on <= sunday],
        "month": [row for row in to_do if row.due_on > sunday and row.days <= MONTH],
        "later": sorted(
            [*(row for row in to_do if row.days > MONTH), *_next_rows(items, on)], key=lambda row: row.due_on
        )[:MOST_LATER],
        "week_ends_on": sunday,
        "done_lately": _done_lately(items, on),
        "standing": standing_of(unit, items, on),
        "unkept": unit.kept_from is None,
        "may_record": policy.may(user, "meetings.record", unit),
        "sees_people": sees_people,
        "sees_meetings": policy.may(user, "meetings.view", unit),
    }


def standing_of(unit: Organisation, items: Iterable[DutyItem], on: date) -> Standing:
    """Done and owed this year, members, team and the main site, in two queries."""
    due = [item for item in items if item.is_owed and item.period.ends_on.year == on.year]
    older_than = years_before(on, OLDER_AGE)
    roll = people_on(on).filter(affiliation_on__organisation=unit, stage_on__kind__in=MEMBER_STAGES)
    ages = roll.aggregate(members=Count("pk"), older=Count("pk", filter=Q(born_on__lte=older_than)))
    counts = counted(unit, on)
    numbers, team = tab_counts(counts), team_of(counts)
    count = {state: sum(item.state == state for item in due) for state in (State.DONE, State.DONE_LATE, State.LATE)}
    return Standing(
        done=count[State.DONE] + count[State.DONE_LATE],
        on_time=count[State.DONE],
        done_late=count[State.DONE_LATE],
        missing=count[State.LATE],
        owed=sum(count.values()),
        members=ages["members"],
        older_share=ages["older"] / ages["members"] if ages["members"] else None,
        filled=filled_posts(counts),
        seats=(team.seats if team else 0) or numbers["team"],
        term_ends_on=team.ends_on if team else None,
        term_days=(team.ends_on - on).days if team else None,
        site=main_site_of(counts),
        site_count=numbers["sites"],
    )


def record_url(item: DutyItem, back: str) -> str:
    """The prefilled entry of a duty that a meeting or a publication settles; empty for other duties."""
    if item.duty.evidence.record == "publication":
        query = {"at": item.unit.code, "rule": item.duty.key, "period": item.period.label, "next": back}
        return f"{reverse('publication:publish')}?{urlencode(query)}"
    form = form_of(item.duty)
    if not form:
        return ""
    query = {"at": item.unit.code, "form": form, "period": item.period.label, "rule": item.duty.key, "next": back}
    return f"{reverse('meetings:record')}?{urlencode(query)}"


def record_act(item: DutyItem) -> str:
    """What the button to that entry says."""
    return _("公开事项") if item.duty.evidence.record == "publication" else _("记录会议")


def _duty_rows(request: HttpRequest, unit: Organisation, items: list[DutyItem], on: date) -> list[ToDo]:
    reminded = _reminders(unit, on)
    may_record = policy.may(request.user, "meetings.record", unit)
    rows = []
    for item in items:
        if item.state not in {State.DUE, State.LATE}:
            continue
        url = record_url(item, request.path) if may_record else ""
        rows.append(
            ToDo(
                title=titled(period_name(item.period, on), title_of(item.duty)),
                sentence=_sentence(item, on),
                due_on=item.due_on,
                days=item.days_left(on),
                article=article_of(item.duty),
                rule=item.duty.key,
                level=issuer_words(item.duty),
                act=record_act(item) if url else "",
                url=url,
                reminded_on=reminded.get((item.duty.key, item.period.label)),
            )
        )
    return rows


def _sentence(item: DutyItem, on: date) -> str:
    words = {"period": period_name(item.period, on), "title": title_of(item.duty), "minutes": item.duty.minutes}
    if item.falls_short:
        return _("开过，但不算完成：%(reason)s") % {"reason": item.reason}
    if item.state == State.LATE:
        if form_of(item.duty):
            return _("%(period)s没有%(title)s记录。开过的，补记即可；没开的，定个日子补上。") % words
        return _("%(period)s的%(title)s还没有做。") % words
    if item.duty.minutes:
        return _("%(period)s还没有记录。开一次大约%(minutes)s分钟。") % words
    return _("%(period)s还没有记录。") % words


def _reminders(unit: Organisation, on: date) -> dict[tuple[str, str], date]:
    rows = Reminder.objects.filter(organisation=unit, sent_on__gte=add_months(on, -2)).order_by("sent_on")
    return {(row.rule, row.period): row.sent_on for row in rows}


def _contact_rows(request: HttpRequest, unit: Organisation, on: date) -> list[ToDo]:
    may_change = policy.may(request.user, "members.change", unit)
    people = people_on(on).filter(
        affiliation_on__organisation=unit, stage_on__kind__in=MEMBER_STAGES, standing_on__kind__in=NEEDS_CONTACT
    )
    due_before = contact_overdue_before(on + timedelta(days=MONTH))
    found = with_last_contact(people, on).filter(last_contact_on__lt=due_before).order_by("last_contact_on", "pk")
    rows = []
    for pk, name, standing, last in found.values_list("pk", "name", "standing", "last_contact_on"):
        due_on = contact_due_on(last)
        rows.append(
            ToDo(
                title=_("联系%(name)s") % {"name": name},
                sentence=_("%(standing)s。上次联系是%(day)s，半年内要联系一次。")
                % {"standing": StandingKind(standing).label, "day": date_format(last, "DATE_FORMAT")},
                due_on=due_on,
                days=(due_on - on).days,
                article=_("党员教育管理工作条例第三十二条"),
                rule="contact-overdue",
                level=_("建议线"),
                act=_("记录联系") if may_change else "",
                url=f"{reverse('members:contact', args=[pk])}?next={request.path}" if may_change else "",
            )
        )
    return rows


def _next_rows(items: list[DutyItem], on: date) -> list[ToDo]:
    """The next periods of what is owed now, as far as they are due within some months."""
    rows = []
    for item in items:
        if not item.is_owed or on not in item.period:
            continue
        period = next_period(item.period)
        due_on = period.ends_on + (item.due_on - item.period.ends_on)
        if (due_on - on).days <= LATER:
            title = titled(period_name(period, on), title_of(item.duty))
            rows.append(ToDo(title, "", due_on, (due_on - on).days, article_of(item.duty), item.duty.key))
    return sorted(rows, key=lambda row: row.due_on)


def _done_lately(items: list[DutyItem], on: date) -> list[dict[str, Any]]:
    """What was recorded in the last week."""
    found = []
    for item in items:
        if item.is_settled and item.held_on and item.recorded_after_days is not None:
            recorded_on = item.held_on + timedelta(days=item.recorded_after_days)
            if timedelta(0) <= on - recorded_on < timedelta(days=WEEK):
                found.append(
                    {
                        "title": titled(period_name(item.period, on), title_of(item.duty)),
                        "is_late": item.state == State.DONE_LATE,
                        "record": item.records[-1] if item.duty.evidence.record == "meeting" and item.records else None,
                    }
                )
    return found
