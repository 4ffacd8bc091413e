"""Checks across the entries of one file: editions, names of columns, grants."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from guben.rulebook_engine.entries import Duty, Entry, Indicator, Role, Standard
from guben.rulebook_engine.errors import Mistake, did_you_mean
from guben.rulebook_engine.expressions import Aggregate, Between, ColumnValue, Comparison, Constant, Node, walk
from guben.rulebook_engine.facts import Catalogue, ColumnType, FactTable
from guben.rulebook_engine.positions import Path, Positions
from guben.rulebook_engine.procedure_checks import wrong_procedure, wrong_was
from guben.rulebook_engine.procedures import Procedure

UNITS = "organisation"


def check_entries(entries: Sequence[Entry], catalogue: Catalogue, positions: Positions, file: str) -> Iterator[Mistake]:
    """Every mistake among entries that are right one by one."""
    yield from overlapping(entries)
    by_place = {positions.of_key(path): path for path in positions.spots if len(path) == 2}
    for entry in entries:
        path = by_place[(entry.place.line, entry.place.column)]
        for keys, sentence in (
            *_wrong_columns(entry, catalogue),
            *_wrong_grants(entry, entries),
            *_wrong_references(entry, catalogue),
            *_wrong_line(entry, entries),
        ):
            yield Mistake(file, *positions.of_key((*path, *keys)), sentence)
    for procedure, where, sentence in _wrong_procedures(entries, catalogue):
        path = by_place[(procedure.place.line, procedure.place.column)]
        yield Mistake(file, *positions.of_key((*path, *where)), sentence)


def _wrong_procedures(entries: Sequence[Entry], catalogue: Catalogue) -> Iterator[tuple[Procedure, Path, str]]:
    by_key: defaultdict[str, list[Procedure]] = defaultdict(list)
    for entry in entries:
        if isinstance(entry, Procedure):
            by_key[entry.key].append(entry)
            yield from ((entry, where, sentence) for where, sentence in wrong_procedure(entry, catalogue))
    for editions in by_key.values():
        yield from wrong_was(sorted(editions, key=lambda entry: entry.from_on))


def overlapping(entries: Sequence[Entry]) -> Iterator[Mistake]:
    """Entries with the same key are editions of one rule: of one kind, one issuer, and never two on one day."""
    by_key: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_key[entry.key].append(entry)
    for key, editions in by_key.items():
        editions.sort(key=lambda entry: entry.from_on)
        for earlier, later in zip(editions, editions[1:], strict=False):
            place = later.place
            if earlier.kind != later.kind:
                sentence = f"The key '{key}' already belongs to a rule of kind '{earlier.kind}' ({_at(earlier)})."
            elif earlier.issued_by != later.issued_by:
                lower, other = (earlier, later) if later.is_national else (later, earlier)
                place = lower.place
                sentence = f"The key '{key}' is already used by '{other.issued_by}' ({_at(other)}): choose another."
            elif (earlier.until_on or date.max) > later.from_on:
                sentence = (
                    f"Two editions of '{key}' overlap: the one from {earlier.from_on} ({_at(earlier)}) runs until"
                    f" {earlier.until_on or 'further notice'}. Give it 'until = {later.from_on}'."
                )
            else:
                continue
            yield Mistake(place.file, place.line, place.column, sentence)


def _at(entry: Entry) -> str:
    return f"{entry.place.file}:{entry.place.line}"


def _wrong_columns(entry: Entry, catalogue: Catalogue) -> Iterator[tuple[tuple[str, ...], str]]:
    if not isinstance(entry, Duty):
        return
    units, records = catalogue.table(UNITS), catalogue.table(entry.evidence.record)
    if isinstance(entry.times, str) and units and (sentence := _wrong_column(entry.times, units, "integer")):
        yield ("times",), sentence
    if records is None:
        return
    for key in ("day", "held", "recorded"):
        if sentence := _wrong_column(getattr(entry.evidence, key), records, "date"):
            yield ("evidence", key), sentence
    forms = records.column("form")
    if entry.entry and forms and forms.values and entry.entry not in forms.values:
        yield ("entry",), f"'{entry.entry}' is no value of 'form'.{did_you_mean(entry.entry, forms.values)}"


def _wrong_column(name: str, table: FactTable, type_: ColumnType) -> str:
    column = table.column(name)
    if column is None:
        names = tuple(column.name for column in table.all_columns if column.type == type_)
        return f"No column '{name}' in fact table '{table.name}'.{did_you_mean(name, names)}"
    return "" if column.type == type_ else f"'{name}' is of type {column.type}; needed is {type_}."


def _wrong_grants(entry: Entry, entries: Sequence[Entry]) -> Iterator[tuple[tuple[str, ...], str]]:
    if not isinstance(entry, Role):
        return
    known = tuple(dict.fromkeys(other.key for other in entries if isinstance(other, Role)))
    for name in entry.grants:
        if name not in known:
            yield ("grants",), f"No role '{name}'.{did_you_mean(name, known)}"


PAPER = re.compile(r"[A-Z]\d+(?![A-Za-z0-9.])")
MECHANISM = re.compile(r"[A-Z]\d{1,2}\.\d{1,2}")


def _wrong_references(entry: Entry, catalogue: Catalogue) -> Iterator[tuple[tuple[str, ...], str]]:
    """A paper cited by its short name must be a known one; a mechanism is written M4.1."""
    paper = PAPER.match(entry.source)
    if paper and catalogue.papers and paper.group() not in catalogue.papers:
        yield ("source",), f"There is no paper '{paper.group()}'. Known: {', '.join(catalogue.papers)}."
    for mechanism in entry.mechanism:
        if not MECHANISM.fullmatch(mechanism):
            yield ("mechanism",), f"'{mechanism}' is no mechanism: write one like M4.1."


def _wrong_line(entry: Entry, entries: Sequence[Entry]) -> Iterator[tuple[tuple[str, ...], str]]:
    if not isinstance(entry, Standard):
        return
    own = (one for one in entries if isinstance(one, Indicator) and one.key == entry.indicator)
    if (indicator := next(own, None)) and (sentence := impossible_line(entry, indicator)):
        yield ("holds",), sentence


def impossible_line(standard: Standard, indicator: Indicator) -> str:
    """A sentence where a line lies outside of what a share can be."""
    tree = indicator.value.tree
    if not isinstance(tree, Aggregate) or tree.function != "share":
        return ""
    bound = next((one for one in _bounds(standard.holds.tree) if not 0 <= one <= 1), None)
    if bound is None:
        return ""
    hint = f" Write {bound / 100:g} for {bound:g}%." if 1 < bound <= 100 else ""
    return f"'{indicator.key}' is a share between 0 and 1; it is never {bound:g}.{hint}"


def _bounds(tree: Node) -> Iterator[float]:
    """The numbers that a figure's value is compared with."""
    for part in walk(tree):
        match part:
            case Comparison(left=one, right=other):
                sides: tuple[Node, ...] = (one, other)
            case Between(item=item, low=low, high=high):
                sides = (item, low, high)
            case _:
                continue
        if any(isinstance(side, ColumnValue) and side.column.name == "value" for side in sides):
            yield from (
                float(side.value)
                for side in sides
                if isinstance(side, Constant) and isinstance(side.value, int | float)
            )
