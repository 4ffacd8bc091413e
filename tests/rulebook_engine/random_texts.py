"""Random expressions over the members' table, drawn by chance alone: the same seed draws the same."""

from __future__ import annotations

import random
from datetime import date, timedelta

from tests.rulebook_engine.test_meaning import DAYS

NUMBERS = [
    "age",
    "talks",
    "hours",
    "months(born_on)",
    "days(last_contact_on)",
    "months(last_contact_on)",
    "0.85",
    "1.5",
]
SIGNS = ["=", "<>", "<", "<=", ">", ">="]
PLAIN = [
    "has_contact_person", "has_contact_person = false", "sex in ('1')", "sex not in ('1', '2')", "note = 'it''s'",
    "note <> '甲'", "education between '10' and '33'", "education > ''", "age is null", "note is not null",
    "stage <> 'full'", "true", "note = stage", "education >= education", "(age > 30) = has_contact_person",
    "education < '40' and education <> '20'", "hours is null or talks is null", "sex = '2' and stage = 'full'",
    "stage = 'full'", "born_on <= last_contact_on", "talks in (1, 2)", "hours in (2.5, 0)", "talks between -5 and 1",
]  # fmt: skip


def _day(chance: random.Random) -> str:
    day = chance.choice(DAYS) if chance.random() < 0.5 else date(1960, 1, 1) + timedelta(days=chance.randrange(25_000))
    return f"'{day.isoformat()}'"


def number(chance: random.Random, deep: int = 2) -> str:
    pick = chance.random()
    if deep and pick < 0.3:
        sign = chance.choice("+-*/")
        right = number(chance, deep - 1)
        return f"({number(chance, deep - 1)} {sign} {'2' if sign == '/' and right == '0' else right})"
    return str(chance.randint(-250, 250) or 1) if pick < 0.5 else chance.choice(NUMBERS)


def condition(chance: random.Random, deep: int = 3) -> str:
    pick = chance.random()
    if deep and pick < 0.25:
        return f"({condition(chance, deep - 1)} {chance.choice(['and', 'or'])} {condition(chance, deep - 1)})"
    if deep and pick < 0.35:
        return f"not ({condition(chance, deep - 1)})"
    sign, whole = chance.choice(SIGNS), chance.randint(-10, 120)
    return chance.choice(
        [
            f"{number(chance)} {sign} {number(chance)}",
            f"age {sign} {whole}",
            f"{whole} {sign} age",
            f"age between {whole} and {whole + 20}",
            f"age in ({whole}, {chance.randint(0, 90)})",
            f"born_on {sign} {_day(chance)}",
            f"last_contact_on between {_day(chance)} and {_day(chance)}",
            f"talks {sign} {whole}",
            *chance.sample(PLAIN, 5),
        ]
    )


def figure(chance: random.Random) -> str:
    def one() -> str:
        function = chance.choice(["count", "share", "sum", "mean", "min", "max", ""])
        if not function:
            return "count()"
        return f"{function}({condition(chance) if function in ('count', 'share') else number(chance)})"

    return f"{one()} {chance.choice('+-*/')} {one()}" if chance.random() < 0.3 else one()
