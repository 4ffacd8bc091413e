"""`guben due|diagnose|evaluate|explain|snapshot`."""

from __future__ import annotations

import tempfile
from argparse import Namespace
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from guben.access import policy
from guben.accounts.models import User
from guben.cli.context import BadInput, day_of, library_of, print_json, progress, unit_of, user_of
from guben.duties.queries import DutyItem, in_words, items
from guben.figures import queries, snapshots
from guben.figures.discretion import TOO_FEW, shown_diagnosis, shown_explanation, shown_rows
from guben.figures.errors import UnitNotThere
from guben.figures.explanations import explain as explain_figure
from guben.figures.queries import Diagnosis, Finding, Row
from guben.organisations.models import Organisation
from guben.organisations.queries import placement_on, units_on
from guben.rulebook_engine.aggregates import Figure
from guben.rulebook_engine.entries import Indicator


def _readable(options: Namespace, right: str) -> Organisation:
    """The unit, if the acting user may use the right there."""
    user = user_of(options)
    unit = unit_of(options.at, user)
    _require(user, right, unit)
    return unit


def _require(user: User, right: str, unit: Organisation) -> None:
    if not policy.may(user, right, unit):
        raise BadInput(f"{user} may not use {right} at {unit.code}.")


def due(options: Namespace) -> int:
    """What a unit, or with --below every unit there, owes, has done, and is late with."""
    unit, on = _readable(options, "figures.view"), day_of(options)
    found = items(_units(unit, on, below=options.below), on, rules=library_of(options))
    if options.json:
        return print_json({"on": on, "at": unit.code, "items": [_item(item) for item in found]})
    for item in found:
        if item.is_owed:
            print(_item_line(item))
    return 0


def _units(unit: Organisation, on: date, *, below: bool) -> list[Organisation]:
    """The unit, or all that stood at and below it on the day."""
    if placement_on(unit, on) is None:
        raise UnitNotThere(unit.code, on)
    return [placement.organisation for placement in units_on(on, unit)] if below else [unit]


def _item_line(item: DutyItem) -> str:
    head = f"{item.unit.code:<16} {item.period.label:<8} {item.state.label:<4} {item.due_on}"
    return f"{head}  {in_words(item.duty.title)}  {item.unit.short_name}  {item.reason}".rstrip()


def _item(item: DutyItem) -> dict[str, Any]:
    return {
        "unit": item.unit.code,
        "rule": item.duty.key,
        "period": item.period.label,
        "state": item.state.value,
        "due_on": item.due_on,
        "recorded_after_days": item.recorded_after_days,
        "records": [str(record) for record in item.records],
        "held_on": item.held_on,
        "falls_short": [str(record) for record in item.falls_short],
        "reason": item.reason,
        "edition": item.duty.edition_label,
    }


def diagnose(options: Namespace) -> int:
    unit, on = _readable(options, "figures.view"), day_of(options)
    diagnosis = shown_diagnosis(queries.diagnose(unit, on, rules=library_of(options)), user_of(options))
    if options.json:
        return print_json(diagnosis_document(diagnosis))
    return print_findings(diagnosis.findings, len(diagnosis.quiet))


def print_findings(findings: Iterable[Finding], quiet: int) -> int:
    """One rule after the other, with the first units."""
    findings = list(findings)
    for finding in findings:
        title, source = in_words(finding.rule.title), finding.rule.source_text
        print(f"[{finding.severity:<6}] {title}: {_amount(finding)}。{finding.line}（{source}）")
        names = "、".join(one.unit.short_name for one in finding.units[:8])
        print(f"         {finding.rule.key}: {names}{' 等' if len(finding.units) > 8 else ''}")
    print(f"{len(findings)} findings; {quiet} rules found nothing.")
    return 0


def _amount(finding: Finding) -> str:
    if finding.is_figure and finding.units[0].figure is TOO_FEW:
        return "人数太少，不单独显示"
    if finding.is_figure and isinstance(finding.value, float):
        return f"{finding.value:.2%}"
    return f"{finding.value} / {finding.of}"


