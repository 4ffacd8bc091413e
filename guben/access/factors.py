"""Who needs a second factor, and taking the factors away from somebody who lost them."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from guben.access import errors, policy, queries
from guben.access.models import Grant
from guben.access.reasons import require_reason
from guben.access.roles import roles
from guben.accounts import factors, installation, sessions
from guben.accounts.models import User
from guben.audit import trail

RIGHT = "factors.reset"
COUNTY_AND_ABOVE = {"nation", "province", "city", "county"}


def is_needed(user: User) -> bool:
    """Does one of the user's roles ask for a second factor? GUBEN_REQUIRE_MFA: roles, all or none.

    Source: 等保 GB/T 22239-2019 8.1.4.1.
    """
    asked = settings.REQUIRE_MFA or ("none" if installation.current().is_demo else "roles")
    if asked == "roles":
        return any(_asks(grant) for grant in policy.grants_of(user))
    return bool(asked == "all")


def _asks(grant: Grant) -> bool:
    role = roles().get(grant.role)
    if role is None or not role.factor:
        return False
    return role.factor == "always" or grant.organisation.territory in COUNTY_AND_ABOVE


def due_on(user: User) -> date:
    """The last day on which the user may still do without; it is set when she is first told."""
    if user.factor_due_on is None:
        user.factor_due_on = timezone.localdate() + timedelta(days=settings.FACTOR_GRACE_DAYS)  # noqa: TID251
        User.objects.filter(pk=user.pk).update(factor_due_on=user.factor_due_on)
    return user.factor_due_on


def days_left(user: User) -> int:
    """Days of grace; none left is 0."""
    return max((due_on(user) - timezone.localdate()).days, 0)  # noqa: TID251 - the real day, in a demo too


@transaction.atomic
def reset(user: User, reason: str, *, by: User) -> int:
    """Takes all second factors from a user who lost them and ends her sign-ins; how many factors there were.

    Raises:
        PermissionDenied, Http404: no `factors.reset` at the user's units.
        NotToYourself, NotYourFactors: never upward, and never one's own.
        reasons.ReasonUnclear.
    """
    if user.pk == by.pk:
        raise errors.NotToYourself
    held = Grant.objects.filter(user=user).select_related("organisation").order_by("organisation__path")
    seen = [row for row in held if policy.may(by, RIGHT, row.organisation)]
    if not seen or not queries.can_give_all_roles_of(by, user, RIGHT):
        raise errors.NotYourFactors(str(user))
    reason = require_reason(reason)
    count = factors.remove_all(user)
    User.objects.filter(pk=user.pk).update(factor_due_on=None)
    sessions.end_all(user)
    unit = seen[0].organisation
    trail.record(
        "access.factors_reset",
        user,
        by=by,
        organisation_id=unit.pk,
        right=policy.under_which_right(by, RIGHT, unit),
        details={"user": user.username, "reason": reason, "count": count},
    )
    return count
