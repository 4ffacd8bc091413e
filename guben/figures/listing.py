"""The records behind a figure as a list with links. Today's rights decide which of them a reader sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from guben.access import policy
from guben.access.policy import Someone
from guben.establishments.models import Establishment
from guben.figures import person_tables
from guben.kit.days import completed_years
from guben.meetings.models import Meeting
from guben.members.models import Affiliation, Person
from guben.organisations.models import Organisation, Post, Site

RIGHTS: dict[str, str] = {
    "member": "members.view",
    "post": "members.view",
    "dues": "dues.view",
    "unplaced_member": "members.view",
    "leader_meeting": "members.view",
    "meeting": "meetings.view",
}


@dataclass(frozen=True, slots=True)
class Record:
    """A row behind a figure, as it is listed."""

    title: str
    words: str
    where: str
    url: str


Listed = tuple[Organisation, Record]  # where the row belongs today, and how it is shown
Lister = Callable[[list[int], date], dict[int, Listed]]


def register(table: str, lister: Lister, *, right: str, is_about_people: bool = False) -> None:
    """Tells how the rows of a higher app's fact table are listed, and which right opens them."""
    LISTERS[table], RIGHTS[table] = lister, right
    if is_about_people:
        person_tables.register(table)


def right_to_list(table: str) -> str:
    """The right that opens the rows of a fact table; rows about persons need one of their own."""
    return RIGHTS.get(table, "units.view")


def listed_records(table: str, ids: list[int], on: date, user: Someone) -> list[Record]:
    """The rows as links in the order of their ids, without those that belong where the reader may not look today."""
    found = LISTERS[table](ids, on)
    right = "meetings.view" if table == "leader_meeting" else right_to_list(table)
    rows = (found[record] for record in ids if record in found)
    return [record for unit, record in rows if policy.may(user, right, unit)]


def _people(ids: list[int], on: date) -> dict[int, Listed]:
    then: dict[int, Affiliation] = {}
    now: dict[int, Affiliation] = {}
    rows = Affiliation.objects.filter(person__in=ids).select_related("organisation").order_by("from_on")
    for row in rows:
        now[row.person_id] = row
        if row.from_on <= on and (row.until_on is None or row.until_on > on):
            then[row.person_id] = row
    found = {}
    for person in Person.objects.filter(pk__in=now):
        words = _("%(year)s年生，%(age)s岁") % {"year": person.born_on.year, "age": completed_years(person.born_on, on)}
        where = then.get(person.pk, now[person.pk]).organisation.short_name
        record = Record(person.name, words, where, person.get_absolute_url())
        found[person.pk] = now[person.pk].organisation, record
    return found


def _sites(ids: list[int], on: date) -> dict[int, Listed]:
    found = {}
    for site in Site.objects.filter(pk__in=ids).select_related("organisation"):
        words = f"{site.area_m2:g} m²，{site.get_tenure_display()}，{site.get_condition_display()}"
        url = reverse("organisations:sites", args=[site.organisation.code])
        found[site.pk] = site.organisation, Record(site.name, words, site.organisation.short_name, url)
    return found


def _units(ids: list[int], on: date) -> dict[int, Listed]:
    return {
        unit.pk: (unit, Record(unit.name, str(unit.get_kind_display()), unit.code, unit.get_absolute_url()))
        for unit in Organisation.objects.filter(pk__in=ids)
    }


def _establishments(ids: list[int], on: date) -> dict[int, Listed]:
    found = {}
    for one in Establishment.objects.filter(pk__in=ids).select_related("organisation"):
        record = Record(one.name, str(one.get_kind_display()), one.organisation.short_name, one.get_absolute_url())
        found[one.pk] = one.organisation, record
    return found


def _posts(ids: list[int], on: date) -> dict[int, Listed]:
    found = {}
    for post in Post.objects.filter(pk__in=ids).select_related("organisation"):
        url = reverse("organisations:team", args=[post.organisation.code])
        words = _("直接从事基层党建") if post.on_grassroots_work else ""
        found[post.pk] = post.organisation, Record(str(post), words, post.organisation.short_name, url)
    return found


def _meetings(ids: list[int], on: date) -> dict[int, Listed]:
    found = {}
    for meeting in Meeting.objects.filter(pk__in=ids).select_related("organisation"):
        title = f"{meeting.held_on} {meeting.get_form_display()}"
        record = Record(title, meeting.topic, meeting.organisation.short_name, meeting.get_absolute_url())
        found[meeting.pk] = meeting.organisation, record
    return found


LISTERS: dict[str, Lister] = {
    "member": _people,
    "dues": _people,
    "unplaced_member": _people,
    "establishment": _establishments,
    "site": _sites,
    "organisation": _units,
    "post": _posts,
    "meeting": _meetings,
    "leader_meeting": _meetings,
}
