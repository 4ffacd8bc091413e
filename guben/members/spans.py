"""Which dated rows hold on a day, and people joined with what holds for them on that day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import F, FilteredRelation, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from guben.members.choices import StandingKind
from guben.members.models import Contact, Person

People = QuerySet[Any]  # people with what `people_on` adds to them


def holds_on(on: date, prefix: str = "") -> Q:
    """The filter for rows that hold on a day; `prefix` names the relation, such as `stages`."""
    start = f"{prefix}__" if prefix else ""
    return Q(**{f"{start}from_on__lte": on}) & (
        Q(**{f"{start}until_on__isnull": True}) | Q(**{f"{start}until_on__gt": on})
    )


def people_on(on: date) -> People:
    """People with what holds for them on a day: `stage`, `standing`, `standing_from`, `organisation_id_on`, `unit_path`
    (today's) and `group_id_on`, null where nothing holds.

    Filter by these names: a filter on the relations `stage_on`, `affiliation_on`, `standing_on` themselves would join
    the rows of the day once more.
    """
    people: People = _with_standing(_with_place(on), on).annotate(group_id_on=F("affiliation_on__group_id"))
    return people


def _with_place(on: date) -> People:
    return Person.objects.annotate(
        affiliation_on=FilteredRelation("affiliations", condition=holds_on(on, "affiliations")),
        stage_on=FilteredRelation("stages", condition=holds_on(on, "stages")),
    ).annotate(
        stage=F("stage_on__kind"),
        organisation_id_on=F("affiliation_on__organisation_id"),
        unit_path=F("affiliation_on__organisation__path"),
    )


def _with_standing(people: People, on: date) -> People:
    found: People = people.annotate(
        standing_on=FilteredRelation("standings", condition=holds_on(on, "standings")),
    ).annotate(
        standing=Coalesce(F("standing_on__kind"), Value(StandingKind.HOME.value)),
        standing_from=F("standing_on__from_on"),
    )
    return found


def on_a_roll(on: date) -> People:
    """People who belong to a unit and stand at a stage on a day. Saying so lets the database start from the units."""
    return people_on(on).filter(organisation_id_on__isnull=False, stage__isnull=False)


def placed_on(on: date, *, standing: bool = False) -> People:
    """The same people with their unit and stage alone, and what is asked for besides: to look for them and to count
    them, the database reads no more tables than it must."""
    people = _with_place(on).filter(organisation_id_on__isnull=False, stage__isnull=False)
    return _with_standing(people, on) if standing else people


def last_contact(on: date) -> QuerySet[Any, Any]:
    """The last contact up to a day with the person of the outer query."""
    return (
        Contact.objects.filter(person=OuterRef("pk"), contacted_on__lte=on)
        .order_by()
        .values("person")
        .annotate(last=Max("contacted_on"))
        .values("last")
    )


def with_last_contact(people: People, on: date) -> People:
    """Adds `last_contact_on`: the last contact up to the day, else since when the standing holds."""
    annotated: People = people.annotate(last_contact_on=Coalesce(Subquery(last_contact(on)), F("standing_on__from_on")))
    return annotated
