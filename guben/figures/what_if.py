"""What-if asked of the live records or of a snapshot, and its answer as a document for pages, command and files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from guben.accounts.installation import today
from guben.figures.snapshots import open_snapshot
from guben.figures.trees import DayTree, UnitName, day_tree
from guben.figures.trials import Progress, RuleTrial, Standing, Trial, UnitTrial, silent, try_rules
from guben.organisations.choices import Kind, Territory
from guben.organisations.models import Organisation
from guben.rulebook.errors import BrokenRulebook
from guben.rulebook.live import LiveEngine
from guben.rulebook.queries import library
from guben.rulebook.sources import RuleFile
from guben.rulebook.workings import differences
from guben.rulebook_engine.amending import amended
from guben.rulebook_engine.engines import Engine
from guben.rulebook_engine.entries import Entry, Indicator, Rulebook
from guben.rulebook_engine.errors import RulebookErrors
from guben.rulebook_engine.facts import catalogue
from guben.rulebook_engine.library import Library
from guben.rulebook_engine.loading import read_rulebooks

Document = dict[str, Any]
LACKING_TOLD = 300


def on_live(at: Organisation, on: date, files: Sequence[RuleFile], progress: Progress = silent) -> Trial:
    """The rules in force today against those of the files, on the records of a day.

    Raises:
        BrokenRulebook: a file has a mistake, or does not fit the installed rules.
        UnitNotThere: the unit did not exist on the day.
    """
    installed = library()
    given = read_given(files, installed)
    day = day_tree(at, on)
    return _tried(installed, given, day, LiveEngine(day.within), progress)


def on_snapshot(
    at: Organisation, folder: Path, files: Sequence[RuleFile], on: date | None = None, progress: Progress = silent
) -> Trial:
    """The same on the frozen records of a snapshot; `on` is its day where it is given.

    Raises:
        BrokenRulebook, UnitNotThere: as `on_live`.
        BrokenSnapshot: the folder holds no whole snapshot, or one of another day.
    """
    installed = library()
    given = read_given(files, installed)
    with open_snapshot(folder) as snapshot:
        snapshot.require_day(on or snapshot.on)
        return _tried(installed, given, snapshot.day_tree(at), snapshot.engine, progress)


def _tried(installed: Library, given: Sequence[Rulebook], day: DayTree, engine: Engine, progress: Progress) -> Trial:
    try:
        return try_rules(installed, given, day, engine, max(today(), day.on), progress)
    except RulebookErrors as errors:
        raise BrokenRulebook(errors.mistakes) from errors


def check(files: Sequence[RuleFile]) -> None:
    """Says at once what would be wrong with trying the files.

    Raises:
        BrokenRulebook: a file has a mistake, or does not fit the installed rules.
    """
    installed = library()
    try:
        amended(installed.rulebooks, read_given(files, installed))
    except RulebookErrors as errors:
        raise BrokenRulebook(errors.mistakes) from errors


def read_given(files: Sequence[RuleFile], installed: Library) -> list[Rulebook]:
    """The files' rulebooks; their standards may name installed indicators.

    Raises:
        BrokenRulebook: with every mistake of every file.
    """
    tables = {entry.key: entry.over for entry in installed if isinstance(entry, Indicator)}
    try:
        return read_rulebooks([(file.name, file.text) for file in files], catalogue, elsewhere=tables)
    except RulebookErrors as errors:
        raise BrokenRulebook(errors.mistakes) from errors


def document(trial: Trial, engine: str) -> Document:
    """The answer as JSON holds it: totals first, then the rules, the levels, and every unit where something changes."""
    top = trial.day.units[trial.day.top.pk]
    return {
        "on": trial.day.on.isoformat(),
        "at": top.code,
        "name": top.name,
        "engine": engine,
        "rules_on": trial.rules_on.isoformat(),
        "units": len(trial.day.units),
        "totals": _totals(trial),
        "levels": _levels(trial),
        "rules": [_rule(rule) for rule in trial.rules],
        "rows": [_row(rule, one) for rule in trial.rules for one in rule.units],
    }


def _totals(trial: Trial) -> Document:
    """Units are counted once each, persons where a rule counts persons."""

    def units(became: str) -> int:
        return len({one.unit.id for rule in trial.rules for one in rule.units if one.became == became})

    persons = [rule for rule in trial.rules if rule.counted == "persons"]
    return {
        "newly_short": units("newly_short"),
        "still_short": units("still_short"),
        "no_longer_short": units("no_longer_short"),
        "persons_missing_before": sum(rule.missing_before for rule in persons),
        "persons_missing_after": sum(rule.missing_after for rule in persons),
        **_burden(sum(trial.minutes_before.values()), sum(trial.minutes_after.values())),
    }


def _burden(before: int, after: int) -> Document:
    return {
        "minutes_before": before,
        "minutes_after": after,
        "hours_before": round(before / 60, 1),
        "hours_after": round(after / 60, 1),
        "hours_more": round((after - before) / 60, 1),
    }


def level_of(unit: UnitName) -> str:
    """The level a unit stands on: its division's, else what it is."""
    return unit.territory or unit.kind


