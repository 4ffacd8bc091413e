"""The acts on the tree: found, rename, move, dissolve; and the day from which a unit's records are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypedDict, Unpack

from django.db import connection, transaction
from django.db.models import Q, Value
from django.db.models.functions import Concat, Substr

from guben.access import policy
from guben.access.models import Grant
from guben.accounts.database import is_postgres
from guben.accounts.installation import today
from guben.accounts.models import User
from guben.audit import trail
from guben.kit import tree
from guben.organisations import calculations, errors, obstacles
from guben.organisations.actions import steps
from guben.organisations.actions.bulk import NewUnit, found_many
from guben.organisations.choices import ActKind
from guben.organisations.journal import Journal
from guben.organisations.models import Act, FormerBooks, Group, Organisation, Placement, Post, Site, Team

CHANGE = "units.change"
STILL = date.max  # stands for an open end while rows are parted


class Founding(TypedDict, total=False):
    """What an act of founding says of a unit; `territory`, `kept_from` and `paper` may be left out."""

    code: str
    name: str
    short_name: str
    kind: str
    field: str
    territory: str
    founded_on: date
    kept_from: date | None
    paper: str


class Renaming(TypedDict, total=False):
    """What an act of renaming may change; what is left out stays."""

    name: str
    short_name: str
    kind: str
    field: str
    territory: str


@transaction.atomic
def found(*, parent: Organisation | None, by: User, **facts: Unpack[Founding]) -> Organisation:
    """Founds a unit below a parent, or a root (`code, name, short_name, kind, field, founded_on` are needed).

    Raises:
        PermissionDenied, Http404: no `units.change` at the parent (`units.found_root` for a root).
        DayInFuture, BeforeFounding, ParentDissolved, CodeTaken, BadCode, NameMissing, TooDeep: as their sentences say.

    Source: 支部工作条例 Art. 4-6; M2.1.
    """
    return found_many([NewUnit(parent_code=parent.code if parent else "", **facts)], by=by)[0]


@transaction.atomic
def rename(unit: Organisation, *, effective_on: date, paper: str = "", by: User, **changes: Unpack[Renaming]) -> Act:
    """Gives a unit another name, and another kind, field or territory where these changed with it.

    Raises:
        SuperiorDecides, AlreadyDissolved, DayInFuture, DayTooEarly, NameMissing, NothingChanged, UnknownChoice.

    Source: M2.1; 支部工作条例 Art. 7.
    """
    (unit,) = steps.lock_trees(unit)
    steps.require_superior(by, unit)
    steps.refuse_dissolved(unit)
    steps.refuse_future(effective_on)
    new = {key: str(value).strip() for key, value in changes.items()}
    if not (new.get("name", "-") and new.get("short_name", "-")):
        raise errors.NameMissing(unit.code)
    new = {key: value for key, value in new.items() if getattr(unit, key) != value}
    if not new:
        raise errors.NothingChanged(unit.name)
    shape = {key: new.get(key, getattr(unit, key)) for key in ("kind", "field", "territory")}
    steps.refuse_unknown_choices(unit.code, **shape)
    placement = _placement_at(unit, effective_on)
    act, journal = _act(ActKind.RENAME, unit, effective_on, paper, by), Journal()
    _replace(placement, act, effective_on, new, journal)
    journal.change(unit, **new)
    _keep(journal, act)
    _record("organisations.renamed", unit, by, changed=new, details={"on": effective_on.isoformat()})
    return act


@transaction.atomic
def move(
    unit: Organisation, *, parent: Organisation, effective_on: date, paper: str = "", note: str = "", by: User
) -> Act:
    """Puts a unit with everything below it under another parent from a day on.

    The whole subtree gets new paths and so new placements from that day. Days on which something already
    changed below keep their own dates. Works in a handful of statements whatever the size of the subtree.

    Raises:
        SuperiorDecides, PermissionDenied, Http404: no `units.change` above the unit, or at the new parent.
        WouldBeItsOwnParent, ParentDissolved, AlreadyThere, DayInFuture, DayTooEarly, ParentStoodElsewhere, TooDeep.

    Source: M2.1.
    """
    unit, parent = steps.lock_trees(unit, parent)
    steps.require_superior(by, unit)
    policy.require(by, CHANGE, parent)
    _refuse_wrong_move(unit, parent, effective_on)
    placement = _placement_at(unit, effective_on)
    origin = unit.parent
    act = _act(ActKind.MOVE, unit, effective_on, paper, by, note)
    moved = Moving(unit.path, steps.free_path(parent), effective_on, act)
    moved.refuse_too_deep()
    units = moved.carry_out(placement, parent)
    details = {
        "on": effective_on.isoformat(),
        "origin": origin.code if origin else "",
        "goal": parent.code,
        "units": units,
    }
    _record("organisations.moved", unit, by, changed={"parent": parent.code}, details=details)
    return act


@transaction.atomic
def dissolve(unit: Organisation, *, effective_on: date, paper: str = "", note: str = "", by: User) -> Act:
    """Ends a unit; `effective_on` is the first day on which it is no more. Its posts, groups, sites, team and
    the roles held at it end too.

    Raises:
        SuperiorDecides, AlreadyDissolved, DayInFuture, DayNotLater.
        StillHasUnits: units below have to be moved or dissolved first.
        StandsInTheWay: an app that registered in `obstacles` objects, for instance because members are affiliated.

    Source: 支部工作条例 Art. 7; M2.1.
    """
    (unit,) = steps.lock_trees(unit)
    steps.require_superior(by, unit)
    steps.refuse_dissolved(unit)
    steps.refuse_future(effective_on)
    if below := unit.children.filter(dissolved_on__isnull=True).count():
        raise errors.StillHasUnits(unit.name, below)
    placement = steps.open_placement(unit)
    if effective_on <= placement.from_on:
        raise errors.DayNotLater(unit.name, placement.from_on)
    if sentences := obstacles.sentences("dissolve", unit, effective_on):
        raise errors.StandsInTheWay(sentences)
    act, journal = _act(ActKind.DISSOLVE, unit, effective_on, paper, by, note), Journal()
    journal.change(placement, until_on=effective_on)
    for model in (Post, Group, Site, Team):
        for row in model._default_manager.filter(organisation=unit, until_on__isnull=True):
            start = row.elected_on if isinstance(row, Team) else row.from_on
            journal.change(row, until_on=max(start, effective_on))
    running = Q(until_on__isnull=True) | Q(until_on__gt=effective_on)
    for grant in Grant.objects.filter(running, organisation=unit):
        journal.change(grant, until_on=max(effective_on, grant.from_on + timedelta(days=1)))
    journal.change(unit, dissolved_on=effective_on)
    _keep(journal, act)
    _record("organisations.dissolved", unit, by, details={"on": effective_on.isoformat()})
    return act


@transaction.atomic
def keep_from(unit: Organisation, *, day: date | None, by: User) -> Organisation:
    """Sets the day from which the unit's records are kept (建账日); before it nothing is late.

    Raises:
        PermissionDenied, Http404: no `units.change` at the unit.
        AlreadyDissolved, DayInFuture, BeforeFounding, NothingChanged.
    """
    unit = Organisation.objects.select_for_update(no_key=True).get(pk=unit.pk)
    policy.require(by, CHANGE, unit)
    steps.refuse_dissolved(unit)
    if day:
        steps.refuse_future(day)
    if day and day < unit.founded_on:
        raise errors.BeforeFounding(unit.name, unit.founded_on)
    if day == unit.kept_from:
        raise errors.NothingChanged(unit.name)
    _keep_former_books(unit, day)
    unit.kept_from = day
    unit.save(update_fields=["kept_from"])
    details = {"on": day.isoformat()} if day else {}
    _record("organisations.kept_from_set", unit, by, changed={"kept_from": day}, details=details)
    return unit


def _keep_former_books(unit: Organisation, day: date | None) -> None:
    """Days before the new one keep the day that held then, so that nothing shown of them changes. A day set back
    corrects what lies after it."""
    start = day or today()
    FormerBooks.objects.filter(organisation=unit, from_on__gte=start).delete()
    FormerBooks.objects.filter(organisation=unit, until_on__gt=start).update(until_on=start)
    last = FormerBooks.objects.filter(organisation=unit).order_by("-until_on").first()
    since = last.until_on if last else unit.founded_on
    if unit.kept_from is not None and since < start and unit.kept_from < start:
        FormerBooks.objects.create(organisation=unit, kept_from=unit.kept_from, from_on=since, until_on=start)


@dataclass(frozen=True, slots=True)
class Moving:
    """A subtree on its way from one path to another."""

    old: str
    new: str
    on: date
    act: Act

    def refuse_too_deep(self) -> None:
        deepest = max(map(len, Organisation.objects.filter(self._below()).values_list("path", flat=True)))
        if deepest - len(self.old) + len(self.new) > calculations.MAX_LEVELS * tree.STEP:
            raise errors.TooDeep(calculations.MAX_LEVELS)

    def carry_out(self, top: Placement, parent: Organisation) -> int:
        """Splits what spans the day, rewrites what starts on it or later; gives the number of living units."""
        self._part()
        Placement.objects.filter(self._below(), from_on__gte=self.on).update(path=self._new_path())
        Placement.objects.filter(organisation=top.organisation_id, until_on__isnull=True).update(
            parent=parent, act=self.act
        )
        Organisation.objects.filter(pk=top.organisation_id).update(parent=parent)
        units = Organisation.objects.filter(self._below())
        units.update(path=self._new_path())
        return Organisation.objects.filter(policy.in_subtrees([self.new]), dissolved_on__isnull=True).count()

    def _part(self) -> None:
        """Ends each placement that spans the day and goes on in a new one, inside the database: there may be 30,000.

        A unit has no two open placements at any moment. PostgreSQL ends the old ones in the very statement that reads
        what they were; elsewhere an open new one ends on STILL at first.
        """
        table, (first, last) = connection.ops.quote_name(Placement._meta.db_table), tree.span(self.old)
        spanning = (
            "was.path >= %s AND was.path < %s AND was.from_on < %s AND (was.until_on IS NULL OR was.until_on > %s)"
        )
        which: list[Any] = [first, last, self.on, self.on]
        with connection.cursor() as cursor:
            if is_postgres():
                into, taken, values = self._copied("until_on", [])
                cursor.execute(
                    f"WITH ended AS (UPDATE {table} AS now SET until_on = %s FROM {table} AS was "  # noqa: S608
                    f"WHERE now.id = was.id AND {spanning} RETURNING was.*) {into} SELECT {taken} FROM ended",
                    [self.on, *which, *values],
                )
                return
            into, taken, values = self._copied("coalesce(until_on, %s)", [STILL])
            cursor.execute(f"{into} SELECT {taken} FROM {table} AS was WHERE {spanning}", [*values, *which])  # noqa: S608
            cursor.execute(f"UPDATE {table} AS was SET until_on = %s WHERE {spanning}", [self.on, *which])  # noqa: S608
        Placement.objects.filter(policy.in_subtrees([self.new]), until_on=STILL).update(until_on=None)

    def _copied(self, until_on: str, values: list[Any]) -> tuple[str, str, list[Any]]:
        """The head of the statement that writes placements as they were, but at the new place and from the day on, what
        it selects, and its values; `until_on` says when they end."""
        quoted = connection.ops.quote_name
        columns = [str(field.column) for field in Placement._meta.concrete_fields if not field.primary_key]
        new: dict[str, tuple[str, list[Any]]] = {
            "path": ("%s || substr(path, %s)", [self.new, len(self.old) + 1]),
            "from_on": ("%s", [self.on]),
            "until_on": (until_on, values),
            "act_id": ("%s", [self.act.pk]),
        }
        taken = [new.get(column, (quoted(column), [])) for column in columns]
        into = f"INSERT INTO {quoted(Placement._meta.db_table)} ({', '.join(map(quoted, columns))})"
        return into, ", ".join(text for text, _ in taken), [value for _, given in taken for value in given]

    def _below(self) -> Q:
        return policy.in_subtrees([self.old])

    def _new_path(self) -> Concat:
        return Concat(Value(self.new), Substr("path", len(self.old) + 1))


def _refuse_wrong_move(unit: Organisation, parent: Organisation, effective_on: date) -> None:
    steps.refuse_dissolved(unit)
    steps.refuse_future(effective_on)
    if parent.dissolved_on:
        raise errors.ParentDissolved(parent.name, parent.dissolved_on)
    if tree.is_at_or_below(parent.path, unit.path):
        raise errors.WouldBeItsOwnParent(unit.name, parent.name)
    if unit.parent_id == parent.pk:
        raise errors.AlreadyThere(unit.name, parent.name)
    stood = Placement.objects.filter(organisation=parent, path=parent.path).order_by("from_on").first()
    if stood is None or stood.from_on > effective_on:
        raise errors.ParentStoodElsewhere(parent.name, stood.from_on if stood else today())


def _placement_at(unit: Organisation, effective_on: date) -> Placement:
    """The open placement, if nothing later than the day is recorded of the unit."""
    placement = steps.open_placement(unit)
    if effective_on < placement.from_on:
        raise errors.DayTooEarly(unit.name, placement.from_on)
    return placement


def _replace(placement: Placement, act: Act, on: date, changes: dict[str, str], journal: Journal) -> None:
    """Goes on from the day with the changes: in a new placement, or in the same where it starts that very day."""
    if placement.from_on >= on:
        journal.change(placement, act_id=act.pk, **changes)
        return
    journal.change(placement, until_on=on)
    placement.pk, placement.until_on, placement.from_on, placement.act = None, None, on, act
    for key, value in changes.items():
        setattr(placement, key, value)
    journal.create(placement)


def _keep(journal: Journal, act: Act) -> None:
    act.journal = journal.lines
    act.save(update_fields=["journal"])


def _act(kind: ActKind, unit: Organisation, on: date, paper: str, by: User, note: str = "") -> Act:
    return Act.objects.create(
        kind=kind, organisation=unit, effective_on=on, paper=paper.strip(), note=note.strip(), recorded_by=by
    )


def _record(
    action: str,
    unit: Organisation,
    by: User,
    *,
    changed: Mapping[str, object] | None = None,
    details: Mapping[str, object] | None = None,
) -> None:
    right = policy.under_which_right(by, CHANGE, unit.parent or unit) or policy.under_which_right(by, CHANGE, unit)
    trail.record(action, unit, by=by, organisation_id=unit.pk, right=right, changed=changed, details=details)
