"""What a result says of any unit: its figures, its children's and its ancestors', what is wrong at and below it.

A rule finds its numbers by what it computes, so an installed rule that was amended after the run is refused by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, overload

from guben.figures.queries import Finding, UnitFigure
from guben.figures.trees import UnitName
from guben.rollup.errors import BrokenResult, NotInResult
from guben.rollup.runs import CURRENT, current
from guben.rulebook_engine.adapters.result_reading import ResultFiles, Unit
from guben.rulebook_engine.aggregates import Aggregation, Atom, Figure, aggregation_of
from guben.rulebook_engine.dialects import DUCKDB
from guben.rulebook_engine.entries import Entry, Indicator, Standard
from guben.rulebook_engine.expressions import Arithmetic, AtomValue, ColumnValue, Node
from guben.rulebook_engine.facts import Catalogue, Column, catalogue
from guben.rulebook_engine.frozen import BrokenManifest, check_file
from guben.rulebook_engine.library import Library
from guben.rulebook_engine.plan_of_run import (
    FAILS,
    STATES,
    UNKNOWN,
    Plan,
    PlannedDuty,
    TableAtom,
    plan,
)
from guben.rulebook_engine.results import (
    BELOW,
    TALLIES,
    UNITS,
    Meaning,
    RunManifest,
    about_meaning,
    atom_meaning,
    duty_meaning,
    read_run,
    standard_meaning,
)

OWED = tuple(STATES.index(state) for state in ("due", "done", "done_late", "late"))
LATE = STATES.index("late")


@dataclass(frozen=True, slots=True)
class Found:
    """What is wrong at and below a unit, and which rules found nothing."""

    findings: tuple[Finding, ...]
    quiet: tuple[Entry, ...]


class OpenResult:
    """One result with the rules it is read by. It stays with the run it was opened on; threads may share it."""

    def __init__(self, folder: Path, manifest: RunManifest, library: Library, facts: Catalogue = catalogue) -> None:
        self.folder, self.manifest, self.library, self.facts = folder, manifest, library, facts
        self.on = manifest.on
        self.files = ResultFiles(folder, manifest)
        self._asked: dict[tuple[str, date], Asked] = {}

    def close(self) -> None:
        self.files.close()

    @cached_property
    def plan(self) -> Plan:
        """What these rules would work out."""
        return plan(self.library, self.on, self.facts)

    @cached_property
    def atoms(self) -> Mapping[tuple[str, str], int]:
        """The number of each atom by its table and what it computes."""
        known = enumerate(self.manifest.meanings["atoms"])
        return {(one["table"], one["computes"]): number for number, one in known}

    def span_of(self, rule: Entry) -> tuple[int, int] | None:
        """Where the rule of a unit holds; None for a rule of the nation, which holds everywhere."""
        if rule.is_national:
            return None
        issuer = self.files.unit(rule.issued_by)
        return (issuer.number, issuer.ends) if issuer else (0, 0)

    def unit(self, code: str) -> Unit:
        """Raises NotInResult where no unit has the code."""
        found = self.files.unit(code)
        if found is None:
            raise NotInResult(code)
        return found

    def children(self, code: str) -> list[Unit]:
        return self.files.children(self.unit(code))

    def ancestors(self, code: str) -> list[Unit]:
        """The units above, the highest first."""
        return self.files.ancestors(self.unit(code))

    def figure(self, indicator: Indicator, unit: Unit) -> Figure | None:
        """One figure; None where the indicator is not about the unit."""
        return self.figures([indicator], [unit]).get((indicator.key, unit.number))

    def figures(self, indicators: Iterable[Indicator], units: Sequence[Unit]) -> dict[tuple[str, int], Figure]:
        """Figures by indicator's key and unit's number; absent where an indicator is not about a unit.

        Raises:
            NotInResult: the run did not work an indicator out, or by another meaning.
        """
        asked = [self.asked_of(one) for one in indicators]
        own = self._read(units, {name for one in asked for name in one.columns("o")}, UNITS)
        heads = [unit for unit in units if unit.has_children]
        below = self._read(heads, {name for one in asked if one.is_below for name in one.columns("b")}, BELOW)
        found: dict[tuple[str, int], Figure] = {}
        for one in asked:
            figure = one.aggregation.figures(self.on)
            for unit in units:
                if one.concerns(unit) and (not one.about or own[unit.number][one.about]):
                    row = below if unit.has_children and one.is_below else own
                    found[one.key, unit.number] = figure([row[unit.number][name] for name in one.names(unit)])
        return found

    def has(self, indicator: Indicator) -> bool:
        """Whether the run worked the indicator out, by the same meaning."""
        try:
            self.asked_of(indicator)
        except NotInResult:
            return False
        return True

    def asked_of(self, indicator: Indicator) -> Asked:
        """An indicator as columns. Raises NotInResult as `figures`."""
        key = (indicator.key, indicator.from_on)
        if key not in self._asked:
            self._asked[key] = Asked.of(indicator, self)
        return self._asked[key]

    def _read(self, units: Sequence[Unit], columns: Iterable[str], table: str) -> dict[int, dict[str, Any]]:
        names = sorted(columns)
        rows = self.files.values([unit.number for unit in units], names, table) if names else {}
        return {number: dict(zip(names, row, strict=True)) for number, row in rows.items()}

    def findings(self, code: str) -> Found:
        """Every rule of the run tried on the unit and all below it, as `figures.queries.diagnose` does it live. The
        units of a finding are looked up when they are asked for."""
        unit = self.unit(code)
        counts = _Counts(self, unit)
        tried: list[tuple[Entry, Finding | None]] = []
        for standard, indicator, place in self._standards:
            tried += self._of_standard(standard, indicator, place, unit, counts)
        for key, planned in self._duties.items():
            tried += self._of_duty(key, planned, unit, counts)
        found = sorted((finding for _rule, finding in tried if finding), key=lambda one: one.weight)
        return Found(tuple(found), tuple(rule for rule, finding in tried if finding is None))

    def _of_standard(
        self, standard: Standard, indicator: Indicator, place: int, unit: Unit, counts: _Counts
    ) -> list[tuple[Entry, Finding | None]]:
        """The standard with what it found; nothing where it is about no unit there."""
        column = f"v{place}"
        _none, *tried = counts.of(column, self.manifest.meanings["standards"][place]["tally"], UNKNOWN)
        fails = tried[FAILS - 1]
        if not fails:
            return [(standard, None)] if sum(tried) else []
        if standard.reports == "figure" and counts.own(column) == FAILS:
            figure = self.figure(indicator, unit) or Figure(None)
            own = (UnitFigure(named(unit), figure),)
            return [(standard, Finding(standard, indicator, figure.value, figure.denominator, own))]
        past = PastTheLine(self, unit, f"{column} = {FAILS}", Asked.of(indicator, self), fails)
        return [(standard, Finding(standard, indicator, fails, sum(tried), past))]

    def _of_duty(
        self, key: str, planned: Sequence[tuple[PlannedDuty, int]], unit: Unit, counts: _Counts
    ) -> list[tuple[Entry, Finding | None]]:
        """The same for a duty in the last period that is over; each edition that rules a part of it is planned."""
        meanings = [self.manifest.meanings["duties"][place] for _one, place in planned]
        of = [
            counts.of(f"d{place}", meaning["tally"], len(STATES) - 1)
            for (_one, place), meaning in zip(planned, meanings, strict=True)
        ]
        owed, late = (sum(one[state] for one in of for state in states) for states in (OWED, (LATE,)))
        rule = next(rule for rule in self.library.duties(self.on) if rule.key == key)
        if not late:
            return [(rule, None)] if owed else []
        where = "(" + " OR ".join(f"d{place} = {LATE}" for _one, place in planned) + ")"
        past = PastTheLine(self, unit, where, Asked.of_records(key, meanings[0]["good"]), late)
        return [(rule, Finding(rule, None, late, owed, past, planned[0][0].period.label))]

    @cached_property
    def _standards(self) -> list[tuple[Standard, Indicator, int]]:
        """The standards with their indicators and the numbers of their columns."""
        pairs = [(standard, self.plan.by_key[standard.indicator]) for standard in self.plan.standards]
        return [(one, by, self.place("standards", standard_meaning(one, by, self.on))) for one, by in pairs]

    @cached_property
    def _duties(self) -> dict[str, list[tuple[PlannedDuty, int]]]:
        """By each duty's key its periods, with the numbers of their columns."""
        rules = self.library.duties(self.on)
        alike = dict.fromkeys(rule.every for rule in rules)  # the order of a diagnosis
        found: dict[str, list[tuple[PlannedDuty, int]]] = {
            rule.key: [] for every in alike for rule in rules if rule.every == every
        }
        for planned in self.plan.duties:
            found[planned.key].append((planned, self.place("duties", duty_meaning(planned))))
        return {key: planned for key, planned in found.items() if planned}

    def place(self, kind: str, meaning: Meaning) -> int:
        """The number of the column that means this."""
        for place, known in enumerate(self.manifest.meanings[kind]):
            if all(known[name] == value for name, value in meaning.items()):
                return place
        raise NotInResult(str(meaning.get("key", meaning)))


