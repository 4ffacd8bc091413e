"""Pages of the statistics: all tables of a unit, one table, one figure."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from guben.access import policy
from guben.accounts.installation import today
from guben.accounts.models import User
from guben.figures.bulletin import scale_note
from guben.figures.explanations import in_plain_words
from guben.figures.trees import UnitName
from guben.jobs.downloads import workbook_response
from guben.jobs.queries import job_of
from guben.jobs.shown import shown as job_shown
from guben.kit.tables import Written
from guben.organisations.models import Organisation
from guben.organisations.queries import unit_for
from guben.rulebook_engine.entries import Indicator
from guben.statistics import pages, sheets
from guben.statistics.actions import RECKONING, start_reckoning
from guben.statistics.alike import Kind, kinds_of, of_kind
from guben.statistics.forms import DaysForm
from guben.statistics.models import Standing
from guben.statistics.published import latest
from guben.statistics.queries import RIGHT, AnyReading, Days, Reading, days_for
from guben.statistics.reckoning import Reckoned
from guben.statistics.results import reading_of
from guben.statistics.spreads import Spread
from guben.statistics.subjects import Line, Table
from guben.statistics.told import day_words, in_words, value_words

UNITS_A_PAGE = 50
MOST_NAMED = 200  # branches of a bin


@dataclass
class Asked:
    """What a request asks for: the unit, the two days, the tree or the published result, and the address that says so
    again."""

    request: HttpRequest
    form: DaysForm
    reading: AnyReading

    @property
    def unit(self) -> Organisation | UnitName:
        return self.reading.at

    @property
    def on(self) -> date:
        return self.reading.on

    @property
    def other(self) -> date | None:
        return self.reading.other_day(self.form.other_day)

    @property
    def days(self) -> list[date]:
        """The two days."""
        return [day for day in (self.on, self.other) if day]

    @property
    def printed(self) -> date | None:
        """The day of the bulletin whose numbers stand beside ours; only at the top of the tree, and not beside an
        invented country of another size."""
        return latest(self.on) if self.reading.is_top and not self.scale_note else None

    @property
    def scale_note(self) -> str:
        """Why no published numbers stand beside ours at the top of an invented country."""
        notes = [scale_note(self.reading.scale(day)) for day in self.days] if self.reading.is_top else []
        return next(filter(None, notes), "")

    def tables(self, found: Days) -> list[pages.ShownTable]:
        """Tables on the two days as they are shown."""
        return pages.shown_tables(found, self.on, self.other, self.query, self.printed)

    @property
    def query(self) -> dict[str, str]:
        return pages.query_of(self.reading, self.other)

    @property
    def shown(self) -> dict[str, Any]:
        """What all pages of the statistics show."""
        kept_from = self.reading.kept_from
        return {
            "unit": self.unit,
            "form": self.form,
            "on": self.on,
            "beside": self.other,
            "standing": self.reading.standing,
            "standings": Standing.choices,
            "query": urlencode(self.query),
            "steps": self.reading.steps,
            "unkept": [day for day in reversed(self.days) if kept_from and day < kept_from],
            "kept_from": kept_from,
            "printed": self.printed,
            "scale_note": self.scale_note,
            "reading": self.reading,
            "sources": pages.sources_for(self.request.user, self.reading.source),
        }

    def missing(self, days: Iterable[date], *, spread_on: date | None = None) -> list[date]:
        """The days that must be worked out by a job before the page can be shown."""
        wanted = days_for(days, self.reading.known)
        if self.request.GET.get("again") and self.reading.is_large:
            return [day for day in dict.fromkeys(wanted) if self.reading.exists(day)]
        return self.reading.missing(wanted, spread_on=spread_on)

    def job(self, days: list[date], page: str, key: str = "") -> HttpResponse:
        """Starts the job and shows how far it is."""
        assert isinstance(self.unit, Organisation)  # noqa: S101 - nothing is missing of a result
        then = {"page": page, "key": key, "query": urlencode(self.query)}
        user = cast(User, self.request.user)
        started = start_reckoning(self.unit, days, self.reading.standing, by=user, then=then)
        return redirect("statistics:worked_out", started.pk)

    def workbook(self, name: str, headers: list[str], rows: Iterable[list[Written]]) -> HttpResponse:
        """A sheet; of invented records its name says so."""
        invented = f"{_('演示数据')}-" if self.reading.source and self.reading.source.is_generated else ""
        return workbook_response(f"{invented}{name}-{self.unit.code}-{self.on}", headers, rows)

    def tables_workbook(self, name: str, tables: list[pages.ShownTable]) -> HttpResponse:
        """Tables as one sheet."""
        headers = sheets.table_headers(self.on, self.other, self.printed)
        return self.workbook(name, headers, sheets.table_rows(tables, self.other, self.printed))


def _asked(request: HttpRequest, *, below: bool = False) -> Asked:
    """What is asked for. `below`: with the figures of the units directly below, where these take more time."""
    form = DaysForm(request.GET, today=today())
    if number := request.GET.get("result", ""):
        return Asked(request, form, reading_of(request.user, number, request.GET.get("at", ""), below=below))
    return Asked(request, form, Reading(request.user, _unit(request), form.on_day, form.standing))


def _unit(request: HttpRequest) -> Organisation:
    """The unit of the address, else where the reader stands."""
    code = request.GET.get("at", "")
    if not code:
        home = policy.home_unit(request.user, RIGHT, request.session.get("acting_unit", ""))
        if not isinstance(home, Organisation):
            raise Http404
        return home
    return unit_for(request.user, code, RIGHT)


def tables(request: HttpRequest) -> HttpResponse:
    """All tables of a unit, two days side by side."""
    asked = _asked(request)
    if missing := asked.missing(asked.days):
        return asked.job(missing, "tables")
    found = Days(asked.reading, asked.reading.known.yearly)
    shown = asked.tables(found)
    if request.GET.get("export") == "xlsx":
        return asked.tables_workbook(_("统计"), shown)
    context = asked.shown | {
        "yearly": shown,
        "others": [(one.key, in_words(one.title), len(one.lines)) for one in asked.reading.known.others],
        "now": found.on(asked.on),
        "then": found.on(asked.other) if asked.other else None,
    }
    return render(request, "statistics/tables.html", context)


def table(request: HttpRequest, key: str) -> HttpResponse:
    """One table: its parts as bars, and its lines over the years."""
    asked = _asked(request)
    one = asked.reading.known.table(key)
    if one is None:
        raise Http404
    days = asked.reading.trend_days
    if missing := asked.missing([*days, *asked.days]):
        return asked.job(missing, "table", key)
    found = Days(asked.reading, [one])
    (shown,) = asked.tables(found)
    if request.GET.get("export") == "xlsx":
        return asked.tables_workbook(shown.title, [shown])
    parts = [row for row in shown.rows if row.line in one.parts]
    above = _above(asked, one) if parts else None
    context = asked.shown | {
        "one": shown,
        "drawing": pages.bars_of_table(parts, above),
        "above": above.unit if above else None,
        "days": [day_words(day.isoformat()) for day in days] if set(days) - set(asked.days) else [],
        "years": [(row, [point.words for point in pages.trend(found, row.line, days)]) for row in shown.rows],
        "formulas": [(row.title, *_formula(row.line)) for row in shown.rows if row.line.indicator],
        "now": found.on(asked.on),
        "then": found.on(asked.other) if asked.other else None,
    }
    return render(request, "statistics/table.html", context)


def _formula(line: Line) -> tuple[str, str]:
    """What a line counts, and which rows are counted at all, in words."""
    if line.indicator is None:
        return "", ""
    where = line.indicator.where
    return in_plain_words(line.indicator.value), in_plain_words(where) if where else ""


def _above(asked: Asked, one: Table) -> Reckoned | None:
    """The same table of the unit above, where the reader may see its figures and it is quickly told."""
    reading = asked.reading.above()
    if reading is None or reading.missing([asked.on]):
        return None
    return reading.reckoned(asked.on, one.indicators)


def figure(request: HttpRequest, key: str) -> HttpResponse:
    """One figure: over the years, of the units below, and how the branches are spread."""
    asked = _asked(request, below=True)
    home, line = asked.reading.known.line(key) or (None, None)
    if home is None or line is None or line.indicator is None:
        raise Http404
    days = asked.reading.trend_days
    if missing := asked.missing([*days, *asked.days], spread_on=asked.on):
        return asked.job(missing, "figure", key)
    found = Days(asked.reading, [replace(home, lines=(line,))])
    kinds, units = _below(asked, found, line)
    if request.GET.get("export") == "xlsx":
        headers = sheets.unit_headers(line, asked.on, asked.other)
        return asked.workbook(in_words(line.title), headers, sheets.unit_rows(line, units, asked.other))
    (shown,) = asked.tables(found)
    points, (meaning, only) = pages.trend(found, line, days), _formula(line)
    context = asked.shown | _spread(asked, line, line.indicator) | {
        "home": home,
        "home_title": in_words(home.title),
        "row": shown.rows[0],
        "meaning": meaning,
        "only": only,
        "points": points,
        "trend": pages.drawn_trend(points, line),
        "page": Paginator(units, UNITS_A_PAGE).get_page(request.GET.get("page")),
        "kinds": kinds,
        "now": found.on(asked.on),
        "then": found.on(asked.other) if asked.other else None,
    }  # fmt: skip
    return render(request, "statistics/figure.html", context)


def _below(asked: Asked, found: Days, line: Line) -> tuple[list[Kind], list[pages.Unit]]:
    """The kinds of the units below, and those of the chosen kind."""
    now = found.on(asked.on)
    children = now.children if now else ()
    kinds = kinds_of(children, asked.request.GET.get("like", ""))
    return kinds, pages.units_below(line, found, of_kind(children, kinds), asked.on, asked.other, asked.query)


def _spread(asked: Asked, line: Line, indicator: Indicator) -> dict[str, Any]:
    """How the branches below are spread, with the chart."""
    spread = asked.reading.spread(asked.on, indicator) if asked.reading.exists(asked.on) else None
    if spread is None:
        return {"spread": None}
    bins = pages.bins_of(spread, line, asked.query if asked.reading.lists_units else None)
    middle = value_words(spread.middle, line.unit, line.decimals)
    drawing = pages.drawn_spread(bins, spread, line)
    return {"spread": spread, "bins": bins, "middle": middle, "spread_drawing": drawing} | _branches(
        asked, line, indicator, spread, bins
    )


def _branches(asked: Asked, line: Line, indicator: Indicator, spread: Spread, bins: list[pages.Bin]) -> dict[str, Any]:
    """The branches of the bin that is asked for."""
    wanted = asked.request.GET.get("bin")
    number = next((number for number in range(len(bins)) if str(number) == wanted), None)
    if number is None or not asked.reading.lists_units:
        return {}
    found = asked.reading.in_bin(indicator, spread, number)
    shown = [pages.branch_of(unit, line, one, asked.query) for unit, one in found[:MOST_NAMED]]
    return {"bin": bins[number], "branches": shown, "branch_count": len(found), "unnamed": len(found) - len(shown)}


def worked_out(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """How far a large tree's statistics are; then the way to them."""
    job = job_of(cast(User, request.user), pk)
    if job.kind != RECKONING or job.organisation is None:
        raise Http404
    then = job.arguments["then"]
    page = reverse(f"statistics:{then['page']}", args=[then["key"]] if then["key"] else [])
    to = f"{page}?{then['query']}"
    if job.state != "done":
        return render(request, "statistics/reckoning.html", job_shown(job) | {"again": to})
    return redirect(to)
