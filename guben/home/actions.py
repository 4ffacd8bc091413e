"""What a town does for all its branches at once."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from guben.access import policy
from guben.accounts.models import User
from guben.organisations import actions as organisations
from guben.organisations.models import Organisation
from guben.organisations.queries import at_or_below


@transaction.atomic
def keep_all_from(unit: Organisation, day: date, *, by: User) -> int:
    """Sets the day from which records are kept for a unit and all below it that have none yet; returns how many.

    A unit founded later is kept from its founding.

    Raises:
        Http404, PermissionDenied: no `units.change` at the unit.
    """
    policy.require(by, "units.change", unit)
    without = list(at_or_below(unit).filter(kept_from__isnull=True))
    for one in without:
        organisations.keep_from(one, day=max(day, one.founded_on), by=by)
    return len(without)