class _Counts:
    """How many units at and below one have each verdict and state."""

    def __init__(self, result: OpenResult, unit: Unit) -> None:
        meanings = result.manifest.meanings
        names = [f"v{place}" for place in range(len(meanings["standards"]))]
        names += [f"d{place}" for place in range(len(meanings["duties"]))]
        row = result.files.values([unit.number], names)[unit.number]
        self._own = dict(zip(names, row, strict=True))
        self._below: Sequence[int] | None = None
        if unit.has_children:
            width = UNKNOWN * len(meanings["standards"]) + (len(STATES) - 1) * len(meanings["duties"])
            columns = [f"t{place}" for place in range(width)]
            self._below = result.files.values([unit.number], columns, TALLIES)[unit.number]

    def own(self, column: str) -> int:
        """What the unit itself has."""
        return int(self._own[column])

    def of(self, column: str, first: int, states: int) -> list[int]:
        """How many have each, by its number; that of 0, which is nothing, stays nought."""
        if self._below is None:
            return [int(state > 0 and state == self.own(column)) for state in range(states + 1)]
        return [0, *(int(count) for count in self._below[first : first + states])]


@dataclass(frozen=True, slots=True)
class Asked:
    """An indicator as columns of the result. `about` is the column that says which units it is about, `span` the
    pre-order numbers where its rule holds."""

    key: str
    aggregation: Aggregation
    atoms: tuple[int, ...]
    is_below: bool
    about: str = ""
    span: tuple[int, int] | None = None

    @classmethod
    def of(cls, indicator: Indicator, result: OpenResult) -> Asked:
        aggregation = aggregation_of(indicator)
        meanings = [atom_meaning(TableAtom(indicator.over, atom), result.on) for atom in aggregation.atoms]
        known = result.atoms
        try:
            atoms = tuple(known[one["table"], one["computes"]] for one in meanings)
            about = f"a{result.place('abouts', about_meaning(indicator.who, result.on))}" if indicator.who else ""
        except (KeyError, NotInResult):
            raise NotInResult(indicator.key) from None
        return cls(indicator.key, aggregation, atoms, indicator.scope == "subtree", about, result.span_of(indicator))

    @classmethod
    def of_records(cls, key: str, good: int) -> Asked:
        """How many of a unit's own records speak for a duty."""
        return cls(key, Aggregation((Atom("count", None, None),), AtomValue(0), None, None), (good,), False)

    def concerns(self, unit: Unit) -> bool:
        return self.span is None or self.span[0] <= unit.number < self.span[1]

    def columns(self, letter: str) -> list[str]:
        about = [self.about] if self.about and letter == "o" else []
        return [*(f"{letter}{atom}" for atom in self.atoms), *about]

    def names(self, unit: Unit) -> list[str]:
        """The columns of the atoms for a unit: what is below it stands apart where it has units below."""
        letter = "b" if unit.has_children and self.is_below else "o"
        return [f"{letter}{atom}" for atom in self.atoms]

    def value_sql(self, on: date) -> str:
        """The figure of atoms that are named x0…"""
        return DUCKDB.sql(_over_columns(self.aggregation.value), on)


