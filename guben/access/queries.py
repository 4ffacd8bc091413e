"""Reading across grants, as far as the reader may see accounts."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from guben.access import policy
from guben.access.models import Grant
from guben.access.roles import Role, rights_of, roles
from guben.accounts.installation import today
from guben.accounts.models import User
from guben.kit import tree


def grants_seen(user: User, *, words: str = "", role: str = "", ended: bool = False) -> QuerySet[Grant]:
    """The grants at units where the user may view accounts: those in force or still to come, or those that ended."""
    found = Grant.objects.filter(policy.within(user, "accounts.view")).select_related(
        "user", "organisation", "granted_by"
    )
    over = Q(until_on__isnull=False, until_on__lte=today())
    found = found.filter(over) if ended else found.exclude(over)
    if role:
        found = found.filter(role=role)
    if words:
        found = found.filter(
            Q(user__display_name__icontains=words)
            | Q(user__username__icontains=words)
            | Q(organisation__short_name__icontains=words)
            | Q(organisation__code=words)
        )
    return found.order_by("organisation__path", "user__username", "id")


def roles_given_by(user: User, unit: policy.Unit, right: str = "accounts.grant") -> list[Role]:
    """The roles that the user may give at this unit, in the order of the rulebook; with `accounts.open` as the right,
    those whose accounts she may open."""
    if user.is_operator and user.is_active:
        return [role for role in roles().values() if role.key != policy.OPERATOR]
    keys: set[str] = set()
    for grant in policy.grants_of(user):
        if right in rights_of(grant.role) and tree.is_at_or_below(unit.path, grant.organisation.path):
            keys |= roles()[grant.role].grants
    return [role for role in roles().values() if role.key in keys]


def roles_given_anywhere(user: User) -> list[Role]:
    """The roles that the user may give at one unit at least."""
    keys = {role.key for grant in policy.grants_of(user) for role in roles_given_by(user, grant.organisation)}
    return [role for role in roles().values() if role.key in keys]


def in_the_gift_of(giver: User, grant: Grant, right: str = "accounts.grant") -> bool:
    """Could this user have given the grant, and so may end it? Nobody gives or ends her own. With another right: could
    she have opened the account for it (`accounts.open`), or reset its second factors (`factors.reset`)?"""
    return (
        grant.user_id != giver.pk
        and policy.may(giver, right, grant.organisation)
        and grant.role in {role.key for role in roles_given_by(giver, grant.organisation, right)}
    )


def can_give_all_roles_of(giver: User, user: User, right: str = "accounts.grant") -> bool:
    """May the giver give (or open accounts for) all that the user holds, now or later? True where that is nothing."""
    held = Grant.objects.filter(user=user).exclude(until_on__lte=today()).select_related("organisation")
    return not user.is_operator and all(in_the_gift_of(giver, grant, right) for grant in held)
