"""Snapshots: the fact tables of one day, frozen as Parquet with a manifest, without names, numbers or telephones.

Rows about persons carry pseudonyms: keyed hashes under a key drawn for this one file and kept nowhere, so that neither
the records nor another snapshot's rows can be found by them. Birth days and the like stay, since rules count by them: a
snapshot is for its owner, and ends.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from guben import __version__
from guben.access import policy
from guben.accounts.database import one_moment
from guben.accounts.installation import today
from guben.accounts.models import User
from guben.audit import trail
from guben.figures import person_tables
from guben.figures.errors import BrokenSnapshot, UnitNotThere
from guben.figures.models import Snapshot
from guben.figures.trees import DayTree, UnitName
from guben.kit.tree import subtree_ends
from guben.organisations.models import Organisation
from guben.organisations.queries import holds_everywhere, units_on
from guben.rulebook.live import select
from guben.rulebook.queries import library
from guben.rulebook_engine.adapters.duckdb import ParquetEngine, write_parquet
from guben.rulebook_engine.evaluation import Tree
from guben.rulebook_engine.facts import Column, FactTable, catalogue
from guben.rulebook_engine.frozen import (
    MANIFEST,
    TREE_TABLE,
    BrokenManifest,
    Manifest,
    check_file,
    cut,
    digest,
    read_manifest,
)

KEEP_DAYS = 400
FETCH = 5000
TREE = FactTable(
    name=TREE_TABLE,
    zh="组织树",
    en="tree",
    columns=(
        Column("number", "integer", "先序号", "pre-order number"),
        Column("ends", "integer", "下级止于", "end of the subtree"),
        Column("path", "text", "路径", "path"),
        Column("code", "text", "代码", "code"),
        Column("name", "text", "名称", "name"),
        Column("short_name", "text", "简称", "short name"),
        Column("parent", "integer", "上级", "parent"),
        Column("kind", "text", "组织类别", "kind"),
        Column("field", "text", "所属领域", "field"),
        Column("territory", "text", "所在层级", "territory"),
    ),
    sql="",
)
SUBTREE = """
WITH tree AS (SELECT * FROM read_parquet($1))
SELECT t.organisation, t.code, t.name, t.short_name, t.path, t.parent, t.kind, t.field, t.territory
FROM tree AS t JOIN tree AS top ON top.code = $2 AND t.number >= top.number AND t.number < top.ends
ORDER BY t.number
"""
Progress = Callable[[str, int, int], None]


def _silent(message: str, done: int, total: int) -> None:
    """Nobody watches."""


@one_moment()
def take(on: date, *, by: User, folder: Path | None = None, progress: Progress = _silent) -> Snapshot:
    """Freezes every fact table as of a day into an owner-only folder. One transaction, so all tables agree.

    Raises:
        PermissionDenied: the user may not take snapshots of the whole tree.
    """
    require_taker(by)
    folder = (folder or settings.DATA / "snapshots" / f"{on}-{os.urandom(4).hex()}").resolve()
    digest, counts = freeze(on, folder, progress)
    snapshot = Snapshot.objects.create(
        on=on, folder=str(folder), manifest_digest=digest, taken_by=by, keep_until=today() + timedelta(days=KEEP_DAYS)
    )
    trail.record("snapshots.taken", snapshot, by=by, organisation_id=None, right="snapshots.take", details=counts)
    return snapshot


def require_taker(user: User) -> None:
    """Raises PermissionDenied: the user may not take snapshots of the whole tree."""
    if not holds_everywhere(user, "snapshots.take"):
        raise PermissionDenied("snapshots.take")


@one_moment()
def freeze(on: date, folder: Path, progress: Progress = _silent) -> tuple[str, dict[str, int]]:
    """Writes the fact tables of a day and the manifest; the manifest's digest and the rows of each table come back.
    In one transaction, so that all tables agree."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    tables = list(catalogue)
    units = _units(on)
    ends = subtree_ends([unit[1] for unit in units])
    parts = cut(ends)
    files = {TREE.name: write_parquet(folder, TREE, _tree_rows(units, ends), parts)}
    for number, table in enumerate(tables, start=1):
        progress(table.name, number, len(tables))
        files[table.name] = write_parquet(folder, table, _fact_rows(table, on), parts)
    editions = {rule.key: rule.edition_label for rule in library().in_force(on)}
    manifest = Manifest(on, __version__, editions, tuple(parts), files)
    return _write_manifest(folder, manifest), {name: manifest.rows(name) for name in files}


def _units(on: date) -> list[tuple[Any, ...]]:
    columns = (
        "organisation_id",
        "path",
        "organisation__code",
        "name",
        "short_name",
        "parent_id",
        "kind",
        "field",
        "territory",
    )
    return list(units_on(on).order_by("path").values_list(*columns))


def _tree_rows(units: Sequence[tuple[Any, ...]], ends: Sequence[int]) -> Iterator[list[Any]]:
    for number, (organisation, *rest) in enumerate(units):
        yield [organisation, number, number, ends[number], *rest]


