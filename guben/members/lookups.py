"""Looking up an exact number: who is within reach is found; of anybody else only that one is registered somewhere.

Every look-up that leaves the reach is counted, limited and logged, whether or not somebody was found.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

from django.db import transaction
from django.utils import timezone

from guben.access.policy import Someone
from guben.accounts.models import User
from guben.audit import trail
from guben.audit.models import Entry
from guben.members import calculations, errors, sealed
from guben.members.models import Person
from guben.members.places import within_reach

LOOK_UPS_AN_HOUR = 20
LOOKED_UP = "members.number_looked_up"

NumberField = Literal["id_number", "phone"]
SealedField = Literal["id_number", "phone", "home", "domicile"]


def number_in(text: str) -> tuple[NumberField, str] | None:
    """The field and the checked number when a text is an identity number or a telephone, else None."""
    bare = "".join(text.split())
    if len(bare) < 8 or not bare[:8].strip("+-—()（）").isdecimal():
        return None
    try:
        if len(bare) == 18:
            return "id_number", calculations.read_id_number(bare).number
        return "phone", calculations.read_phone(bare)
    except (errors.IdNumberError, errors.PhoneUnclear):
        return None


def look_up(user: User, field: NumberField, number: str) -> Sequence[int]:
    """The ids of the people within reach who have exactly this (checked) number.

    Raises:
        errors.RegisteredElsewhere: somebody outside the reach has it. That is all that is told.
        errors.TooManyLookUps: too many numbers were tried that are not within reach.

    Source: 个人信息保护法 Art. 6, 51.
    """
    wanted = {f"{field}_index__in": sealed.indexes_of(field, number)}
    found = list(Person.objects.filter(**wanted).values_list("pk", "user_id"))
    visible = within_reach(user, "members.view", [pk for pk, _owner in found])
    visible |= {pk for pk, owner in found if owner == user.pk}
    if visible:
        return sorted(visible)
    note_look_up(user, found=bool(found))
    if found:
        raise errors.RegisteredElsewhere
    return []


def note_look_up(user: User, *, found: bool) -> None:
    """Logs the look-up of a number outside the reach and limits how many there are in an hour.

    The entry must outlive the refusal that follows: call it outside a transaction which that refusal would undo.
    """
    hour_ago = timezone.now() - timedelta(hours=1)
    if Entry.objects.filter(action=LOOKED_UP, user=user, at__gte=hour_ago).count() >= LOOK_UPS_AN_HOUR:
        raise errors.TooManyLookUps(LOOK_UPS_AN_HOUR)
    with transaction.atomic():
        trail.record(LOOKED_UP, user, by=user, organisation_id=None, details={"found": found})


def known_user(user: Someone) -> User:
    """The signed-in user; all pages require one."""
    if not isinstance(user, User):
        raise TypeError("Only a signed-in user looks up numbers.")
    return user
