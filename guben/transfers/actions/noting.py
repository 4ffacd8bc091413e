"""The line of history that acts about members away write."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from guben.access import policy
from guben.accounts.models import User
from guben.audit import trail
from guben.organisations.models import Organisation

CHANGE, RECORD = "members.change", "meetings.record"


def note(
    action: str, row: Model, unit: Organisation, by: User, details: dict[str, Any], *, right: str = CHANGE
) -> None:
    trail.record(
        action, row, by=by, organisation_id=unit.pk, right=policy.under_which_right(by, right, unit), details=details
    )
