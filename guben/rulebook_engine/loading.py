"""Reading a rulebook: TOML to checked entries. All mistakes of a file are told at once, each at its place."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import ValidationError

from guben.rulebook_engine import wording
from guben.rulebook_engine.checking import Wanted, check
from guben.rulebook_engine.crosschecks import check_entries
from guben.rulebook_engine.entries import (
    INHERITED,
    KINDS,
    NATIONAL,
    Duty,
    Entry,
    Header,
    Indicator,
    Limit,
    Part,
    Place,
    Role,
    Rulebook,
    Standard,
)
from guben.rulebook_engine.errors import ExpressionMistake, Mistake, RulebookErrors, did_you_mean
from guben.rulebook_engine.expressions import Checked, Constant
from guben.rulebook_engine.facts import Catalogue, Column, FactTable
from guben.rulebook_engine.library import Library
from guben.rulebook_engine.positions import Path, Positions
from guben.rulebook_engine.procedures import Procedure
from guben.rulebook_engine.publications import AS_IT_HAPPENS, KEY, Publication, PublishedAsItHappens, evidence_of
from guben.rulebook_engine.toml import normal, read_toml
from guben.rulebook_engine.yearly import YearlyTable

UNITS, PERSONS = "organisation", "member"
FIGURE_COLUMNS = (
    Column("value", "number", "数值", "value"),
    Column("numerator", "number", "分子", "numerator"),
    Column("denominator", "number", "分母", "denominator"),
)
KEPT = 64  # files: the shipped ones and some of one's own
Kind = TypeVar("Kind", bound=Part)
REFUSED = Checked("", "", Constant(True, "boolean"))  # stands in for an expression whose mistake is already told


def read_rulebook(
    text: str, file_name: str, catalogue: Catalogue, *, elsewhere: Mapping[str, str] | None = None
) -> Rulebook:
    """The rulebook that a TOML text holds. `elsewhere` gives the fact table of indicators in other rulebooks, so that
    a standard may name them.

    Raises:
        RulebookErrors: with every mistake that was found.
    """
    return _Reader(normal(text), file_name, catalogue, dict(elsewhere or {})).read()


def read_library(files: Sequence[tuple[str, str]], catalogue: Catalogue) -> Library:
    """The library of several files, each given as (name, text); a standard may name an indicator of any of them.

    Raises:
        RulebookErrors: with every mistake of every file, or with what does not fit together.
    """
    return Library(read_rulebooks(files, catalogue))


def read_rulebooks(
    files: Sequence[tuple[str, str]], catalogue: Catalogue, *, elsewhere: Mapping[str, str] | None = None
) -> list[Rulebook]:
    """The rulebooks of several files, before it is checked whether they fit together. A file that was read before
    among the same indicators is not read again.

    Raises:
        RulebookErrors: with every mistake of every file.
    """
    tables: dict[str, str] = dict(elsewhere or {})
    for _, text in files:
        tables |= _indicators_in(text)
    beside, known = frozenset(tables.items()), catalogue.known
    rulebooks: list[Rulebook] = []
    mistakes: list[Mistake] = []
    for name, text in files:
        try:
            rulebooks.append(_read(text, name, catalogue, known, beside))
        except RulebookErrors as errors:
            mistakes += errors.mistakes
    if mistakes:
        raise RulebookErrors(mistakes)
    return rulebooks


@lru_cache(maxsize=KEPT)
def _read(
    text: str, name: str, catalogue: Catalogue, known: tuple[object, ...], elsewhere: frozenset[tuple[str, str]]
) -> Rulebook:
    """`known` is all of the catalogue that a check looks at: where it grew since, the file is read anew."""
    return read_rulebook(text, name, catalogue, elsewhere=dict(elsewhere))


def identity(text: str) -> tuple[str, str] | None:
    """Key and issuer of the rulebook in a text, before it is checked; None where they can't be read."""
    try:
        head = tomllib.loads(normal(text)).get("rulebook", {})
        return str(head["key"]), str(head.get("issued-by", head.get("issued_by", NATIONAL)))
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        return None


@lru_cache(maxsize=KEPT)
def _indicators_in(text: str) -> Mapping[str, str]:
    """The fact table of each indicator in a text that is not checked yet."""
    try:
        found = tomllib.loads(normal(text)).get("indicator", [])
    except (ValueError, RecursionError):
        return {}
    raws = [raw for raw in found if isinstance(raw, dict)] if isinstance(found, list) else []
    return {str(raw["key"]): str(raw["over"]) for raw in raws if "key" in raw and "over" in raw}