def _fact_rows(table: FactTable, on: date) -> Iterator[Sequence[Any]]:
    """The rows of a fact table; where a row is about a person, its id is replaced by a pseudonym of this one table."""
    key = os.urandom(32)
    with connection.chunked_cursor() as cursor:
        names = [f'"{column.name}"' for column in table.stored_columns]
        cursor.execute(select(["organisation", "record", *names], table, on, None))
        while chunk := cursor.fetchmany(FETCH):
            for row in chunk:
                yield (row[0], _pseudonym(key, row[1]), *row[2:]) if person_tables.holds(table.name) else row


def _pseudonym(key: bytes, record: int) -> int:
    """63 bits: two of a hundred million rows meet once in a thousand snapshots, and a count does not mind."""
    return int.from_bytes(hmac.digest(key, str(record).encode(), "sha256")[:8]) >> 1


def forget_expired(*, by: User) -> int:
    """Deletes the snapshots whose time is over, files and row; how many. Only files that a manifest names are deleted.

    Raises:
        PermissionDenied: the user does not manage the system.
    """
    if not policy.may_anywhere(by, "system.manage"):
        raise PermissionDenied("system.manage")
    expired = list(Snapshot.objects.filter(keep_until__lt=today()))
    for snapshot in expired:
        with transaction.atomic():
            details = {"on": snapshot.on.isoformat(), "keep_until": snapshot.keep_until.isoformat()}
            trail.record(
                "snapshots.forgotten", snapshot, by=by, organisation_id=None, right="system.manage", details=details
            )
            folder = Path(snapshot.folder)
            snapshot.delete()
        if not Snapshot.objects.filter(folder=str(folder)).exists():
            _delete_files(folder)
    return len(expired)


def _delete_files(folder: Path) -> None:
    """The files of a snapshot and its folder; whatever else lies there stays."""
    if not (folder / MANIFEST).is_file():
        return
    for name in (TREE.name, *catalogue.names):
        for file in (folder / name).glob("[0-9]*.parquet"):
            file.unlink()
        _remove_empty(folder / name)
        (folder / f"{name}.parquet").unlink(missing_ok=True)  # of the first format
    (folder / MANIFEST).unlink()
    _remove_empty(folder)


def _remove_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def _write_manifest(folder: Path, manifest: Manifest) -> str:
    text = manifest.text()
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    (folder / MANIFEST).chmod(0o600)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class OpenSnapshot:
    """A snapshot whose files are what its manifest says."""

    folder: Path
    on: date
    engine: ParquetEngine

    def require_day(self, on: date) -> None:
        """Raises BrokenSnapshot when the snapshot is of another day."""
        if self.on != on:
            raise BrokenSnapshot(str(self.folder), f"{self.on} ≠ {on}")

    def day_tree(self, top: Organisation) -> DayTree:
        """The frozen tree at and below a unit.

        Raises:
            UnitNotThere: the snapshot does not know the unit.
        """
        found = self.engine.connection.execute(
            SUBTREE, [str(self.folder / TREE.name / "*.parquet"), top.code]
        ).fetchall()
        if not found:
            raise UnitNotThere(top.code, self.on)
        units = [UnitName(*row) for row in found]
        tree = Tree([unit.id for unit in units], [unit.path for unit in units])
        return DayTree(self.on, top, tree, {unit.id: unit for unit in units})


def require_registered(folder: Path) -> None:
    """Raises BrokenSnapshot: the register lists the snapshot with another manifest."""
    taken = Snapshot.objects.filter(folder=str(folder.resolve())).order_by("-pk").first()
    if taken and taken.manifest_digest != digest(folder / MANIFEST):
        raise BrokenSnapshot(str(folder), MANIFEST)


def manifest_in(folder: Path) -> Manifest:
    """The manifest of a snapshot; neither its files nor the register are looked at.

    Raises:
        BrokenSnapshot: there is none, or it can't be read.
    """
    try:
        return read_manifest(folder)
    except BrokenManifest as fault:
        raise BrokenSnapshot(str(folder), fault.what) from None


@contextmanager
def open_snapshot(folder: Path) -> Iterator[OpenSnapshot]:
    """Opens a snapshot after checking its files against the manifest, and the manifest against the register.

    Raises:
        BrokenSnapshot: no manifest, or a file that differs from it.
    """
    try:
        manifest = read_manifest(folder)
        missing = [name for name in (TREE.name, *catalogue.names) if name not in manifest.tables]
        if missing:
            raise BrokenManifest(folder, missing[0])
        for file in manifest.files:
            check_file(folder, file)
    except BrokenManifest as fault:
        raise BrokenSnapshot(str(folder), fault.what) from None
    require_registered(folder)
    with ParquetEngine(folder) as engine:
        yield OpenSnapshot(folder, manifest.on, engine)
