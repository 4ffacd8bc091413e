"""Publishing and withdrawing."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from guben.access import policy as access
from guben.access.roles import rights_of
from guben.accounts.installation import now, today
from guben.accounts.models import User
from guben.organisations.models import Organisation
from guben.publication import catalogue, errors, policy
from guben.publication.actions.words import Said, given, locked, record, refuse_wrong_day
from guben.publication.choices import Audience
from guben.publication.models import Publication

PUBLISH = "publication.publish"
MAKE_UP_DAYS = 366


@transaction.atomic
def publish(  # noqa: PLR0913 - a publication states this much
    unit: Organisation,
    *,
    title: str,
    text: str,
    audience: str,
    by: User,
    rule: str = "",
    published_on: date | None = None,
    counts_on: date | None = None,
    until_on: date | None = None,
) -> Publication:
    """Makes something public, under a matter of the catalogue or besides it. `counts_on` says to which period it
    belongs where that is not the one of its day.

    Raises:
        Http404, PermissionDenied: no `publication.publish` at the unit.
        DomainError: see `errors`.

    Source: 党务公开条例 Art. 11, 14, 15; M4.5.
    """
    access.require(by, PUBLISH, unit)
    this_day = today()
    day = published_on or this_day
    counts = counts_on or day
    refuse_wrong_day(unit, day, this_day)
    if audience not in Audience.values:
        raise ValueError(audience)
    if rule:
        _refuse_wrong_matter(unit, rule, audience, day)
    if counts > day or (day - counts).days > MAKE_UP_DAYS:
        raise errors.WrongPeriod
    if until_on and until_on <= day:
        raise errors.EndsTooEarly
    said = Said(title, text, [], [])
    said.check()
    row = Publication.objects.create(
        organisation=unit,
        rule=rule,
        title=said.title,
        text=said.text,
        audience=audience,
        published_on=day,
        counts_on=counts,
        until_on=until_on,
        recorded_on=this_day,
        published_at=now(),
        published_by=by,
        recorded_for_unit=_comes_from_above(by, unit),
    )
    record("publication.published", row, by, PUBLISH, {"rule": rule, "audience": audience, "day": str(day)})
    return row


@transaction.atomic
def withdraw_publication(publication: Publication, reason: str, *, by: User) -> Publication:
    """Withdraws a publication: it is shown no more, settles nothing, and stays in the file.

    Raises:
        Http404, PermissionDenied: no `publication.publish` at the unit.
        DomainError: see `errors`.
    """
    access.require(by, PUBLISH, publication.organisation)
    row = locked(publication)
    if row.withdrawn_on:
        raise errors.AlreadyWithdrawn
    row.withdrawn_on, row.withdrawn_reason = today(), given(reason)
    row.save(update_fields=["withdrawn_on", "withdrawn_reason"])
    record("publication.withdrawn", row, by, PUBLISH, changed={"withdrawn_reason": row.withdrawn_reason})
    return row


def _refuse_wrong_matter(unit: Organisation, key: str, audience: str, day: date) -> None:
    matter = next((one for one in catalogue.rules_for(unit, day) if one.rule.key == key), None)
    if matter is None:
        raise errors.NotOwed
    if not policy.at_least_as_wide(audience, matter.rule.audience):
        raise errors.AudienceTooNarrow(str(Audience(matter.rule.audience).label))


def _comes_from_above(by: User, unit: Organisation) -> bool:
    """Published for the unit (代录): the right is held above it only."""
    return not any(
        grant.organisation_id == unit.pk and PUBLISH in rights_of(grant.role) for grant in access.grants_of(by)
    )