def diagnosis_document(diagnosis: Diagnosis) -> dict[str, Any]:
    """The diagnosis as JSON."""
    return {
        "on": diagnosis.top.on,
        "at": diagnosis.top.top.code,
        "findings": [finding_document(finding) for finding in diagnosis.findings],
        "quiet": [rule.key for rule in diagnosis.quiet],
    }


def finding_document(finding: Finding) -> dict[str, Any]:
    """A finding as JSON."""
    rule = finding.rule
    return {
        "rule": rule.key,
        "title": rule.title.zh,
        "mechanism": (rule.mechanism or ("",))[0],
        "severity": finding.severity,
        "value": finding.value,
        "of": finding.of,
        "line": finding.line,
        "units": [one.unit.code for one in finding.units],
        "source": rule.source_text,
        "confidence": rule.confidence,
        "edition": rule.edition_label,
        "indicator": finding.indicator.key if finding.indicator else None,
        "period": finding.period,
        "remedy": finding.remedy,
        "figures": [
            {"code": one.unit.code, **_figure(one.figure)} for one in finding.units
        ],
    }  # fmt: skip


def evaluate(options: Namespace) -> int:
    if not options.keys and not options.all:
        raise BadInput("Name indicators (guben rules list shows them) or give --all.")
    unit, on, user = _readable(options, "figures.view"), day_of(options), user_of(options)
    indicators = queries.indicators_for([] if options.all else options.keys, on, library_of(options))
    rows = _evaluate(unit, options, indicators, user)
    rows = shown_rows(rows, user, unit, on)
    if not options.below:
        rows = [row for row in rows if row.unit.id == unit.pk]
    if options.json:
        return print_json(
            {"on": on, "at": unit.code, "engine": options.engine, "rows": [row_document(row) for row in rows]}
        )
    for row in rows:
        print(row_line(row))
    return 0


def row_line(row: Row) -> str:
    """A figure on one line."""
    figure, value = row.figure, row.figure.value
    base = "" if figure.denominator is None else f"{figure.numerator} / {figure.denominator}"
    if figure is TOO_FEW:
        return f"{row.unit.code:<16} {row.indicator.key:<32} {'too few':>10}    {row.unit.short_name}"
    shown = "—" if value is None else f"{value:.2%}" if row.indicator.unit == "share" else f"{value:g}"
    return f"{row.unit.code:<16} {row.indicator.key:<32} {shown:>10}  {base}  {row.unit.short_name}"


def _evaluate(unit: Organisation, options: Namespace, indicators: list[Indicator], user: User) -> list[Row]:
    on = day_of(options)
    if options.engine == "live":
        return queries.evaluate_live(unit, on, indicators)
    if options.snapshot:
        return queries.evaluate_snapshot(unit, on, indicators, Path(options.snapshot))
    with tempfile.TemporaryDirectory(prefix="guben-snapshot-") as folder:
        snapshots.freeze(on, Path(folder))
        return queries.evaluate_snapshot(unit, on, indicators, Path(folder))


def row_document(row: Row) -> dict[str, Any]:
    """A figure as JSON."""
    return {
        "code": row.unit.code,
        "indicator": row.indicator.key,
        **_figure(row.figure),
        "edition": row.indicator.edition_label,
    }


def _figure(figure: Figure) -> dict[str, float | int | None]:
    return {"value": figure.value, "numerator": figure.numerator, "denominator": figure.denominator}


def explain(options: Namespace) -> int:
    """Why this figure: rule, edition, meaning, numbers and how many records."""
    unit, on = _readable(options, "figures.view"), day_of(options)
    why = shown_explanation(explain_figure(options.key, unit, on, rules=library_of(options)), user_of(options), unit)
    if options.json:
        return print_json(why.document())
    for line in why.lines():
        print(line)
    return 0


def snapshot(options: Namespace) -> int:
    user, on = user_of(options), day_of(options)
    if options.forget:
        count = snapshots.forget_expired(by=user)
        if options.json:
            return print_json({"deleted": count})
        print(f"{count} snapshots deleted: their time was over.")
        return 0
    taken = snapshots.take(on, by=user, folder=Path(options.out) if options.out else None, progress=progress)
    if options.json:
        return print_json({"on": on, "folder": taken.folder, "manifest_sha256": taken.manifest_digest})
    print(taken.folder)
    return 0
