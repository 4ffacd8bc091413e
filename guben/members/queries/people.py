"""One person: the record as the user may see it, and what hangs on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.http import Http404

from guben.access import policy
from guben.access.policy import Someone
from guben.kit.days import completed_years
from guben.members import calculations
from guben.members.choices import MEMBER_STAGES, NEEDS_CONTACT, StageKind
from guben.members.models import Affiliation, Contact, Holding, Person, Stage, Standing
from guben.members.places import affiliation_of, may_see
from guben.members.spans import holds_on
from guben.organisations.choices import TEAM_POSTS
from guben.organisations.models import Organisation, Post

CONTACTS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """All that the page of a person shows, as of a day."""

    person: Person
    on: date
    unit: Organisation | None
    age: int
    stages: list[Stage]
    affiliations: list[Affiliation]
    standings: list[Standing]
    contacts: list[Contact]
    holdings: list[Holding]
    joined_on: date | None
    stage: Stage | None
    standing: Standing | None
    last_contact_on: date | None
    contact_due_on: date | None
    is_overdue: bool


def person_for(user: Someone, pk: int, right: str = "members.view") -> Person:
    """The person, where the user holds the right at the unit; everybody may view the own record.

    Raises:
        Http404: there is none, or the user may not know of it.
        PermissionDenied: the user sees the person but lacks the right.
    """
    person = Person.objects.filter(pk=pk).first()
    if person is None:
        raise Http404
    affiliation = affiliation_of(person)
    unit = affiliation.organisation if affiliation else None
    if not may_see(user, person, unit):
        raise Http404
    own = person.user_id is not None and person.user_id == user.pk
    if (right == "members.view" and own) or (unit is not None and policy.may(user, right, unit)):
        return person
    raise PermissionDenied(right)


def own_person(user: Someone) -> Person | None:
    """The record that is the user's own."""
    return Person.objects.filter(user=user.pk).first() if user.is_authenticated else None


def record_of(person: Person, on: date) -> PersonRecord:
    """Stages, affiliations, standings, contacts and posts of a person, in five queries. The caller has the right."""
    stages = list(Stage.objects.filter(person=person).order_by("from_on"))
    affiliations = list(
        Affiliation.objects.filter(person=person).select_related("organisation", "group").order_by("-from_on", "-pk")
    )
    standings = list(
        Standing.objects.filter(person=person).select_related("contact_person").order_by("-from_on", "-pk")
    )
    contacts = list(Contact.objects.filter(person=person, contacted_on__lte=on)[:CONTACTS_SHOWN])
    holdings = list(
        Holding.objects.filter(person=person).select_related("post__organisation").order_by("until_on", "-from_on")
    )
    standing = next((row for row in standings if _holds(row, on)), None)
    last = contacts[0].contacted_on if contacts else None
    needs = standing is not None and standing.kind in NEEDS_CONTACT
    since = last or (standing.from_on if standing else None)
    due_on = calculations.contact_due_on(since) if needs and since else None
    return PersonRecord(
        person=person,
        on=on,
        unit=affiliations[0].organisation if affiliations else None,
        age=completed_years(person.born_on, on),
        stages=stages,
        affiliations=affiliations,
        standings=standings,
        contacts=contacts,
        holdings=holdings,
        joined_on=next((row.from_on for row in stages if row.kind in MEMBER_STAGES), None),
        stage=next((row for row in stages if _holds(row, on)), None),
        standing=standing,
        last_contact_on=last,
        contact_due_on=due_on,
        is_overdue=bool(due_on and since and since < calculations.contact_overdue_before(on)),
    )


def post_for(user: Someone, pk: int) -> Post:
    """The post, where the user may appoint to it.

    Raises:
        Http404, PermissionDenied: as `policy.require`.
    """
    post = Post.objects.select_related("organisation").filter(pk=pk).first()
    if post is None:
        raise Http404
    policy.require(user, "members.change", post.organisation)
    return post


def holding_for(user: Someone, pk: int) -> Holding:
    """The holding, where the user may relieve from it.

    Raises:
        Http404, PermissionDenied: as `policy.require`.
    """
    holding = Holding.objects.select_related("post__organisation", "person").filter(pk=pk).first()
    if holding is None:
        raise Http404
    policy.require(user, "members.change", holding.post.organisation)
    return holding


def holder_of(post: Post, on: date) -> Holding | None:
    """Who holds a post on a day."""
    return Holding.objects.filter(holds_on(on), post=post).select_related("person").first()


def holdings_of(post_ids: Sequence[int], on: date) -> Mapping[int, Holding]:
    """The holdings of these posts on a day, with the persons, by the post's id, in one query."""
    rows = Holding.objects.filter(holds_on(on), post__in=post_ids).select_related("person", "secondment__sent_by")
    return {row.post_id: row for row in rows}


def eligible_stages(post: Post) -> Sequence[str]:
    """The stages a holder of the post must have."""
    return (StageKind.FULL,) if post.kind in TEAM_POSTS else MEMBER_STAGES


def _holds(row: Stage | Standing, on: date) -> bool:
    return row.from_on <= on and (row.until_on is None or row.until_on > on)
