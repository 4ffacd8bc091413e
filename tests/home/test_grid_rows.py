"""The lines of the grid: what people wrote stays text, and each look says its word."""

from __future__ import annotations

from datetime import date

import pytest
from django.template import Context

from guben.home.grid import Cell, Column, Grid, Group, Row, Section
from guben.home.templatetags.grid_rows import grid_rows
from guben.kit.days import parse_period
from guben.organisations.models import Organisation

MONTH = parse_period("2026-06")
COLUMN = Column("theme-day", "主题党日", "", "theme_day", False, MONTH, "6月", date(2026, 6, 30), "month")


def lines(row: Row, **right: bool) -> str:
    group = Group("village", "村", [row], [])
    grid = Grid(MONTH, [Section("month", "本月", [COLUMN])], [group], [])
    return str(grid_rows(Context(right), grid, group))


def branch(cell: Cell | None = None, band: str = "") -> Row:
    unit = Organisation(code="A1", short_name="<b>石榴村</b>", field="village")
    return Row(unit, [cell] if cell else [], ["<i>6月主题党日</i>"] if cell else [], 0, [], band)


def test_what_people_wrote_stays_text() -> None:
    cell = Cell(COLUMN, "exempt", "<u>短</u>", reason="<s>长</s>")
    html = lines(branch(cell)) + lines(branch(band="<em>还差名册</em>"), may_change=True)
    for tag in ("<b>", "<i>", "<u>", "<s>", "<em>"):
        assert tag not in html
        assert tag.replace("<", "&lt;").replace(">", "&gt;") in html


@pytest.mark.parametrize(
    ("cell", "sees_meetings", "words"),
    [
        (Cell(COLUMN, "done", "6-15", record=7), True, ("/meetings/7/", "已做", "6-15")),
        (Cell(COLUMN, "done", "6-15", record=7), False, ("/organisations/A1/duties/#theme-day-2026-06", "6-15")),
        (Cell(COLUMN, "late", "逾期3天", "不算"), True, (" data-open>", "cell-late", '<span class="tag">不算</span>')),
        (Cell(COLUMN, "not_kept", "未建账"), True, ("look-not_kept", "未建账")),
        (Cell(COLUMN, "none"), True, ("look-none", "不要求")),
    ],
)
def test_each_look_says_its_word(cell: Cell, sees_meetings: bool, words: tuple[str, ...]) -> None:
    html = lines(branch(cell), sees_meetings=sees_meetings)
    assert all(word in html for word in (*words, 'id="cell-A1-theme-day-2026-06"', 'data-rule="theme-day"')), html
