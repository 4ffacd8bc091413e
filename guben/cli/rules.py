"""`guben rules check|install|list|show|facts|what-if`."""

from __future__ import annotations

import tempfile
from argparse import Namespace
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from guben.access import policy
from guben.cli.context import BadInput, day_of, files_of, library_of, print_json, unit_of, user_of
from guben.cli.rule_export import export
from guben.figures import snapshots, what_if
from guben.figures.discretion import shown_trial
from guben.rulebook.actions import install
from guben.rulebook.errors import BrokenRulebook
from guben.rulebook.queries import installed_files, require_known
from guben.rulebook.sources import RuleFile, check_examples, read_all, shipped_files, without_renewed
from guben.rulebook_engine.entries import Entry
from guben.rulebook_engine.errors import Mistake
from guben.rulebook_engine.expressions import Checked
from guben.rulebook_engine.facts import catalogue


def run(options: Namespace) -> int:
    verbs = {
        "check": check,
        "install": put_in,
        "list": show_all,
        "show": show_one,
        "facts": facts,
        "export": export,
        "what-if": trial,
    }
    return verbs[options.verb](options)


def check(options: Namespace) -> int:
    """Checks the files together with what is installed, and runs the examples beside them; a file that is installed
    already stands for itself."""
    given: list[RuleFile] = []
    mistakes: list[Mistake] = []
    try:
        given = files_of(options.files)
        names = {source.name for source in given}
        library = read_all([*given, *without_renewed(installed_files(), given)])
        check_examples(given, library)
        count = sum(1 for rule in library if rule.place.file in names)
    except BrokenRulebook as broken:
        mistakes, count = list(broken.mistakes), 0
    if options.json:
        print_json({"mistakes": [_mistake(mistake) for mistake in mistakes], "rules": count})
    elif mistakes:
        print("\n".join(str(mistake) for mistake in mistakes))
    else:
        print(f"{len(given)} file(s), {count} rules, no mistakes.")
    return 1 if mistakes else 0


def _mistake(mistake: Mistake) -> dict[str, object]:
    return {name: getattr(mistake, name) for name in ("file", "line", "column", "sentence")}


def put_in(options: Namespace) -> int:
    sources = files_of(options.files) if options.files else shipped_files()
    changed = install(sources, by=user_of(options))
    if options.json:
        return print_json({"read": len(sources), "changed": changed})
    print(f"{len(sources)} rulebooks read, {changed} installed or renewed.")
    return 0


def show_all(options: Namespace) -> int:
    entries = library_of(options).in_force(day_of(options))
    if options.json:
        return print_json({"on": day_of(options), "rules": [_entry(entry) for entry in entries]})
    for entry in entries:
        print(f"{entry.kind:<10} {entry.key:<34} {entry.title.zh}  [{entry.source_text}; {entry.confidence}]")
    return 0


def show_one(options: Namespace) -> int:
    library = library_of(options)
    require_known(options.key, library)
    editions = library.editions(options.key)
    if options.json:
        return print_json({"key": options.key, "editions": [_entry(entry) for entry in editions]})
    for entry in editions:
        print(f"{entry.key} ({entry.kind}), edition {entry.edition_label}: {entry.title.zh} / {entry.title.en}")
        for name, value in _entry(entry).items():
            if name not in {"key", "kind", "title", "edition"} and value not in (None, "", [], {}):
                print(f"  {name}: {value}")
    return 0


def _entry(entry: Entry) -> dict[str, Any]:
    """The rule as its author wrote it: expressions as text."""
    document = _plain(entry)
    document.pop("place", None)
    return {"kind": entry.kind, **document, "edition": entry.edition_label}


