"""The charts of statistics can be drawn, lead on, and survive the names that units have."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import guben.settings
from guben.statistics.drawings import NARROW, Bar, bars, bars_spec, columns, columns_spec, line

NASTY = "某'镇\\“党委”</svg>"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path


def test_bars_lead_on_and_are_told_in_one_sentence() -> None:
    svg = bars(
        [Bar(NASTY, 0.4, "40.0%", "/statistics/?at=1", 0.3), Bar("乙", 0.6, "60.0%", "/statistics/?at=2", 0.7)], "六成"
    )
    assert 'aria-label="六成"' in svg
    assert svg.count('href="/statistics/?at=2"') == 2  # for a screen and for a phone
    assert "60.0%" in svg
    assert svg.count("</svg>") == 2


def test_lines_and_columns_write_their_values() -> None:
    assert "25.9%" in line([("2024年末", 0.25, "25.0%"), ("2025年末", 0.259, "25.9%")], "线")
    assert "10—20%" in columns([Bar("0—10%", 3, "3"), Bar("10—20%", 7, "7")], "柱")


def test_on_a_phone_the_names_of_days_stand_in_two_rows() -> None:
    drawn = line([("End of 2025", 3, "3"), ("2025年末", 4, "4"), ("2026-06-30", 5, "5")], "Trend")
    narrow = drawn.split("stat-chart-narrow")[1]
    assert all(f">{words}</tspan>" in narrow for words in ("End of", "2025", "2026", "06-30"))
    assert ">2025年末<" in narrow


def test_one_day_is_no_line_and_an_address_in_a_name_no_chart() -> None:
    assert line([("2025年末", 1.0, "1")], "线") == ""
    assert bars([Bar("https://example.org", 1, "1"), Bar("乙", 2, "2")], "x") == ""


def test_on_a_phone_columns_lie_on_their_side() -> None:
    rows = [Bar("甲", 1, "1"), Bar("乙", 2, "2")]
    assert columns_spec(rows, NARROW) == bars_spec(rows, NARROW)


def test_no_theme_puts_a_colour_of_its_own_behind_a_chart() -> None:
    """The words of a chart have the colours of the theme, which are made for the theme's surface."""
    for sheet in (Path(guben.settings.__file__).parent / "static" / "css").rglob("*.css"):
        for found in re.findall(r"[^{}]*svg[^{}]*\{([^{}]*)\}", sheet.read_text(encoding="utf-8")):
            assert "background" not in found, (sheet.name, found)
