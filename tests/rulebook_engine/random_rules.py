"""Random rulebooks over a catalogue: indicators of several fact tables, lines over any facts of units, duties."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import date

from guben.rulebook_engine.checking import check
from guben.rulebook_engine.crosschecks import impossible_line
from guben.rulebook_engine.entries import Duty, EvidenceRule, Exemption, Indicator, Rulebook, Standard, Words
from guben.rulebook_engine.errors import ExpressionMistake
from guben.rulebook_engine.expressions import Checked
from guben.rulebook_engine.facts import Catalogue, Column, FactTable
from guben.rulebook_engine.library import Library
from guben.rulebook_engine.loading import FIGURE_COLUMNS
from guben.rulebook_engine.plan_of_run import Plan, plan
from tests.rulebook_engine.random_texts import condition, figure

WORDS = Words(zh="样本", en="Sample")
HEAD = {"title": WORDS, "source": "S", "confidence": "verified", "from": date(2018, 1, 1)}
LINES = [
    "value >= 0.25", "value = 0", "value between 1 and 3 or members > 20", "numerator * 2 >= denominator",
    "value is null", "has_committee", "not (value > 2 and months(founded_on) < 40)", "groups * value < 5",
    "value < denominator / 3 or numerator is null", "not has_committee and value <> 1",
]  # fmt: skip
EVERY = ["month", "quarter", "half_year", "year"]
HELD = {"meeting": "held_on", "publication": "published_on"}
TIMES: list[int | str] = [1, 1, 2, 3, "groups", "full_time_organisers"]


class RandomRules:
    """Draws rules by chance; what the language refuses is drawn again. `issuers` are codes of units whose own rules
    some of them are."""

    def __init__(self, seed: int, catalogue: Catalogue, issuers: Sequence[str] = ("C2",)) -> None:
        self.chance = random.Random(seed)
        self.catalogue = catalogue
        self.issuers = issuers

    def plan(self, on: date, over: Sequence[str], *, indicators: int = 24, duties: int = 4) -> Plan:
        """So many of each; each indicator has a line."""
        figures = [self._indicator(number, over) for number in range(indicators)]
        lines = [self._standard(indicator) for indicator in figures]
        owed = [self._duty(number) for number in range(duties)]
        book = Rulebook(
            file_name="random.toml", key="random", title=WORDS, issued_by="national", source="S",
            indicators=tuple(figures), standards=tuple(one for one in lines if one), duties=tuple(owed),
        )  # fmt: skip
        return plan(Library([book]), on, self.catalogue)

    def _indicator(self, number: int, over: Sequence[str]) -> Indicator:
        table = self._table(self.chance.choice(over))
        return Indicator(
            **HEAD, issued_by="national", key=f"figure-{number}", over=table.name,
            value=self._read(lambda: check(figure(self.chance, table), table, "figure")),
            where=self._perhaps(0.6, table), who=self._perhaps(0.4, self._table("organisation")),
            scope=self.chance.choice(["own", "subtree", "subtree"]),
        )  # fmt: skip

    def _standard(self, indicator: Indicator) -> Standard | None:
        units = self._table("organisation")
        columns = [*units.all_columns, *FIGURE_COLUMNS]

        def line() -> Checked:
            text = self.chance.choice(LINES) if self.chance.random() < 0.6 else condition(self.chance, 2, columns)
            return check(text, units, more=FIGURE_COLUMNS)

        found = Standard(
            **HEAD, issued_by=self._issuer(), key=f"line-{indicator.key}", indicator=indicator.key, line=WORDS,
            holds=self._read(line), severity="low", remedy=WORDS, who=self._perhaps(0.4, units),
        )  # fmt: skip
        return None if impossible_line(found, indicator) else found

    def _duty(self, number: int) -> Duty:
        record = self.chance.choice(list(HELD))
        units = self._table("organisation")
        days: dict[str, str] = {"day": self.chance.choice(["counts_on", "recorded_on"]), "held": HELD[record]}
        evidence = EvidenceRule(record=record, where=self._perhaps(0.5, self._table(record)), **days)
        applies = [Exemption(where=self._condition(units), otherwise=WORDS)] if self.chance.random() < 0.5 else []
        return Duty(
            **HEAD, issued_by=self._issuer(), key=f"duty-{number}", who=self._condition(units), applies=tuple(applies),
            every=self.chance.choice(EVERY), times=self.chance.choice(TIMES), evidence=evidence, answerable="secretary",
            due_after_days=self.chance.choice([0, 0, 10, 200, 366]),
        )  # fmt: skip

    def _issuer(self) -> str:
        return self.chance.choice(["national", "national", *self.issuers])

    def _table(self, name: str) -> FactTable:
        table = self.catalogue.table(name)
        assert table is not None, name
        return table

    def _perhaps(self, how_often: float, table: FactTable) -> Checked | None:
        return self._condition(table) if self.chance.random() < how_often else None

    def _condition(self, table: FactTable, more: Sequence[Column] = ()) -> Checked:
        return self._read(lambda: check(condition(self.chance, 2, [*table.all_columns, *more]), table))

    def _read(self, draw: Callable[[], Checked]) -> Checked:
        while True:
            try:
                return draw()
            except ExpressionMistake:
                continue