class _Reader:
    def __init__(self, text: str, file_name: str, catalogue: Catalogue, elsewhere: dict[str, str]) -> None:
        self.text = text
        self.file = file_name
        self.catalogue = catalogue
        self.tables_of_indicators = elsewhere
        self.mistakes: list[Mistake] = []

    def read(self) -> Rulebook:
        data = read_toml(self.text, self.file)
        self.positions = Positions(self.text)
        data = self._normal(data, ())
        self._refuse_unknown_parts(data)
        header = self._header(data)
        self._note_indicators(data)
        found = [entry for kind in KINDS for entry in self._entries(kind, data, header)]
        self.mistakes += check_entries(found, self.catalogue, self.positions, self.file)
        if self.mistakes or header is None:
            raise RulebookErrors(self.mistakes)
        return Rulebook(
            file_name=self.file,
            key=header.key,
            title=header.title,
            issued_by=header.issued_by,
            source=header.source,
            mechanism=header.mechanism,
            why=header.why,
            duties=tuple(entry for entry in found if isinstance(entry, Duty)),
            indicators=tuple(entry for entry in found if isinstance(entry, Indicator)),
            standards=tuple(entry for entry in found if isinstance(entry, Standard)),
            limits=tuple(entry for entry in found if isinstance(entry, Limit)),
            roles=tuple(entry for entry in found if isinstance(entry, Role)),
            procedures=tuple(entry for entry in found if isinstance(entry, Procedure)),
            occasions=tuple(entry for entry in found if isinstance(entry, PublishedAsItHappens)),
            tables=tuple(entry for entry in found if isinstance(entry, YearlyTable)),
        )

    def _note(self, path: Path, sentence: str) -> None:
        self.mistakes.append(Mistake(self.file, *self.positions.of_key(path), sentence))

    def _normal(self, value: Any, path: Path) -> Any:
        """The same data with underscores for hyphens in keys."""
        if isinstance(value, list):
            return [self._normal(item, (*path, index)) for index, item in enumerate(value)]
        if not isinstance(value, dict):
            return value
        normal: dict[str, Any] = {}
        for key, item in value.items():
            name = key.replace("-", "_")
            if name in normal:
                self._note((*path, name), f"'{name}' stands here twice, with a hyphen and with an underscore.")
            normal[name] = self._normal(item, (*path, name))
        return normal

    def _refuse_unknown_parts(self, data: dict[str, Any]) -> None:
        for name in data:
            if name not in KINDS and name != "rulebook":
                self._note((name,), f"No part '{name}' in a rulebook.{did_you_mean(name, ('rulebook', *KINDS))}")
            elif name in KINDS and not _is_list_of_tables(data[name]):
                self._note((name,), f"Write [[{name}]] with two brackets on each side.")
                data[name] = []

    def _header(self, data: dict[str, Any]) -> Header | None:
        raw = data.get("rulebook")
        if not isinstance(raw, dict):
            self.mistakes.append(Mistake(self.file, 1, 1, "A rulebook starts with a [rulebook] table."))
            return None
        return self._validated(Header, raw, ("rulebook",))

    def _note_indicators(self, data: dict[str, Any]) -> None:
        for raw in data.get("indicator", []):
            if isinstance(raw.get("key"), str) and isinstance(raw.get("over"), str):
                self.tables_of_indicators[raw["key"]] = raw["over"]

    def _entries(self, kind: str, data: dict[str, Any], header: Header | None) -> list[Entry]:
        found: list[Entry] = []
        given = header.model_dump(by_alias=True, exclude_none=True) if header else dict.fromkeys(INHERITED)
        for number, raw in enumerate(data.get(kind, [])):
            path: Path = (kind, number)
            self._check_expressions(kind, raw, path)
            line, column = self.positions.of_key(path)
            raw["place"] = Place(file=self.file, line=line, column=column)
            for name in INHERITED:
                if name not in raw and name in given:
                    raw[name] = given[name]
            entry = self._validated(_model_of(kind, raw), raw, path, silent=() if header else INHERITED)
            if entry is not None:
                found.append(entry)
        return found

    def _validated(
        self, model: type[Kind], raw: dict[str, Any], path: Path, silent: tuple[str, ...] = ()
    ) -> Kind | None:
        try:
            return model.model_validate(raw)
        except ValidationError as error:
            for where, sentence in wording.sentences(error, model, raw):
                if not (where and where[0] in silent):
                    self._note((*path, *where), sentence)
            return None

    def _check_expressions(self, kind: str, raw: dict[str, Any], path: Path) -> None:
        """Puts checked trees in the place of the expressions' texts."""
        if kind == Publication.kind:
            self._write_evidence(raw, path)
        match kind:
            case "duty" | "publication":
                self._check(raw, "who", path, UNITS)
                applies = raw.get("applies", [])
                for number, part in enumerate(applies if isinstance(applies, list) else []):
                    self._check(part, "where", (*path, "applies", number), UNITS)
                evidence = raw.get("evidence")
                if isinstance(evidence, dict):
                    table = self._named_table(evidence, "record", (*path, "evidence"))
                    self._check(evidence, "is", (*path, "evidence"), table)
                    self._check(evidence, "where", (*path, "evidence"), table)
            case "indicator":
                over = self._named_table(raw, "over", path)
                self._check(raw, "value", path, over, "figure")
                self._check(raw, "where", path, over)
                self._check(raw, "who", path, UNITS)
            case "standard":
                self._check(raw, "holds", path, UNITS, more=FIGURE_COLUMNS)
                self._check(raw, "who", path, UNITS)
                self._check(raw, "opens", path, self._table_of_indicator(raw, path))
            case "limit":
                self._check(raw, "who", path, UNITS)
            case "table":
                self._check_rows(raw, path)
            case "procedure":
                self._check_steps(raw, path)

    def _check_steps(self, raw: dict[str, Any], path: Path) -> None:
        self._check(raw, "who", path, UNITS)
        self._check(raw, "subject_where", path, PERSONS)
        for place, part in _tables(raw, "place_of", path):
            self._check(part, "where", place, UNITS)
        for step, part in _tables(raw, "step", path):
            for place, field in _tables(part, "field", step):
                self._check(field, "where", place, PERSONS)

    def _check_rows(self, raw: dict[str, Any], path: Path) -> None:
        """A row with a formula that names no fact table reads that of its table, under the same condition."""
        over = self._named_table(raw, "over", path)
        self._check(raw, "where", path, over)
        for place, row in _tables(raw, "row", path):
            if "over" not in row and "value" in row and "where" in raw:
                row.setdefault("where", raw["where"])
            of_row = self._named_table(row, "over", place) if "over" in row else over
            self._check(row, "value", place, of_row, "figure")
            self._check(row, "where", place, of_row)

    def _write_evidence(self, raw: dict[str, Any], path: Path) -> None:
        """What settles a publication follows from its key and its audience; an author states none."""
        if "evidence" in raw:
            sentence = "A publication states no evidence: what the unit publishes under it settles it."
            self._note((*path, "evidence"), sentence)
        if raw.get("every") != AS_IT_HAPPENS:
            key = raw.get("key")
            named = isinstance(key, str) and KEY.fullmatch(key)
            raw["evidence"] = evidence_of(str(key) if named else "", str(raw.get("audience")))
        else:
            raw.pop("evidence", None)

    def _named_table(self, raw: dict[str, Any], key: str, path: Path) -> str | None:
        name = raw.get(key)
        if isinstance(name, str) and self.catalogue.table(name) is None:
            hint = did_you_mean(name, self.catalogue.names)
            self._note((*path, key), f"No fact table '{name}'.{hint}")
        return name if isinstance(name, str) and self.catalogue.table(name) else None

    def _table_of_indicator(self, raw: dict[str, Any], path: Path) -> str | None:
        name = raw.get("indicator")
        if isinstance(name, str) and name not in self.tables_of_indicators:
            hint = did_you_mean(name, tuple(self.tables_of_indicators))
            self._note((*path, "indicator"), f"No indicator '{name}'.{hint}")
            return None
        return self.tables_of_indicators.get(name) if isinstance(name, str) else None

    def _check(
        self,
        raw: Any,
        key: str,
        path: Path,
        table_name: str | None,
        wanted: Wanted = "condition",
        more: tuple[Column, ...] = (),
    ) -> None:
        if not isinstance(raw, dict) or not isinstance(raw.get(key), str):
            return
        text = raw[key]
        raw[key] = REFUSED
        table: FactTable | None = self.catalogue.table(table_name) if table_name else None
        if table is None:
            return
        try:
            raw[key] = check(text, table, wanted, more)
        except ExpressionMistake as mistake:
            line, column = self.positions.of_value((*path, key), mistake.offset)
            self.mistakes.append(Mistake(self.file, line, column, mistake.sentence))


def _tables(raw: Any, key: str, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The tables of a list inside a table, each with its path; other things are told of later."""
    listed = raw.get(key)
    for number, part in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(part, dict):
            yield (*path, key, number), part


def _model_of(kind: str, raw: dict[str, Any]) -> type[Entry]:
    as_it_happens = kind == Publication.kind and raw.get("every") == AS_IT_HAPPENS
    return PublishedAsItHappens if as_it_happens else KINDS[kind]


def _is_list_of_tables(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)