def _over_columns(node: Node) -> Node:
    """The value of a figure with columns x0… in the place of its atoms."""
    match node:
        case AtomValue():
            return ColumnValue(Column(f"x{node.number}", "number", "", ""))
        case Arithmetic():
            return Arithmetic(node.sign, _over_columns(node.left), _over_columns(node.right))
        case _:
            return node


class PastTheLine(Sequence[UnitFigure]):
    """The units of a finding in the order of the diagnosis: the furthest first for a standard, in tree order for a
    duty. Only those that are asked for are read."""

    def __init__(self, result: OpenResult, unit: Unit, where: str, asked: Asked, count: int) -> None:
        self._result, self._unit, self._where, self._asked, self._count = result, unit, where, asked, count

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[UnitFigure]:
        return iter(self._read(0, None))

    @overload
    def __getitem__(self, place: int) -> UnitFigure: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[UnitFigure]: ...
    def __getitem__(self, place: int | slice) -> UnitFigure | Sequence[UnitFigure]:
        if isinstance(place, slice):
            start, stop, step = place.indices(self._count)
            return self._read(start, max(0, stop - start))[::step] if step > 0 else list(self)[place]
        start = range(self._count)[place]
        return self._read(start, 1)[0]

    def _read(self, start: int, count: int | None) -> list[UnitFigure]:
        on = self._result.on
        is_duty = self._where.startswith("(")
        order = "number" if is_duty else f"coalesce({self._asked.value_sql(on)}, 0) DESC, number"
        asked, span = self._asked, (start, count)
        past = self._result.files.past
        rows = past(self._unit, self._where, asked.atoms, order, span, below=asked.is_below)
        figure = self._asked.aggregation.figures(on)
        units = {unit.number: unit for unit in self._result.files.units([row[0] for row in rows])}
        return [UnitFigure(named(units[number]), figure(atoms)) for number, *atoms in rows]


