"""The contrast of the tokens in each theme, worked out from the style sheet: text on every ground it stands on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SHEET = (Path(__file__).resolve().parents[2] / "guben/static/css/house.css").read_text(encoding="utf-8")
TOKEN = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{3}(?:[0-9a-f]{3})?);")
DARK = ':root:not([data-theme="light"], [data-theme="contrast"])'
THEMES = {
    "light": [],
    "dark by the system": [("screen and (prefers-color-scheme: dark)", DARK)],
    "dark": [("screen", ':root[data-theme="dark"]')],
    "contrast": [("screen", ':root[data-theme="contrast"]')],
    "more contrast": [("screen and (prefers-contrast: more)", ':root:not([data-theme="dark"])')],
    "more contrast in the dark": [
        ("screen and (prefers-color-scheme: dark)", DARK),
        ("screen and (prefers-contrast: more) and (prefers-color-scheme: dark)", DARK),
    ],
    "more contrast, dark chosen": [
        ("screen", ':root[data-theme="dark"]'),
        ("screen and (prefers-contrast: more)", ':root[data-theme="dark"]'),
    ],
    "paper": [("print", ":root")],
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
    found = dict(TOKEN.findall(re.search(r"^:root \{(.*?)^\}", SHEET, re.DOTALL | re.MULTILINE)[1]))
    for media, selector in THEMES[theme]:
        block = re.search(
            rf"^@media {re.escape(media)} \{{\n  {re.escape(selector)} \{{(.*?)\}}", SHEET, re.DOTALL | re.MULTILINE
        )
        assert block, f"{theme}: no tokens under {media} {selector}"
        found |= dict(TOKEN.findall(block[1]))
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
