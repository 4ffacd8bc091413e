"""The yearly tables at one unit, from live records or a snapshot, with what was published beside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

import guben.rulebooks
from guben.access.policy import Someone
from guben.accounts import database
from guben.figures.discretion import hidden_from
from guben.figures.errors import BrokenSnapshot, UnitNotThere
from guben.figures.snapshots import manifest_in, require_registered
from guben.kit.days import add_months
from guben.organisations.choices import Territory
from guben.organisations.models import Organisation
from guben.organisations.queries import placement_on
from guben.rulebook.live import LiveEngine, Within, rows, select
from guben.rulebook_engine.adapters.frozen_unit import FrozenUnit
from guben.rulebook_engine.aggregates import Figure
from guben.rulebook_engine.dialects import Dialect
from guben.rulebook_engine.entries import Indicator
from guben.rulebook_engine.facts import FactTable, catalogue
from guben.rulebook_engine.frozen import BrokenManifest, Manifest
from guben.rulebook_engine.library import Library
from guben.rulebook_engine.one_unit import Sums, figures_of
from guben.rulebook_engine.published import Published, days_in, read_published, round_half_up
from guben.rulebook_engine.yearly import JOINT, Row, YearlyTable

PUBLISHED = Path(guben.rulebooks.__file__).parent / "published"
WORDS = {"persons": "名", "units": "个", "pieces": "枚", "share": "%"}
PERCENT = 100
YEAR = 12  # months
Scale = tuple[float, float]


class LiveUnit:
    """A unit of the live tree and all that stood below it on a day."""

    def __init__(self, at: Organisation, on: date) -> None:
        """Raises UnitNotThere where the unit did not exist on the day."""
        placement = placement_on(at, on)
        if placement is None:
            raise UnitNotThere(at.code, on)
        self.placement = placement
        self.within = Within(path=placement.path)
        self.dialect: Dialect = LiveEngine().dialect

    def sums(self, table: FactTable, columns_sql: Sequence[str], on: date) -> Sums:
        """The aggregates over the rows at and below the unit. Each row is made once, with the columns that are asked
        for: many aggregates over a column that is itself a query would else ask it as often."""
        asked = " ".join(columns_sql)
        names = [name for column in table.stored_columns if (name := self.dialect.quoted(column.name)) in asked]
        facts = select(names or ["organisation"], table, on, self.within)
        sql = f"WITH fact AS MATERIALIZED ({facts}) SELECT {', '.join(columns_sql)} FROM fact"  # noqa: S608 - compiled
        return rows(sql, self.within)[0]


@dataclass(frozen=True, slots=True)
class Counted:
    """The rows of the tables counted at one unit on one day. `hidden` are the keys of rows that tell of too few people
    for the reader; `made_up` tells how invented records were made."""

    on: date
    code: str
    name: str
    is_nation: bool
    figures: Mapping[str, Figure]
    hidden: frozenset[str] = frozenset()
    made_up: Mapping[str, Any] = field(default_factory=dict)

    @property
    def scale(self) -> Scale:
        return scale_of(self.made_up)

    @property
    def is_as_published(self) -> bool:
        """Whether the unit can stand beside the nation's bulletin."""
        return self.is_nation and self.scale == (1, 1)

    @property
    def note(self) -> str:
        return scale_note(self.scale)


def scale_of(made_up: Mapping[str, Any]) -> Scale:
    """How many of the published numbers of members and of units an invented country has; one in all others."""
    return float(made_up.get("of_members", 1)), float(made_up.get("of_organisations", 1))


def scale_note(scale: Scale) -> str:
    """What is to be known of a country that is smaller or larger than the published one; empty of that size."""
    if scale == (1, 1):
        return ""
    sentence = _(
        "演示数据不是公布的规模：党员是公布数的%(members)s，基层组织是公布数的%(units)s，所以旁边不放公布的数。"
    )
    return sentence % {"members": _share(scale[0]), "units": _share(scale[1])}


