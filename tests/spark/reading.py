"""The files of a run as the arrays of its parts, so that they are looked at like those of any other engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from guben.rulebook_engine.frozen import Manifest, file_name
from guben.rulebook_engine.plan_of_run import NULL, HandedUp, PartFigures, Plan, tally_places
from guben.rulebook_engine.results import BELOW, TALLIES, UNITS


def parts_of(work: Path, manifest: Manifest, plan: Plan) -> list[PartFigures]:
    return [_part(work, part.number, plan) for part in manifest.parts]


def _part(work: Path, part: int, plan: Plan) -> PartFigures:
    units = _columns(work / file_name(UNITS, part))
    heads = _columns(work / file_name(BELOW, part), units["number"][:0])
    tallies = _columns(work / file_name(TALLIES, part), units["number"][:0])
    places = {organisation: at for at, organisation in enumerate(units["organisation"].tolist())}
    with_children = np.searchsorted(units["number"], heads["number"])
    assert (np.diff(units["number"]) > 0).all()
    assert heads["number"].tolist() == tallies["number"].tolist()
    return PartFigures(
        part=part,
        number=units["number"],
        organisation=units["organisation"],
        parent=np.array([places.get(parent, -1) for parent in units["parent"].tolist()]),
        ends=units["ends"],
        own=tuple(units[f"o{number}"] for number in range(len(plan.columns))),
        below=tuple(heads.get(f"b{number}", units[f"o{number}"][:0]) for number in range(len(plan.columns))),
        about={check: units[f"a{number}"].astype(bool) for number, check in enumerate(plan.abouts)},
        verdict={one.key: units[f"v{number}"] for number, one in enumerate(plan.standards)},
        duty={one.label: units[f"d{number}"] for number, one in enumerate(plan.duties)},
        with_children=with_children,
        tally=np.array([tallies.get(f"t{place}", heads["number"]) for place in range(tally_places(plan)[""])]).T,
        up=HandedUp(with_children[:0], (), np.zeros((0, 0), np.int64)),
        rows=0,
    )


def _columns(file: Path, empty: Any = None) -> dict[str, Any]:
    """A file's columns in its own order, null as in a plan's arrays."""
    if not file.exists():
        assert empty is not None, file
        return {"number": empty}
    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT * FROM read_parquet('{file}')").fetchnumpy()
    return {name: _filled(values) for name, values in found.items()}


def _filled(values: Any) -> Any:
    if values.dtype.kind == "f":
        return np.ma.filled(values, np.nan)
    return np.ma.filled(values, NULL) if values.dtype == np.int64 else np.asarray(values)
