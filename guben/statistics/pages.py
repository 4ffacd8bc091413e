"""What the pages of statistics show: tables with their lines, the units below, and the charts beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guben.access.policy import Someone
from guben.figures.trees import UnitName
from guben.rollup.models import PublishedResult
from guben.rollup.publishing import published_for
from guben.rulebook_engine.aggregates import Figure
from guben.statistics import drawings
from guben.statistics.drawings import Bar
from guben.statistics.models import Standing
from guben.statistics.published import Beside, beside, doubt_about
from guben.statistics.queries import AnyReading, Days
from guben.statistics.reckoning import Reckoned
from guben.statistics.spreads import Spread
from guben.statistics.subjects import Line, Table
from guben.statistics.told import day_words, difference, in_words, told, value_words

MARKS = "①②③④⑤⑥⑦⑧⑨"


class TwoDays:
    """What is said of one figure on two days."""

    __slots__ = ()
    line: Line
    now: Figure | None
    then: Figure | None

    @property
    def now_words(self) -> str:
        return told(self.line, self.now)

    @property
    def then_words(self) -> str:
        return told(self.line, self.then)

    @property
    def change(self) -> str:
        return difference(self.line, self.now, self.then)


@dataclass(frozen=True, slots=True)
class ShownRow(TwoDays):
    """One line of a table on two days, in figures and in words."""

    line: Line
    title: str
    unit: str
    now: Figure | None
    then: Figure | None
    published: Beside | None
    url: str
    mark: str = ""  # of the doubt that stands below the table

    @property
    def uncounted(self) -> str:
        return in_words(self.line.uncounted) if self.line.uncounted else ""


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table with its lines as they are shown."""

    table: Table
    title: str
    rows: list[ShownRow]
    doubts: list[tuple[str, str]]  # each once, with its mark

    @property
    def has_published(self) -> bool:
        return any(row.published for row in self.rows)


@dataclass(frozen=True, slots=True)
class Unit(TwoDays):
    """A unit below with one figure on two days."""

    unit: UnitName
    line: Line
    now: Figure | None
    then: Figure | None
    url: str
    length: float | None = None  # of its bar, as a share of the longest
    tick: float | None = None  # where the unit above stands on that bar; of shares only

    @property
    def value(self) -> float | None:
        return self.now.value if self.now else None


def shown_tables(
    found: Days, on: date, other: date | None, query: Mapping[str, str], printed: date | None
) -> list[ShownTable]:
    """Tables on two days as they are shown; `printed` is the day of the bulletin whose numbers stand beside ours."""
    shown = []
    for table in found.tables:
        rows = []
        for line in table.lines:
            now, then = found.figure(line, on), found.figure(line, other) if other else None
            paper = beside(table, line, printed, {other: then, on: now}.get(printed))
            url = _page_of(line, query) if line.indicator else ""
            title, unit = in_words(line.title), unit_words(line)
            rows.append(ShownRow(line, title, unit, now, then, paper, url))
        marks = _marks(rows)
        marked = [replace(row, mark=marks.get(_doubt(row), "")) for row in rows]
        doubts = [(mark, doubt) for doubt, mark in marks.items()]
        shown.append(ShownTable(table, in_words(table.title), marked, doubts))
    return shown


def _marks(rows: Sequence[ShownRow]) -> dict[str, str]:
    """A mark for each doubt about published numbers of a table."""
    doubts = dict.fromkeys(doubt for row in rows if (doubt := _doubt(row)))
    return dict(zip(doubts, MARKS, strict=False))


def _doubt(row: ShownRow) -> str:
    """Why a published number may not be right; empty where there is no doubt."""
    return doubt_about(row.published.printed) if row.published else ""


def _page_of(line: Line, query: Mapping[str, str]) -> str:
    return f"{reverse('statistics:figure', args=[line.key])}?{urlencode(query)}"


def unit_words(line: Line) -> str:
    """What a line counts in."""
    return {
        "persons": pgettext("what a number counts", "名"),
        "units": pgettext("what a number counts", "个"),
        "pieces": pgettext("what a number counts", "枚"),
        "years": pgettext("what a number counts", "岁"),
        "days": pgettext("what a number counts", "天"),
    }.get(line.unit, "")


def units_below(
    line: Line, found: Days, below: Sequence[UnitName], on: date, other: date | None, query: Mapping[str, str]
) -> list[Unit]:
    """Some of the units directly below with their figures, the highest first, those without one last."""
    units = []
    for child in below:
        then = found.figure(line, other, child.id) if other else None
        url = _page_of(line, {**query, "at": child.code})
        units.append(Unit(child, line, found.figure(line, on, child.id), then, url))
    units.sort(key=lambda one: (one.value is None, -(one.value or 0), one.unit.path))
    return _with_bars(units, found.figure(line, on) if line.is_share else None)


def branch_of(unit: UnitName, line: Line, figure: Figure, query: Mapping[str, str]) -> Unit:
    """A branch of a bin with its figure and its page."""
    return Unit(unit, line, figure, None, _page_of(line, {**query, "at": unit.code}))