def _share(part: float) -> str:
    return f"{PERCENT * part:.3g}%"


def counted_live(
    at: Organisation, on: date, library: Library, reader: Someone, *, only: Sequence[str] | None = None
) -> Counted:
    """The tables, or only some of their rows, from the records as they are now.

    Raises:
        UnitNotThere: the unit did not exist on the day.
    """
    unit, indicators = LiveUnit(at, on), library.rows(on)
    figures = figures_of([one for one in indicators if only is None or one.key in only], unit, on, catalogue)
    is_nation = unit.placement.territory == Territory.NATION
    return Counted(on, at.code, unit.placement.name, is_nation, figures, _hidden(reader, at, on, library))


def counted_frozen(unit: FrozenUnit, library: Library, reader: Someone, at: Organisation) -> Counted:
    """The tables from a snapshot of real records; `at` is the unit among them.

    Raises:
        BrokenSnapshot: a file differs from the manifest.
    """
    counted = counted_invented(unit, library)
    return replace(counted, hidden=_hidden(reader, at, counted.on, library))


def counted_invented(unit: FrozenUnit, library: Library) -> Counted:
    """The same of records that belong to nobody: nothing is hidden.

    Raises:
        BrokenSnapshot: a file differs from the manifest.
    """
    on, place = unit.manifest.on, unit.at
    try:
        figures = figures_of(library.rows(on), unit, on, catalogue)
    except BrokenManifest as fault:
        raise BrokenSnapshot(str(fault.folder), fault.what) from None
    made_up = unit.manifest.generated
    is_nation = place.territory == Territory.NATION or bool(unit.is_top and made_up)
    return Counted(on, place.code, place.name, is_nation, figures, made_up=made_up)


def manifest_of(folder: Path) -> Manifest:
    """The manifest of a snapshot, which is that of the register where it is listed there. Invented records need no
    database, and so no register.

    Raises:
        BrokenSnapshot: there is none, or another.
    """
    manifest = manifest_in(folder)
    if not manifest.generated or database.is_prepared():
        require_registered(folder)
    return manifest


def frozen_unit(folder: Path, manifest: Manifest, code: str) -> FrozenUnit:
    """A unit of a snapshot, its top without a code.

    Raises:
        BrokenSnapshot: a file differs from the manifest.
        UnitNotThere: the snapshot does not know the unit.
    """
    try:
        return FrozenUnit(folder, manifest, code)
    except BrokenManifest as fault:
        raise BrokenSnapshot(str(folder), fault.what) from None
    except LookupError:
        raise UnitNotThere(code, manifest.on) from None


def _hidden(reader: Someone, at: Organisation, on: date, library: Library) -> frozenset[str]:
    """The rows that tell of too few people, and those that would give them away."""
    hidden = hidden_from(reader, at, on, library.rows(on))
    return frozenset(key for key, units in hidden.items() if at.pk in units)


