"""Reading the tree: today from `Organisation`, any other day from `Placement`. Nobody else touches path columns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from heapq import nlargest

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404

from guben.access import policy
from guben.access.policy import Someone
from guben.kit import tree
from guben.kit.chinese import either_script
from guben.organisations.choices import BRANCH_KINDS
from guben.organisations.models import FormerBooks, Organisation, Placement

SEE = "units.view"


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step of the way down to a unit; `url` is empty where the reader may not go."""

    name: str
    code: str
    url: str


def unit_for(user: Someone, code: str, right: str = SEE) -> Organisation:
    """The unit with this code.

    Raises:
        Http404: there is none, or the user may not see it.
        PermissionDenied: the user sees it but lacks the right.
    """
    unit = Organisation.objects.select_related("parent").filter(code=code).first()
    if unit is None:
        raise Http404
    policy.require(user, right, unit)
    return unit


def codes_asked(values: Iterable[str]) -> list[str]:
    """The codes of units that a form or an address names: one in each field, or many in one, each on its own line."""
    return [code for value in values for code in value.splitlines()]


def visible_units(user: Someone, right: str = SEE, *, dissolved: bool = False) -> QuerySet[Organisation]:
    """The units the user may use this right on, in tree order; living ones only unless asked."""
    units = Organisation.objects.filter(policy.within(user, right, "path")).order_by("path")
    return units if dissolved else units.filter(dissolved_on__isnull=True)


def at_or_below(unit: Organisation, *, dissolved: bool = False) -> QuerySet[Organisation]:
    """The unit and everything below it today, in tree order; living ones only unless asked."""
    units = Organisation.objects.filter(policy.in_subtrees([unit.path])).order_by("path")
    return units if dissolved else units.filter(dissolved_on__isnull=True)


def ancestors_of(unit: Organisation, *, include_self: bool = False) -> QuerySet[Organisation]:
    """The units above this one today, root first."""
    return Organisation.objects.filter(path__in=tree.ancestors(unit.path, include_self=include_self)).order_by("path")


def children_of(unit: Organisation) -> QuerySet[Organisation]:
    """The living units directly below, in tree order, each with `child_count`, in one query."""
    living = Q(children__dissolved_on__isnull=True)
    return (
        unit.children.filter(dissolved_on__isnull=True)
        .annotate(child_count=Count("children", filter=living))
        .order_by("path")
    )


def grassroots(top: Organisation) -> QuerySet[Organisation]:
    """The living branches at or below a unit, in tree order."""
    return at_or_below(top).filter(kind__in=BRANCH_KINDS)


def placement_on(unit: Organisation, on: date) -> Placement | None:
    """Where the unit stood on a day; None where it was not yet, or no longer."""
    return Placement.objects.filter(as_of(on), organisation=unit).select_related("parent").first()


def kept_from_on(unit: Organisation, on: date) -> date | None:
    """From which day the unit's books were kept, as it held on a day."""
    former = FormerBooks.objects.filter(as_of(on), organisation=unit).first()
    return former.kept_from if former else unit.kept_from


def units_on(on: date, top: Organisation | None = None) -> QuerySet[Placement]:
    """The tree of a day in tree order, with its organisations: all of it, or what stood at or below `top` that day."""
    placements = Placement.objects.filter(as_of(on)).select_related("organisation").order_by("path")
    if top is None:
        return placements
    place = placement_on(top, on)
    return placements.filter(policy.in_subtrees([place.path])) if place else placements.none()


def children_on(unit: Organisation, on: date) -> QuerySet[Placement]:
    """What stood directly below a unit on a day, in tree order, each with `child_count`, in one query."""
    return _with_child_count(
        Placement.objects.filter(as_of(on), parent=unit).select_related("organisation").order_by("path"), on
    )


def holds_everywhere(user: Someone, right: str) -> bool:
    """Whether the user holds a right at the top of every tree; nobody does where there is none."""
    roots = list(Organisation.objects.filter(parent=None).only("path"))
    return bool(roots) and all(policy.may(user, right, root) for root in roots)


def tops_on(user: Someone, on: date) -> QuerySet[Placement]:
    """The outermost units the user may see, as they stood on a day, each with `child_count`."""
    reach = policy.reach(user, SEE)
    tops = Q(parent__isnull=True) if reach == [""] else Q(organisation__path__in=reach)
    placements = Placement.objects.filter(as_of(on), tops)
    return _with_child_count(placements.select_related("organisation").order_by("path"), on)


def found_on(
    user: Someone, on: date, *, text: str = "", kind: str = "", field: str = "", top: Organisation | None = None
) -> QuerySet[Placement]:
    """The units within reach as they stood on a day, filtered by name or code, kind and field, in tree order."""
    placements = units_on(on, top).filter(policy.within(user, SEE)).select_related("parent")
    if text := text.strip():
        placements = placements.filter(
            called(text) | called(text, "short_name") | Q(organisation__code__istartswith=text)
        )
    if kind:
        placements = placements.filter(kind=kind)
    return placements.filter(field=field) if field else placements


def called(text: str, field: str = "name") -> Q:
    """The filter by a part of the name, typed in simplified or traditional characters."""
    return Q(*((f"{field}__icontains", one) for one in either_script(text)), _connector=Q.OR)


def search_units(user: Someone, text: str, *, right: str = SEE) -> QuerySet[Organisation]:
    """The units within reach whose name or short name holds the text, or whose code begins with it; living first."""
    text = text.strip()
    if not text:
        return Organisation.objects.none()
    found = called(text) | called(text, "short_name") | Q(code__istartswith=text)
    return (
        visible_units(user, right, dissolved=True)
        .filter(found)
        .select_related("parent")
        .order_by(F("dissolved_on").asc(nulls_first=True), "path")
    )


def crumbs(unit: Organisation, user: Someone) -> list[Crumb]:
    """The way from the root to the unit's parent; steps above the user's reach are words, not links."""
    return [
        Crumb(above.short_name, above.code, above.get_absolute_url() if policy.may(user, SEE, above) else "")
        for above in ancestors_of(unit)
    ]


def nearest(text: str, names: Iterable[str], *, limit: int = 3) -> list[str]:
    """The names most like a text, best first, for "did you mean" sentences: first those that share the most characters,
    then by likeness of order."""
    letters = set(text)
    sharing = nlargest(60, names, key=lambda name: len(letters & set(name)) / (len(letters | set(name)) or 1))
    likeness = [(SequenceMatcher(None, text, name).ratio(), name) for name in sharing]
    return [name for ratio, name in sorted(likeness, key=lambda pair: (-pair[0], pair[1])) if ratio >= 0.5][:limit]


def may_decide_place(user: Someone, unit: Organisation) -> bool:
    """May this user rename, move or dissolve the unit? The level above decides; at a root, who holds the root.

    Source: 支部工作条例 Art. 6-7.
    """
    return policy.may(user, "units.change", unit.parent or unit)


def as_of(on: date) -> Q:
    """The filter for dated rows that hold on a day."""
    return Q(from_on__lte=on) & (Q(until_on__isnull=True) | Q(until_on__gt=on))


def _with_child_count(placements: QuerySet[Placement], on: date) -> QuerySet[Placement]:
    below = (
        Placement.objects.filter(as_of(on), parent=OuterRef("organisation"))
        .order_by()
        .values("parent")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return placements.annotate(child_count=Coalesce(Subquery(below, output_field=IntegerField()), 0))
