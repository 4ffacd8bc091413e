"""Who acts: which unit a step is done at, and who may do it there.

A place is the case's own unit, its host, or the nearest unit at or above another place that fulfils the condition the
rule states. Today's tree decides, as it does for all rights.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Literal

from django.utils.translation import gettext as _

from guben.access import policy
from guben.access.policy import Someone
from guben.access.roles import rights_of, title_of
from guben.house.words import listed
from guben.kit import tree
from guben.organisations.models import Organisation
from guben.procedures.models import Case
from guben.procedures.rules import say
from guben.rulebook.live import LiveEngine, Within
from guben.rulebook_engine.engines import unit_rows
from guben.rulebook_engine.expressions import Checked, columns_of
from guben.rulebook_engine.facts import Column, catalogue
from guben.rulebook_engine.interpreting import reading
from guben.rulebook_engine.procedures import PLACES, NamedPlace, Procedure, Step

ACT, BEGIN_RIGHT, VIEW, BELOW = "cases.act", "cases.begin", "cases.view", "cases.record_below"
ON_THE_UNIT = frozenset({"kind", "field", "territory", "founded_on"})  # today's copy stands on the unit itself
Acting = Literal["own", "below", ""]


class Places:
    """Answers which unit a place is, for cases of some units. One query for the units above them, and one for their
    facts where a condition speaks of more than a unit's kind, field, territory or founding day."""

    def __init__(self, units: Iterable[Organisation], on: date, *, everywhere: bool = False) -> None:
        self.on = on
        self._starts = {unit.pk: unit for unit in units}
        self._everywhere = everywhere
        self._by_path: dict[str, Organisation] | None = None
        self._ids: dict[int, Organisation] = dict(self._starts)
        self._facts: dict[frozenset[str], dict[int, dict[str, Any]]] = {}
        self._found: dict[tuple[int, str, int, int | None], Organisation | None] = {}

    def find(self, procedure: Procedure, key: str, own_id: int, host_id: int | None) -> Organisation | None:
        """The unit of a place; None where no unit above fulfils its condition."""
        if key == "own":
            return self.unit(own_id)
        if key == "host":
            return self.unit(host_id) if host_id else None
        name = (id(procedure), key, own_id, host_id)
        if name not in self._found:
            self._found[name] = self._named(procedure, key, own_id, host_id)
        return self._found[name]

    def of(self, case: Case, procedure: Procedure, key: str) -> Organisation | None:
        return self.find(procedure, key, case.organisation_id, case.host_id)

    def unit(self, pk: int) -> Organisation | None:
        if pk not in self._ids:
            self._read()
        return self._ids.get(pk)

    def above(self, unit: Organisation) -> Organisation | None:
        """The unit directly above."""
        return self._known().get(tree.parent_path(unit.path))

    def _named(self, procedure: Procedure, key: str, own_id: int, host_id: int | None) -> Organisation | None:
        place = next((one for one in procedure.place_of if one.key == key), None)
        if place is None:
            return None
        found = self._nearest(place, self.find(procedure, place.above, own_id, host_id))
        return found or (self.find(procedure, place.otherwise, own_id, host_id) if place.otherwise else None)

    def _nearest(self, place: NamedPlace, start: Organisation | None) -> Organisation | None:
        if start is None:
            return None
        paths = tree.ancestors(start.path, include_self=place.itself)
        known = self._known()
        units = [known[path] for path in reversed(paths) if path in known]
        return next((unit for unit in units if self.holds(place.where, unit)), None)

    def holds(self, check: Checked, unit: Organisation) -> bool:
        """Whether a condition over the fact table `organisation` is true of a unit."""
        columns = {column.of if column.type == "age" else column.name: column for column in columns_of(check.tree)}
        facts = self._facts_of(columns).get(unit.pk)
        return facts is not None and reading(check.tree, self.on)(facts) is True

    def _facts_of(self, columns: dict[str, Column]) -> dict[int, dict[str, Any]]:
        name = frozenset(columns)
        if name not in self._facts:
            units = self._known().values()
            if name <= ON_THE_UNIT:
                self._facts[name] = {unit.pk: {one: getattr(unit, one) for one in name} for unit in units}
            else:
                within = None if self._everywhere else Within(ids=tuple(unit.pk for unit in units))
                self._facts[name] = unit_rows(list(columns.values()), LiveEngine(within), self.on, catalogue)
        return self._facts[name]

    def _known(self) -> dict[str, Organisation]:
        if self._by_path is None:
            self._read()
        return self._by_path or {}

    def _read(self) -> None:
        units = Organisation.objects.filter(dissolved_on__isnull=True)
        if not self._everywhere:
            paths = {path for unit in self._starts.values() for path in tree.ancestors(unit.path, include_self=True)}
            units = units.filter(path__in=paths)
        self._by_path = {unit.path: unit for unit in units}
        self._ids = {unit.pk: unit for unit in self._by_path.values()} | self._starts


