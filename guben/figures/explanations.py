"""Why this figure: rule, edition, meaning, numbers, records. Each step can be checked with a pencil."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language

from guben.duties.queries import DutyItem, in_words, items
from guben.figures.errors import NotInForce
from guben.figures.trees import DayTree, UnitName, day_tree
from guben.organisations.models import Organisation
from guben.rulebook.live import LiveEngine
from guben.rulebook.queries import library as installed
from guben.rulebook.queries import require_known
from guben.rulebook_engine.aggregates import Figure
from guben.rulebook_engine.describing import describe
from guben.rulebook_engine.dialects import SQLITE
from guben.rulebook_engine.entries import Duty, Entry, Indicator, Standard
from guben.rulebook_engine.evaluation import evaluate, judge, records
from guben.rulebook_engine.expressions import Checked
from guben.rulebook_engine.facts import catalogue
from guben.rulebook_engine.library import Library
from guben.rulebook_engine.one_unit import counted


@dataclass(frozen=True, slots=True)
class Explanation:
    """A rule at a unit on a day. `figure` is None where the rule is not about the unit; `holds` is None where there is
    no line or it can't be told. For a duty, `items` are its periods instead of a figure."""

    rule: Entry
    indicator: Indicator | None
    unit: UnitName
    on: date
    figure: Figure | None
    holds: bool | None
    records: tuple[int, ...]
    items: tuple[DutyItem, ...]

    @property
    def meaning(self) -> str:
        """What is counted, in words."""
        return in_plain_words(self.indicator.value) if self.indicator else ""

    @property
    def counted(self) -> str:
        """Which rows are counted at all, in words; empty where all are."""
        return in_plain_words(self.indicator.where) if self.indicator and self.indicator.where else ""

    @property
    def line(self) -> str:
        return in_words(self.rule.line) if isinstance(self.rule, Standard) else ""

    @property
    def table(self) -> str:
        return self.indicator.over if self.indicator else "meeting"

    @property
    def compiled(self) -> str:
        """The condition as it is asked of the live database."""
        if not self.indicator:
            return ""
        where = self.indicator.where.sql(SQLITE, self.on) if self.indicator.where else ""
        return f"{self.indicator.value.text}\n{where}".strip()

    def document(self) -> dict[str, Any]:
        """The explanation as JSON."""
        rule, figure = self.rule, self.figure or Figure(None)
        return {
            "on": self.on,
            "at": self.unit.code,
            "rule": rule.key,
            "kind": rule.kind,
            "title": rule.title.model_dump(),
            "edition": rule.edition_label,
            "from": rule.from_on,
            "until": rule.until_on,
            "issued_by": rule.issued_by,
            "source": rule.source_text,
            "confidence": rule.confidence,
            "indicator": self.indicator.key if self.indicator else None,
            "scope": self.indicator.scope if self.indicator else "own",
            "meaning": self.meaning,
            "counted": self.counted,
            "value": figure.value,
            "numerator": figure.numerator,
            "denominator": figure.denominator,
            "applies": self.figure is not None or bool(self.items),
            "line": self.line or None,
            "holds": self.holds,
            "table": self.table,
            "records": len(self.records),
            "items": [
                {"period": item.period.label, "state": item.state.value, "due_on": item.due_on,
                 "records": [str(record) for record in item.records], "reason": item.reason}
                for item in self.items
            ],
        }  # fmt: skip

    def lines(self) -> Iterator[str]:
        """The explanation for a terminal."""
        rule = self.rule
        yield f"{in_words(rule.title)}（{rule.key}）"
        yield f"  {self.unit.name}，{self.on}"
        yield f"  制度：{rule.source_text}；可信度 {rule.confidence}；制定 {rule.issued_by}"
        yield f"  版本：{rule.edition_label}，{rule.from_on} 起"
        if self.indicator:
            yield f"  怎么算：{self.meaning}；只算：{self.counted or '全部'}；范围：{self.indicator.scope}"
        if getattr(self.figure, "is_hidden", False):
            yield "  人数太少，不单独显示。"
        elif self.figure:
            yield f"  数字：{self.figure.numerator} ÷ {self.figure.denominator} = {self.figure.value}"
            yield f"  记录：{len(self.records)}"
        elif self.indicator:
            yield "  这条制度不是说这个组织的，所以没有数。guben diagnose 列出越线的组织。"
        if self.line:
            verdict = {True: "；守住", False: "；越线", None: ""}[self.holds]
            yield f"  线：{self.line}{verdict}"
        for item in self.items:
            head = f"  {item.period.label}: {item.state.label}，期限 {item.due_on}"
            yield f"{head}，记录 {len(item.records)} {item.reason}".rstrip()


def in_plain_words(checked: Checked) -> str:
    """An expression in the reader's language."""
    return describe(checked, get_language() or "zh")


def explain(key: str, at: Organisation, on: date, *, rules: Library | None = None) -> Explanation:
    """Why a rule says what it says of a unit on a day.

    Raises:
        UnknownRule: no rule has the key.
        NotInForce: no edition of it is in force on the day.
        UnitNotThere: the unit did not exist on the day.
    """
    library = rules or installed()
    require_known(key, library)
    rule = library.get(key, on)
    if rule is None:
        raise NotInForce(key, on, [(edition.from_on, edition.until_on) for edition in library.editions(key)])
    day = day_tree(at, on)
    unit = day.units[at.pk]
    if isinstance(rule, Duty):
        owed = tuple(items([at], on, rules=library, keys=[key]))
        return Explanation(rule, None, unit, on, None, None, tuple(r for item in owed for r in item.records), owed)
    if not isinstance(rule, Standard | Indicator):
        return Explanation(rule, None, unit, on, None, None, (), ())
    return _of_figure(rule, unit, day, library)


def _of_figure(rule: Standard | Indicator, unit: UnitName, day: DayTree, library: Library) -> Explanation:
    indicator = library.indicator_of(rule, day.on) if isinstance(rule, Standard) else rule
    engine = LiveEngine(day.within)
    figures = evaluate([indicator], engine, day.tree, day.on, catalogue)
    figure, holds = figures[indicator.key].get(unit.id), None
    if isinstance(rule, Standard):
        verdict = judge([rule], figures, engine, day.tree, day.on, catalogue)[rule.key].get(unit.id)
        figure, holds = (verdict.figure, verdict.holds) if verdict else (None, None)
    behind = records_behind(rule, indicator, unit, day, engine) if figure else []
    return Explanation(rule, indicator, unit, day.on, figure, holds, tuple(behind), ())


def records_behind(
    rule: Standard | Indicator, indicator: Indicator, unit: UnitName, day: DayTree, engine: LiveEngine
) -> list[int]:
    """The ids of the rows that make the figure, in the unit's subtree where the indicator reaches there."""
    opens = rule.opens if isinstance(rule, Standard) else counted(indicator)
    inside: Sequence[int] | dict[int, UnitName] = day.units if indicator.scope == "subtree" else [unit.id]
    found = records(indicator, opens, engine, day.on, catalogue)
    return [record for organisation, record in found if organisation in inside]
