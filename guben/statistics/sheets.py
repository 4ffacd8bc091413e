"""What goes into a workbook: the tables of a unit with their formulas, or one figure of the units below."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from guben.figures.explanations import in_plain_words
from guben.kit.tables import Written
from guben.rulebook_engine.aggregates import Figure
from guben.statistics.pages import ShownTable, Unit
from guben.statistics.subjects import Line
from guben.statistics.told import in_words


def table_headers(on: object, beside: object) -> list[str]:
    return [_("表"), _("行"), str(on), str(beside or "—"), _("全国公布"), _("单位"), _("怎么算"), _("只算"), _("依据")]


def table_rows(tables: list[ShownTable]) -> Iterator[list[Written]]:
    """One row for each line of each table, with numbers as numbers."""
    for table in tables:
        for row in table.rows:
            indicator = row.line.indicator
            yield [
                in_words(table.table.title),
                in_words(row.line.title),
                cell(row.line, row.now),
                cell(row.line, row.then),
                row.published.words if row.published else "",
                row.unit,
                in_plain_words(indicator.value) if indicator else "",
                in_plain_words(indicator.where) if indicator and indicator.where else "",
                table.table.rule.source_text if table.table.rule else "",
            ]


def cell(line: Line, figure: Figure | None) -> Written:
    """A figure as a number; words where it is not shown or not counted."""
    if getattr(figure, "is_hidden", False):
        return _("人数太少，不单独显示")
    if figure is None or figure.value is None:
        return in_words(line.uncounted) if line.uncounted else ""
    return figure.value


def unit_headers(line: Line, on: object, beside: object) -> list[str]:
    return [
        _("组织代码"),
        _("组织"),
        in_words(line.title),
        _("分子"),
        _("分母"),
        str(beside or "—"),
        _("哪天：%(on)s") % {"on": on},
    ]


def unit_rows(line: Line, units: list[Unit]) -> Iterator[list[Written]]:
    """One row for each unit below."""
    for unit in units:
        numerator, denominator = (unit.now.numerator, unit.now.denominator) if unit.now else (None, None)
        yield [unit.unit.code, unit.unit.name, cell(line, unit.now), numerator, denominator, cell(line, unit.then)]
