"""Steps the actions share: locking in a fixed order, free path steps, who decides, which days are possible."""

from __future__ import annotations

from datetime import date

from django.db.models import Max
from django.db.models.functions import Right

from guben.access import policy
from guben.accounts.installation import today
from guben.accounts.models import User
from guben.kit import tree
from guben.organisations import calculations, errors, queries
from guben.organisations.choices import Field, Kind, Territory
from guben.organisations.models import Organisation, Placement

KINDS = frozenset(Kind.values)
FIELDS = frozenset(Field.values)
TERRITORIES = frozenset([*Territory.values, ""])


def lock_trees(*units: Organisation) -> list[Organisation]:
    """Locks the roots of the units in path order and gives the units as they now are.

    Whoever changes the shape of a tree holds its root, so two moves cannot make a circle between them.
    """
    while True:
        roots = {unit.path[: tree.STEP] for unit in units}
        locked = set(
            Organisation.objects.select_for_update(no_key=True)
            .filter(path__in=roots)
            .order_by("path")
            .values_list("path", flat=True)
        )
        fresh = Organisation.objects.select_related("parent").in_bulk([unit.pk for unit in units])
        units = tuple(fresh[unit.pk] for unit in units)
        if {unit.path[: tree.STEP] for unit in units} <= locked:
            return list(units)


def require_superior(by: User, unit: Organisation) -> None:
    """Lets pass who decides where the unit stands.

    Raises:
        Http404: the user may not see the unit.
        SuperiorDecides: the user holds no `units.change` above it.
    """
    if queries.may_decide_place(by, unit):
        return
    policy.require(by, queries.SEE, unit)
    raise errors.SuperiorDecides(unit.name)


def refuse_future(day: date) -> None:
    if day > (now := today()):
        raise errors.DayInFuture(day, now)


def refuse_dissolved(unit: Organisation) -> None:
    if unit.dissolved_on:
        raise errors.AlreadyDissolved(unit.name, unit.dissolved_on)


def refuse_unknown_choices(code: str, kind: str, field: str, territory: str) -> None:
    for value, known in ((kind, KINDS), (field, FIELDS), (territory, TERRITORIES)):
        if value not in known:
            raise errors.UnknownChoice(code, value)


def open_placement(unit: Organisation) -> Placement:
    return Placement.objects.select_for_update(no_key=True).get(organisation=unit, until_on__isnull=True)


def free_path(parent: Organisation | None) -> str:
    """The next path below a parent (or of a root) that no placement ever had."""
    return next_path(parent.path if parent else "", last_step(parent))


def next_path(above: str, last: int) -> str:
    """The path after the last step used below `above`.

    Raises:
        TooDeep: the tree would get more levels than a path can hold.
    """
    if len(above) // tree.STEP >= calculations.MAX_LEVELS:
        raise errors.TooDeep(calculations.MAX_LEVELS)
    return above + tree.step(last + 1)


def last_step(parent: Organisation | None) -> int:
    """The highest step ever used directly below a parent, wherever it stood then (or by a root); 0 where none was."""
    now = Organisation.objects.filter(parent=parent).aggregate(last=Max(Right("path", tree.STEP)))["last"]
    ever = Placement.objects.filter(parent=parent).aggregate(last=Max(Right("path", tree.STEP)))["last"]
    return max(tree.step_number(last) if last else 0 for last in (now, ever))
