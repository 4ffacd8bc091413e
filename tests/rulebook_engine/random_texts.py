"""Random expressions over any fact table: the same seed draws the same. They speak of every type of column and every
word of the language, with values that lie on edges: month ends, 29 February, large and negative numbers, odd texts."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta

from guben.rulebook_engine.facts import Column, FactTable
from tests.rulebook_engine.tables import MEMBER
from tests.rulebook_engine.test_meaning import DAYS

SIGNS = ["=", "<>", "<", "<=", ">", ">="]
WHOLE = [0, 1, 2, -5, 30, 10**9, -(10**9), 2**31, -(2**31) - 1, 10**12]
TEXTS = ["", " ", "it's", "''", "甲", "“甲”", "𠮷", "é", "e\u0301", "ß", "a", "A", "10", "\u200b"]
PARTS = ["0.85", "1.5", "2.5", "0.1"]


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _day(chance: random.Random) -> str:
    day = chance.choice(DAYS) if chance.random() < 0.5 else date(1960, 1, 1) + timedelta(days=chance.randrange(25_000))
    return f"'{day.isoformat()}'"


def _whole(chance: random.Random) -> str:
    return str(chance.choice(WHOLE) if chance.random() < 0.3 else chance.randint(-250, 250))


def number(chance: random.Random, deep: int = 2, columns: Sequence[Column] = MEMBER.all_columns) -> str:
    pick = chance.random()
    if deep and pick < 0.3:
        sign = chance.choice("+-*/")
        right = number(chance, deep - 1, columns)
        return f"({number(chance, deep - 1, columns)} {sign} {'2' if sign == '/' and right == '0' else right})"
    if pick < 0.5:
        return chance.choice([_whole(chance), _whole(chance), *PARTS])
    column = chance.choice([one for one in columns if one.type not in ("text", "boolean")])
    return f"{chance.choice(['months', 'days'])}({column.name})" if column.type == "date" else column.name


def condition(chance: random.Random, deep: int = 3, columns: Sequence[Column] = MEMBER.all_columns) -> str:
    pick = chance.random()
    if deep and pick < 0.3:
        word = chance.choice(["and", "or"])
        return f"({condition(chance, deep - 1, columns)} {word} {condition(chance, deep - 1, columns)})"
    if deep and pick < 0.4:
        return f"not ({condition(chance, deep - 1, columns)})"
    if pick < 0.5:
        return f"{number(chance, 2, columns)} {chance.choice(SIGNS)} {number(chance, 2, columns)}"
    column = chance.choice(columns)
    if chance.random() < 0.1:
        return f"{column.name} is {chance.choice(['', 'not '])}null"
    about = {"text": _about_text, "date": _about_day, "boolean": _about_truth}.get(column.type, _about_number)
    return about(chance, column, columns)


def _about_text(chance: random.Random, column: Column, columns: Sequence[Column]) -> str:
    def one() -> str:
        return _text(chance.choice(column.values or TEXTS))

    ways = [f"{column.name} {chance.choice(['=', '<>'])} {one()}", f"{column.name} in ({one()}, {one()}, {one()})"]
    ways += [f"{column.name} not in ({one()}, {one()})"]
    ways += [f"{column.name} = {other.name}" for other in columns if other.type == "text" and not other.values]
    if "10" in column.values:  # codes of digits are ordered
        ways += [f"{column.name} {chance.choice(SIGNS)} {one()}", f"{column.name} between '10' and {one()}"]
    return chance.choice(ways)


def _about_day(chance: random.Random, column: Column, columns: Sequence[Column]) -> str:
    other = chance.choice([one for one in columns if one.type == "date"])
    return chance.choice(
        [
            f"{column.name} {chance.choice(SIGNS)} {_day(chance)}",
            f"{column.name} {chance.choice(SIGNS)} {other.name}",
            f"{column.name} {chance.choice(['', 'not '])}between {_day(chance)} and {_day(chance)}",
            f"{column.name} {chance.choice(['', 'not '])}in ({_day(chance)}, {_day(chance)})",
        ]
    )


def _about_truth(chance: random.Random, column: Column, columns: Sequence[Column]) -> str:
    inner = condition(chance, 0, columns)
    return chance.choice(
        [column.name, f"{column.name} = false", f"{column.name} <> true", f"({inner}) = {column.name}"]
    )


def _about_number(chance: random.Random, column: Column, columns: Sequence[Column]) -> str:
    low = chance.randint(-10, 120)
    return chance.choice(
        [
            f"{column.name} {chance.choice(SIGNS)} {low}",
            f"{_whole(chance)} {chance.choice(SIGNS)} {column.name}",
            f"{column.name} {chance.choice(['', 'not '])}between {low} and {low + 20}",
            f"{column.name} in ({low}, {chance.randint(0, 90)}, {_whole(chance)})",
            f"{column.name} {chance.choice(SIGNS)} {chance.choice(PARTS)}",
        ]
    )


def figure(chance: random.Random, table: FactTable = MEMBER) -> str:
    columns = table.all_columns

    def one() -> str:
        function = chance.choice(["count", "share", "sum", "mean", "min", "max", ""])
        if not function:
            return "count()"
        counted = function in ("count", "share")
        return f"{function}({condition(chance, 3, columns) if counted else number(chance, 2, columns)})"

    pick = chance.random()
    if pick < 0.2:
        return f"{one()} {chance.choice('+-*/')} {one()}"
    return f"({one()} - {_whole(chance)}) * 100 / ({one()} + {chance.choice(PARTS)})" if pick < 0.3 else one()
