"""The contrast of the tokens in each theme, worked out from the style sheet: text on every ground it stands on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string

from guben.accounts.models import User

CSS = Path(__file__).resolve().parents[2] / "guben/static/css"
HOUSE = (CSS / "house.css").read_text(encoding="utf-8")
TOKEN = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{3}(?:[0-9a-f]{3})?);")
# The sheets that hold, one on top of the other.
THEMES = {
    "light": [],
    "dark": ["dark"],
    "contrast": ["contrast"],
    "contrast in the dark": ["dark", "contrast", "contrast-dark"],
    "contrast, dark chosen": ["dark", "contrast-dark"],
    "paper": [],
}
SCREEN, DARK, MORE = "screen", "(prefers-color-scheme: dark)", "(prefers-contrast: more)"
# What the reader chose, and under what media each sheet then holds.
CHOSEN = {
    "": {
        "dark": f"{SCREEN} and {DARK}",
        "contrast": f"{SCREEN} and {MORE}",
        "contrast-dark": f"{SCREEN} and {MORE} and {DARK}",
    },
    "light": {"contrast": f"{SCREEN} and {MORE}"},
    "dark": {"dark": SCREEN, "contrast-dark": f"{SCREEN} and {MORE}"},
    "contrast": {"contrast": SCREEN},
}
GROUNDS = ("paper", "surface", "sunken")
WORDS = ("ink", "ink-2", "ink-3", "red", "amber", "green", "indigo")
PAIRS = [
    *((word, ground) for word in WORDS for ground in GROUNDS),
    *((colour, f"{colour}-wash") for colour in ("red", "amber", "green", "indigo")),
    *(("ink", f"{colour}-wash") for colour in ("red", "amber", "green", "indigo")),
    ("on-solid", "solid"),
]


def tokens(theme: str) -> dict[str, str]:
    found = dict(TOKEN.findall(re.search(r"^:root \{(.*?)^\}", HOUSE, re.DOTALL | re.MULTILINE)[1]))
    if theme == "paper":
        found |= dict(
            TOKEN.findall(re.search(r"^@media print \{\n  :root \{(.*?)\}", HOUSE, re.DOTALL | re.MULTILINE)[1])
        )
    for sheet in THEMES[theme]:
        known = dict(TOKEN.findall((CSS / f"themes/{sheet}.css").read_text(encoding="utf-8")))
        assert known, f"{sheet}: no tokens"
        found |= known
    return found


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * one for one in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_ratio_is_that_of_the_guidelines() -> None:
    assert ratio("#000", "#ffffff") == pytest.approx(21)
    assert ratio("#777777", "#fff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
def test_text_can_be_read_on_its_ground(theme: str) -> None:
    known = tokens(theme)
    least = 7.0 if "contrast" in theme or theme == "paper" else 4.5
    faint = {
        pair: round(ratio(known[pair[0]], known[pair[1]]), 2)
        for pair in PAIRS
        if ratio(known[pair[0]], known[pair[1]]) < least
    }
    assert faint == {}
    assert ratio(known["ink"], known["paper"]) >= 7
    assert ratio("#fff", known["alarm"]) >= (7 if "contrast" in theme else 4.5)


@pytest.mark.parametrize("theme", [theme for theme in THEMES if "contrast" in theme])
def test_high_contrast_has_no_grey_and_draws_every_edge(theme: str) -> None:
    known = tokens(theme)
    assert {known[name] for name in (*GROUNDS, "ink", "ink-2", "ink-3", "line", "line-2", "edge")} == {"#000", "#fff"}
    assert all(ratio(known[name], known["surface"]) >= 3 for name in ("line", "line-2", "edge", "bar", "focus"))
    assert known["indigo-line"] == known["indigo"]  # the line under a link


def test_a_token_has_one_value_in_a_theme() -> None:
    for sheet in (CSS / "themes").iterdir():
        names = re.findall(r"^\s*--([\w-]+):", sheet.read_text(encoding="utf-8"), re.MULTILINE)
        assert len(names) == len(set(names)), sheet.name


@pytest.mark.parametrize("theme", CHOSEN)
def test_the_choice_of_the_reader_wins_over_the_system(theme: str) -> None:
    html = render_to_string("house/_themes.html", {"user": User(theme=theme)})
    links = re.findall(r'href="[^"]*themes/([\w-]+?)(?:\.[0-9a-f]{12})?\.css"\s+media="([^"]*)"', html)
    assert html.count("<link") == len(links)
    assert links == list(CHOSEN[theme].items())
