"""The demo's one verb of its own: closing the sign-in without password, for good."""

from __future__ import annotations

from django.db import transaction

from guben.access import policy
from guben.accounts import installation
from guben.accounts.models import Installation, User
from guben.audit import trail
from guben.demo import errors
from guben.organisations.models import Organisation


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
