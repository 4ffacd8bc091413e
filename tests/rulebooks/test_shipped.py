"""The rulebooks that come with Guben: they are read, their examples hold, and they say who says so."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import guben.rulebooks
from guben.rulebook_engine.describing import describe
from guben.rulebook_engine.entries import Duty, Entry, Indicator, Role, Standard
from guben.rulebook_engine.examples import Example, read_examples, run
from guben.rulebook_engine.facts import catalogue
from guben.rulebook_engine.library import Library
from guben.rulebook_engine.loading import read_rulebook

FOLDER = Path(guben.rulebooks.__file__).parent
BOOKS = sorted(file for file in FOLDER.glob("*.toml") if not file.name.endswith(".examples.toml"))
TODAY = date(2026, 6, 30)


@cache
def library() -> Library:
    return Library([read_rulebook(file.read_text(encoding="utf-8"), file.name, catalogue) for file in BOOKS])


def examples() -> list[Example]:
    files = sorted(FOLDER.glob("*.examples.toml"))
    return [example for file in files for example in read_examples(file.read_text(encoding="utf-8"), file.name)]


def rules() -> list[Entry]:
    return [entry for entry in library() if not isinstance(entry, Role)]


@pytest.mark.parametrize("name", ["sqlite", "duckdb"])
@pytest.mark.parametrize("example", examples(), ids=lambda one: f"{one.place.file}:{one.place.line}")
def test_the_example_holds(example: Example, name: Any) -> None:
    assert run(example, library(), catalogue, name) is None


def test_every_duty_and_every_standard_has_an_example() -> None:
    shown = {example.rule for example in examples()}

    assert [entry.key for entry in rules() if entry.kind in ("duty", "standard") and entry.key not in shown] == []


@pytest.mark.parametrize("key", ["development", "able-to-member", "member-to-able", "able-to-cadre"])
def test_a_procedure_has_an_example(key: str) -> None:
    assert key in {example.rule for example in examples()}


def test_every_standard_has_an_example_that_falls_short() -> None:
    broken = {example.rule for example in examples() if example.then.holds is False}

    assert [entry.key for entry in rules() if isinstance(entry, Standard) and entry.key not in broken] == []


def test_every_indicator_is_shown_itself_or_by_its_standard() -> None:
    shown = {example.rule for example in examples()}
    shown |= {entry.indicator for entry in rules() if isinstance(entry, Standard)}
    alike = {entry.key for entry in rules() if isinstance(entry, Indicator) and "occupation =" in str(entry.value)}

    assert [entry.key for entry in rules() if entry.kind == "indicator" and entry.key not in shown | alike] == []


def test_every_rule_names_its_source_and_its_mechanism() -> None:
    assert [entry.key for entry in rules() if not entry.source or not entry.mechanism] == []
    national = [entry for entry in rules() if entry.source.startswith("《中国共产党")]
    assert [entry.key for entry in national if not entry.article] == []


def test_a_proposed_line_says_why_or_that_it_is_proposed() -> None:
    proposed = [entry for entry in rules() if isinstance(entry, Standard) and entry.confidence == "proposed"]

    assert {entry.key for entry in proposed} == {
        "city-60-or-over",
        "city-35-or-under",
        "site-missing",
        "site-too-small",
        "leaders-in-own-branch",
        "contact-overdue",
        "contact-person-missing",
        "dues-unpaid",
        "large-establishment-uncovered",
        "instructor-missing",
        "dues-three-months",
        "family-in-the-unit",
        "one-introducer",
        "weaker-taken-in",
        "nobody-admitted",
        "out-of-order",
        "many-steps-a-day",
        "transfer-overdue",
        "away-without-host",
        "guests-treated-worse",
    }
    assert [entry.key for entry in proposed if not entry.why] == []


def test_who_answers_for_a_duty_is_a_role() -> None:
    roles = {entry.key for entry in library() if isinstance(entry, Role)}

    assert [entry.key for entry in rules() if isinstance(entry, Duty) and entry.answerable not in roles] == []


def test_a_duty_opens_the_form_that_its_evidence_asks_for() -> None:
    for duty in library().duties(TODAY):
        meant = f"rule = '{duty.key}'" if duty.kind == "publication" else f"form = '{duty.entry}'"
        assert meant in str(duty.evidence.matches)
        assert duty.minutes > 0
        assert duty.evidence.where is None or duty.evidence.short


def test_that_dues_are_made_public_is_asked_once() -> None:
    asks = [duty.key for duty in library().duties(TODAY) if duty.key == "publish-dues"]
    asks += [entry.key for entry in library().standards(TODAY) if "dues_published_on" in str(entry.holds)]

    assert asks == ["publish-dues"]


def test_every_expression_can_be_said_in_both_languages() -> None:
    for entry in rules():
        for name in ("who", "value", "where", "holds", "opens"):
            checked = getattr(entry, name, None)
            if checked is not None:
                assert describe(checked, "zh") != describe(checked, "en")


def test_the_figures_of_the_sources_stand_as_they_are_written() -> None:
    holds = {entry.key: str(entry.holds) for entry in library().standards(TODAY)}

    assert holds["unit-growing-old"] == "value <= 0.85"  # S4
    assert holds["grassroots-staff-share"] == "value >= 0.30"  # S1
    assert holds["full-time-organisers"] == "value >= 0.70"  # S1
    assert holds["part-time-organisers"] == "value >= 0.90"  # S1
    assert holds["branch-below-three"] == "value >= 3"  # 支部工作条例 Art. 4
    assert holds["branch-above-fifty"] == "value <= 50"
    assert holds["committee-missing"] == "value < 7 or has_committee"  # Art. 21
    every = {duty.key: duty.every for duty in library().duties(TODAY)}
    assert every["branch-member-meeting"] == "quarter"  # Art. 11
    assert every["branch-committee-meeting"] == every["group-meeting"] == every["theme-day"] == "month"
    assert every["lecture-by-secretary"] == every["appraisal-of-members"] == "year"
