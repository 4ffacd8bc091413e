"""The official calendar: the years that are shipped, and those that an operator installed over them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache

from django.core.exceptions import PermissionDenied
from django.db import transaction

from guben.access import policy
from guben.accounts.models import User
from guben.audit import trail
from guben.kit.calendar import Calendar
from guben.kit.calendar import CalendarYear as Year
from guben.rulebook.errors import BrokenRulebook
from guben.rulebook.models import CalendarYear
from guben.rulebook.sources import RuleFile
from guben.rulebook.stamps import stamp_of
from guben.rulebook_engine.calendar_files import read_calendar, shipped_years
from guben.rulebook_engine.errors import Mistake, RulebookErrors

INSTALL = "rules.install"


def calendar() -> Calendar:
    """The official calendar as it is known now. One query while no year was installed since the last call."""
    return _calendar(stamp_of("calendar"))


@lru_cache(maxsize=4)
def _calendar(stamp: tuple[object, ...]) -> Calendar:
    installed = (read_calendar(row.text, f"{row.year}.toml") for row in CalendarYear.objects.all())
    return Calendar((shipped_years() | {year.year: year for year in installed}).values())


@transaction.atomic
def install(sources: Sequence[RuleFile], *, by: User) -> list[int]:
    """Installs or renews the calendars of some years, all or none; returns the years that changed.

    Raises:
        PermissionDenied: the user may not install rules.
        BrokenRulebook: a file has a mistake, or two are about one year; nothing was changed.
    """
    if not policy.may_anywhere(by, INSTALL):
        raise PermissionDenied(INSTALL)
    changed = []
    for source, year in _read(sources):
        digest = hashlib.sha256(source.text.encode()).hexdigest()
        row = CalendarYear.objects.filter(year=year.year).first() or CalendarYear(year=year.year)
        if row.digest == digest:
            continue
        row.text, row.digest = source.text, digest
        row.save()
        trail.record(
            "calendar.installed",
            row,
            by=by,
            organisation_id=None,
            right=INSTALL,
            details={"year": year.year, "source": year.source},
        )
        changed.append(year.year)
    return changed


def _read(sources: Sequence[RuleFile]) -> list[tuple[RuleFile, Year]]:
    found: dict[int, tuple[RuleFile, Year]] = {}
    mistakes: list[Mistake] = []
    for source in sources:
        try:
            year = read_calendar(source.text, source.name)
        except RulebookErrors as errors:
            mistakes += errors.mistakes
            continue
        if year.year in found:
            sentence = f"The year {year.year} stands in '{found[year.year][0].name}' too."
            mistakes.append(Mistake(source.name, 1, 1, sentence))
        found[year.year] = source, year
    if mistakes:
        raise BrokenRulebook(mistakes)
    return list(found.values())