def named(unit: Unit) -> UnitName:
    """A unit as figures name it."""
    return UnitName(
        unit.organisation, unit.code, unit.name, unit.short_name, unit.path, unit.parent,
        unit.kind, unit.field, unit.territory,
    )  # fmt: skip


@contextmanager
def open_result(out: Path, library: Library, facts: Catalogue = catalogue) -> Iterator[OpenResult]:
    """The newest result in a folder, read by these rules.

    Raises:
        BrokenResult: there is none, or its manifest can't be read.
    """
    opened = OpenResult(*newest(out), library, facts)
    try:
        yield opened
    finally:
        opened.close()


def newest(out: Path) -> tuple[Path, RunManifest]:
    """The newest result in a folder and its manifest.

    Raises:
        BrokenResult: there is none, or its manifest can't be read.
    """
    name = current(out)
    if not name:
        raise BrokenResult(str(out), CURRENT)
    try:
        return out / name, read_run(out / name)
    except BrokenManifest as fault:
        raise BrokenResult(str(out), fault.what) from None


def check(out: Path) -> RunManifest:
    """The manifest of the newest result, if every file is what it says.

    Raises:
        BrokenResult: a file is missing or differs; it is named.
    """
    folder, manifest = newest(out)
    try:
        for files in manifest.tables.values():
            for file in files:
                check_file(folder, file)
    except BrokenManifest as fault:
        raise BrokenResult(str(out), fault.what) from None
    return manifest
