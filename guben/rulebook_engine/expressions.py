"""The checked tree of an expression: what a rule says, typed, in our own words and no engine's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from guben.rulebook_engine.facts import Column

if TYPE_CHECKING:
    from guben.rulebook_engine.dialects import Dialect

ValueType = Literal["text", "integer", "number", "date", "boolean"]
Value = bool | int | float | str | date | None
ComparisonSign = Literal["=", "<>", "<", "<=", ">", ">="]
ArithmeticSign = Literal["+", "-", "*", "/"]
Function = Literal["count", "share", "sum", "mean", "min", "max"]


@dataclass(frozen=True, slots=True)
class Constant:
    value: bool | int | float | str | date
    type: ValueType


@dataclass(frozen=True, slots=True)
class ColumnValue:
    """A column of the fact table. An age is computed from the date column it is `of`."""

    column: Column

    @property
    def type(self) -> ValueType:
        return "integer" if self.column.type == "age" else self.column.type


@dataclass(frozen=True, slots=True)
class Elapsed:
    """Completed months or days from a date column to the day of evaluation."""

    unit: Literal["months", "days"]
    column: Column


@dataclass(frozen=True, slots=True)
class Comparison:
    sign: ComparisonSign
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Junction:
    """Several conditions joined by one word."""

    word: Literal["and", "or"]
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    part: Node


@dataclass(frozen=True, slots=True)
class Membership:
    item: Node
    options: tuple[Constant, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """From low to high, both included."""

    item: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class Absence:
    """is null"""

    item: Node


@dataclass(frozen=True, slots=True)
class Arithmetic:
    sign: ArithmeticSign
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A figure over the rows of a unit. `count` without an argument counts rows."""

    function: Function
    argument: Node | None


@dataclass(frozen=True, slots=True)
class AtomValue:
    """Stands for the atom with this number in the final arithmetic of an aggregation."""

    number: int


Node = (
    Constant
    | ColumnValue
    | Elapsed
    | Comparison
    | Junction
    | Negation
    | Membership
    | Between
    | Absence
    | Arithmetic
    | Aggregate
    | AtomValue
)


def type_of(node: Node) -> ValueType:
    """The type of a checked node."""
    match node:
        case Constant() | ColumnValue():
            return node.type
        case Elapsed() | AtomValue():
            return "integer"
        case Arithmetic():
            return _arithmetic_type(node)
        case Aggregate(function="count"):
            return "integer"
        case Aggregate(function="sum" | "min" | "max", argument=argument) if argument is not None:
            return type_of(argument)
        case Aggregate():
            return "number"
        case _:
            return "boolean"


def _arithmetic_type(node: Arithmetic) -> ValueType:
    if node.sign in "*/":  # products and quotients are doubles on every engine
        return "number"
    both = {type_of(node.left), type_of(node.right)}
    return "integer" if both == {"integer"} else "number"


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly inside this one."""
    match node:
        case Comparison() | Arithmetic():
            return node.left, node.right
        case Junction():
            return node.parts
        case Negation():
            return (node.part,)
        case Membership():
            return node.item, *node.options
        case Between():
            return node.item, node.low, node.high
        case Absence():
            return (node.item,)
        case Aggregate():
            return () if node.argument is None else (node.argument,)
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """This node and all nodes inside it."""
    yield node
    for child in children(node):
        yield from walk(child)


def depth(node: Node) -> int:
    return 1 + max((depth(child) for child in children(node)), default=0)


def columns_of(node: Node) -> tuple[Column, ...]:
    """The columns that a tree speaks of, each once, in the order of the text."""
    found = [part.column for part in walk(node) if isinstance(part, ColumnValue | Elapsed)]
    return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Checked:
    """An expression that was read and checked against a fact table. `text` is what the author wrote."""

    text: str
    table: str
    tree: Node

    @property
    def type(self) -> ValueType:
        return type_of(self.tree)

    @property
    def columns(self) -> tuple[Column, ...]:
        return columns_of(self.tree)

    def sql(self, dialect: Dialect, on: date) -> str:
        """The expression for one engine and one day, everything inlined; it holds no parameter and no % sign."""
        return dialect.sql(self.tree, on)

    def __str__(self) -> str:
        return self.text
