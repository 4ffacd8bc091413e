"""Examples beside a rulebook: given these records, on this day, the rule answers this. They are run as tests."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from guben.kit.days import parse_period
from guben.kit.tree import step
from guben.rulebook_engine import wording
from guben.rulebook_engine.adapters.rows import RowsEngine
from guben.rulebook_engine.calendar_files import shipped_calendar
from guben.rulebook_engine.case_examples import stands
from guben.rulebook_engine.duty_state import state_of
from guben.rulebook_engine.engines import UNITS
from guben.rulebook_engine.entries import Duty, Indicator, Part, Place, Standard, Words
from guben.rulebook_engine.errors import Mistake, RulebookErrors, did_you_mean
from guben.rulebook_engine.evaluation import Tree, evaluate, judge
from guben.rulebook_engine.facts import Catalogue, Column, FactTable
from guben.rulebook_engine.library import Library
from guben.rulebook_engine.owing import evidence, owing
from guben.rulebook_engine.positions import Positions
from guben.rulebook_engine.procedures import Procedure
from guben.rulebook_engine.toml import normal, read_toml

LONG_AGO = date(2000, 1, 1)
MOST_ROWS = 10_000
LARGEST = 10**15
NEAR = 0.00005  # expected figures are written with four decimals
Row = dict[str, Any]


class Expected(Part):
    """What the rule answers; what is not written is not compared. `at` names a unit other than the first.

    A procedure answers the step at which the case stands, the edition that judges it, when the step opens, when it may
    lead on (a notice), until when it may be taken, and how the case ended.
    """

    at: str = ""
    absent: bool = False
    period: str = ""
    state: Literal["due", "done", "done_late", "late", "exempt", "not_kept", "none", ""] = ""
    due_on: date | None = None
    recorded_after_days: int | None = None
    records: int | None = None
    falls_short: int | None = None
    value: float | int | None = None
    unknown: bool = False
    numerator: float | int | None = None
    denominator: float | int | None = None
    holds: bool | None = None
    step: str = ""
    edition: str = ""
    opens_on: date | None = None
    leaves_on: date | None = None
    is_late: bool = False
    ended_as: str = ""
    ended_on: date | None = None


class Example(Part):
    """One example. Each row of `given` may say `at` (its unit) and `many`; a unit may say `name` and `under`."""

    rule: str
    says: Words
    given: dict[str, Annotated[tuple[dict[str, Any], ...], Field(strict=False)]]
    on: date
    then: Expected
    place: Place


def read_examples(text: str, file_name: str) -> tuple[Example, ...]:
    """The examples of a TOML text.

    Raises:
        RulebookErrors: with every mistake that was found.
    """
    text = normal(text)
    data = read_toml(text, file_name)
    positions = Positions(text)
    mistakes: list[Mistake] = []
    found: list[Example] = []
    for name in data:
        if name != "example":
            line, column = positions.of_key((name,))
            mistakes.append(Mistake(file_name, line, column, f"No part '{name}' here. Known: [[example]]."))
    for number, raw in enumerate(_tables(data.get("example", []))):
        line, column = positions.of_key(("example", number))
        raw = {**raw, "place": Place(file=file_name, line=line, column=column), "given": _as_lists(raw.get("given"))}
        try:
            found.append(Example.model_validate(raw))
        except ValidationError as error:
            for path, sentence in wording.sentences(error, Example, raw):
                mistakes.append(Mistake(file_name, *positions.of_key(("example", number, *path)), sentence))
    if mistakes:
        raise RulebookErrors(mistakes)
    return tuple(found)


def _tables(found: Any) -> list[Any]:
    return [raw for raw in found if isinstance(raw, dict)] if isinstance(found, list) else []


def _as_lists(given: Any) -> Any:
    """A table with one row may be written without its list."""
    if not isinstance(given, dict):
        return given
    return {name: [rows] if isinstance(rows, dict) else rows for name, rows in given.items()}


def run(
    example: Example, library: Library, catalogue: Catalogue, engine: Literal["sqlite", "duckdb"] = "duckdb"
) -> str | None:
    """None when the rule answers as expected, else a sentence that says what differed."""
    place, sentence = example.place, _difference(example, library, catalogue, engine)
    return f"{place.file}:{place.line}: {example.rule}: {sentence}" if sentence else None


def failing(examples: Iterable[Example], library: Library, catalogue: Catalogue) -> Iterator[Mistake]:
    """The examples that a rule does not answer as they say, each with what differed."""
    for example in examples:
        if sentence := _difference(example, library, catalogue, "duckdb"):
            place = example.place
            yield Mistake(place.file, place.line, place.column, f"The example of '{example.rule}' fails. {sentence}")


def _difference(example: Example, library: Library, catalogue: Catalogue, engine: Literal["sqlite", "duckdb"]) -> str:
    try:
        return " ".join(_Run(example, library, catalogue).differences(engine))
    except (ValueError, OverflowError) as error:
        return str(error)


class _Run:
    def __init__(self, example: Example, library: Library, catalogue: Catalogue) -> None:
        self.example = example
        self.library = library
        self.catalogue = catalogue
        self.units: dict[str, Row] = {}

    def differences(self, name: Literal["sqlite", "duckdb"]) -> Iterator[str]:
        rule = self.library.get(self.example.rule, self.example.on)
        if rule is None:
            raise ValueError(f"No rule '{self.example.rule}' in force on {self.example.on}.")
        if isinstance(rule, Procedure):
            editions = self.library.editions_of(rule.key)
            yield from self._compared(stands(editions, self.example.given, self.example.on, shipped_calendar()))
            return
        tables = self._tables()
        engine = RowsEngine(name, tables)
        unit = self._unit(self.example.then.at)
        try:
            match rule:
                case Duty():
                    found = self._duty(rule, engine, unit)
                case Indicator() | Standard():
                    found = self._figure(rule, engine, unit)
                case _:
                    raise ValueError(f"A {rule.kind} has no examples.")
        finally:
            engine.close()
        yield from self._compared(found)

    def _tables(self) -> dict[FactTable, list[Row]]:
        given = self.example.given
        for name in given:
            if self.catalogue.table(name) is None:
                raise ValueError(f"No fact table '{name}'.{did_you_mean(name, self.catalogue.names)}")
        self._place_units(given.get(UNITS) or ({},))
        found: dict[FactTable, list[Row]] = {}
        for table in self.catalogue:
            rows = list(self.units.values()) if table.name == UNITS else self._rows(table, given.get(table.name, ()))
            found[table] = rows
        return found

    def _place_units(self, rows: tuple[Row, ...]) -> None:
        children: dict[str, int] = {}
        table = self.catalogue.table(UNITS)
        if table is None:
            raise ValueError(f"No fact table '{UNITS}'.")
        for number, row in enumerate(rows, start=1):
            facts = {key: item for key, item in row.items() if key not in ("name", "under", "dissolved_on")}
            above = self._unit(row["under"])["path"] if "under" in row else ""
            children[above] = children.get(above, 0) + 1
            dissolved_on = row.get("dissolved_on")
            if dissolved_on is not None and not _is_day(dissolved_on):
                raise ValueError(f"'dissolved_on' is a date; found {dissolved_on!r}.")
            unit = _checked(table, facts) | {
                "organisation": number,
                "record": number,
                "path": above + step(children[above]),
                "dissolved_on": dissolved_on,
            }
            unit["founded_on"] = unit.get("founded_on") or LONG_AGO
            unit["kept_from"] = unit.get("kept_from") or unit["founded_on"]
            self.units[str(row.get("name", number))] = unit

    def _unit(self, name: Any) -> Row:
        if not name:
            return next(iter(self.units.values()))
        if not isinstance(name, str):
            raise ValueError(f"A unit is named by a text in quotes; found {name!r}.")
        if name not in self.units:
            raise ValueError(f"No unit '{name}' above this place.{did_you_mean(name, tuple(self.units))}")
        return self.units[name]

    def _rows(self, table: FactTable, rows: tuple[Row, ...]) -> list[Row]:
        found: list[Row] = []
        for row in rows:
            facts = _checked(table, {key: item for key, item in row.items() if key not in ("at", "many")})
            unit = self._unit(row.get("at", ""))["organisation"]
            for _ in range(_many(row)):
                found.append(facts | {"organisation": unit, "record": len(found) + 1})
        return found

    def _duty(self, duty: Duty, engine: RowsEngine, unit: Row) -> dict[str, Any]:
        period = parse_period(self.example.then.period)
        on = self.example.on
        day = min(period.ends_on, on)
        owes = owing([duty], engine, day, self.catalogue)[duty.key].get(unit["organisation"])
        if owes is None:
            return {"absent": True}
        found = state_of(
            duty,
            period,
            on,
            founded_on=unit["founded_on"],
            kept_from=unit["kept_from"],
            dissolved_on=unit["dissolved_on"],
            applies=owes.applies,
            evidence=evidence([duty], engine, on, self.catalogue)[duty.key].get(unit["organisation"], []),
            times=owes.times,
        )
        if found is None:
            return {"state": "none"}
        return {
            "state": found.state,
            "due_on": found.due_on,
            "recorded_after_days": found.recorded_after_days,
            "records": len(found.records),
            "falls_short": len(found.falls_short),
        }

    def _figure(self, rule: Indicator | Standard, engine: RowsEngine, unit: Row) -> dict[str, Any]:
        units = sorted(self.units.values(), key=lambda one: one["path"])
        tree = Tree([one["organisation"] for one in units], [one["path"] for one in units])
        on, number = self.example.on, unit["organisation"]
        indicator = self.library.indicator_of(rule, on) if isinstance(rule, Standard) else rule
        figures = evaluate([indicator], engine, tree, on, self.catalogue)
        figure, holds = figures[indicator.key].get(number), None
        if isinstance(rule, Standard):
            verdict = judge([rule], figures, engine, tree, on, self.catalogue)[rule.key].get(number)
            figure, holds = (verdict.figure, verdict.holds) if verdict else (None, None)
        if figure is None:
            return {"absent": True}
        return {
            "value": figure.value,
            "numerator": figure.numerator,
            "denominator": figure.denominator,
            "unknown": figure.value is None,
            "holds": holds,
        }

    def _compared(self, found: Row) -> Iterator[str]:
        wanted = self.example.then.model_dump(exclude={"at", "period"}, exclude_unset=True)
        if found.get("absent") and not wanted.get("absent"):
            yield "The rule is not about this unit."
            return
        for name, expected in wanted.items():
            answer = found.get(name, False if name == "absent" else None)
            if not _same(expected, answer):
                yield f"Expected {name} {expected}, found {answer}."


def _same(expected: Any, found: Any) -> bool:
    if isinstance(expected, float | int) and isinstance(found, float | int):
        return math.isclose(expected, found, rel_tol=0, abs_tol=NEAR)
    return bool(expected == found)


def _is_day(item: Any) -> bool:
    return isinstance(item, date) and not isinstance(item, datetime)


def _many(row: Row) -> int:
    many = row.get("many", 1)
    if not isinstance(many, int) or isinstance(many, bool) or not 0 <= many <= MOST_ROWS:
        raise ValueError(f"'many' is a whole number up to {MOST_ROWS}; found {many!r}.")
    return many


PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "integer": (int,),
    "number": (int, float),
    "date": (date,),
    "boolean": (bool,),
}


def _checked(table: FactTable, row: Row) -> Row:
    """The row with the defaults of columns that it does not state."""
    found: Row = {column.name: column.default for column in table.stored_columns if column.default is not None}
    names = tuple(column.name for column in table.stored_columns)
    for name, item in row.items():
        column = table.column(name)
        if column is None or column.type == "age":
            raise ValueError(f"No stored column '{name}' in fact table '{table.name}'.{did_you_mean(name, names)}")
        _refuse_wrong_value(column, item)
        found[name] = item
    for name in ("counts_on", "recorded_on"):
        if table.column(name) and "held_on" in found:
            found.setdefault(name, found["held_on"])
    return found


def _refuse_wrong_value(column: Column, item: Any) -> None:
    fits = isinstance(item, PYTHON_TYPES[column.type]) and (column.type == "boolean" or not isinstance(item, bool))
    if not fits or (column.type == "date" and not _is_day(item)):
        found = repr(item) if isinstance(item, str) else str(item)
        raise ValueError(f"'{column.name}' is of type {column.type}; found {found}.")
    if isinstance(item, int | float) and not abs(item) <= LARGEST:
        raise ValueError(f"'{column.name}' is a number up to {LARGEST}; found {item!r}.")
    if column.values and item not in column.values:
        raise ValueError(f"'{item}' is no value of '{column.name}'.{did_you_mean(str(item), column.values)}")
