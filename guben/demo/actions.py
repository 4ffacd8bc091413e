"""The demo's own verbs: closing the sign-in without password, for good, and moving the day."""

from __future__ import annotations

import os
from datetime import date

from django.db import transaction

from guben.access import policy
from guben.accounts import installation
from guben.accounts.models import Installation, User
from guben.audit import trail
from guben.demo import errors
from guben.demo import policy as doors
from guben.organisations.models import Organisation
from guben.procedures import proving


@transaction.atomic
def close_sign_in(top: Organisation, *, by: User) -> Installation:
    """Switches the one-click sign-in off. Nothing switches it on again; rosters may be imported from now on.

    Raises:
        PermissionDenied, Http404: no `system.manage` at the demo's top.
        SignInClosed: it is off already.
    """
    policy.require(by, "system.manage", top)
    row = Installation.objects.select_for_update().filter(pk=1).first()
    if row is None or not row.demo_sign_in:
        raise errors.SignInClosed
    row.demo_sign_in = False
    row.save(update_fields=["demo_sign_in"])
    installation.forget()
    trail.record(
        "demo.sign_in_closed",
        top,
        by=by,
        organisation_id=top.pk,
        right=policy.under_which_right(by, "system.manage", top),
        changed={"demo_sign_in": False},
    )
    return row


FIRST, LAST = date(2020, 1, 1), date(2039, 12, 31)  # the days that may be the demo's today


@transaction.atomic
def move_day(day: date, *, by: User) -> Installation:
    """Makes another day the demo's today. Records of later days stay; they then lie ahead.

    Raises:
        PermissionDenied: the demo is closed and `by` does not manage it.
        NoDemoDay, DayFixed, DayOutOfBounds: nothing here can be moved, or not that far.
    """
    row = Installation.objects.select_for_update().filter(pk=1).first()
    if row is None or not row.is_demo:
        raise errors.NoDemoDay
    doors.require_day(by, row)
    if os.environ.get("GUBEN_DEMO_DAY"):
        raise errors.DayFixed
    if not FIRST <= day <= LAST:
        raise errors.DayOutOfBounds(FIRST, LAST)
    if row.demo_day != day:
        before, row.demo_day = row.demo_day, day
        row.save(update_fields=["demo_day"])
        installation.forget()
        proving.prove(day, mend=True)  # what passes by itself has passed, or is still to come, on the other day
        top = Organisation.objects.filter(code=row.demo_root_code).first()
        trail.record(
            "demo.day_moved",
            top or row,
            by=by,
            organisation_id=top.pk if top else None,
            details={"before": before.isoformat() if before else "", "day": day.isoformat()},
        )
    return row
