"""The files of a run over a whole tree: their layout, what each column means, and the manifest.

    RUN/manifest.json
    RUN/units/0000.parquet    a row for each unit of the part in pre-order: number, organisation, parent (its id), ends,
                              a0… (a condition on units is true), v0… (verdicts), d0… (duties), o0… (atoms over the
                              unit's own rows)
    RUN/below/0000.parquet    units with children: number, b0… (the same atoms over the unit and all below it)
    RUN/tallies/0000.parquet  units with children: number, t0… (how many units at and below have each verdict and state)
    RUN/tops/0001.parquet     the part's units whose parent is in part 0: their row of `tree`
    RUN/tree/0000.parquet     the snapshot's own file
    RUN/codes/0000.parquet    all units by code: code, number

Parts are those of the snapshot. A unit without children has nothing below it but itself, so its atoms are in `units`
only; nine units of ten are such, and nearly all numbers of a result are small. Columns are named by their place in the
plan; the manifest tells what each of them is, so that a rule finds its numbers again by what it computes, and a rule
that computes something else finds none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from guben.rulebook_engine.dialects import DUCKDB
from guben.rulebook_engine.entries import Duty, Indicator, Standard
from guben.rulebook_engine.expressions import Checked
from guben.rulebook_engine.frozen import MANIFEST, BrokenManifest, File, Part
from guben.rulebook_engine.plan_of_run import Plan, PlannedDuty, TableAtom, tally_places

FORMAT = 2
UNITS, BELOW, TALLIES, TOPS, TREE, CODES = "units", "below", "tallies", "tops", "tree", "codes"
TABLES = (UNITS, BELOW, TALLIES, TOPS, TREE, CODES)
NAMED = ("number", "ends", "organisation", "parent", "path", "code", "name", "short_name", "kind", "field", "territory")
ROW_GROUP = 16_384  # small enough that one row opens in milliseconds, large enough that the footer stays small

Meaning = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RunManifest:
    """What a run was made of and what its files hold. `meanings` tells what the columns are: see `meanings`."""

    on: date
    snapshot: str
    snapshot_digest: str
    generated: Mapping[str, Any]
    editions: Mapping[str, str]
    fingerprint: str
    engine: str
    guben: str
    started_at: str
    finished_at: str
    rows: int
    parts: tuple[Part, ...]
    tables: Mapping[str, tuple[File, ...]]
    meanings: Mapping[str, Sequence[Meaning]]

    @property
    def units(self) -> int:
        return sum(part.units for part in self.parts)

    def file(self, table: str, part: int) -> File | None:
        return next((file for file in self.tables[table] if file.part == part), None)

    def text(self) -> str:
        return json.dumps({"format": FORMAT, **asdict(self)}, ensure_ascii=False, indent=1, default=str)


def read_run(folder: Path) -> RunManifest:
    """The manifest of a run; its files are not looked at.

    Raises:
        BrokenManifest: there is none, or it is not of this format.
    """
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if content.pop("format") != FORMAT:
            raise BrokenManifest(folder, MANIFEST)
        content["on"] = date.fromisoformat(content["on"])
        content["parts"] = tuple(Part(**part) for part in content["parts"])
        content["tables"] = {name: tuple(File(**one) for one in files) for name, files in content["tables"].items()}
        return RunManifest(**content)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise BrokenManifest(folder, f"{MANIFEST}: {type(fault).__name__}: {fault}") from None


def meanings(plan: Plan) -> dict[str, list[Meaning]]:
    """What the columns are: the atoms (b0…, o0…), conditions (a0…), standards (v0…) and duties (d0…) in their order.
    A standard or duty says at which column of the tallies its counts begin."""
    places = tally_places(plan)
    return {
        "atoms": [atom_meaning(column, plan.on) for column in plan.columns],
        "abouts": [about_meaning(check, plan.on) for check in plan.abouts],
        "indicators": [{"key": one.key, "atoms": list(plan.columns_of(one))} for one in plan.indicators],
        "standards": [
            {**standard_meaning(one, plan.by_key[one.indicator], plan.on), "tally": places[one.key]}
            for one in plan.standards
        ],
        "duties": [
            {**duty_meaning(one), "good": one.good, "in_time": one.in_time, "tally": places[one.label]}
            for one in plan.duties
        ],
    }


def atom_meaning(column: TableAtom, on: date) -> Meaning:
    """An atom by its table and what is computed over it, in the words of the reference engine."""
    return {"table": column.table, "computes": column.atom.sql(DUCKDB, on)}


def about_meaning(check: Checked, on: date) -> Meaning:
    """A condition on units by what is asked of their facts."""
    return {"condition": _text(check, on)}


def standard_meaning(standard: Standard, indicator: Indicator, on: date) -> Meaning:
    """All that a verdict depends on."""
    return {
        "key": standard.key,
        "issued_by": standard.issued_by,
        "who": [_text(indicator.who, on), _text(standard.who, on)],
        "over": indicator.over,
        "where": _text(indicator.where, on),
        "value": indicator.value.text,
        "scope": indicator.scope,
        "holds": _text(standard.holds, on),
    }


def duty_meaning(planned: PlannedDuty) -> Meaning:
    """All that a state depends on, the evidence by the numbers of its atoms aside."""
    duty: Duty = planned.duty
    return {
        "key": planned.key,
        "issued_by": duty.issued_by,
        "from": duty.from_on.isoformat(),
        "period": planned.period.label,
        "due_on": planned.due_on.isoformat(),
        "who": _text(duty.who, planned.day),
        "applies": [_text(part.where, planned.day) for part in duty.applies],
        "times": duty.times,
        "is": _text(duty.evidence.matches, planned.day),
        "where": _text(duty.evidence.where, planned.day),
    }


def _text(check: Checked | None, on: date) -> str:
    return check.sql(DUCKDB, on) if check else ""
