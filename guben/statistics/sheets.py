"""What goes into a workbook: the tables of a unit with their formulas, or one figure of the units below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from django.utils.translation import gettext as _

from guben.figures.explanations import in_plain_words
from guben.kit.tables import Count, Share, Written
from guben.rulebook_engine.aggregates import Figure
from guben.statistics.pages import ShownTable, Unit
from guben.statistics.subjects import Line
from guben.statistics.told import in_words


def table_headers(on: date, beside: date | None, printed: date | None) -> list[str]:
    """`printed` is the day of the bulletin whose numbers stand beside ours."""
    ours = [_("表"), _("行"), str(on), *_other(beside), *([_("全国公布")] if printed else [])]
    return [*ours, _("单位"), _("怎么算"), _("只算"), _("依据")]


def table_rows(tables: Sequence[ShownTable], beside: date | None, printed: date | None) -> Iterator[list[Written]]:
    """One row for each line of each table, with numbers as numbers."""
    for table in tables:
        for row in table.rows:
            yield [
                in_words(table.table.title),
                in_words(row.line.title),
                cell(row.line, row.now),
                *([cell(row.line, row.then)] if beside else []),
                *([row.published.words if row.published else ""] if printed else []),
                row.unit,
                *_formula(row.line),
                table.table.rule.source_text if table.table.rule else "",
            ]


def _other(beside: date | None) -> list[str]:
    return [str(beside)] if beside else []


def _formula(line: Line) -> tuple[str, str]:
    """How a line is counted and which rows are; why it is not."""
    if line.indicator is None:
        return in_words(line.uncounted) if line.uncounted else "", ""
    where = line.indicator.where
    return in_plain_words(line.indicator.value), in_plain_words(where) if where else ""


def cell(line: Line, figure: Figure | None) -> Written:
    """A figure as a number that is read as on the page; words where it is not shown."""
    if getattr(figure, "is_hidden", False):
        return _("人数太少，不单独显示")
    if figure is None or figure.value is None:
        return ""
    if line.is_share:
        return Share(figure.value)
    return Count(figure.value) if isinstance(figure.value, int) else figure.value


def unit_headers(line: Line, on: date, beside: date | None) -> list[str]:
    title = _("%(title)s，%(day)s") % {"title": in_words(line.title), "day": on}
    return [_("组织代码"), _("组织"), title, *([_("分子"), _("分母")] if line.is_share else []), *_other(beside)]


def unit_rows(line: Line, units: Sequence[Unit], beside: date | None) -> Iterator[list[Written]]:
    """One row for each unit below; a share with its numerator and denominator."""
    for unit in units:
        parts = (unit.now.numerator, unit.now.denominator) if unit.now else (None, None)
        counts = [Count(one) if isinstance(one, int) else one for one in parts] if line.is_share else []
        then = [cell(line, unit.then)] if beside else []
        yield [unit.unit.code, unit.unit.name, cell(line, unit.now), *counts, *then]