def _with_bars(units: Sequence[Unit], whole: Figure | None) -> list[Unit]:
    """The units with the lengths of their bars. A figure that is not shown has none: its place would tell."""
    tick = whole.value if whole else None
    most = max([one.value or 0 for one in units] + [tick or 0], default=0)
    if most <= 0:
        return list(units)
    place = None if tick is None else tick / most
    return [one if one.value is None else replace(one, length=max(one.value, 0) / most, tick=place) for one in units]


def bars_of_table(rows: Sequence[ShownRow], above: Reckoned | None) -> SafeString:
    """The parts of a table as bars of shares, with the superior's shares as ticks."""
    shown = [(row, float(row.now.value)) for row in rows if row.now and row.now.value is not None]
    total = sum(value for _row, value in shown)
    if not total or len(shown) < max(2, len(rows)):  # parts without one of them are no whole
        return SafeString("")
    bars = [
        Bar(row.title, value / total, value_words(value / total, "share", 1), row.url, tick)
        for (row, value), tick in zip(shown, _shares_above(rows, above), strict=True)
    ]
    most = max(bars, key=lambda bar: bar.value)
    return drawings.bars(bars, _("最多的是%(name)s，占%(share)s") % {"name": most.name, "share": most.words})


def _shares_above(rows: Sequence[ShownRow], above: Reckoned | None) -> list[float | None]:
    if above is None:
        return [None] * len(rows)
    figures = [above.figure(row.line.key) for row in rows]
    values = [figure.value if figure else None for figure in figures]
    total = sum(value for value in values if value is not None)
    if not total or any(value is None for value in values):
        return [None] * len(rows)
    return [value / total if value is not None else None for value in values]


@dataclass(frozen=True, slots=True)
class Point:
    """A figure on one day of a trend."""

    on: date
    name: str
    figure: Figure | None
    words: str


def trend(found: Days, line: Line, days: Sequence[date]) -> list[Point]:
    """A line's figure over some days."""
    points = []
    for day in days:
        figure = found.figure(line, day)
        points.append(Point(day, day_words(day.isoformat()), figure, told(line, figure)))
    return points


def drawn_trend(points: Sequence[Point], line: Line) -> SafeString:
    """The trend as a small line; days without a figure are left out."""
    known = [
        (one.name, float(one.figure.value), one.words) for one in points if one.figure and one.figure.value is not None
    ]
    if len(known) < 2:
        return SafeString("")
    label = _("%(title)s：%(first)s是%(before)s，%(last)s是%(now)s") % {
        "title": in_words(line.title), "first": known[0][0], "before": known[0][2],
        "last": known[-1][0], "now": known[-1][2],
    }  # fmt: skip
    return drawings.line(known, label)


@dataclass(frozen=True, slots=True)
class Bin:
    """One column of a spread."""

    name: str
    count: int
    url: str = ""  # of the units that it counts


def bins_of(spread: Spread, line: Line, query: Mapping[str, str] | None) -> list[Bin]:
    """The columns with their names: 10%—20%, 20—29, 7. With a query each leads to the units that it counts."""
    whole = not line.is_share and spread.width >= 1
    found = []
    for number, count in enumerate(spread.counts):
        low, high = spread.bounds(number)
        if whole and line.unit not in ("years", "number"):
            first, last = int(low), int(high) - 1
            name = f"{first:,}" if first == last else f"{first:,}—{last:,}"
        elif line.is_share:
            name = f"{low * 100:.0f}—{high * 100:.0f}%"
        else:
            name = f"{low:g}—{high:g}"
        url = "" if query is None else f"{_page_of(line, {**query, 'bin': str(number)})}#branches"
        found.append(Bin(name, count, url))
    return found


def drawn_spread(bins: Sequence[Bin], spread: Spread, line: Line) -> SafeString:
    """The spread as columns."""
    if spread.units < 2:
        return SafeString("")
    middle = value_words(spread.middle, line.unit, line.decimals)
    label = _("%(units)s个支部的%(title)s，一半在%(middle)s以下") % {
        "units": spread.units, "title": in_words(line.title), "middle": middle,
    }  # fmt: skip
    return drawings.columns([Bar(one.name, one.count, f"{one.count:,}", one.url) for one in bins], label)


def query_of(reading: AnyReading, other: date | None) -> dict[str, str]:
    """The filters of a page, to be carried to the next."""
    found = {"at": reading.at.code} | ({"beside": other.isoformat()} if other else {})
    if reading.source:
        return found | {"result": str(reading.source.pk)}
    tree = {"tree": reading.standing} if reading.standing != Standing.THEN else {}
    return found | {"on": reading.on.isoformat()} | tree


@dataclass(frozen=True, slots=True)
class Source:
    """Where the figures of a page may come from: the records now, or a published result."""

    result: PublishedResult | None
    url: str
    is_chosen: bool


def sources_for(reader: Someone, chosen: PublishedResult | None) -> list[Source]:
    """What a reader may choose from; none where there are only the records."""
    results = published_for(reader)
    page = reverse("statistics:tables")
    if not results:
        return []
    found = [Source(one, f"{page}?{urlencode({'result': one.pk})}", one == chosen) for one in results]
    return [Source(None, page, chosen is None), *found]
