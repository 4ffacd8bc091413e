"""Founding many units at once: for imports, for real divisions and for the demo."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction

from guben.access import policy
from guben.accounts.installation import today
from guben.accounts.models import User
from guben.audit import trail
from guben.kit import tree
from guben.organisations import calculations, errors
from guben.organisations.actions import steps
from guben.organisations.choices import ActKind
from guben.organisations.models import Act, Organisation, Placement

BATCH = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUnit:
    """A unit to be founded. `parent_code` names a unit that exists or stands earlier in the list; empty = a root."""

    code: str
    name: str
    short_name: str
    kind: str
    field: str
    territory: str = ""
    parent_code: str = ""
    founded_on: date
    kept_from: date | None = None
    paper: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A path held from a day until another."""

    path: str
    from_on: date
    until_on: date | None


@transaction.atomic
def found_many(rows: Sequence[NewUnit], *, by: User) -> list[Organisation]:
    """Founds units, parents first, each with its act, placement and history entry; gives them in the order given.

    All or nothing. 30,000 units take a few seconds.

    Raises:
        PermissionDenied, Http404: no `units.change` at an existing parent; no `units.found_root` for a root.
        BadCode, CodeTaken, NameMissing, UnknownChoice, ParentUnknown, ParentDissolved, BeforeFounding, DayInFuture,
        TooDeep.
    """
    if not rows:
        return []
    known = _existing_parents(rows)
    _refuse_wrong_rows(rows, known, by)
    _require_right(rows, known, by)
    roots = steps.lock_trees(*known.values()) if known else []
    known = {unit.code: unit for unit in roots}
    founded = _create_by_level(rows, known)
    _create_acts(rows, founded, by)
    return founded


def _existing_parents(rows: Sequence[NewUnit]) -> dict[str, Organisation]:
    inside = {row.code for row in rows}
    wanted = sorted({row.parent_code for row in rows if row.parent_code} - inside)
    found: dict[str, Organisation] = {}
    for start in range(0, len(wanted), BATCH):
        for unit in Organisation.objects.filter(code__in=wanted[start : start + BATCH]):
            found[unit.code] = unit
    return found


def _refuse_wrong_rows(rows: Sequence[NewUnit], known: dict[str, Organisation], by: User) -> None:
    now = today()
    taken = _names_by_code([row.code for row in rows], by)
    founded_on = {unit.code: unit.founded_on for unit in known.values()}
    for row in rows:
        if not calculations.is_code(row.code):
            raise errors.BadCode(row.code)
        if row.code in taken:
            raise errors.CodeTaken(row.code, taken[row.code])
        if not row.name.strip() or not row.short_name.strip():
            raise errors.NameMissing(row.code)
        steps.refuse_unknown_choices(row.code, row.kind, row.field, row.territory)
        _refuse_wrong_day(row, known, founded_on, now)
        taken[row.code] = row.name
        founded_on[row.code] = row.founded_on


def _refuse_wrong_day(row: NewUnit, known: dict[str, Organisation], founded_on: dict[str, date], now: date) -> None:
    for day in (row.founded_on, row.kept_from):
        if day and day > now:
            raise errors.DayInFuture(day, now)
    if row.kept_from and row.kept_from < row.founded_on:
        raise errors.BeforeFounding(row.name, row.founded_on)
    if not row.parent_code:
        return
    if row.parent_code not in founded_on:
        raise errors.ParentUnknown(row.code, row.parent_code)
    parent = known.get(row.parent_code)
    if parent and parent.dissolved_on:
        raise errors.ParentDissolved(parent.name, parent.dissolved_on)
    if row.founded_on < founded_on[row.parent_code]:
        name = parent.name if parent else row.parent_code
        raise errors.BeforeFounding(name, founded_on[row.parent_code])


def _names_by_code(codes: Sequence[str], by: User) -> dict[str, str]:
    """The codes that are in use, each with its unit's name where the user may see it."""
    found: dict[str, str] = {}
    for start in range(0, len(codes), BATCH):
        for unit in Organisation.objects.filter(code__in=codes[start : start + BATCH]).only("code", "name", "path"):
            found[unit.code] = unit.name if policy.may(by, "units.view", unit) else ""
    return found


def _require_right(rows: Sequence[NewUnit], known: dict[str, Organisation], by: User) -> None:
    for unit in known.values():
        policy.require(by, "units.change", unit)
    founds_root = any(not row.parent_code for row in rows)
    if founds_root and not policy.may_anywhere(by, "units.found_root"):
        raise PermissionDenied("units.found_root")


