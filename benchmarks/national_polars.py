"""The atoms of a whole run by polars: grouped by unit, then added up over the tree by running sums."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars
from numpy.typing import NDArray

from guben.rulebook_engine.dialects import DuckDB
from guben.rulebook_engine.frozen import Manifest
from guben.rulebook_engine.plan_of_run import Plan


class Polars(DuckDB):
    """SQL as polars reads it."""

    name = "polars"

    def day(self, value: date) -> str:
        return f"CAST('{value.isoformat()}' AS DATE)"

    def year_part(self, column: str) -> str:
        return f"EXTRACT(YEAR FROM {column})"

    def month_part(self, column: str) -> str:
        return f"EXTRACT(MONTH FROM {column})"

    def day_part(self, column: str) -> str:
        return f"EXTRACT(DAY FROM {column})"

    def days(self, column: str, on: date) -> str:
        return f"({(on - date(1970, 1, 1)).days} - CAST({column} AS BIGINT))"


DIALECT = Polars()


def run(folder: Path, manifest: Manifest, plan: Plan) -> dict[int, NDArray[Any]]:
    """For each atom that is a count or a sum, its total over each unit and all below it, in the order of the tree."""
    tree = _read(folder, manifest, "tree").select("number", "organisation", "ends").sort("number").collect()
    places = polars.DataFrame({"organisation": tree["organisation"], "place": np.arange(len(tree), dtype=np.int64)})
    ends = tree["ends"].to_numpy()
    found: dict[int, NDArray[Any]] = {}
    for table, numbers in plan.tables.items():
        atoms = {number: plan.columns[number].atom for number in numbers}
        adding = {number: atom for number, atom in atoms.items() if atom.function in ("count", "sum")}
        columns = ", ".join(f"{atom.sql(DIALECT, plan.on)} AS b{number}" for number, atom in adding.items())
        context = polars.SQLContext(rows=_read(folder, manifest, table))
        grouped = context.execute(f"SELECT organisation, {columns} FROM rows GROUP BY organisation")
        joined = grouped.collect(engine="streaming").join(places.lazy().collect(), on="organisation")
        at = joined["place"].to_numpy()
        for number in adding:
            own = np.zeros(len(tree) + 1, np.float64 if atoms[number].is_double else np.int64)
            own[at + 1] = joined[f"b{number}"].fill_null(0).to_numpy()
            sums = own.cumsum()
            found[number] = sums[ends] - sums[:-1]
    return found


def _read(folder: Path, manifest: Manifest, table: str) -> polars.LazyFrame:
    return polars.scan_parquet([folder / file.name for file in manifest.tables[table]])
