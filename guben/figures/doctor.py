"""What must be true of an installation, checked; what is derived, rebuilt."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count

from guben.access import keys, policy
from guben.accounts import database, keyring
from guben.accounts.models import User
from guben.audit import proofs, trail
from guben.figures.errors import BrokenSnapshot
from guben.figures.models import Snapshot
from guben.figures.snapshots import open_snapshot
from guben.jobs.models import NightlyRun
from guben.kit.errors import DomainError
from guben.members.models import Affiliation, Stage, Standing
from guben.organisations.actions import check_tree, rebuild_index
from guben.organisations.models import Organisation
from guben.rulebook.queries import library


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; no faults means it is in order. `notes` are worth knowing even then."""

    name: str
    faults: list[str]
    notes: list[str] = field(default_factory=list)


Look = Callable[[], Iterator[str]]

_more: dict[str, Look] = {}


def register(name: str, look: Look) -> None:
    """A higher app adds a check of its own; each fault it gives is a line."""
    _more[name] = look


def check_all(*, every: bool = False) -> list[Check]:
    """Every check. None of them changes anything. `every` opens all sealed values, not only some of each column.

    Where tables are missing or old, the other checks can't be made and are left out.
    """
    set_up = [
        Check(f"kept in {database.named()}", list(database.faults())),
        Check("database: migrations applied", list(_migrations())),
    ]
    if set_up[-1].faults:
        return set_up
    checks: dict[str, Callable[[], Iterator[str]]] = {
        "folders and keys: owner only": _owner_only,
        "tree: today's copy, no orphans, no cycles": _tree,
        "people: one open row of each kind": _people,
        "rulebooks: readable and fitting together": _rules,
        "history: as it was written": _history,
        "night: last works done": _nights,
        "snapshots: files as their manifests say": _snapshots,
        **_more,
    }
    found = [Check(name, list(check())) for name, check in checks.items()]
    return [
        *set_up,
        *found,
        Check("keys: sealed values open and are found", list(keys.faults(every=every)), list(keys.notes())),
    ]


def _migrations() -> Iterator[str]:
    executor = MigrationExecutor(connection)
    for migration, _backwards in executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield f"{migration} is not applied: run `guben manage migrate`."


def _owner_only() -> Iterator[str]:
    data = Path(settings.DATA)
    others = [data] if stat.S_IMODE(data.stat().st_mode) & 0o077 else []
    for place in (*others, *keyring.open_to_others()):
        yield f"{place} can be read by others: chmod go-rwx {place}"


def _tree() -> Iterator[str]:
    yield from check_tree()


def _people() -> Iterator[str]:
    """Counts what the unique indexes must have kept out; a fault means the indexes are gone."""
    for model in (Affiliation, Stage, Standing):
        rows = model.objects.filter(until_on=None).order_by().values("person_id")
        for row in rows.annotate(count=Count("pk")).filter(count__gt=1):
            yield f"{model.__name__}: person {row['person_id']} has {row['count']} open rows."


def _rules() -> Iterator[str]:
    try:
        if not library().rulebooks:
            yield "No rulebook is installed: run `guben rules install`."
    except DomainError as fault:
        yield str(fault)


def _history() -> Iterator[str]:
    for fault in proofs.verify().faults:
        yield f"{fault.place} {fault.number}: {fault.problem}."


def _nights() -> Iterator[str]:
    for run in NightlyRun.objects.filter(failed=True).order_by("name"):
        yield f"{run.name} failed in the night of {run.last_on}: {run.message}."


def _snapshots() -> Iterator[str]:
    for snapshot in Snapshot.objects.all():
        try:
            with open_snapshot(Path(snapshot.folder)):
                pass
        except BrokenSnapshot as fault:
            yield str(fault)


@transaction.atomic
def rebuild_all(*, by: User) -> int:
    """Derives today's copy of the tree anew from the placements; returns how many units changed.

    Raises:
        PermissionDenied: the user does not manage the system.
    """
    if not policy.may_anywhere(by, "system.manage"):
        raise PermissionDenied("system.manage")
    changed = rebuild_index()
    first = Organisation.objects.order_by("path").first()
    if first is not None:
        trail.record(
            "tree.rebuilt", first, by=by, organisation_id=first.pk, right="system.manage", details={"changed": changed}
        )
    return changed