def _plain(value: Any) -> Any:
    if isinstance(value, Checked):
        return value.text
    if isinstance(value, BaseModel):
        return {name: _plain(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def facts(options: Namespace) -> int:
    tables = list(catalogue)
    if options.json:
        return print_json(
            {
                "tables": [
                    {
                        "name": table.name,
                        "zh": table.zh,
                        "en": table.en,
                        "columns": [
                            {"name": c.name, "type": c.type, "zh": c.zh, "en": c.en, "values": list(c.values)}
                            for c in table.all_columns
                        ],
                    }
                    for table in tables
                ]
            }
        )
    for table in tables:
        print(f"{table.name}  {table.zh} / {table.en}")
        for column in table.all_columns:
            values = f"  one of: {', '.join(value or '(empty)' for value in column.values)}" if column.values else ""
            print(f"  {column.name:<26} {column.type:<8} {column.zh}{values[:160]}")
    return 0


def trial(options: Namespace) -> int:
    """What the files would change at and below a unit, on live records or a snapshot; nothing is installed."""
    found = _tried(options)
    if options.json:
        return print_json(found)
    for line in _lines(found):
        print(line)
    return 0


def _tried(options: Namespace) -> what_if.Document:
    user = user_of(options)
    unit = unit_of(options.at, user)
    if not (policy.may(user, "figures.view", unit) and policy.may_anywhere(user, "rules.view")):
        raise BadInput(f"{user} may not try rules at {unit.code}: it takes figures.view there, and rules.view.")
    files = files_of(options.files)
    engine = options.engine or ("duckdb" if options.snapshot else "live")
    if engine == "live":
        if options.snapshot:
            raise BadInput("A snapshot is read by DuckDB: leave --engine out, or write --engine duckdb.")
        return what_if.document(shown_trial(what_if.on_live(unit, day_of(options), files), user), engine)
    if options.snapshot:
        trial = what_if.on_snapshot(unit, Path(options.snapshot), files, options.on)
        return what_if.document(shown_trial(trial, user), engine)
    with tempfile.TemporaryDirectory(prefix="guben-snapshot-") as folder:
        snapshots.freeze(day_of(options), Path(folder))
        return what_if.document(shown_trial(what_if.on_snapshot(unit, Path(folder), files), user), engine)


def _lines(found: what_if.Document) -> list[str]:
    totals = found["totals"]
    lines = [f"{found['name']} ({found['at']}), {found['units']:,} units, records of {found['on']} ({found['engine']})"]
    lines.append(
        f"newly short {totals['newly_short']}, still short {totals['still_short']},"
        f" no longer short {totals['no_longer_short']};"
        f" persons missing {totals['persons_missing_before']} -> {totals['persons_missing_after']};"
        f" hours a year {totals['hours_before']:,} -> {totals['hours_after']:,} ({totals['hours_more']:+,})"
    )
    for level in found["levels"]:
        name = f"{level['level']} ({level['units']:,} units)"
        lines.append(f"  {name:<34} minutes a year {level['minutes_before']:,} -> {level['minutes_after']:,}")
    if not found["rules"]:
        lines.append("These files change nothing that is in force.")
    for rule in found["rules"]:
        lines += _rule_lines(rule, [row for row in found["rows"] if row["rule"] == rule["key"]])
    return lines


def _rule_lines(rule: what_if.Document, rows: list[what_if.Document]) -> list[str]:
    lines = [f"[{rule['what']}] {rule['key']} ({rule['kind']}): {rule['title']['zh']}"]
    lines += [f"    {one['label']}: {one['before']} -> {one['after']}" for one in rule["differences"]]
    for row in rows:
        sides = [_side(row[side], rule["unit"]) for side in ("before", "after")]
        lines.append(f"  {row['became']:<16} {row['code']:<16} {sides[0]} -> {sides[1]}  {row['name']}")
        if row["lacking"]:
            lines.append("      at: " + "、".join(f"{one['name']} ({one['code']})" for one in row["lacking"]))
    return lines


def _side(side: what_if.Document, unit: str) -> str:
    """One side of a row: figure, what is missing, minutes."""
    if unit == "minutes":
        return f"{side['state'] or 'none'}, {side['minutes']:,} min a year"
    value = side["value"]
    if side["too_few"]:
        return "too few"
    shown = "none" if value is None else f"{value:.2%}" if unit == "share" else f"{value:g}"
    base = "" if side["denominator"] is None else f" ({side['numerator']:g}/{side['denominator']:g})"
    return shown + base + (f", missing {side['missing']}" if side["missing"] else "")
