"""From sqlglot's tree to ours: names looked up, types checked, everything that is not in the small language refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Literal, cast

from sqlglot import exp

from guben.rulebook_engine.errors import ExpressionMistake, did_you_mean
from guben.rulebook_engine.expressions import (
    Absence,
    Aggregate,
    Arithmetic,
    ArithmeticSign,
    Between,
    Checked,
    ColumnValue,
    Comparison,
    ComparisonSign,
    Constant,
    Elapsed,
    Function,
    Junction,
    Membership,
    Negation,
    Node,
    depth,
    type_of,
    walk,
)
from guben.rulebook_engine.facts import Column, FactTable
from guben.rulebook_engine.parsing import offset_of, parse

MAX_DEPTH = 12
MAX_NODES = 200
MAX_NUMBER = 10**12
MIN_NUMBER = 1e-9
MAX_PRODUCTS = 16  # columns of 15 digits multiplied so often still fit into a double: PostgreSQL refuses what does not
NUMERIC = ("integer", "number")
SIGNS: dict[type[exp.Expression], ComparisonSign] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
OPERATIONS: dict[type[exp.Expression], ArithmeticSign] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/"}
AGGREGATES: dict[type[exp.Expression], Function] = {exp.Count: "count", exp.Sum: "sum", exp.Min: "min", exp.Max: "max"}
FUNCTIONS = ("count", "share", "sum", "mean", "min", "max", "months", "days")
HARMLESS = {"big_int", "typed", "safe"}  # what sqlglot notes for itself
ALLOWED = "Allowed: = <> < <= > >=, and, or, not, in, between, is null, + - * /, " + ", ".join(FUNCTIONS) + "."

Wanted = Literal["condition", "figure"]


def check(text: str, table: FactTable, wanted: Wanted = "condition", more: Sequence[Column] = ()) -> Checked:
    """Reads an expression over a fact table; `more` are names that stand beside the table's columns.

    A condition is true or false for one row; a figure is a number over many rows.

    Raises:
        ExpressionMistake: with the first thing that is wrong.
    """
    tree = parse(text)
    node = _Checker(table, tuple(more), wanted).node(tree)
    if depth(node) > MAX_DEPTH:
        raise ExpressionMistake(f"The expression is nested {depth(node)} deep; at most {MAX_DEPTH} is allowed.")
    if (size := sum(1 for _ in walk(node))) > MAX_NODES:
        raise ExpressionMistake(f"The expression has {size} parts; at most {MAX_NODES} are allowed.")
    products = sum(isinstance(part, Arithmetic) and part.sign in "*/" for part in walk(node))
    if products > MAX_PRODUCTS:
        raise ExpressionMistake(f"The expression multiplies and divides {products} times; at most {MAX_PRODUCTS}.")
    if wanted == "condition" and type_of(node) != "boolean":
        raise ExpressionMistake(f"A condition is needed here, true or false; this is a value ({type_of(node)}).")
    if wanted == "figure" and type_of(node) not in NUMERIC:
        raise ExpressionMistake(f"A number is needed here; this is {type_of(node)}. Count rows: count(...).")
    if wanted == "figure" and not any(isinstance(part, Aggregate) for part in walk(node)):
        raise ExpressionMistake("A figure counts over rows: write count(...), share(...), sum(...), mean(...).")
    return Checked(text, table.name, node)


class _Checker:
    def __init__(self, table: FactTable, more: tuple[Column, ...], wanted: Wanted) -> None:
        self.table = table
        self.columns = {column.name: column for column in (*table.all_columns, *more)}
        self.wanted = wanted
        self.inside_aggregate = False

    def node(self, tree: exp.Expression) -> Node:
        if isinstance(tree, exp.Paren):
            self._only(tree, "this")
            return self.node(tree.this)
        for kinds, method in self._methods():
            if isinstance(tree, kinds):
                return method(tree)
        raise _refused(tree)

    def _methods(self) -> tuple[tuple[tuple[type[exp.Expression], ...], Callable[[exp.Expression], Node]], ...]:
        return (
            (tuple(SIGNS), self._comparison),
            ((exp.And, exp.Or), self._junction),
            ((exp.Not,), self._negation),
            ((exp.In,), self._membership),
            ((exp.Between,), self._between),
            ((exp.Is,), self._absence),
            (tuple(OPERATIONS), self._arithmetic),
            ((exp.Neg,), self._minus),
            ((exp.Literal, exp.Boolean), self._constant),
            ((exp.Column,), self._column),
            ((*AGGREGATES, exp.Anonymous), self._function),
            ((exp.Null,), self._null),
        )

    def _only(self, tree: exp.Expression, *names: str) -> None:
        """Nothing else may hang on the node: no distinct, filter, over, escape, table or comment."""
        extra = {name for name, value in tree.args.items() if value not in (None, False, [])} - {*names} - HARMLESS
        if extra or tree.comments:
            raise _refused(tree, ", ".join(sorted(extra)))

    def _comparison(self, tree: exp.Expression) -> Node:
        self._only(tree, "this", "expression")
        left, right = self._pair(tree.this, tree.expression)
        node = Comparison(SIGNS[type(tree)], left, right)
        _refuse_odd_comparison(node, offset_of(tree))
        return node

    def _junction(self, tree: exp.Expression) -> Node:
        self._only(tree, "this", "expression")
        parts: list[Node] = []
        for side in (tree.this, tree.expression):
            part = self._condition(side)
            same = isinstance(side, type(tree)) and isinstance(part, Junction)
            parts += part.parts if same and isinstance(part, Junction) else [part]
        return Junction("and" if isinstance(tree, exp.And) else "or", tuple(parts))

    def _negation(self, tree: exp.Expression) -> Node:
        self._only(tree, "this")
        return Negation(self._condition(tree.this))

    def _membership(self, tree: exp.Expression) -> Node:
        self._only(tree, "this", "expressions")
        offset = offset_of(tree)
        if not tree.expressions:
            raise ExpressionMistake("After 'in' comes a list of values in brackets.", offset)
        if len(tree.expressions) > MAX_NODES:
            found = len(tree.expressions)
            raise ExpressionMistake(f"The expression has {found} parts; at most {MAX_NODES} are allowed.", offset)
        item = self.node(tree.this)
        options: list[Constant] = []
        for entry in tree.expressions:
            option = self._fitted(self.node(entry), item, offset)
            if not isinstance(option, Constant):
                raise ExpressionMistake("A list after 'in' holds plain values only.", offset)
            _refuse_odd_comparison(Comparison("=", item, option), offset)
            options.append(option)
        return Membership(item, tuple(options))

    def _between(self, tree: exp.Expression) -> Node:
        self._only(tree, "this", "low", "high")
        item, low = self._pair(tree.this, tree.args["low"])
        high = self._fitted(self.node(tree.args["high"]), item, offset_of(tree))
        for sign, bound in ((">=", low), ("<=", high)):
            _refuse_odd_comparison(Comparison(cast("ComparisonSign", sign), item, bound), offset_of(tree))
        return Between(item, low, high)

    def _absence(self, tree: exp.Expression) -> Node:
        self._only(tree, "this", "expression")
        if not isinstance(tree.expression, exp.Null):
            raise ExpressionMistake("'is' is only for null: write is null, is not null, or = true.", offset_of(tree))
        item = self.node(tree.this)
        if not isinstance(item, ColumnValue):
            raise ExpressionMistake("Only a column can be tested with 'is null'.", offset_of(tree))
        return Absence(item)

    def _arithmetic(self, tree: exp.Expression) -> Node:
        self._only(tree, "this", "expression")
        sign = OPERATIONS[type(tree)]
        left, right = self.node(tree.this), self.node(tree.expression)
        for side in (left, right):
            if type_of(side) not in NUMERIC:
                hint = " Use days(...) or months(...)." if type_of(side) == "date" else ""
                raise ExpressionMistake(f"'{sign}' needs numbers; found {_said(side)}.{hint}", offset_of(tree))
        if sign == "/" and isinstance(right, Constant) and right.value == 0:
            raise ExpressionMistake("Nothing can be divided by 0: the value would always be unknown.", offset_of(tree))
        return Arithmetic(sign, left, right)

    def _minus(self, tree: exp.Expression) -> Node:
        self._only(tree, "this")
        part = self.node(tree.this)
        if not isinstance(part, Constant) or isinstance(part.value, bool | str | date):
            raise ExpressionMistake("A minus sign stands before a number or between two values.", offset_of(tree))
        return Constant(-part.value, part.type)

    def _constant(self, tree: exp.Expression) -> Node:
        if isinstance(tree, exp.Boolean):
            return Constant(bool(tree.this), "boolean")
        self._only(tree, "this", "is_string")
        if tree.is_string:
            return Constant(str(tree.this), "text")
        return _number(str(tree.this))

    def _null(self, tree: exp.Expression) -> Node:
        raise ExpressionMistake("Nothing is equal to null: write 'is null' or 'is not null'.", offset_of(tree))

    def _column(self, tree: exp.Expression) -> Node:
        name = tree.name
        if tree.args.get("table"):
            raise ExpressionMistake(
                f"Write '{name}' alone: an expression speaks of one fact table, here '{self.table.name}'.",
                offset_of(tree),
            )
        self._only(tree, "this")
        if isinstance(tree.this, exp.Identifier) and tree.this.quoted:
            raise ExpressionMistake("Write names without quotes.", offset_of(tree))
        column = self.columns.get(name)
        if column is None:
            hint = did_you_mean(name, tuple(self.columns))
            raise ExpressionMistake(f"No column '{name}' in fact table '{self.table.name}'.{hint}", offset_of(tree))
        if self.wanted == "figure" and not self.inside_aggregate:
            raise ExpressionMistake(
                f"'{name}' has a value for each row; a figure needs one for all: share(...), count(...), mean({name}).",
                offset_of(tree),
            )
        return ColumnValue(column)

    def _function(self, tree: exp.Expression) -> Node:
        if isinstance(tree, exp.Anonymous):
            self._only(tree, "this", "expressions")
            name, arguments = str(tree.this).lower(), list(tree.expressions)
        else:
            self._only(tree, "this")
            name = AGGREGATES[type(tree)]
            arguments = [] if tree.this is None or isinstance(tree.this, exp.Star) else [tree.this]
        if name not in FUNCTIONS:
            raise ExpressionMistake(f"No function '{name}'.{did_you_mean(name, FUNCTIONS)}", offset_of(tree))
        if name in ("months", "days"):
            return self._elapsed(name, arguments, offset_of(tree))
        return self._aggregate(cast("Function", name), arguments, offset_of(tree))

    def _elapsed(self, name: str, arguments: list[exp.Expression], offset: int) -> Node:
        item = self.node(arguments[0]) if len(arguments) == 1 else None
        if not isinstance(item, ColumnValue) or item.type != "date":
            raise ExpressionMistake(f"{name}(...) needs one date column.", offset)
        return Elapsed("months" if name == "months" else "days", item.column)

    def _aggregate(self, name: Function, arguments: list[exp.Expression], offset: int) -> Node:
        if self.wanted == "condition":
            raise ExpressionMistake(f"{name}(...) counts over many rows; a condition is about one.", offset)
        if self.inside_aggregate:
            raise ExpressionMistake(f"{name}(...) can't stand inside another figure.", offset)
        if not arguments and name == "count":
            return Aggregate("count", None)
        if len(arguments) != 1:
            raise ExpressionMistake(f"{name}(...) needs one value in its brackets; found {len(arguments)}.", offset)
        self.inside_aggregate = True
        argument = self.node(arguments[0])
        self.inside_aggregate = False
        _refuse_odd_argument(name, argument, offset)
        return Aggregate(name, argument)

    def _condition(self, tree: exp.Expression) -> Node:
        node = self.node(tree)
        if type_of(node) != "boolean":
            raise ExpressionMistake(f"and, or, not join conditions; found {_said(node)}.", offset_of(tree))
        return node

    def _pair(self, left: exp.Expression, right: exp.Expression) -> tuple[Node, Node]:
        one, other = self.node(left), self.node(right)
        offset = min(offset_of(left) or offset_of(right), offset_of(right) or offset_of(left))
        return self._fitted(one, other, offset), self._fitted(other, one, offset)

    def _fitted(self, node: Node, beside: Node, offset: int) -> Node:
        """A text beside a date is a date."""
        if isinstance(node, Constant) and isinstance(node.value, str) and type_of(beside) == "date":
            try:
                return Constant(_day(node.value), "date")
            except ValueError:
                raise ExpressionMistake(f"'{node.value}' is not a date: write '2026-01-31'.", offset) from None
        return node


def _day(text: str) -> date:
    if len(text) != 10:
        raise ValueError(text)
    return date.fromisoformat(text)


def _number(text: str) -> Constant:
    value = int(text) if text.isdigit() else float(text)
    if value > MAX_NUMBER:
        raise ExpressionMistake(f"The number {text} is too large.")
    if 0 < value < MIN_NUMBER or (value == 0 and text.strip("0.")):
        raise ExpressionMistake("This number is too small to tell from nought.")
    return Constant(value, "integer" if isinstance(value, int) else "number")


def _refuse_odd_comparison(node: Comparison, offset: int) -> None:
    """Numbers with numbers, dates with dates, texts by = and <>; codes must be known ones."""
    left, right = type_of(node.left), type_of(node.right)
    if left != right and not (left in NUMERIC and right in NUMERIC):
        raise ExpressionMistake(f"Can't compare {_said(node.left)} with {_said(node.right)}.", offset)
    if node.sign not in ("=", "<>"):
        if left == "boolean":
            raise ExpressionMistake(f"'{node.sign}' does not order true and false: use = or not.", offset)
        if left == "text" and not _are_ordered(node.left, node.right):
            raise ExpressionMistake(f"'{node.sign}' does not order texts: use = or in.", offset)
        return
    for item, constant in ((node.left, node.right), (node.right, node.left)):
        if isinstance(item, ColumnValue) and isinstance(constant, Constant) and item.column.values:
            found = str(constant.value)
            if found not in item.column.values:
                hint = did_you_mean(found, item.column.values)
                raise ExpressionMistake(f"'{found}' is no value of '{item.column.name}'.{hint}", offset)


def _are_ordered(*sides: Node) -> bool:
    """Codes made of digits have an order that all engines agree on; an empty code comes before them."""
    columns = [side.column for side in sides if isinstance(side, ColumnValue)]
    codes = [[code for code in column.values if code] for column in columns]
    return bool(columns) and all(
        listed and all(code.isascii() and code.isdigit() for code in listed) for listed in codes
    )


def _refuse_odd_argument(name: Function, argument: Node, offset: int) -> None:
    kind = type_of(argument)
    if name in ("count", "share") and kind != "boolean":
        raise ExpressionMistake(f"{name}(...) needs a condition; found {_said(argument)}. Say which rows.", offset)
    if name not in ("count", "share") and kind not in NUMERIC:
        raise ExpressionMistake(f"{name}(...) needs a number; found {_said(argument)}.", offset)


def _said(node: Node) -> str:
    match node:
        case ColumnValue():
            return f"'{node.column.name}' ({node.type})"
        case Constant():
            return f"'{node.value}' ({node.type})"
        case _:
            return f"a value of type {type_of(node)}"


def _refused(tree: exp.Expression, extra: str = "") -> ExpressionMistake:
    if isinstance(tree, exp.Func) and not extra and not isinstance(tree, exp.Case | exp.Cast):
        name = tree.sql_name().lower()
        return ExpressionMistake(f"No function '{name}'.{did_you_mean(name, FUNCTIONS)}", offset_of(tree))
    found = f"'{type(tree).__name__.lower()}'" + (f" with '{extra}'" if extra else "")
    return ExpressionMistake(f"{found} is not allowed in an expression. {ALLOWED}", offset_of(tree))
