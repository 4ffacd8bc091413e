"""The checked tree over whole columns at once, with numpy, with the meaning it has in SQL: unknown stays unknown.

A condition gives two arrays, where it is true and where it is false; where it is neither, it is unknown.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from guben.rulebook_engine.expressions import (
    Absence,
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
    type_of,
)

Truth = tuple[Any, Any]  # arrays of truth, or single truths
FIRST_DAY = date(1970, 1, 1).toordinal()
COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Values:
    """A column: days as numbers since 1970, texts as places in `texts`; `known` is None where nothing is null."""

    values: Any
    known: NDArray[np.bool_] | None = None
    texts: tuple[str, ...] = ()

    def at(self, places: Any) -> Values:
        """The values at some places."""
        return Values(self.values[places], None if self.known is None else self.known[places], self.texts)


class Rows(Protocol):
    """Stored columns by name, atoms by number."""

    def __getitem__(self, name: Any, /) -> Values: ...


def day_number(day: date) -> int:
    """Days since 1970."""
    return day.toordinal() - FIRST_DAY


def truth(node: Node, rows: Rows, on: date) -> Truth:
    """Where a condition is true, and where it is false."""
    match node:
        case Constant():
            return bool(node.value), not node.value
        case Comparison():
            return _compared(node, rows, on)
        case Junction():
            found = [truth(part, rows, on) for part in node.parts]
            every, some = (
                reduce(operator.and_, [one[0] for one in found]),
                reduce(operator.or_, [one[1] for one in found]),
            )
            if node.word == "and":
                return every, some
            return reduce(operator.or_, [one[0] for one in found]), reduce(operator.and_, [one[1] for one in found])
        case Negation():
            true, false = truth(node.part, rows, on)
            return false, true
        case Membership():
            return _among(values(node.item, rows, on), [option.value for option in node.options])
        case Between():
            low, high = Comparison(">=", node.item, node.low), Comparison("<=", node.item, node.high)
            return truth(Junction("and", (low, high)), rows, on)
        case Absence():
            known = values(node.item, rows, on).known
            return (False, True) if known is None else (~known, known)
        case ColumnValue():
            found_ = rows[node.column.name]
            return _where_known(np.asarray(found_.values, bool), found_.known)
        case _:
            raise TypeError(f"{type(node).__name__} is no condition.")


def values(node: Node, rows: Rows, on: date) -> Values:
    """The values of a tree over all rows."""
    match node:
        case Constant(value=str() as text):
            return Values(0, None, (text,))
        case Constant(value=date() as day):
            return Values(day_number(day))
        case Constant():
            return Values(node.value)
        case AtomValue():
            return rows[node.number]
        case Elapsed():
            since = rows[node.column.name]
            count = _months if node.unit == "months" else _days
            return Values(count(since.values, on), since.known)
        case ColumnValue() if node.column.type == "age":
            born = rows[node.column.of]
            return Values(_years(born.values, on), born.known)
        case ColumnValue():
            return rows[node.column.name]
        case Arithmetic():
            return _computed(node, values(node.left, rows, on), values(node.right, rows, on))
        case _:
            true, false = truth(node, rows, on)
            return Values(true, np.asarray(true | false))


def _compared(node: Comparison, rows: Rows, on: date) -> Truth:
    left, right = values(node.left, rows, on), values(node.right, rows, on)
    one, other = left.values, right.values
    if type_of(node.left) == "text":
        one, other = _ranks(left, right)
        if not np.ndim(right.values):  # a single text: what each of the column's texts is to it
            found = COMPARISONS[node.sign](one, other[right.values])[left.values]
            return _where_known(found, _both(left.known, right.known))
        one, other = one[left.values], other[right.values]
    return _where_known(COMPARISONS[node.sign](one, other), _both(left.known, right.known))


def _ranks(left: Values, right: Values) -> tuple[Any, Any]:
    """The texts of two columns as numbers in the order of their bytes."""
    order = {text: number for number, text in enumerate(sorted({*left.texts, *right.texts}))}
    one, other = (np.array([*(order[text] for text in side.texts), -1], np.int64) for side in (left, right))
    return one, other


def _among(item: Values, options: Sequence[Any]) -> Truth:
    if item.texts or (options and isinstance(options[0], str)):
        found = np.array([*(text in options for text in item.texts), False], bool)[item.values]
    else:
        plain = [day_number(one) if isinstance(one, date) else one for one in options]
        found = reduce(operator.or_, [item.values == one for one in plain])
    return _where_known(found, item.known)


def _where_known(found: Any, known: NDArray[np.bool_] | None) -> Truth:
    if known is None:
        return found, np.logical_not(found)
    return found & known, np.logical_not(found) & known


def _both(one: NDArray[np.bool_] | None, other: NDArray[np.bool_] | None) -> NDArray[np.bool_] | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other


def _computed(node: Arithmetic, left: Values, right: Values) -> Values:
    known = _both(left.known, right.known)
    if node.sign == "+":
        return Values(_wide(left.values) + _wide(right.values), known)
    if node.sign == "-":
        return Values(_wide(left.values) - _wide(right.values), known)
    one, other = np.asarray(left.values, np.float64), np.asarray(right.values, np.float64)
    if node.sign == "*":
        return Values(one * other, known)
    return Values(one / np.where(other == 0, 1.0, other), _both(known, other != 0))


def _wide(found: Any) -> Any:
    return np.asarray(found, np.float64 if np.asarray(found).dtype.kind == "f" else np.int64)


def _days(since: Any, on: date) -> Any:
    return day_number(on) - np.asarray(since, np.int64)


def _months(since: Any, on: date) -> Any:
    """Completed months: one is complete on its own day, or on the first of the next where it has none."""
    months, day = _parts(since)
    return (on.year - 1970) * 12 + on.month - 1 - months - (day > on.day)


def _years(since: Any, on: date) -> Any:
    """Completed years by day; 29 February completes the year on 1 March where it is missing."""
    months, day = _parts(since)
    years, month = months // 12, months % 12 + 1
    return on.year - 1970 - years - (month * 100 + day > on.month * 100 + on.day)


def _parts(since: Any) -> tuple[Any, Any]:
    """Months since 1970, and the day of the month."""
    days = np.asarray(since, np.int64)
    if days.size:
        lowest, highest = int(days.min()), int(days.max())
        if highest - lowest < days.size // 4:  # each day is looked up: fewer days than rows
            months, of_month = _parts(np.arange(lowest, highest + 1))
            return months[days - lowest], of_month[days - lowest]
    stamps = days.astype("M8[D]")
    starts = stamps.astype("M8[M]")
    return starts.astype(np.int64), (stamps - starts.astype("M8[D]")).astype(np.int64) + 1
