"""Finding a person by name, pinyin, initials or exact number."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import F

from guben.access import policy
from guben.access.policy import Someone
from guben.accounts.installation import today
from guben.kit.errors import DomainError
from guben.members import lookups
from guben.members.queries.lists import NEVER_LISTED, ORDER, named
from guben.members.spans import placed_on

MOST = 20


@dataclass(frozen=True, slots=True)
class Found:
    """The people found, each with `unit_name` and `stage`; `notice` says in a sentence what else there is to know."""

    people: list[Any] = field(default_factory=list)
    notice: str = ""


def search(user: Someone, text: str, *, limit: int = MOST) -> Found:
    """People within reach by name, full pinyin, initials, or exact identity number or telephone; at most `limit`.

    The exact number of somebody outside the reach answers only that one is registered elsewhere.
    """
    if not text.strip() or not policy.may_anywhere(user, "members.view"):
        return Found()
    people = (
        placed_on(today())
        .defer(*NEVER_LISTED)
        .filter(policy.within(user, "members.view", "unit_path"), named(text))
        .annotate(
            unit_name=F("affiliation_on__organisation__short_name"),
            unit_code=F("affiliation_on__organisation__code"),
        )
    )
    found = list(people.order_by(*ORDER)[:limit])
    return Found(found) if found else Found(notice=notice_elsewhere(user, text))


def notice_elsewhere(user: Someone, text: str) -> str:
    """What may be told about an exact number that nobody within reach has; empty for any other text."""
    number = lookups.number_in(text)
    if number is None:
        return ""
    try:
        lookups.look_up(lookups.known_user(user), *number)
    except DomainError as error:
        return str(error)
    return ""
