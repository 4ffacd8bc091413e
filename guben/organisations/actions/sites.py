"""Acts on the sites for activities of a unit (M2.4)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TypedDict, Unpack

from django.db import transaction

from guben.access import policy
from guben.accounts.installation import today
from guben.accounts.models import User
from guben.audit import trail
from guben.organisations import errors
from guben.organisations.actions import steps
from guben.organisations.choices import Condition, Tenure
from guben.organisations.models import Organisation, Site

CHANGE = "units.change"


class SiteFacts(TypedDict, total=False):
    """What is known of a site."""

    name: str
    address: str
    area_m2: Decimal
    tenure: str
    lease_ends_on: date | None
    condition: str
    checked_on: date | None


@transaction.atomic
def add_site(unit: Organisation, *, from_on: date, by: User, **facts: Unpack[SiteFacts]) -> Site:
    """Registers a site from the day it is used.

    Raises:
        PermissionDenied, Http404: no `units.change` at the unit.
        AlreadyDissolved, DayInFuture, BeforeFounding, AreaMissing, NameMissing, UnknownChoice.

    Source: M2.4.
    """
    unit = Organisation.objects.select_for_update(no_key=True).get(pk=unit.pk)
    policy.require(by, CHANGE, unit)
    steps.refuse_dissolved(unit)
    steps.refuse_future(from_on)
    if from_on < unit.founded_on:
        raise errors.BeforeFounding(unit.name, unit.founded_on)
    site = Site(organisation=unit, from_on=from_on, **_tidy(facts))
    _refuse_wrong(site)
    site.save(force_insert=True)
    _record("organisations.site_added", site, by, {"on": from_on.isoformat()}, dict(facts))
    return site


@transaction.atomic
def change_site(site: Site, *, on: date | None = None, by: User, **facts: Unpack[SiteFacts]) -> Site:
    """Puts other facts in place of a site's from a day on (today unless given): area, tenure, lease, condition, check.

    Days before keep what was known of them: the row ends and a next one begins, which is given back. A row that
    begins on the very day is put right in place.

    Raises:
        PermissionDenied, Http404: no `units.change` at the unit.
        AlreadyEnded, NothingChanged, DayInFuture, DayNotLater, AreaMissing, NameMissing, UnknownChoice.
    """
    site, day = _locked(site, by), on or today()
    steps.refuse_future(day)
    if day < site.from_on:
        raise errors.DayNotLater(site.name, site.from_on)
    changed = {key: value for key, value in _tidy(facts).items() if getattr(site, key) != value}
    if not changed:
        raise errors.NothingChanged(site.name)
    if day > site.from_on:
        site = _next_row(site, day)
    for key, value in changed.items():
        setattr(site, key, value)
    _refuse_wrong(site)
    site.save()
    _record("organisations.site_changed", site, by, {"on": day.isoformat()}, changed)
    return site


def _next_row(site: Site, day: date) -> Site:
    """Ends the row on the day; gives the unsaved one that goes on from it."""
    former = Site.objects.get(pk=site.pk)
    former.until_on = day
    former.save(update_fields=["until_on"])
    site.pk, site.from_on, site.until_on, site.former = None, day, None, former
    site._state.adding = True
    return site


@transaction.atomic
def close_site(site: Site, *, on: date, by: User) -> Site:
    """Ends the use of a site; `on` is the first day without it.

    Raises:
        PermissionDenied, Http404: no `units.change` at the unit.
        AlreadyEnded, DayInFuture, DayNotLater.
    """
    site = _locked(site, by)
    steps.refuse_future(on)
    if on <= site.from_on:
        raise errors.DayNotLater(site.name, site.from_on)
    site.until_on = on
    site.save(update_fields=["until_on"])
    _record("organisations.site_closed", site, by, {"on": on.isoformat()}, {"until_on": on})
    return site


def _locked(site: Site, by: User) -> Site:
    site = Site.objects.select_for_update(of=("self",), no_key=True).select_related("organisation").get(pk=site.pk)
    policy.require(by, CHANGE, site.organisation)
    if site.until_on:
        raise errors.AlreadyEnded(site.name, site.until_on)
    return site


def _tidy(facts: SiteFacts) -> SiteFacts:
    """A lease has an end only where the site is rented or borrowed."""
    tidied = facts.copy()
    if tidied.get("tenure") == Tenure.OWNED:
        tidied["lease_ends_on"] = None
    return tidied


def _refuse_wrong(site: Site) -> None:
    if not site.name.strip():
        raise errors.NameMissing(site.organisation.code)
    if site.area_m2 <= 0:
        raise errors.AreaMissing
    if site.tenure not in Tenure.values or site.condition not in Condition.values:
        raise errors.UnknownChoice(site.organisation.code, f"{site.tenure} {site.condition}")


def _record(action: str, site: Site, by: User, details: dict[str, object], changed: dict[str, object]) -> None:
    unit = site.organisation
    right = policy.under_which_right(by, CHANGE, unit)
    trail.record(action, site, by=by, organisation_id=unit.pk, right=right, changed=changed, details=details)