def year_before(at: Organisation, on: date, library: Library, reader: Someone) -> Counted | None:
    """What the changes in the year up to a day are told of; None where the unit was not there a year before."""
    wanted = [f"{table.key}{JOINT}{row.of}" for table in library.tables(on) for row in table.printed(on) if row.of]
    try:
        return counted_live(at, add_months(on, -YEAR), library, reader, only=wanted)
    except UnitNotThere:
        return None


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table: a number of persons or units, or percent; None where it is not told, and `note` says why.
    Where it stands beside the nation's bulletin it is rounded as there."""

    table: YearlyTable
    row: Row
    indicator: Indicator | None
    figure: Figure | None
    number: float | int | None
    published: Published | None
    note: str = ""
    as_printed: bool = False

    @property
    def key(self) -> str:
        return self.table.key_of(self.row)

    @property
    def label(self) -> str:
        """The row as the bulletin of the day calls it."""
        return self.published.row if self.published else self.row.title.zh

    @property
    def unit(self) -> str:
        return WORDS[self.table.unit_of(self.row)]

    @property
    def printed_in(self) -> str:
        """The unit that the bulletin prints it in."""
        if self.published:
            return self.published.unit
        return self.unit if self.unit == "%" or self._each == 1 else f"万{self.unit}"

    @property
    def _each(self) -> int:
        return self.table.each if self.as_printed else 1

    @property
    def rounded(self) -> Decimal | None:
        """The number as the bulletin prints it, or would."""
        if self.number is None:
            return None
        if self.published:
            return self.published.rounded(self.number)
        if self.unit == "%":
            return round_half_up(Decimal(str(self.number)), 1)
        return round_half_up(Decimal(str(self.number)) / self._each, self.table.decimals if self.as_printed else 0)

    @property
    def is_equal(self) -> bool | None:
        """Whether it would be printed as it was; None where there is nothing to compare."""
        return None if self.published is None or self.number is None else self.published.equals(self.number)


def lines(
    now: Counted, others: Sequence[Counted], library: Library, published: Sequence[Published] | None = None
) -> list[Line]:
    """All rows that bulletins of the day have. Changes in a year are told where one of the others is of the day a year
    before. Without `published`, what was shipped is taken, at the top of a country of that size."""
    if published is None:
        published = published_on(now.on) if now.is_as_published else ()
    printed = {(one.table, one.row): one for one in published}
    before = next((one for one in others if one.on == add_months(now.on, -YEAR)), None)
    return [
        replace(_line(table, row, now, before, _printed(printed, table, row)), as_printed=now.is_as_published)
        for table in library.tables(now.on)
        for row in table.printed(now.on)
    ]


def _printed(printed: Mapping[tuple[str, str], Published], table: YearlyTable, row: Row) -> Published | None:
    names = ((table.name, wording) for wording in row.wordings)
    return next((printed[name] for name in names if name in printed), None)


def _line(table: YearlyTable, row: Row, now: Counted, before: Counted | None, printed: Published | None) -> Line:
    indicator = table.indicators.get(row.key)
    if row.uncounted:
        return Line(table, row, None, None, None, printed, row.uncounted.say(get_language() or "zh"))
    if row.of:
        number, note = _change(table, row, now, before)
        return Line(table, row, None, None, number, printed, note)
    key = table.key_of(row)
    figure = now.figures.get(key)
    if key in now.hidden:
        return Line(table, row, indicator, None, None, None, _("人数太少，不单独显示。"))
    number = figure.value if figure else None
    if number is not None and table.unit_of(row) == "share":
        number *= PERCENT
    return Line(table, row, indicator, figure, number, printed, "" if number is not None else _("没有可算的。"))


def _change(table: YearlyTable, row: Row, now: Counted, before: Counted | None) -> tuple[float | None, str]:
    """How much the row it is `of` changed in a year, in numbers or percent; else why it can't be told."""
    if before is None:
        return None, _("要有%(day)s的数才算得出。") % {"day": add_months(now.on, -YEAR)}
    key = f"{table.key}{JOINT}{row.of}"
    if key in now.hidden or key in before.hidden:
        return None, _("人数太少，不单独显示。")
    new, old = now.figures[key].value, before.figures[key].value if key in before.figures else None
    if new is None or old is None or (row.change == "growth" and not old):
        return None, _("没有可算的。")
    return (new - old, "") if row.change == "difference" else ((new - old) / old * PERCENT, "")


@cache
def published_on(on: date) -> tuple[Published, ...]:
    """What the bulletin of a day printed; nothing where none is known."""
    file = days_in(PUBLISHED).get(on)
    return read_published(file) if file else ()


def sources_of(lines_: Sequence[Line]) -> Iterator[str]:
    """The doubts about published numbers, each once."""
    yield from dict.fromkeys(one.published.doubt for one in lines_ if one.published and one.published.doubt)
