"""Reading establishments: lists with their next step, one with everything, and the members without a unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.http import Http404

from guben.access import policy
from guben.access.policy import Someone
from guben.establishments.calculations import LEAST, MOST_UNITS, next_step, partners
from guben.establishments.choices import STEP_SOURCES, STEP_WORDS, Step, Way
from guben.establishments.models import Cover, Establishment, Instructor, Workplace
from guben.kit import tree
from guben.kit.coarsening import tells_of_few
from guben.members.choices import MEMBER_STAGES, StageKind
from guben.members.models import Affiliation, Person, Stage
from guben.members.spans import holds_on, on_a_roll
from guben.organisations.choices import BRANCH_KINDS, Kind
from guben.organisations.models import Organisation, Placement
from guben.organisations.queries import called

VIEW, CHANGE = "units.view", "units.change"
COVERING = (*BRANCH_KINDS, Kind.GENERAL_BRANCH, Kind.COMMITTEE)
PEOPLE_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; empty means all."""

    text: str = ""
    kind: str = ""
    step: str = ""
    covered: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """An establishment with what is known of it on a day and its next step."""

    establishment: Establishment
    members: int
    full: int
    way: str
    cover_name: str
    cover_code: str
    has_instructor: bool
    step: Step

    @property
    def counts_few(self) -> bool:
        """Would the members known here tell about very few? Then only who sees persons is shown them."""
        return tells_of_few(self.full, self.members)

    @property
    def is_covered(self) -> bool:
        return bool(self.way)

    @property
    def way_words(self) -> str:
        return str(Way(self.way).label) if self.way else ""

    @property
    def step_words(self) -> str:
        return str(STEP_WORDS[self.step])

    @property
    def source(self) -> str:
        return str(STEP_SOURCES[self.step])


