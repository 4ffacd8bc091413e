from __future__ import annotations

import pytest

from guben.rulebook import actions, queries
from guben.rulebook.errors import BrokenRulebook
from guben.rulebook.models import Rulebook
from guben.rulebook.sources import RuleFile, shipped_files
from tests.cast import TODAY, TOWN, Cast

LOCAL = """
[rulebook]
key        = "our-town"
title      = { zh = "本镇规定", en = "Our town" }
issued-by  = "990000101"
source     = "镇党委〔2026〕3号"
mechanism  = ["M4.1"]
confidence = "verified"
from       = 2026-01-01

[[standard]]
key       = "our-unit-growing-old"
title     = { zh = "老龄化预警", en = "Early warning of age" }
indicator = "share-45-or-over"
holds     = "value <= 0.8"
line      = { zh = "不超过80%", en = "At most 80%" }
severity  = "low"
remedy    = { zh = "早发展青年", en = "Win the young early" }
opens     = "age >= 45"
"""


def test_a_towns_rule_may_draw_a_line_on_a_national_indicator(cast: Cast, rules: int) -> None:
    assert actions.install([RuleFile("our-town.toml", LOCAL)], by=cast.operator) == 1

    standard = queries.library().get("our-unit-growing-old", TODAY)
    assert standard is not None
    assert standard.issued_by == TOWN


def test_a_rule_that_reuses_an_installed_key_is_refused_and_nothing_changes(cast: Cast, rules: int) -> None:
    reused = LOCAL.replace("our-unit-growing-old", "unit-growing-old")

    with pytest.raises(BrokenRulebook, match="'unit-growing-old' is already used by 'national'"):
        actions.install([RuleFile("our-town.toml", reused)], by=cast.operator)

    assert not Rulebook.objects.filter(key="our-town").exists()
    assert queries.library().get("unit-growing-old", TODAY) is not None


def test_a_renewed_file_takes_the_place_of_the_installed_one(cast: Cast, rules: int) -> None:
    actions.install([RuleFile("our-town.toml", LOCAL)], by=cast.operator)

    assert actions.install([RuleFile("our-town.toml", LOCAL)], by=cast.operator) == 0
    assert actions.install([RuleFile("our-town.toml", LOCAL.replace("0.8", "0.7"))], by=cast.operator) == 1
    assert Rulebook.objects.filter(key="our-town").count() == 1


def test_shipped_rulebooks_cannot_be_renewed_under_a_rule_that_needs_them(cast: Cast, rules: int) -> None:
    actions.install([RuleFile("our-town.toml", LOCAL)], by=cast.operator)
    structure = next(file for file in shipped_files() if file.name == "structure.toml")
    without = RuleFile(structure.name, structure.text.replace("share-45-or-over", "share-45-plus"))

    with pytest.raises(BrokenRulebook, match="No indicator 'share-45-or-over'"):
        actions.install([without], by=cast.operator)