def _levels(trial: Trial) -> list[Document]:
    """What the duties cost at each level, from the top of the tree down."""
    concerned = {*trial.minutes_before, *trial.minutes_after}
    levels: dict[str, list[int]] = {}
    for number in (number for number in trial.day.units if number in concerned):
        found = levels.setdefault(level_of(trial.day.units[number]), [0, 0, 0])
        found[0] += 1
        found[1] += trial.minutes_before.get(number, 0)
        found[2] += trial.minutes_after.get(number, 0)
    ordered = sorted(levels.items(), key=lambda level: LEVELS.index(level[0]) if level[0] in LEVELS else len(LEVELS))
    return [{"level": level, "units": units, **_burden(before, after)} for level, (units, before, after) in ordered]


LEVELS = [*Territory.values, *Kind.values]


def level_names() -> dict[str, str]:
    """The levels in the reader's language."""
    return {value: str(label) for value, label in (*Territory.choices, *Kind.choices)}


def _rule(trial: RuleTrial) -> Document:
    change, rule = trial.change, trial.change.rule
    counts = dict.fromkeys(("newly_short", "still_short", "no_longer_short", "value", "burden"), 0)
    for one in trial.units:
        counts[one.became] += 1
    minutes = [sum(getattr(one, side).minutes for one in trial.units) for side in ("before", "after")]
    return {
        "key": rule.key,
        "kind": rule.kind,
        "title": {"zh": rule.title.zh, "en": rule.title.en},
        "what": change.what,
        "source": rule.source_text,
        "from": rule.from_on.isoformat(),
        "issued_by": rule.issued_by,
        "unit": trial.measure,
        "counted": trial.counted,
        "about_before": trial.about_before,
        "about_after": trial.about_after,
        **counts,
        "missing_before": trial.missing_before,
        "missing_after": trial.missing_after,
        "minutes_more": minutes[1] - minutes[0],
        "hours_more": round((minutes[1] - minutes[0]) / 60, 1),
        "differences": list(_differences(change.before, change.after)),
    }


def _differences(before: Entry | None, after: Entry | None) -> Iterator[Document]:
    """In words what the two editions say otherwise."""
    if before is None or after is None or type(before) is not type(after):
        return
    for one in differences(before, after):
        yield {
            "label": one.label,
            "before": "".join(text for text, _changed in one.before),
            "after": "".join(text for text, _changed in one.after),
        }


def _row(rule: RuleTrial, one: UnitTrial) -> Document:
    return {
        "rule": rule.change.key,
        "code": one.unit.code,
        "name": one.unit.short_name or one.unit.name,
        "level": level_of(one.unit),
        "became": one.became,
        "before": _standing(one.before),
        "after": _standing(one.after),
        "lacking": [{"code": unit.code, "name": unit.short_name or unit.name} for unit in one.lacking[:LACKING_TOLD]],
        "lacking_count": len(one.lacking),
    }


def _standing(one: Standing) -> Document:
    figure = one.figure
    return {
        "short": one.short,
        "value": figure.value if figure else None,
        "numerator": figure.numerator if figure else None,
        "denominator": figure.denominator if figure else None,
        "missing": one.missing,
        "state": one.state,
        "too_few": figure is not None and getattr(figure, "is_hidden", False),
        "minutes": one.minutes,
    }
