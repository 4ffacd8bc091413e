"""What every test about transfers needs: the users of two towns, and the steps one by one."""

from __future__ import annotations

from datetime import date
from typing import Any

from guben.access.models import Grant
from guben.accounts.models import User
from guben.members import sealed
from guben.members.models import Affiliation, Person
from guben.procedures import actions as cases
from guben.procedures.models import Case, Entry
from guben.transfers import actions
from tests.cast import STREET, TOWN, Cast

BEGUN = date(2026, 6, 1)
NAME = "仇月初"
NUMBER = "990101198802291522"


def user(cast: Cast, name: str, role: str, code: str) -> User:
    """Another user with one role at a unit."""
    found, _new = User.objects.get_or_create(username=name, defaults={"display_name": name, "password": "!"})
    Grant.objects.get_or_create(user=found, role=role, organisation=cast.units[code], from_on=date(2024, 5, 10))
    cast.users[name] = found
    return found


def people_of_two_towns(cast: Cast) -> None:
    """Those of the town that sends and of the street that receives."""
    user(cast, "sender", "organisation_officer", TOWN)
    user(cast, "receiver", "organisation_officer", STREET)


def again(one: User) -> User:
    return User.objects.get(pk=one.pk)


def request(cast: Cast, name: str = NAME, *, by: User | None = None, **more: Any) -> Case:
    more.setdefault("host", cast.neighbour_branch)
    return actions.request_transfer(
        Person.objects.get(pk=cast.people[name].pk), by=by or cast.secretary, on=BEGUN, cause="居住地变化", **more
    )


def take(case: Case, step: str, day: int, by: User, outcome: str = "done", **more: Any) -> Entry:
    return cases.take(case, step, outcome=outcome, done_on=date(2026, 6, day), by=by, **more)


def lettered(cast: Cast, name: str = NAME, days: int = 30, **more: Any) -> Case:
    """A transfer with its letter, before the receiving committee."""
    case = request(cast, name, **more)
    take(case, "branch", 2, cast.secretary)
    take(case, "letter", 3, cast.sender, values={"valid-days": days})
    case.refresh_from_db()
    return case


def agreed(cast: Cast, name: str = NAME, days: int = 30) -> Case:
    """A transfer before the receiving branch."""
    case = lettered(cast, name, days)
    take(case, "receiving", 5, cast.receiver, "agreed")
    case.refresh_from_db()
    return case


def numbered(cast: Cast, name: str = NAME) -> Person:
    """A person of the cast with an identity number."""
    person = cast.people[name]
    kept = sealed.seal("id_number", NUMBER)
    person.id_number_cipher, person.id_number_index, person.id_number_mask = kept.cipher, kept.key, kept.mask
    person.save()
    return person


def homes(person: Person) -> list[str]:
    """The units that answer for a person now."""
    return list(Affiliation.objects.filter(person=person, until_on=None).values_list("organisation__code", flat=True))
