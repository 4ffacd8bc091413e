"""The charts of statistics can be drawn, lead on, and survive the names that units have."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import guben.settings
from guben.statistics.drawings import (
    NARROW,
    SMALL,
    WIDE,
    WIDTHS,
    Bar,
    bars,
    bars_spec,
    columns,
    columns_spec,
    in_rows,
    line,
    line_spec,
    room_of,
)  # fmt: skip

NASTY = "某'镇\\“党委”</svg>"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path


def test_bars_lead_on_and_are_told_in_one_sentence() -> None:
    svg = bars(
        [Bar(NASTY, 0.4, "40.0%", "/statistics/?at=1", 0.3), Bar("乙", 0.6, "60.0%", "/statistics/?at=2", 0.7)], "六成"
    )
    assert 'aria-label="六成"' in svg
    assert svg.count('href="/statistics/?at=2"') == len(WIDTHS)
    assert "60.0%" in svg
    assert svg.count("</svg>") == len(WIDTHS)


def test_lines_and_columns_write_their_values() -> None:
    assert "25.9%" in line([("2024年末", 0.25, "25.0%"), ("2025年末", 0.259, "25.9%")], "线")
    assert "10—20%" in columns([Bar("0—10%", 3, "3"), Bar("10—20%", 7, "7")], "柱")


def test_on_a_phone_the_names_of_days_stand_in_two_rows() -> None:
    drawn = line([("End of 2025", 3, "3"), ("2025年末", 4, "4"), ("2026-06-30", 5, "5")], "Trend")
    narrow, small = drawn.split("stat-chart-narrow")[1].split("stat-chart-small")
    assert all(f">{words}</tspan>" in narrow for words in ("End of", "2025", "2026", "06-30"))
    assert all(">年末</tspan>" in one for one in (narrow, small))
    years = [(f"{year}年末", float(year), "1") for year in range(2021, 2026)] + [("2026-06-30", 9, "1")]
    named = [json.loads(line_spec(years, width)["layer"][0]["encoding"]["x"]["axis"]["labelExpr"].partition("[datum")[0])
             for width in (NARROW, SMALL, WIDE)]  # fmt: skip
    assert [len(list(filter(any, names))) for names in named] == [6, 2, 6]
    assert (named[1][0], named[1][5], named[2][0]) == (["2021", "年末"], ["2026", "06-30"], ["2021年末"])


@pytest.mark.parametrize("width", [NARROW, SMALL])
def test_on_a_phone_long_names_stand_above_their_bars_and_values_that_have_no_room_are_left_out(width: int) -> None:
    long = Bar("企事业单位、社会组织专业技术人员", 0.6, "60.0%")
    above = [
        layer for layer in bars_spec([long], width)["layer"] if layer["encoding"].get("text") == {"field": "above"}
    ]
    assert above
    workers, rows = (one["above"] for one in bars_spec([Bar("工人", 1, "1"), long], width)["data"]["values"])
    assert (len(workers), workers[-1]) == (len(rows), "工人")
    assert "".join(rows) == long.name
    assert max(map(room_of, rows)) <= above[0]["mark"]["limit"] <= width
    assert len(bars_spec([Bar("工人", 1, "1")], width)["layer"]) == 2
    assert bars_spec([long], WIDE)["layer"][0]["encoding"]["y"]["axis"]
    years = [(f"{year}年末", float(year), f"100,27{year}") for year in range(2020, 2025)]
    told = [(row["words"], row["side"]) for row in line_spec(years, width)["data"]["values"]]
    assert told == [("100,272020", "left"), ("", "right"), ("", "right"), ("", "right"), ("100,272024", "right")]
    assert all(row["words"] for row in line_spec(years, WIDE)["data"]["values"])
    assert [row["side"] for row in line_spec(years[:2], width)["data"]["values"]] == ["center", "center"]


def test_words_break_where_their_language_may() -> None:
    assert in_rows("Professional staff of enterprises", 150) == ["Professional staff", "of enterprises"]
    assert in_rows("农牧渔民", 140) == ["农牧渔民"]
    assert in_rows("企事业单位、社会组织管理人员", 140) == ["企事业单位、社会组织", "管理人员"]
    assert in_rows("一二三四五六七八九", 42) == ["一二三", "四五六", "七八九"]
    assert in_rows("", 140) == [""]


def test_values_stand_outside_the_bend_of_a_line() -> None:
    values = line_spec([("a", 1, "1"), ("b", 3, "3"), ("c", 2, "2")], WIDE)["data"]["values"]
    assert [value["dy"] > 0 for value in values] == [True, False, True]


def test_one_day_is_no_line_and_an_address_in_a_name_no_chart() -> None:
    assert line([("2025年末", 1.0, "1")], "线") == ""
    assert bars([Bar("https://example.org", 1, "1"), Bar("乙", 2, "2")], "x") == ""


def test_on_a_phone_columns_lie_on_their_side() -> None:
    rows = [Bar("甲", 1, "1"), Bar("乙", 2, "2")]
    assert columns_spec(rows, NARROW) == bars_spec(rows, NARROW)


def test_a_drawing_stands_from_where_it_fits_in_the_readers_letters() -> None:
    """By widths in rem, which grow with large type: a wider drawing would be shrunk, and its words with it."""
    css = (Path(guben.settings.__file__).parent / "static" / "css" / "statistics.css").read_text(encoding="utf-8")
    asked = re.findall(r"@container stat-chart \(min-width: (\d+)rem\)", css)
    drawn = dict(re.findall(r"\.stat-chart-(\w+) svg \{\s*max-width: (\d+)rem", css))
    for name, least in zip(("narrow", "wide"), asked, strict=True):
        assert 0.9 <= int(least) * 16 / WIDTHS[name] <= 1
        assert int(drawn[name]) * 16 >= WIDTHS[name]


def test_no_theme_puts_a_colour_of_its_own_behind_a_chart() -> None:
    """The words of a chart have the colours of the theme, which are made for the theme's surface."""
    for sheet in (Path(guben.settings.__file__).parent / "static" / "css").rglob("*.css"):
        for found in re.findall(r"[^{}]*svg[^{}]*\{([^{}]*)\}", sheet.read_text(encoding="utf-8")):
            assert "background" not in found, (sheet.name, found)
