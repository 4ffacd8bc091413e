"""Simplified and traditional characters: of our words, of what is typed, never of names."""

from __future__ import annotations

import pytest

from guben.kit.chinese import REVIEWED, either_script, simplified, traditional, worded


@pytest.mark.parametrize(
    ("zh", "hant"),
    [
        ("党员干部", "黨員幹部"),
        ("发展党员", "發展黨員"),
        ("三天后到期", "三天後到期"),
        ("复核", "複核"),
        ("占比", "占比"),
        ("公布", "公布"),
        ("2026-06-30 abc", "2026-06-30 abc"),
        ("", ""),
    ],
)
def test_our_words_in_traditional_characters(zh: str, hant: str) -> None:
    assert traditional(zh) == hant


def test_what_was_put_right_by_hand_is_needed_and_holds() -> None:
    from opencc import OpenCC

    plain = OpenCC("s2tw").convert
    for wrong, right in REVIEWED.items():
        source = simplified(right)
        assert wrong in plain(source) or wrong in plain(simplified(wrong)), f"{wrong} is not made any more"
        assert traditional(source) == right


def test_a_wording_is_chosen_by_the_language() -> None:
    words = {lang: worded("党员", "members", lang) for lang in ("zh", "zh-hans", "zh-hant", "en", "en-gb")}
    assert words == {"zh": "党员", "zh-hans": "党员", "zh-hant": "黨員", "en": "members", "en-gb": "members"}


def test_what_is_typed_is_looked_for_in_both_scripts() -> None:
    assert either_script("党委") == ("党委", "黨委")
    assert either_script("黨委") == ("黨委", "党委")
    assert either_script("990001") == ("990001",)
