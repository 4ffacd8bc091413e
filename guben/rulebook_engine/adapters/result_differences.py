"""Where two results of the same rules differ, found by DuckDB in the files of all units: see `results`."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from guben.rulebook_engine.adapters.result_reading import ResultFiles
from guben.rulebook_engine.results import UNITS

Places = tuple[int | None, int | None]


def units_that_differ(before: ResultFiles, after: ResultFiles, atoms: Sequence[int]) -> dict[int, Places]:
    """The ids of units at and below which any of these atoms differs, or that stand in one result only, with their
    numbers in both. One part after the other, so that memory does not grow with the tree."""
    found: dict[int, Places] = {}
    parts = sorted({part.number for one in (before, after) for part in one.manifest.parts})
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        for part in parts:
            old, new = (_rows(one, part, atoms) for one in (before, after))
            differ = " OR ".join(f"old.x{atom} IS DISTINCT FROM new.x{atom}" for atom in atoms)
            sql = (
                "SELECT coalesce(old.organisation, new.organisation), old.number, new.number"  # noqa: S608 - our own files
                f" FROM {old} AS old FULL JOIN {new} AS new ON old.organisation = new.organisation"
                f" WHERE old.organisation IS NULL OR new.organisation IS NULL OR {differ}"
            )
            for unit, first, second in connection.execute(sql).fetchall():
                known = found.get(unit, (None, None))  # a unit that is in another part of the other result
                found[unit] = (known[0] if first is None else first, known[1] if second is None else second)
    return found


def _rows(result: ResultFiles, part: int, atoms: Sequence[int]) -> str:
    """The units of a part with these atoms at and below them, as x0…; no rows where the result has no such part."""
    named = {f"x{atom}": atom for atom in atoms}
    if result.manifest.file(UNITS, part):
        return result.with_atoms([part], named, below=True)
    some = result.manifest.tables[UNITS][0].part
    return f"(SELECT * FROM {result.with_atoms([some], named, below=True)} LIMIT 0)"  # noqa: S608 - our own files
