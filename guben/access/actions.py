"""Giving and ending roles, and opening accounts."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q

from guben.access import errors, policy, queries
from guben.access.models import Grant
from guben.access.reasons import require_reason
from guben.access.roles import roles_of_other_duties, title_of
from guben.accounts import sessions
from guben.accounts.installation import today
from guben.accounts.models import User
from guben.audit import trail

RIGHT = "accounts.grant"
OPEN = "accounts.open"
MEMBER = "member"


@transaction.atomic
def grant(user: User, role: str, unit: Any, *, from_on: date, until_on: date | None = None, by: User) -> Grant:
    """Gives a user a role at a unit and all below it.

    Raises:
        PermissionDenied, Http404: no right to grant at this unit.
        NotYoursToGive: the giver's role does not grant this one.
        NotToYourself: giver and receiver are the same.
        AlreadyGranted: the same role overlaps in time.
        DutiesSeparated: another administrator's duty overlaps in time.

    Source: M1.1; 等保 GB/T 22239-2019 8.1.4.2.
    """
    policy.require(by, RIGHT, unit)
    if role not in {given.key for given in queries.roles_given_by(by, unit)}:
        raise errors.NotYoursToGive(title_of(role))
    if user.pk == by.pk:
        raise errors.NotToYourself
    if until_on is not None and until_on <= from_on:
        raise errors.EndsBeforeItStarts
    User.objects.select_for_update(no_key=True).get(
        pk=user.pk
    )  # two givers at the same moment wait for each other here
    then = Q(user=user) & (Q(until_on__isnull=True) | Q(until_on__gt=from_on))
    if until_on is not None:
        then &= Q(from_on__lt=until_on)
    if Grant.objects.filter(then, role=role, organisation=unit).exists():
        raise errors.AlreadyGranted(str(user), title_of(role), unit.short_name)
    if other := Grant.objects.filter(then, role__in=roles_of_other_duties(role)).first():
        raise errors.DutiesSeparated(str(user), title_of(other.role), title_of(role))
    row = Grant.objects.create(
        user=user, role=role, organisation=unit, from_on=from_on, until_on=until_on, granted_by=by
    )
    _record("access.granted", row, by, {"from_on": from_on, "until_on": until_on})
    return row


@transaction.atomic
def end_grant(grant_id: int, *, by: User) -> None:
    """Ends a grant today; from this moment the role opens nothing any more, and the user's sign-ins end.

    A grant that starts today or later never was in force for a whole day and is taken away; the history keeps it.

    Raises:
        PermissionDenied, Http404: no right to grant at its unit.
        NotYoursToGive, NotToYourself, AlreadyEnded.
    """
    row = (
        Grant.objects.select_for_update(of=("self",), no_key=True)
        .select_related("user", "organisation")
        .get(pk=grant_id)
    )
    policy.require(by, RIGHT, row.organisation)
    if row.user_id == by.pk:
        raise errors.NotToYourself
    if row.role not in {given.key for given in queries.roles_given_by(by, row.organisation)}:
        raise errors.NotYoursToGive(title_of(row.role))
    day = today()
    if row.until_on is not None and row.until_on <= day:
        raise errors.AlreadyEnded
    _record("access.ended", row, by, {"until_on": day})
    if row.from_on >= day:
        row.delete()
    else:
        row.until_on = day
        row.save(update_fields=["until_on"])
    sessions.end_all(row.user)


@transaction.atomic
def follow_the_member(user_id: int, former: Any, unit: Any | None, *, on: date, by: User) -> int:
    """A member who moves signs in as a member of the new branch (`unit`, nowhere where the member is let go) from the
    day on, and holds nothing at the former one any more; roles that come with a post end with the post. Gives how many
    grants ended. The right is the caller's to ask for: it is the right to move the member.

    Source: M3.7; 等保 GB/T 22239-2019 8.1.4.2.
    """
    rows = Grant.objects.select_for_update(of=("self",), no_key=True).select_related("user", "organisation")
    still = Q(until_on__isnull=True) | Q(until_on__gt=on)
    held = list(rows.filter(still, user=user_id, organisation=former, holding=None))
    for row in held:
        _record("access.ended", row, by, {"until_on": on})
        if row.from_on >= on:
            row.delete()
        else:
            row.until_on = on
            row.save(update_fields=["until_on"])
    was_member = next((row.user for row in held if row.role == MEMBER), None)
    if was_member and unit and not Grant.objects.filter(still, user=user_id, role=MEMBER, organisation=unit).exists():
        new = Grant.objects.create(user=was_member, role=MEMBER, organisation=unit, from_on=on, granted_by=by)
        _record("access.granted", new, by, {"from_on": on, "until_on": None})
    return len(held)


@transaction.atomic
def open_account(username: str, display_name: str, role: str, unit: Any, *, by: User, password: str = "") -> User:
    """Opens an account, and gives its first role from today where one is named. Without a password the user sets her
    own by a link.

    Raises:
        NameTaken: another account has this user name; and all that `grant` raises.
    """
    policy.require(by, OPEN, unit)
    if User.objects.filter(username__iexact=username).exists():
        raise errors.NameTaken(username)
    user = User(username=username, display_name=display_name)
    user.set_password(password or None)  # None leaves a password that opens nothing
    user.save()
    trail.record(
        "access.opened",
        user,
        by=by,
        organisation_id=unit.pk,
        right=policy.under_which_right(by, OPEN, unit),
        changed={"username": username, "display_name": display_name},
    )
    if role:
        grant(user, role, unit, from_on=today(), by=by)
    return user


@transaction.atomic
def set_account_open(user: User, is_open: bool, reason: str, *, by: User) -> User:
    """Closes an account, which ends its sign-ins at once, or opens it again. Its grants and its history stay.

    Raises:
        NotToYourself: nobody closes or opens her own.
        NotYourAccountToClose: the user holds a role whose accounts are not the closer's to open.
        reasons.ReasonUnclear.
    """
    if user.pk == by.pk:
        raise errors.NotToYourself
    held = Grant.objects.filter(user=user).select_related("organisation").order_by("organisation__path")
    seen = [row for row in held if policy.may(by, OPEN, row.organisation)]
    if not seen or not queries.can_give_all_roles_of(by, user, OPEN):
        raise errors.NotYourAccountToClose(str(user))
    reason = require_reason(reason)
    user.is_active = is_open
    user.save(update_fields=["is_active"])
    if not is_open:
        sessions.end_all(user)
    trail.record(
        "access.account_reopened" if is_open else "access.account_closed",
        user,
        by=by,
        organisation_id=seen[0].organisation_id,
        right=policy.under_which_right(by, OPEN, seen[0].organisation),
        details={"user": user.username, "reason": reason},
    )
    return user


@transaction.atomic
def allow_new_password(user: User, *, by: User) -> None:
    """Notes in the history that a link for a new password was made, after checking that the giver may do so.

    Raises:
        NotToYourself: one's own password is changed on the account page.
        NotYourAccount: the user holds a role that the giver could not give.
    """
    if user.pk == by.pk:
        raise errors.NotToYourself
    held = Grant.objects.filter(user=user).select_related("organisation").order_by("organisation__path")
    seen = [row for row in held if policy.may(by, OPEN, row.organisation)]
    if not seen or not queries.can_give_all_roles_of(by, user, OPEN):
        raise errors.NotYourAccount(str(user))
    unit = seen[0].organisation
    trail.record(
        "access.password_link",
        user,
        by=by,
        organisation_id=unit.pk,
        right=policy.under_which_right(by, OPEN, unit),
    )


def _record(action: str, row: Grant, by: User, changed: dict[str, Any]) -> None:
    trail.record(
        action,
        row,
        by=by,
        organisation_id=row.organisation_id,
        right=policy.under_which_right(by, RIGHT, row.organisation),
        changed=changed,
        details={"role": row.role, "user": row.user.username, "on": str(today())},
    )
