"""A figure split into atoms that add up over a tree, and the arithmetic that makes the figure of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from guben.rulebook_engine.dialects import Dialect
from guben.rulebook_engine.entries import Indicator
from guben.rulebook_engine.expressions import (
    Absence,
    Aggregate,
    Arithmetic,
    AtomValue,
    Constant,
    Negation,
    Node,
    children,
    type_of,
)
from guben.rulebook_engine.interpreting import reading

AtomValueNow = int | float | None


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with what it was made of. null (None) where nothing could be said."""

    value: int | float | None
    numerator: int | float | None = None
    denominator: int | float | None = None


@dataclass(frozen=True, slots=True)
class Atom:
    """One column of the one query over a fact table: a function over the rows that pass the filter."""

    function: Literal["count", "sum", "min", "max"]
    argument: Node | None
    filter: Node | None

    @property
    def is_double(self) -> bool:
        return self.argument is not None and self.function != "count" and type_of(self.argument) == "number"

    @property
    def of_nothing(self) -> AtomValueNow:
        """Its value where there are no rows."""
        return 0 if self.function == "count" else None

    def sql(self, dialect: Dialect, on: date) -> str:
        conditions = [self.filter] if self.filter else []
        if self.function == "count":
            conditions += [self.argument] if self.argument else []
            then, otherwise, function = "1", " ELSE 0", "sum"
        else:
            assert self.argument is not None  # noqa: S101 - the checker gave it one
            then, otherwise, function = dialect.sql(self.argument, on), "", self.function
        if not conditions:
            return f"{function}({then})"
        when = " AND ".join(dialect.sql(condition, on) for condition in conditions)
        return f"{function}(CASE WHEN {when} THEN {then}{otherwise} END)"

    def joined(self, one: AtomValueNow, other: AtomValueNow) -> AtomValueNow:
        """The atom over two sets of rows together."""
        if one is None or other is None:
            return other if one is None else one
        if self.function == "min":
            return min(one, other)
        if self.function == "max":
            return max(one, other)
        return one + other


@dataclass(frozen=True, slots=True)
class Aggregation:
    """Atoms, and trees over their numbers: the value, and its numerator and denominator where it has them."""

    atoms: tuple[Atom, ...]
    value: Node
    numerator: Node | None
    denominator: Node | None

    def figures(self, on: date) -> Callable[[Sequence[AtomValueNow]], Figure]:
        """A function from the atoms' values to the figure."""
        value = reading(self.value, on)
        numerator = reading(self.numerator, on) if self.numerator else None
        denominator = reading(self.denominator, on) if self.denominator else None

        def figure(found: Sequence[AtomValueNow]) -> Figure:
            row: dict[Any, AtomValueNow] = dict(enumerate(found))
            return Figure(value(row), numerator(row) if numerator else None, denominator(row) if denominator else None)

        return figure


def aggregation_of(indicator: Indicator) -> Aggregation:
    """The atoms of an indicator and the arithmetic over them."""
    return split(indicator.value.tree, indicator.where.tree if indicator.where else None)


def split(tree: Node, filter_: Node | None = None) -> Aggregation:
    """The aggregation of an indicator's value over the rows that pass its filter."""
    atoms: list[Atom] = []
    value = _replaced(tree, filter_, atoms)
    numerator: Node | None = None
    denominator: Node | None = None
    if isinstance(value, Arithmetic) and value.sign == "/":
        numerator, denominator = value.left, value.right
    elif isinstance(tree, Aggregate) and tree.function in ("count", "sum"):
        numerator = value
    return Aggregation(tuple(atoms), value, numerator, denominator)


def _replaced(node: Node, filter_: Node | None, atoms: list[Atom]) -> Node:
    def atom(function: Literal["count", "sum", "min", "max"], argument: Node | None) -> AtomValue:
        wanted = Atom(function, argument, filter_)
        if wanted not in atoms:
            atoms.append(wanted)
        return AtomValue(atoms.index(wanted))

    match node:
        case Aggregate(function="share"):
            return Arithmetic("/", atom("count", node.argument), atom("count", None))
        case Aggregate(function="mean", argument=argument) if argument is not None:
            present = Negation(Absence(argument))
            return Arithmetic("/", atom("sum", argument), atom("count", present))
        case Aggregate(function="count" | "sum" | "min" | "max" as function):
            return atom(function, node.argument)
        case Arithmetic():
            left, right = (_replaced(child, filter_, atoms) for child in children(node))
            return Arithmetic(node.sign, left, right)
        case Constant():
            return node
        case _:
            raise TypeError("A figure is made of aggregates, numbers and arithmetic only.")
