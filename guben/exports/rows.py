"""The rows of an export, read piece by piece so that memory does not grow with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import Count, F, QuerySet

from guben.access import policy
from guben.accounts.models import User
from guben.exports import beside
from guben.exports.choices import What
from guben.exports.columns import Known, cells_of, fields_of, stages_of, word
from guben.exports.plans import Plan
from guben.imports import columns as c
from guben.kit.tables import Written
from guben.members.queries import members_at
from guben.members.spans import People
from guben.organisations.choices import ActKind
from guben.organisations.models import Act, Organisation
from guben.organisations.queries import at_or_below

AT_ONCE, UNITS_AT_ONCE = 1000, 100
NOWHERE, NO_POSTS = beside.Place(), beside.Posts()


def count_of(plan: Plan, unit: Organisation, by: User, on: date) -> int:
    """How many rows the sheet will have."""
    if plan.what == What.ORGANISATIONS:
        return _units(unit, by).count()
    people: int = members_at(by, unit, on).order_by().count()
    return people


def rows_of(plan: Plan, unit: Organisation, by: User, on: date) -> Iterator[list[Written]]:
    """One row for each member (or unit) at and below a unit that the user may see, in the order of the tree."""
    return _unit_rows(unit, by) if plan.what == What.ORGANISATIONS else _member_rows(plan, unit, by, on)


def _member_rows(plan: Plan, unit: Organisation, by: User, on: date) -> Iterator[list[Written]]:
    cells, fields = cells_of(plan), fields_of(plan)
    units = branch_names(unit)
    while names := dict(islice(units, UNITS_AT_ONCE)):  # the database sorts no more than these at once
        people = _named(members_at(by, unit, on)).filter(organisation_id_on__in=list(names)).values(*fields)
        read = people.iterator(chunk_size=AT_ONCE)
        where = beside.places(names) if plan.is_all else {}
        while part := list(islice(read, AT_ONCE)):
            for known in _known(plan, part, names, where, on):
                yield [cell(known) for cell in cells]


def _named(people: People) -> People:
    """With what holds of placing and standing under names that stand beside those of a list."""
    found: People = people.annotate(placed_from=F("affiliation_on__from_on"), standing_place=F("standing_on__place"))
    return found


def _known(
    plan: Plan, part: list[dict[str, Any]], names: Mapping[int, str], where: Mapping[int, beside.Place], on: date
) -> Iterator[Known]:
    keys = [values["pk"] for values in part]
    since = beside.stages_begun(keys, stages_of(plan), on)
    posts = beside.posts_held(keys, on) if plan.is_all else {}
    contacts = beside.last_contacts(keys, on) if plan.is_all else {}
    for values in part:
        key, unit = values["pk"], values["organisation_id_on"]
        more = (where.get(unit, NOWHERE), posts.get(key, NO_POSTS), contacts.get(key))
        yield Known(values, names[unit], since.get(key, {}), on, *more)


def branch_names(unit: Organisation) -> Iterator[tuple[int, str]]:
    """How each unit at and below one is named, in tree order: by name, or by code where another has the same name."""
    several = _names_of_several(unit)
    units = at_or_below(unit, dissolved=True).values_list("pk", "code", "name")
    return ((pk, code if name in several else name) for pk, code, name in units.iterator(chunk_size=AT_ONCE))


def _names_of_several(unit: Organisation) -> set[str]:
    """The names, long or short, that more than one unit has; no other is kept in memory."""
    every = at_or_below(unit, dissolved=True).order_by()
    living = every.filter(dissolved_on=None)
    short = living.exclude(short_name=F("name"))
    gone = short.filter(short_name__in=every.exclude(dissolved_on=None).values("name"))
    found: set[str] = set()
    for rows, field in ((living, "name"), (gone, "short_name")):
        counted = rows.values(field).annotate(number=Count("pk")).filter(number__gt=1)
        found |= set(counted.values_list(field, flat=True))
    also_short = living.filter(name__in=short.values("short_name"))
    return found | set(also_short.values_list("name", flat=True))


def _units(unit: Organisation, by: User) -> QuerySet[Organisation]:
    return at_or_below(unit).filter(policy.within(by, "units.view", "path"))


def _unit_rows(unit: Organisation, by: User) -> Iterator[list[Written]]:
    units = _units(unit, by).select_related("parent").iterator(chunk_size=AT_ONCE)
    while part := list(islice(units, AT_ONCE)):
        founding = Act.objects.filter(kind=ActKind.FOUND, organisation__in=part).exclude(paper="")
        papers = dict(founding.values_list("organisation", "paper"))
        for one in part:
            yield [
                one.code,
                one.name,
                one.short_name,
                word(c.KIND, one.kind),
                word(c.FIELD, one.field),
                word(c.LEVEL, one.territory),
                one.parent.code if one.parent else "",
                one.founded_on,
                one.kept_from,
                papers.get(one.pk, ""),
            ]