def _create_by_level(rows: Sequence[NewUnit], known: dict[str, Organisation]) -> list[Organisation]:
    """Creates the units level by level, because a row needs its parent's id."""
    units = dict(known)
    last: dict[str, int] = {code: steps.last_step(unit) for code, unit in known.items()}
    if any(not row.parent_code for row in rows):
        last[""] = steps.last_step(None)
    for level in _levels(rows, known):
        fresh: list[Organisation] = []
        for row in level:
            parent = units[row.parent_code] if row.parent_code else None
            path = steps.next_path(parent.path if parent else "", last.get(row.parent_code, 0))
            last[row.parent_code] = last.get(row.parent_code, 0) + 1
            fresh.append(_unit_of(row, parent, path))
        Organisation.objects.bulk_create(fresh, batch_size=BATCH)
        units.update((unit.code, unit) for unit in fresh)
    return [units[row.code] for row in rows]


def _levels(rows: Iterable[NewUnit], known: dict[str, Organisation]) -> list[list[NewUnit]]:
    depth: dict[str, int] = dict.fromkeys(known, -1)
    levels: dict[int, list[NewUnit]] = defaultdict(list)
    for row in rows:
        depth[row.code] = depth[row.parent_code] + 1 if row.parent_code else 0
        levels[depth[row.code]].append(row)
    return [levels[number] for number in sorted(levels)]


def _unit_of(row: NewUnit, parent: Organisation | None, path: str) -> Organisation:
    return Organisation(
        code=row.code,
        founded_on=row.founded_on,
        kept_from=row.kept_from,
        parent=parent,
        path=path,
        name=row.name.strip(),
        short_name=row.short_name.strip(),
        kind=row.kind,
        field=row.field,
        territory=row.territory,
    )


def _create_acts(rows: Sequence[NewUnit], units: Sequence[Organisation], by: User) -> None:
    acts = Act.objects.bulk_create(
        (
            Act(
                kind=ActKind.FOUND,
                organisation=unit,
                effective_on=row.founded_on,
                paper=row.paper.strip(),
                recorded_by=by,
            )
            for row, unit in zip(rows, units, strict=True)
        ),
        batch_size=BATCH,
    )
    spans = _spans(units)
    Placement.objects.bulk_create(
        (
            Placement(
                organisation=unit,
                parent_id=unit.parent_id,
                path=span.path,
                name=unit.name,
                short_name=unit.short_name,
                kind=unit.kind,
                field=unit.field,
                territory=unit.territory,
                from_on=span.from_on,
                until_on=span.until_on,
                act=act,
            )
            for unit, act in zip(units, acts, strict=True)
            for span in spans[unit.pk]
        ),
        batch_size=BATCH,
    )
    _record(units, by)


def _spans(units: Sequence[Organisation]) -> dict[int, list[Span]]:
    """Where each unit stood since its founding: it went wherever the units above it went."""
    inside = {unit.pk for unit in units}
    above = {unit.parent_id for unit in units if unit.parent_id} - inside
    spans: dict[int, list[Span]] = defaultdict(list)
    for row in Placement.objects.filter(organisation__in=above).order_by("organisation", "from_on"):
        spans[row.organisation_id].append(Span(row.path, row.from_on, row.until_on))
    for unit in sorted(units, key=lambda one: len(one.path)):
        if unit.parent_id is None:
            spans[unit.pk] = [Span(unit.path, unit.founded_on, None)]
            continue
        for span in spans[unit.parent_id]:
            if span.until_on is None or span.until_on > unit.founded_on:
                path = span.path + unit.path[-tree.STEP :]
                spans[unit.pk].append(Span(path, max(span.from_on, unit.founded_on), span.until_on))
    return spans


def _record(units: Sequence[Organisation], by: User) -> None:
    rights: dict[str, str] = {}
    entries = []
    for unit in units:
        top = unit.path[: tree.STEP]
        if top not in rights or not rights[top]:
            right = "units.change" if unit.parent_id else "units.found_root"
            rights[top] = policy.under_which_right(by, right, unit)
        entries.append(
            trail.entry_for(
                "organisations.founded",
                unit,
                by=by,
                organisation_id=unit.pk,
                right=rights[top],
                changed={"code": unit.code, "name": unit.name, "kind": unit.kind, "field": unit.field},
                details={"on": unit.founded_on.isoformat()},
            )
        )
    trail.record_many(entries)
