"""A run in a database's SQL alone, from the pieces that engines share, gives what the reference gives."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from benchmarks.national_sql import Formulation, SqlRun
from guben.rulebook_engine.adapters import whole_duckdb
from tests.rulebook_engine.test_whole_tree import random_rules
from tests.rulebook_engine.whole_trees import build, chain, random_paths, work_out_all


def test_units_are_judged_and_counted_as_by_the_reference(tmp_path: Path) -> None:
    paths = sorted({*chain(5), *random_paths(random.Random(11), 25)})
    found = build(tmp_path / "frozen", paths, 5, 8)
    made = random_rules(random.Random(7), duties=True)
    parts = work_out_all(whole_duckdb.work_out, found, made)
    with duckdb.connect() as connection:
        way = Formulation(by_part=True, truths=True)
        assert SqlRun(connection, found.folder, found.manifest, made, way).run(tmp_path / "out") == len(paths)

        def read(name: str) -> dict[str, Any]:
            rows = f"SELECT * FROM read_parquet('{tmp_path}/out/*/{name}.parquet')"
            return connection.execute(rows).fetchnumpy()

        units, below, tallies = read("units"), read("below"), read("tallies")

    codes = {f"v{at}": [part.verdict[one.key] for part in parts] for at, one in enumerate(made.standards)}
    codes |= {f"d{at}": [part.duty[one.label] for part in parts] for at, one in enumerate(made.duties)}
    counts = [at for at, column in enumerate(made.columns) if column.atom.function == "count"]
    heads = [part.number[part.with_children] for part in parts]
    totals = {f"b{at}": [part.below[at][part.with_children] for part in parts] for at in counts}
    assert len(parts) > 2
    assert len(codes) > 15
    for name, arrays in codes.items():
        assert by_number(units["number"], units[name]) == by_number([part.number for part in parts], arrays), name
    for name, arrays in totals.items():
        assert by_number(below["number"], below[name]) == by_number(heads, arrays), name
    summed = np.concatenate([part.tally for part in parts]).sum(axis=0).tolist()
    assert [int(tallies[f"t{place}"].sum()) for place in range(len(summed))] == summed
    found.live.close()


def by_number(numbers: Any, values: Any) -> dict[int, int]:
    """The values of units by the units' numbers, from one array or the arrays of parts."""
    if isinstance(numbers, list):
        numbers, values = np.concatenate(numbers), np.concatenate(values)
    return dict(zip(numbers.tolist(), values.tolist(), strict=True))