def place_title(procedure: Procedure, key: str) -> str:
    """What a place is called in the rule."""
    named: NamedPlace | None = next((one for one in procedure.place_of if one.key == key), None)
    return say(named.title) if named else key


def acting(user: Someone, step: Step, unit: Organisation | None, case: Case | None = None) -> Acting:
    """How a user may take a step at its unit: by a role of her own there, for the unit below (代录), or not at all.

    A role counts where it is held: at the very unit. Nobody records a superior's step, or a review, for somebody else.
    """
    if unit is None:
        return ""
    if _is_the_member(user, step.by, case) or holds_role(user, step.by, unit, ACT):
        return "own"
    if step.at in PLACES and step.kind != "review" and records_below(user, unit):
        return "below"
    return ""


def holds_role(user: Someone, roles: Iterable[str], unit: Organisation, right: str) -> bool:
    """Does she hold one of the roles (any, where none is named) at the very unit, and does it open the right?"""
    wanted = frozenset(roles)
    return policy.may(user, right, unit) and any(
        grant.organisation_id == unit.pk and right in rights_of(grant.role) and (not wanted or grant.role in wanted)
        for grant in policy.grants_of(user)
    )


def records_below(user: Someone, unit: Organisation) -> bool:
    """May she record for this unit from above?"""
    return policy.may(user, BELOW, unit) and any(
        grant.organisation_id != unit.pk
        and BELOW in rights_of(grant.role)
        and tree.is_at_or_below(unit.path, grant.organisation.path)
        for grant in policy.grants_of(user)
    )


def may_begin(user: Someone, procedure: Procedure, unit: Organisation, case: Case | None = None) -> Acting:
    """How a user may begin a case at a unit."""
    first = procedure.step[0]
    roles = procedure.begins or first.by
    if _is_the_member(user, roles, case) or holds_role(user, roles, unit, BEGIN_RIGHT):
        return "own"
    return "below" if records_below(user, unit) else ""


def may_withdraw(user: Someone, procedure: Procedure, case: Case) -> Acting:
    """How a user may withdraw a case: those whom the rule names at the case's own unit."""
    roles = procedure.withdraws or procedure.begins or procedure.step[0].by
    if _is_the_member(user, roles, case) or holds_role(user, roles, case.organisation, ACT):
        return "own"
    return "below" if records_below(user, case.organisation) else ""


def may_hold(user: Someone, case: Case) -> bool:
    """May a user stop a case and let it go on: who may act at one of its units, or above."""
    units = [case.organisation, *([case.host] if case.host else [])]
    return any(policy.may(user, ACT, unit) for unit in units)


def _is_the_member(user: Someone, roles: Iterable[str], case: Case | None) -> bool:
    """Where a rule lets the member act, it is the one whom the case is about."""
    return (
        case is not None
        and case.person is not None
        and user.is_authenticated
        and case.person.user_id == user.pk
        and "member" in roles
    )


def who(roles: Iterable[str], unit: Organisation | None) -> str:
    """Who acts, in words: 柳溪村第一党支部的书记、副书记."""
    names = listed(title_of(role) for role in roles)
    if unit is None:
        return names
    return _("%(unit)s的%(roles)s") % {"unit": unit.short_name, "roles": names} if names else unit.short_name
