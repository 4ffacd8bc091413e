"""`guben demo` and `guben import members|organisations|divisions`."""

from __future__ import annotations

import os
import time
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.management import call_command
from django.db import connection

from guben.accounts.database import refresh_statistics
from guben.accounts.operator import acting_user
from guben.audit import trail
from guben.cli.context import BadInput, print_json, progress, unit_of, user_of
from guben.kit import collecting
from guben.organisations.divisions import DivisionCounts, import_divisions
from guben.organisations.models import Organisation
from guben.rulebook.actions import install
from guben.rulebook.sources import shipped_files

if TYPE_CHECKING:
    from guben.imports.results import ImportResult
    from guben.kit.tables import Sheet


def set_up_empty() -> None:
    """Makes the tables of an empty database and installs the shipped rulebooks; leaves any other database alone."""
    if connection.introspection.table_names():
        return
    progress("An empty database: making its tables and installing the shipped rulebooks.")
    call_command("migrate", verbosity=0, interactive=False)
    install(shipped_files(), by=acting_user())


def demo(options: Namespace) -> int:
    """Builds the demo city, or fills a tree that was imported."""
    if options.verb == "day":
        return _move_day(options)
    from guben.demo.plan import DAY
    from guben.demo.store import moment

    with trail.dated(moment(DAY, 7, 45)):  # an invented history begins with the rules
        set_up_empty()
    by, begun = user_of(options), time.monotonic()
    if options.on_tree:
        from guben.demo.fill import fill_tree

        top = unit_of(options.on_tree, by)
        more = {"members_per_unit": options.members_per_unit} if options.members_per_unit else {}
        counts = fill_tree(top, seed=options.seed, by=by, progress=progress, **more)
    else:
        if Organisation.objects.exists():
            raise BadInput(
                "This database holds units already. The demo city needs an empty one: set GUBEN_DATA to a new folder, "
                "or fill the tree that is here with `guben demo --on-tree CODE`."
            )
        from guben.demo.city import build

        counts = build(seed=options.seed, by=by, progress=progress)
    refresh_statistics()
    if options.json:
        return print_json(counts)
    print(", ".join(f"{value:,} {name}" for name, value in counts.items()), f"in {time.monotonic() - begun:.0f} s.")
    return 0


def _move_day(options: Namespace) -> int:
    """Makes another day the demo's today."""
    from guben.demo.actions import move_day

    row = move_day(options.day, by=user_of(options))
    if options.json:
        return print_json({"day": row.demo_day})
    print(f"The demo's day is {row.demo_day}.")
    return 0


def take_in(options: Namespace) -> int:
    """Takes in a roll, a list of units, or the public divisions."""
    set_up_empty()
    if options.verb == "divisions":
        return _divisions(options)
    from guben.imports.actions import import_members, import_organisations, read

    by = user_of(options)
    at = unit_of(options.at, by) if options.at else _only_root(options.verb)
    take = import_members if options.verb == "members" else import_organisations
    path = Path(options.file)
    try:
        content = path.read_bytes()
    except OSError as fault:
        raise BadInput(f"{path} can't be read: {fault.strerror}.") from None
    with collecting.put_off():
        sheet = read(content, path.name, options.verb)
        result = take(sheet, at, by, dry_run=options.dry_run, progress=_watched())
    refresh_statistics()
    if options.report:
        _write_report(Path(options.report), sheet, result, options.verb)
    if options.json:
        return print_json(result.as_json())
    for note in result.notes:
        print(f"{path.name}: {note}")
    for wrong in (*result.faults, *result.checks):
        print(f"{path.name}:{wrong.row}: {wrong.column}: {wrong.message}")
    print(
        f"{result.rows} rows: {result.accepted} accepted, {result.updated} updated, {result.unchanged} unchanged, "
        f"{result.rejected_rows} rejected." + (" Nothing was saved (--dry-run)." if options.dry_run else "")
    )
    return 0


def _watched() -> Callable[[int, int, str], None]:
    """Progress on standard error: each new stage, and at most once a second within one."""
    told = {"": 0.0}  # when the last line of a stage was written

    def watch(done: int, total: int, message: str) -> None:
        if time.monotonic() - told.get(message, float("-inf")) > 1:
            progress(message, done, total)
            told.clear()
            told[message] = time.monotonic()

    return watch


def _write_report(path: Path, sheet: Sheet, result: ImportResult, kind: str) -> None:
    """Writes the workbook, which holds whole numbers of persons, for its owner alone."""
    from guben.imports.workbooks import marked

    content = marked(sheet, result, kind)
    try:
        path.unlink(missing_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    except OSError as fault:
        raise BadInput(f"{path} can't be written: {fault.strerror}.") from None
    progress(f"{len(result.faults)} faults written to {path}")


def _only_root(verb: str) -> Organisation | None:
    """The single top of the tree; a list of units may also start an empty tree."""
    roots = list(Organisation.objects.filter(parent=None, dissolved_on=None)[:2])
    if len(roots) == 1:
        return roots[0]
    if not roots and verb == "organisations":
        return None
    raise BadInput("Name the unit the rows belong at or below: --at CODE.")


def _divisions(options: Namespace) -> int:
    folder = Path(options.folder)
    if not (folder / "villages.csv").is_file():
        raise BadInput(f"{folder} holds no division data. `make data` fetches it; --folder names another place.")
    counts = import_divisions(
        folder, options.province, user_of(options), lambda done, total: progress("divisions", done, total)
    )
    refresh_statistics()
    faults = [{"code": code, "message": message} for code, message in counts.faults]
    if options.json:
        return print_json({**_counts(counts), "faults": faults})
    for fault in faults:
        print(f"{fault['code']}: {fault['message']}")
    print(", ".join(f"{value:,} {name.replace('_', ' ')}" for name, value in _counts(counts).items()))
    return 0


def _counts(counts: DivisionCounts) -> dict[str, int]:
    return {
        "rows": counts.rows,
        "accepted": counts.accepted,
        "updated": 0,
        "unchanged": counts.unchanged,
        "rejected_rows": counts.rejected,
    }
