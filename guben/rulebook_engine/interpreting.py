"""The checked tree computed in Python, row by row, with the meaning it has in SQL: unknown stays unknown."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, assert_never

from guben.kit.days import completed_years
from guben.rulebook_engine.expressions import (
    Absence,
    Aggregate,
    Arithmetic,
    AtomValue,
    Between,
    ColumnValue,
    Comparison,
    Constant,
    Elapsed,
    Junction,
    Membership,
    Negation,
    Node,
    Value,
)

Row = Mapping[Any, Value]
Reading = Callable[[Row], Any]
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def completed_months(since: date, on: date) -> int:
    """Whole months by day; a month is complete on the first of the next where it lacks the day."""
    return (on.year - since.year) * 12 + on.month - since.month - (since.day > on.day)


def reading(node: Node, on: date) -> Reading:
    """A function from a row (stored columns by name, atoms by number) to the value of the tree."""
    match node:
        case Constant(value=value):
            return lambda row: value
        case ColumnValue() | Elapsed() | AtomValue():
            return _source(node, on)
        case Comparison():
            return _both(COMPARISONS[node.sign], reading(node.left, on), reading(node.right, on))
        case Junction():
            return _junction([reading(part, on) for part in node.parts], decisive=node.word == "or")
        case Negation():
            return _each(operator.not_, reading(node.part, on))
        case Membership():
            options = frozenset(option.value for option in node.options)
            return _each(lambda item: item in options, reading(node.item, on))
        case Between():
            low, high = Comparison(">=", node.item, node.low), Comparison("<=", node.item, node.high)
            return reading(Junction("and", (low, high)), on)
        case Absence():
            item = reading(node.item, on)
            return lambda row: item(row) is None
        case Arithmetic():
            return _both(_operation(node), reading(node.left, on), reading(node.right, on))
        case Aggregate():
            raise TypeError("Aggregates are split into atoms before they are computed.")
        case _ as unreachable:
            assert_never(unreachable)


def _source(node: ColumnValue | Elapsed | AtomValue, on: date) -> Reading:
    match node:
        case AtomValue(number=number):
            return lambda row: row[number]
        case Elapsed(unit="months", column=column):
            return _each(lambda since: completed_months(since, on), lambda row: row[column.name])
        case Elapsed(column=column):
            return _each(lambda since: (on - since).days, lambda row: row[column.name])
        case ColumnValue(column=column) if column.type == "age":
            return _each(lambda born_on: completed_years(born_on, on), lambda row: row[column.of])
        case _:
            name = node.column.name
            return lambda row: row[name]


def _operation(node: Arithmetic) -> Callable[[Any, Any], Any]:
    match node.sign:
        case "+":
            return operator.add
        case "-":
            return operator.sub
        case "*":
            return lambda left, right: float(left) * float(right)
        case "/":
            return lambda left, right: float(left) / float(right) if right else None


def _each(function: Callable[[Any], Any], item: Reading) -> Reading:
    def read(row: Row) -> Any:
        found = item(row)
        return None if found is None else function(found)

    return read


def _both(function: Callable[[Any, Any], Any], left: Reading, right: Reading) -> Reading:
    def read(row: Row) -> Any:
        one, other = left(row), right(row)
        return None if one is None or other is None else function(one, other)

    return read


def _junction(parts: list[Reading], *, decisive: bool) -> Reading:
    """One decisive part settles it; else an unknown part leaves it unknown."""

    def read(row: Row) -> bool | None:
        found = [part(row) for part in parts]
        if decisive in found:
            return decisive
        return None if None in found else not decisive

    return read
