"""Reads which demo users can be chosen, and where they act."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

from guben.access.models import Grant
from guben.accounts.installation import today
from guben.accounts.models import User
from guben.demo.cast import FEATURED, USERNAMES, Featured, title_at


@dataclass(frozen=True, slots=True)
class Choice:
    """A user on the sign-in page."""

    featured: Featured
    title: str | Promise
    unit: str
    person: str


def choices() -> dict[str, list[Choice]]:
    """The users that can be chosen by place (city, town, branch), in the order of the cast; one query."""
    grants = (
        Grant.objects.filter(user__username__in=USERNAMES, user__is_demo=True, user__is_active=True)
        .exclude(until_on__lte=today())
        .select_related("user__person", "organisation")
        .order_by("id")
    )
    by_name = {grant.user.username: grant for grant in grants}
    found: dict[str, list[Choice]] = {"city": [], "town": [], "branch": []}
    for featured in FEATURED:
        if grant := by_name.get(featured.username):
            person = getattr(grant.user, "person", None)
            title = title_at(featured, grant.organisation.territory)
            found[featured.place].append(
                Choice(featured, title, grant.organisation.short_name, person.name if person else "")
            )
    return found


def chosen_user(username: str) -> User | None:
    """The demo user of that name, if it is one that the page offers."""
    if username not in USERNAMES:
        return None
    return User.objects.filter(username=username, is_demo=True, is_active=True).first()
