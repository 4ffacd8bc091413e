"""Giving places of the yearly plan (年度发展计划) to the units below."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from guben.access import policy
from guben.accounts.installation import now, today
from guben.accounts.models import User
from guben.audit import trail
from guben.development import errors
from guben.development.models import Quota
from guben.organisations.models import Organisation

SET = "plan.set"
MOST = 1_000_000
YEARS_BACK, YEARS_AHEAD = 1, 1


@transaction.atomic
def set_plan(
    giver: Organisation, year: int, places: Mapping[Organisation, int], *, by: User, paper: str = ""
) -> list[Quota]:
    """Gives units directly below their places for a year; the unit at the top gives itself its own. What is the same
    as before stays. A former decision is kept.

    Raises:
        Http404, PermissionDenied: no `plan.set` at the giving unit.
        errors.YearOutOfReach, errors.PlacesUnclear, errors.NotBelow, errors.GivenFromAbove, errors.UnitDissolved,
        errors.MoreThanGiven: more was given than the giver has, or than its units were given.
        errors.NothingChanged.

    Source: M3.2.
    """
    policy.require(by, SET, giver)
    this_year = today().year
    if not this_year - YEARS_BACK <= year <= this_year + YEARS_AHEAD:
        raise errors.YearOutOfReach(year, this_year - YEARS_BACK, this_year + YEARS_AHEAD)
    Organisation.objects.select_for_update().get(pk=giver.pk)  # two who share out at once wait for each other here
    known = _current(giver, year)
    written = [
        _write(known.get(unit.pk), unit, giver, year, number, paper.strip(), by)
        for unit, number in places.items()
        if _is_new(known.get(unit.pk), unit, giver, number)
    ]
    if not written:
        raise errors.NothingChanged
    for unit in {giver, *(row.organisation for row in written)}:
        _check_sum(unit, year)
    return written


def _current(giver: Organisation, year: int) -> dict[int, Quota]:
    rows = Quota.objects.select_for_update().filter(year=year, is_current=True)
    return {row.organisation_id: row for row in rows.filter(organisation__in=[giver.pk, *_below(giver)])}


def _below(giver: Organisation) -> list[int]:
    return list(giver.children.filter(dissolved_on=None).values_list("pk", flat=True))


def _is_new(known: Quota | None, unit: Organisation, giver: Organisation, number: int) -> bool:
    """Is there something to write? Refuses what can't be given."""
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= MOST:
        raise errors.PlacesUnclear(unit.short_name, MOST)
    if unit.dissolved_on:
        raise errors.UnitDissolved(unit.short_name, unit.dissolved_on)
    if unit.pk == giver.pk:
        if giver.parent is not None:
            raise errors.GivenFromAbove(giver.short_name, giver.parent.short_name)
    elif unit.parent_id != giver.pk:
        raise errors.NotBelow(unit.short_name, giver.short_name)
    return known.places != number if known else True


def _write(
    known: Quota | None, unit: Organisation, giver: Organisation, year: int, number: int, paper: str, by: User
) -> Quota:
    if known:
        known.is_current = False
        known.save(update_fields=["is_current"])
    row = Quota.objects.create(
        organisation=unit,
        given_by=giver,
        year=year,
        places=number,
        paper=paper,
        recorded_on=today(),
        recorded_at=now(),
        recorded_by=by,
    )
    before = known.places if known else 0
    trail.record(
        "development.plan_set", row, by=by, organisation_id=unit.pk, right=policy.under_which_right(by, SET, giver),
        changed={"places": number, "paper": paper}, details={"year": year, "before": before, "places": number},
    )  # fmt: skip
    return row


def _check_sum(unit: Organisation, year: int) -> None:
    """No unit gives on more than it was given. A unit that was given nothing yet may share out in advance."""
    own = Quota.objects.filter(organisation=unit, year=year, is_current=True).first()
    if own is None:
        return
    given = sum(
        Quota.objects.filter(organisation__in=_below(unit), year=year, is_current=True).values_list("places", flat=True)
    )
    if given > own.places:
        raise errors.MoreThanGiven(unit.short_name, year, given, own.places)
