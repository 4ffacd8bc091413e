"""Mergers and splits: units end, others go on or are founded, and everything of theirs is carried over on one day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from guben.access import policy
from guben.access.models import Grant
from guben.accounts.models import User
from guben.audit import trail
from guben.kit.errors import DomainError
from guben.organisations import carrying as carriers
from guben.organisations import errors, reforming
from guben.organisations.actions import steps
from guben.organisations.actions.bulk import NewUnit, found_many
from guben.organisations.actions.tree import Moving
from guben.organisations.carrying import Carrying, Count, Heir, Reform
from guben.organisations.choices import ActKind
from guben.organisations.journal import Journal, Line
from guben.organisations.models import Act, Group, Organisation, Post, Site, Succession, Team

CHANGE = "units.change"
GRANT = "accounts.grant"
ACTIONS = {ActKind.MERGE: "organisations.merged", ActKind.SPLIT: "organisations.split"}


class _Rehearsed(Exception):
    """Undoes what a rehearsal wrote."""


def rehearse(reform: Reform, *, by: User) -> tuple[list[Count], list[str]]:
    """What the act would carry, counted, and everything that stands in its way. Nothing is kept.

    Raises:
        PermissionDenied, Http404, SuperiorDecides: as `carry_out`.
    """
    _require_right(reform, by)
    problems = reforming.problems(reform)
    if not problems:
        try:
            with transaction.atomic():
                carry_out(reform, by=by)
                raise _Rehearsed
        except _Rehearsed:
            pass
        except DomainError as fault:
            problems = [str(fault)]
    return reforming.counts(reform, carries_grants=_may_grant(reform, by)), problems


@transaction.atomic
def carry_out(reform: Reform, *, by: User) -> Act:
    """Merges or splits units from a day on, with everything that hangs on them.

    Former units that do not go on are dissolved. Each heir owes the period that runs on the day; what the former units
    kept in that period counts for it.

    Raises:
        SuperiorDecides, PermissionDenied, Http404: no `units.change` above each unit and at the parent of a new one.
        StandsInTheWay: everything that is wrong with it, in sentences.

    Source: M2.1; 支部工作条例 Art. 6-7.
    """
    known = [*reform.sources, *([reform.parent] if reform.parent else [])]
    steps.lock_trees(*known)
    _require_right(reform, by)
    if found := reforming.problems(reform):
        raise errors.StandsInTheWay(found)
    units = _heirs(reform, by)
    act = Act.objects.create(
        kind=reform.kind,
        organisation=units[0] if reform.kind == ActKind.MERGE else reform.sources[0],
        effective_on=reform.on,
        paper=reform.paper.strip(),
        note=reform.note.strip(),
        recorded_by=by,
    )
    carrying = Carrying(reform=reform, units=units, by=by, journal=Journal())
    _note_founded(carrying)
    _succeed(carrying, act)
    _carry_own(carrying)
    for carrier in carriers.carriers():
        carrier.carry(carrying)
    _carry_grants(carrying)
    _move_below(carrying, act)
    _end_sources(carrying)
    act.journal = carrying.journal.lines
    act.save(update_fields=["journal"])
    _record(carrying, act)
    return act


def _require_right(reform: Reform, by: User) -> None:
    for unit in reform.sources:
        steps.require_superior(by, unit)
    if reform.parent is not None and any(heir.unit is None for heir in reform.heirs):
        policy.require(by, CHANGE, reform.parent)


def _heirs(reform: Reform, by: User) -> list[Organisation]:
    """The heirs as units, in their order; those that are new are founded below the parent."""
    parent = reform.parent.code if reform.parent else ""
    kept = reform.on if any(unit.kept_from for unit in reform.sources) else None
    rows = [
        NewUnit(
            code=heir.code,
            name=heir.name,
            short_name=heir.short_name,
            kind=heir.kind,
            field=heir.field,
            territory=heir.territory,
            parent_code=parent,
            founded_on=reform.on,
            kept_from=kept,
            paper=reform.paper,
        )
        for heir in reform.heirs
        if heir.unit is None
    ]
    founded = iter(found_many(rows, by=by))
    return [Organisation.objects.get(pk=heir.unit.pk) if heir.unit else next(founded) for heir in reform.heirs]


def _note_founded(carrying: Carrying) -> None:
    for heir, unit in zip(carrying.reform.heirs, carrying.units, strict=True):
        if heir.unit is None:
            carrying.journal.lines.append(Line(model="founded", pk=unit.pk, before=None, after={}))


def _succeed(carrying: Carrying, act: Act) -> None:
    reform = carrying.reform
    for former in reform.sources:
        for unit in carrying.units:
            if unit.pk != former.pk:
                row = Succession(act=act, former=former, successor=unit, on=reform.on)
                carrying.journal.create(row)
                carrying.journal.change(unit, succeeded_on=reform.on)


def _carry_own(carrying: Carrying) -> None:
    """Groups, posts, sites and teams: those with an heir begin there on the day, those of an ending unit end."""
    reform = carrying.reform
    for group in _open(Group, reform):
        if (heir := _other(carrying, reform.groups.get(group.pk), group.organisation_id)) is not None:
            copy = Group(organisation=heir, name=group.name, from_on=reform.on)
            carrying.journal.create(copy)
            carrying.groups[group.pk] = copy
        _end(carrying, group, heir)
    for post in _open(Post, reform):
        if (heir := _other(carrying, reform.posts.get(post.organisation_id), post.organisation_id)) is not None:
            copied = Post(
                organisation=heir,
                kind=post.kind,
                title=post.title,
                is_full_time=post.is_full_time,
                on_grassroots_work=post.on_grassroots_work,
                from_on=reform.on,
            )
            carrying.journal.create(copied)
            carrying.posts[post.pk] = copied
        if _end(carrying, post, heir):
            carrying.ended_posts.add(post.pk)
    for site in _open(Site, reform):
        if (heir := _other(carrying, reform.sites.get(site.pk), site.organisation_id)) is not None:
            carrying.journal.create(_site_at(heir, site, reform.on))
        _end(carrying, site, heir)
    _carry_teams(carrying)


def _site_at(heir: Organisation, site: Site, on: date) -> Site:
    facts = ("name", "address", "area_m2", "tenure", "lease_ends_on", "condition", "checked_on")
    return Site(organisation=heir, from_on=on, **{name: getattr(site, name) for name in facts})


def _carry_teams(carrying: Carrying) -> None:
    """A team goes with its posts to an heir that is new, with the rest of its term; else it ends with its unit."""
    reform = carrying.reform
    for team in Team.objects.filter(organisation__in=reform.sources, until_on__isnull=True):
        number = reform.posts.get(team.organisation_id)
        alone = list(reform.posts.values()).count(number) == 1 if number is not None else False
        if number is not None and alone and reform.heirs[number].unit is None:
            carrying.journal.create(
                Team(
                    organisation=carrying.units[number],
                    elected_on=team.elected_on,
                    term_months=team.term_months,
                    ends_on=team.ends_on,
                    seats=team.seats,
                )
            )
        if team.organisation_id not in reform.staying:
            carrying.journal.change(team, until_on=reform.on)


def _carry_grants(carrying: Carrying) -> None:
    """Roles at a unit that ends go over with the post they came with, or to the one heir, if the giver may."""
    reform = carrying.reform
    running = Q(until_on__isnull=True) | Q(until_on__gt=reform.on)
    for grant in Grant.objects.filter(running, organisation__in=reform.ending).select_related("user"):
        heir = _heir_of_grant(carrying, grant)
        if heir is not None:
            carrying.journal.create(
                Grant(
                    user=grant.user,
                    role=grant.role,
                    organisation=heir,
                    from_on=max(grant.from_on, reform.on),
                    until_on=grant.until_on,
                    holding_id=carrying.holdings.get(grant.holding_id) if grant.holding_id else None,
                    granted_by=carrying.by,
                )
            )
        carrying.journal.change(grant, until_on=max(reform.on, grant.from_on + timedelta(days=1)))


def _heir_of_grant(carrying: Carrying, grant: Grant) -> Organisation | None:
    reform = carrying.reform
    if not reform.grants or grant.user_id == carrying.by.pk:
        return None
    number: int | None = 0 if len(reform.heirs) == 1 else None
    if grant.holding_id:
        number = reform.posts.get(grant.organisation_id) if grant.holding_id in carrying.holdings else None
    if number is None or not policy.may(carrying.by, GRANT, carrying.units[number]):
        return None
    return carrying.units[number]


def _may_grant(reform: Reform, by: User) -> bool:
    above = reform.parent or reform.sources[0]
    return reform.grants and policy.may(by, GRANT, above)


def _move_below(carrying: Carrying, act: Act) -> None:
    """The units below go to their heirs, each with everything below it."""
    for child in Organisation.objects.filter(pk__in=list(carrying.reform.below)):
        heir = _other(carrying, carrying.reform.below[child.pk], child.parent_id or 0)
        if heir is None:
            continue
        heir.refresh_from_db(fields=["path"])
        move = Moving(child.path, steps.free_path(heir), carrying.reform.on, act)
        move.refuse_too_deep()
        origin = child.parent
        units = move.carry_out(steps.open_placement(child), heir)
        carrying.journal.lines.append(
            Line(
                model="moved",
                pk=child.pk,
                before={"path": move.old, "parent": child.parent_id},
                after={"path": move.new},
            )
        )
        details = {
            "on": carrying.reform.on.isoformat(),
            "origin": origin.code if origin else "",
            "goal": heir.code,
            "units": units,
        }
        child.refresh_from_db()
        _entry("organisations.moved", child, carrying.by, details)


def _end_sources(carrying: Carrying) -> None:
    for unit in Organisation.objects.filter(pk__in=[unit.pk for unit in carrying.reform.ending]):
        carrying.journal.change(steps.open_placement(unit), until_on=carrying.reform.on)
        carrying.journal.change(unit, dissolved_on=carrying.reform.on)


def _open(model: Any, reform: Reform) -> Iterable[Any]:
    rows: Iterable[Any] = model._default_manager.filter(
        organisation__in=reform.sources, until_on__isnull=True
    ).order_by("pk")
    return rows


def _other(carrying: Carrying, number: int | None, source_id: int) -> Organisation | None:
    """The heir, where it is another unit than the one the row stands at."""
    if number is None or carrying.units[number].pk == source_id:
        return None
    return carrying.units[number]


def _end(carrying: Carrying, row: Any, heir: Organisation | None) -> bool:
    """Ends a row that went to an heir, or whose unit ends."""
    if heir is None and row.organisation_id in carrying.reform.staying:
        return False
    carrying.journal.change(row, until_on=carrying.reform.on)
    return True


def _record(carrying: Carrying, act: Act) -> None:
    """One entry at every unit that took part, naming all of them."""
    reform = carrying.reform
    details: dict[str, Any] = {
        "on": reform.on.isoformat(),
        "former": "、".join(unit.short_name for unit in reform.sources),
        "heirs": "、".join(unit.short_name for unit in carrying.units),
    }
    touched = {unit.pk: unit for unit in [*reform.sources, *carrying.units]}
    for unit in Organisation.objects.filter(pk__in=touched).select_related("parent").order_by("path"):
        _entry(ACTIONS[reform.kind], unit, carrying.by, details | {"act": act.pk})


def _entry(action: str, unit: Organisation, by: User, details: dict[str, Any]) -> None:
    right = policy.under_which_right(by, CHANGE, unit.parent or unit) or policy.under_which_right(by, CHANGE, unit)
    trail.record(action, unit, by=by, organisation_id=unit.pk, right=right, details=details)


__all__ = ["Heir", "Reform", "carry_out", "rehearse"]
