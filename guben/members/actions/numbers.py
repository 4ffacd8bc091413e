"""Numbers and addresses: who has one, opening one with a reason, and whose account a person's record is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Literal

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from guben.access import limits, policy
from guben.access.reasons import require_reason
from guben.accounts.models import User
from guben.audit import trail
from guben.audit.models import Entry
from guben.members import errors, sealed
from guben.members.choices import MEMBER_STAGES
from guben.members.lookups import SealedField, note_look_up
from guben.members.models import Affiliation, Person, Stage
from guben.members.places import may_see, require_person, unit_of, within_reach
from guben.organisations.models import Organisation

CHUNK = 500
NUMBERS_CHECKED = "members.numbers_checked"
ELSEWHERE_A_DAY = 500  # numbers of other units' people that one user's files may meet in 24 hours

Whereabouts = Literal["within", "elsewhere"]


def unmask(person: Person, field: SealedField, reason: str, *, by: User) -> str:
    """The clear identity number, telephone or address of a person, written into the history with the reason.

    Everybody may open the own ones. How many one opens in an hour and a day is limited.

    Raises:
        ReasonUnclear, limits.TooOften, errors.NumberMissing.

    Source: 个人信息保护法 Art. 28, 44-45, 51.
    """
    unit = unit_of(person) if person.user_id == by.pk else require_person(by, "members.unmask", person)
    reason = require_reason(reason)
    limits.use("unmask", by.pk)
    return _open(person, field, reason, unit, by)


@transaction.atomic
def _open(person: Person, field: SealedField, reason: str, unit: Organisation | None, by: User) -> str:
    number = sealed.clear_value(person, field)
    if not number:
        raise errors.NumberMissing(person.name)
    trail.record(
        "members.unmasked",
        person,
        by=by,
        organisation_id=unit.pk if unit else None,
        right=policy.under_which_right(by, "members.unmask", unit) if unit else "",
        details={"field": field, "reason": reason},
    )
    return number


def check_numbers(numbers: Iterable[str], *, by: User, tried: int = 0) -> dict[str, Whereabouts]:
    """Of many (checked) identity numbers those already registered: `within` the user's reach or `elsewhere`.

    How many were tried (`tried`, where more were than are given here) and how many are elsewhere is logged and limited.

    Raises:
        errors.TooManyElsewhere: more of them in a day than a roster of one's own people would bring.
    """
    by_index = sealed.by_index("id_number", list(numbers))
    found: dict[str, Whereabouts] = {}
    indexes = list(by_index)
    for start in range(0, len(indexes), CHUNK):
        people = Person.objects.filter(id_number_index__in=indexes[start : start + CHUNK]).values_list(
            "pk", "id_number_index"
        )
        known = {pk: by_index[index or ""] for pk, index in people}
        visible = within_reach(by, "members.view", list(known))
        found.update({number: "within" if pk in visible else "elsewhere" for pk, number in known.items()})
    elsewhere = sum(where == "elsewhere" for where in found.values())
    if elsewhere:
        before = _elsewhere_today(by)
        with transaction.atomic():
            details = {"tried": tried or len(set(by_index.values())), "elsewhere": elsewhere}
            trail.record(NUMBERS_CHECKED, by, by=by, organisation_id=None, details=details)
        if before + elsewhere > ELSEWHERE_A_DAY:
            raise errors.TooManyElsewhere(ELSEWHERE_A_DAY)
    return found


def _elsewhere_today(by: User) -> int:
    """How many numbers of others the user's files have met in the last 24 hours."""
    day_ago = timezone.now() - timedelta(days=1)
    entries = Entry.objects.filter(action=NUMBERS_CHECKED, user=by, at__gte=day_ago)
    return sum(details.get("elsewhere", 0) for details in entries.values_list("details", flat=True))


def refuse_known(number: str, *, by: User) -> None:
    """Refuses an identity number that somebody has already.

    Raises:
        errors.AlreadyRegistered: within the reach, with name and unit.
        errors.RegisteredElsewhere: outside of it.
    """
    person = Person.objects.filter(id_number_index__in=sealed.indexes_of("id_number", number)).first()
    if person is None:
        return
    unit = unit_of(person)
    if may_see(by, person, unit):
        raise errors.AlreadyRegistered(person.name, unit.name if unit else "")
    note_look_up(by, found=True)
    raise errors.RegisteredElsewhere


def whom_nobody_answers_for(number: str, name: str) -> Person | None:
    """The member with exactly this number and name whom the former unit let go on a receipt, and nobody received."""
    member = Stage.objects.filter(person=OuterRef("pk"), until_on=None, kind__in=MEMBER_STAGES)
    belongs = Affiliation.objects.filter(person=OuterRef("pk"), until_on=None)
    people = Person.objects.filter(id_number_index__in=sealed.indexes_of("id_number", number), name=name)
    return people.filter(Exists(member), ~Exists(belongs), affiliations__isnull=False).distinct().first()


@transaction.atomic
def link_user(person: Person, user: User | None, *, by: User) -> Person:
    """Makes an account the person's own, so that its holder sees the own record (nobody's when None)."""
    unit = require_person(by, "members.change", person)
    if user and Person.objects.filter(user=user).exclude(pk=person.pk).exists():
        raise errors.UserTaken(str(user))
    person.user = user
    person.save(update_fields=["user"])
    trail.record(
        "members.user_linked",
        person,
        by=by,
        organisation_id=unit.pk,
        right=policy.under_which_right(by, "members.change", unit),
        changed={"user": user.pk if user else None},
    )
    return person
