"""Charts: the picture is safe under a strict policy, told in one sentence and drawn once."""

from __future__ import annotations

import os
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

from guben.house import charts


def bars(**extra: Any) -> dict[str, Any]:
    rows = [
        {"band": "35岁及以下", "share": 0.3026, "to": "/members/?age=1"},
        {"band": "60岁及以上", "share": 0.2932, "to": "/m/"},
    ]
    encoding: dict[str, Any] = {
        "x": {"field": "share", "type": "quantitative", "axis": None},
        "y": {"field": "band", "type": "nominal", "title": None, "sort": None},
        **extra,
    }
    return {
        "data": {"values": rows},
        "width": 300,
        "height": {"step": 24},
        "mark": {"type": "bar"},
        "encoding": encoding,
    }


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.DATA = tmp_path
    return tmp_path


def test_a_chart_is_an_image_with_one_sentence_and_its_words() -> None:
    svg = charts.chart(bars(), label='35岁及以下的占30.26%，比"线"多')
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own text
    assert root.get("role") == "img"
    assert root.get("aria-label") == '35岁及以下的占30.26%，比"线"多'
    assert "35岁及以下" in "".join(root.itertext())
    assert [part for part in root.iter() if part is not root and part.get("aria-label")] == []


def test_nothing_in_a_chart_is_stopped_by_a_strict_policy() -> None:
    svg = charts.chart(bars(), label="x")
    assert "style=" not in svg
    assert "<style" not in svg
    assert "<script" not in svg
    assert "PingFang SC" in svg


def test_links_stay_addresses_of_the_house_and_within_reach() -> None:
    svg = charts.chart(bars(href={"field": "to"}), label="x")
    assert 'href="/members/?age=1"' in svg
    assert 'role="group"' in svg
    assert "vega.github.io" not in svg


def test_links_that_lead_elsewhere_are_refused() -> None:
    with pytest.raises(ValueError, match="must not hold"):
        charts.chart(bars(href={"value": "javascript:alert(1)"}), label="x")
    with pytest.raises(ValueError, match="must not hold"):
        charts.chart(bars(href={"value": "https://example.org/"}), label="x")


def test_a_chart_is_drawn_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = charts.chart(bars(), label="x")
    monkeypatch.setattr(charts, "draw", lambda spec: pytest.fail("drawn twice"))
    assert charts.chart(bars(), label="x") == first
    assert len(list((folder / "cache" / "charts").iterdir())) == 1


def test_what_cannot_be_drawn_says_so() -> None:
    with pytest.raises(ValueError, match="can't be drawn"):
        charts.chart({"mark": 3}, label="x")


def test_a_chart_takes_the_colours_of_the_page() -> None:
    svg = charts.chart(bars(color={"value": charts.RED}), label="x")
    assert 'fill="var(--red)"' in svg
    assert charts.RED not in svg
    assert charts.INK_2 not in svg


def test_the_colours_are_those_of_the_light_theme() -> None:
    tokens = (Path(charts.__file__).parents[1] / "static/css/house.css").read_text(encoding="utf-8").lower()
    for colour, name in charts.TOKENS.items():
        assert f"--{name}: {colour.lower()};" in tokens


def test_what_was_drawn_long_ago_is_forgotten(folder: Path) -> None:
    charts.chart(bars(), label="x")
    assert charts.forget(days=30) == 0
    (picture,) = (folder / "cache" / "charts").iterdir()
    os.utime(picture, (0, 0))
    assert charts.forget(days=30) == 1
    assert not picture.exists()