@dataclass(frozen=True, slots=True)
class Tally:
    """How far a list is covered. `should` have three full members or more."""

    total: int
    covered: int
    should: int
    should_covered: int
    staff: int

    @property
    def share(self) -> float | None:
        return self.covered / self.total if self.total else None

    @property
    def should_share(self) -> float | None:
        return self.should_covered / self.should if self.should else None


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A member without a branch: since when, and of which unit last."""

    person: Person
    since: date | None
    unit: Organisation | None
    at_committee: bool


def rows_at(user: Someone, unit: Organisation | None, on: date, filters: Filters | None = None) -> list[Row]:
    """The establishments at and below a unit (all within reach when None), in tree order, in two queries."""
    found = Establishment.objects.filter(holds_on(on), policy.within(user, VIEW)).select_related("organisation")
    if unit is not None:
        found = found.filter(policy.in_subtrees([unit.path], "organisation__path"))
    filters = filters or Filters()
    if text := filters.text.strip():
        found = found.filter(called(text) | Q(uscc__istartswith=text))
    if filters.kind:
        found = found.filter(kind=filters.kind)
    rows = [_row(one) for one in _told(found, on).order_by("organisation__path", "name", "pk")]
    if filters.step:
        rows = [row for row in rows if row.step == filters.step]
    if filters.covered:
        rows = [row for row in rows if row.is_covered == (filters.covered == "yes")]
    return rows


def tally(rows: Sequence[Row]) -> Tally:
    """The counts of a list."""
    should = [row for row in rows if row.full >= LEAST]
    return Tally(
        len(rows),
        sum(row.is_covered for row in rows),
        len(should),
        sum(row.is_covered for row in should),
        sum(row.establishment.staff_count or 0 for row in rows),
    )


def establishment_for(user: Someone, pk: int, right: str = VIEW) -> Establishment:
    """The establishment, where the user holds the right.

    Raises:
        Http404, PermissionDenied: as `policy.require`.
    """
    found = Establishment.objects.select_related("organisation__parent").filter(pk=pk).first()
    if found is None:
        raise Http404
    policy.require(user, right, found.organisation)
    return found


def row_of(establishment: Establishment, on: date) -> Row:
    """One establishment as the list shows it."""
    return _row(_told(Establishment.objects.filter(pk=establishment.pk), on).select_related("organisation").get())


def covers_of(establishment: Establishment) -> list[Cover]:
    return list(Cover.objects.filter(establishment=establishment).select_related("organisation").order_by("-from_on"))


def instructors_of(establishment: Establishment) -> list[Instructor]:
    rows = Instructor.objects.filter(establishment=establishment).select_related("person")
    return list(rows.order_by("-from_on", "-pk"))


def workplaces_of(user: Someone, establishment: Establishment, on: date) -> list[Workplace]:
    """Who works there on a day; only members whose record the user may read."""
    rows = list(
        Workplace.objects.filter(holds_on(on), establishment=establishment)
        .select_related("person")
        .order_by("person__pinyin", "pk")
    )
    seen = visible_people(user, [row.person_id for row in rows])
    return [row for row in rows if row.person_id in seen]


def visible_people(user: Someone, ids: Sequence[int], right: str = "members.view") -> set[int]:
    """Those of these people whom the user may do this with, by the unit they belong to, or belonged to last."""
    paths: dict[int, str] = {}
    rows = Affiliation.objects.filter(person__in=ids).order_by("from_on", "pk")
    for person, path in rows.values_list("person_id", "organisation__path"):
        paths[person] = path
    tops = policy.reach(user, right)
    return {person for person, path in paths.items() if any(tree.is_at_or_below(path, top) for top in tops)}


def neighbours(user: Someone, row: Row, on: date) -> list[Row]:
    """The establishments without an organisation with which there would be members enough for a joint branch: those at
    the same unit first, then those under the same superior; only what the user may see.

    Source: 支部工作条例 Art. 5.
    """
    place = row.establishment.organisation
    top = place.parent or place
    open_ones = {
        one.establishment.pk: one
        for one in rows_at(user, top, on)
        if not one.way and 0 < one.full < LEAST and one.establishment.pk != row.establishment.pk
    }
    near = [(key, one.full) for key, one in open_ones.items() if one.establishment.organisation_id == place.pk]
    chosen = partners(row.full, near)
    total = row.full + sum(open_ones[key].full for key in chosen)
    if total < LEAST:
        far = [(key, one.full) for key, one in open_ones.items() if key not in dict(near)]
        chosen += partners(total, far)[: MOST_UNITS - 1 - len(chosen)]
    return [open_ones[key] for key in chosen]


def joint_branches(row: Row) -> list[Organisation]:
    """The joint branches of the same place that could take the establishment in."""
    place = row.establishment.organisation
    found = Organisation.objects.filter(policy.in_subtrees([place.path]), kind=Kind.JOINT_BRANCH, dissolved_on=None)
    return list(found.order_by("path")[:5])


def covering_units(user: Someone, establishment: Establishment, text: str) -> list[Organisation]:
    """The organisations that may cover the establishment: those of the place first, others by their name."""
    units = Organisation.objects.filter(policy.within(user, VIEW, "path"), kind__in=COVERING, dissolved_on=None)
    if text.strip():
        units = units.filter(called(text.strip()) | Q(code__istartswith=text.strip()))
    else:
        units = units.filter(policy.in_subtrees([establishment.organisation.path]))
    return list(units.order_by("path")[:PEOPLE_SHOWN])


def people_found(user: Someone, establishment: Establishment, text: str, on: date, *, full: bool = False) -> list[Any]:
    """The members whom the user may link: those of the place, or of all units within reach by name or pinyin."""
    stages = (StageKind.FULL,) if full else MEMBER_STAGES
    people = on_a_roll(on).filter(policy.within(user, "members.change", "unit_path"), stage__in=stages)
    if typed := text.strip():
        people = people.filter(
            Q(name__contains=typed) | Q(pinyin__startswith=typed.lower()) | Q(initials__startswith=typed.lower())
        )
    else:
        people = people.filter(policy.in_subtrees([establishment.organisation.path], "unit_path"))
    people = people.annotate(unit_name=F("affiliation_on__organisation__short_name"))
    return list(people.order_by("pinyin", "name", "pk")[:PEOPLE_SHOWN])


def unplaced(user: Someone, unit: Organisation | None, on: date) -> list[Unplaced]:
    """The members within reach who belong to no branch, the longest first.

    Found by the unit they belong to or belonged to last, dissolved or not; who never belonged to any stands with those
    who hold a root.

    Source: 党员教育管理工作条例 Art. 25; M2.5.
    """
    members = Person.objects.filter(stages__in=_member_stages(on)).distinct()
    open_rows = Affiliation.objects.filter(holds_on(on), person=OuterRef("pk"))
    in_branch = open_rows.filter(organisation__in=_branches_on(on))
    last = Affiliation.objects.filter(person=OuterRef("pk"), from_on__lte=on).order_by("-from_on", "-pk")
    people = (
        members.filter(~Exists(in_branch))
        .annotate(
            unit_id=Subquery(last.values("organisation_id")[:1]),
            last_path=Subquery(last.values("organisation__path")[:1]),
            ended_on=Subquery(last.values("until_on")[:1]),
            began_on=Subquery(last.values("from_on")[:1]),
        )
        .order_by("pinyin", "name", "pk")
    )
    seen = policy.within(user, "members.view", "last_path")
    if any(not tree.parent_path(top) for top in policy.reach(user, "members.view")):
        seen |= Q(last_path__isnull=True)
    people = people.filter(seen)
    if unit is not None:
        here = policy.in_subtrees([unit.path], "last_path")
        people = people.filter(here | Q(last_path__isnull=True) if not unit.parent_id else here)
    found = list(people)
    units = Organisation.objects.in_bulk({one.unit_id for one in found if one.unit_id})
    rows = [
        Unplaced(
            one,
            one.ended_on if one.ended_on and one.ended_on <= on else one.began_on,
            units.get(one.unit_id),
            bool(one.unit_id and not (one.ended_on and one.ended_on <= on)),
        )
        for one in found
    ]
    return sorted(rows, key=lambda row: (row.since or date.min, row.person.pk))


def _branches_on(on: date) -> QuerySet[Placement, Any]:
    return Placement.objects.filter(holds_on(on), kind__in=BRANCH_KINDS).values("organisation")


def _member_stages(on: date) -> QuerySet[Any]:
    return Stage.objects.filter(holds_on(on), kind__in=MEMBER_STAGES)


def _told(found: QuerySet[Establishment], on: date) -> QuerySet[Any]:
    """Establishments with the numbers that decide their next step."""
    working = holds_on(on, "workplaces") & holds_on(on, "workplaces__person__stages")
    stage = "workplaces__person__stages__kind"
    cover = Cover.objects.filter(holds_on(on), establishment=OuterRef("pk"))
    return found.annotate(
        members=Count("workplaces", filter=working & Q(**{f"{stage}__in": MEMBER_STAGES}), distinct=True),
        full=Count("workplaces", filter=working & Q(**{stage: StageKind.FULL}), distinct=True),
        cover_kind=Subquery(cover.values("organisation__kind")[:1]),
        cover_name=Subquery(cover.values("organisation__short_name")[:1]),
        cover_code=Subquery(cover.values("organisation__code")[:1]),
        instructed=Exists(Instructor.objects.filter(holds_on(on), establishment=OuterRef("pk"))),
    )


def _row(one: Any) -> Row:
    way = "" if one.cover_kind is None else Way.JOINT if one.cover_kind == Kind.JOINT_BRANCH else Way.OWN
    return Row(
        establishment=one,
        members=one.members,
        full=one.full,
        way=way,
        cover_name=one.cover_name or "",
        cover_code=one.cover_code or "",
        has_instructor=one.instructed,
        step=next_step(way, one.full, one.instructed),
    )
