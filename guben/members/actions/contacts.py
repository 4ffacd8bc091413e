"""Recording contact with members who cannot come: a visit, a call, a message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.http import Http404

from guben.access import policy
from guben.accounts.installation import today as the_day
from guben.accounts.models import User
from guben.audit import trail
from guben.kit import tree
from guben.members import errors
from guben.members.choices import MEMBER_STAGES
from guben.members.models import Contact, Person, Stage
from guben.members.places import check_day, last_paths, require_person
from guben.organisations.models import Organisation

BATCH = 1000


@dataclass(frozen=True, slots=True)
class ContactMade:
    """One contact to record."""

    person: Person
    contacted_on: date
    way: str
    note: str = ""


@transaction.atomic
def record_contact(person: Person, *, contacted_on: date, way: str, by: User, note: str = "") -> Contact:
    """Records one contact with a member.

    Raises:
        errors.DayInFuture, errors.NotAMember, errors.ContactBeforeJoining.

    Source: 党员教育管理工作条例 Art. 23, 32; M3.6.
    """
    unit = require_person(by, "members.change", person)
    check_day(contacted_on, the_day())
    joined = joining_days([person.pk]).get(person.pk)
    _check_joined(person, joined, contacted_on)
    contact = Contact.objects.create(
        person=person, contacted_on=contacted_on, way=way, note=note.strip(), recorded_by=by
    )
    trail.record(
        "members.contact_recorded",
        person,
        by=by,
        organisation_id=unit.pk,
        right=policy.under_which_right(by, "members.change", unit),
        changed={"contacted_on": contacted_on, "way": way, "note": note},
        details={"way": way},
    )
    return contact


@transaction.atomic
def record_contacts(made: Sequence[ContactMade], *, unit: Organisation, by: User) -> int:
    """Records many contacts with members at or below one unit at once (the demo, a roster); gives how many. The history
    gets a line at each unit that has some of these members."""
    policy.require(by, "members.change", unit)
    today = the_day()
    people = sorted({contact.person.pk for contact in made})
    paths = last_paths(people)
    if any(not tree.is_at_or_below(path, unit.path) for path in paths.values()):
        raise Http404
    joined = joining_days(people)
    for contact in made:
        check_day(contact.contacted_on, today)
        _check_joined(contact.person, joined.get(contact.person.pk), contact.contacted_on)
    rows = [Contact(person=c.person, contacted_on=c.contacted_on, way=c.way, note=c.note, recorded_by=by) for c in made]
    Contact.objects.bulk_create(rows, batch_size=BATCH)
    counts = Counter(paths[contact.person.pk] for contact in made)
    trail.record_many(
        trail.entry_for(
            "members.contacts_recorded",
            one,
            by=by,
            organisation_id=one.pk,
            right=policy.under_which_right(by, "members.change", one),
            details={"count": counts[one.path]},
        )
        for one in Organisation.objects.filter(path__in=list(counts)).order_by("path")
    )
    return len(rows)


def joining_days(person_ids: Sequence[int]) -> dict[int, date]:
    """The day of admission of each member among these people."""
    days: dict[int, date] = {}
    for start in range(0, len(person_ids), BATCH // 2):
        chunk = person_ids[start : start + BATCH // 2]
        rows = Stage.objects.filter(person__in=chunk, kind__in=MEMBER_STAGES).order_by("-from_on")
        days.update(rows.values_list("person_id", "from_on"))
    return days


def _check_joined(person: Person, joined_on: date | None, contacted_on: date) -> None:
    if joined_on is None:
        raise errors.NotAMember(person.name, contacted_on)
    if contacted_on < joined_on:
        raise errors.ContactBeforeJoining(person.name, joined_on)
