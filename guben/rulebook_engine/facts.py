"""Fact tables: the typed columns that rules may speak of, and the query behind each of them.

Apps publish their tables in `facts.py` and register them when Django starts. The engine knows no domain word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

ColumnType = Literal["text", "integer", "number", "date", "boolean", "age"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `values` lists the codes a text column may hold (empty = any).

    A column of type `age` has no data of its own: it is the completed years since the date column named in `of`.
    `labels` names the codes in the reader's language. `default` stands in where an extension has no row for a unit
    (None = null).
    """

    name: str
    type: ColumnType
    zh: str
    en: str
    values: tuple[str, ...] = ()
    of: str = ""
    default: int | None = None
    labels: Mapping[str, object] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Extension:
    """More columns of a table, published by a higher app. `sql` selects `organisation` and the columns, at most one
    row for each organisation."""

    columns: tuple[Column, ...]
    sql: str


@dataclass(frozen=True, slots=True)
class FactTable:
    """One fact table.

    `sql` selects `organisation` (the unit's id), `record` (the row's id, never open to rules) and every stored column
    by its name, as of the day bound to the parameter `%(on)s` (an ISO day); `%(year_before)s` is the same day one year
    before. It keeps to SQL that SQLite and PostgreSQL read alike. Dates are ISO texts on SQLite; booleans are 0 and 1,
    or what a condition gives.
    A comment `/*within:COLUMN*/` after a condition marks where an engine may add "and COLUMN is one of these units".
    """

    name: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    sql: str
    extensions: tuple[Extension, ...] = field(default=())

    @property
    def all_columns(self) -> tuple[Column, ...]:
        return self.columns + tuple(column for extension in self.extensions for column in extension.columns)

    @property
    def stored_columns(self) -> tuple[Column, ...]:
        """The columns that hold data (ages are computed from their date)."""
        return tuple(column for column in self.all_columns if column.type != "age")

    def column(self, name: str) -> Column | None:
        return next((column for column in self.all_columns if column.name == name), None)

    def full_sql(self) -> str:
        """The query with its extensions joined: `organisation`, `record`, then `stored_columns`."""
        if not self.extensions:
            return self.sql
        parts = ["base.organisation", "base.record"]
        parts += [f"base.{column.name}" for column in self.columns if column.type != "age"]
        joins = ""
        for number, extension in enumerate(self.extensions):
            name = f"extension_{number}"
            for column in extension.columns:
                if column.type == "age":
                    continue
                source = f"{name}.{column.name}"
                if column.default is not None:
                    source = f"CAST({source} AS integer)" if column.type == "boolean" else source
                    source = f"coalesce({source}, {int(column.default)})"
                parts.append(f"{source} AS {column.name}")
            joins += f"\nLEFT JOIN ({extension.sql}) AS {name} ON {name}.organisation = base.organisation"
        return f"SELECT {', '.join(parts)}\nFROM ({self.sql}) AS base{joins}"


@dataclass(frozen=True, slots=True)
class Link:
    """A query for the units whose rows may change with what is recorded at some other units, or on some objects.

    `sql` selects the ids of units and holds one mark `/*within:COLUMN*/`, where an engine adds "and COLUMN is one of
    these". Those are units, or where `objects` names a model ("app.model") the ids of such objects.
    """

    sql: str
    objects: str = ""


class Catalogue:
    """All published fact tables by name."""

    def __init__(self) -> None:
        self._tables: dict[str, FactTable] = {}
        self.papers: tuple[str, ...] = ()  # short names of documents that a source may begin with
        self.effects: tuple[str, ...] = ()  # what steps may do to records, by name
        self.warnings: tuple[str, ...] = ()  # what is said beside steps, by name
        self.links: tuple[Link, ...] = ()  # which units' rows change with what is recorded at another unit
        self._roles: Callable[[], Iterable[str]] = tuple

    def register(self, table: FactTable) -> None:
        known = self._tables.get(table.name)
        self._tables[table.name] = replace(table, extensions=known.extensions) if known else table

    def extend(self, name: str, extension: Extension) -> None:
        """Adds columns to a table that is already registered; registering twice changes nothing."""
        table = self._tables[name]
        if extension not in table.extensions:
            self._tables[name] = replace(table, extensions=(*table.extensions, extension))

    def publish(self, tables: Iterable[FactTable], extensions: Mapping[str, Iterable[Extension]] | None = None) -> None:
        """Registers what an app publishes, its own tables first."""
        for table in tables:
            self.register(table)
        for name, more in (extensions or {}).items():
            for extension in more:
                self.extend(name, extension)

    def publish_effects(self, *names: str) -> None:
        """Adds names of effects that the steps of a procedure may have."""
        self.effects = tuple(dict.fromkeys((*self.effects, *names)))

    def publish_warnings(self, *names: str) -> None:
        """Adds names of warnings beside the steps of a procedure, which a step may heed."""
        self.warnings = tuple(dict.fromkeys((*self.warnings, *names)))

    def publish_links(self, links: Iterable[Link]) -> None:
        """Adds links; publishing twice changes nothing."""
        self.links = tuple(dict.fromkeys((*self.links, *links)))

    def publish_roles(self, roles: Callable[[], Iterable[str]]) -> None:
        """Tells where the keys of all roles are found; they are read when the first rule names one."""
        self._roles = roles

    @property
    def roles(self) -> tuple[str, ...]:
        """The keys of all roles; none where no app published them."""
        return tuple(self._roles())

    @property
    def known(self) -> tuple[object, ...]:
        """Everything that a rule may name: equal where the same rules hold good."""
        return (*self, self.papers, self.effects, self.warnings, self.roles)

    def table(self, name: str) -> FactTable | None:
        return self._tables.get(name)

    def __iter__(self) -> Iterator[FactTable]:
        return iter(self._tables.values())

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._tables)


catalogue = Catalogue()
