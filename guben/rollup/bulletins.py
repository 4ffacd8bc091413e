"""The yearly tables at units of a result, and where those of two results differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from guben.figures.bulletin import Counted
from guben.figures.opened import Below, Opened
from guben.organisations.choices import Territory
from guben.rollup.results import OpenResult
from guben.rulebook_engine.adapters.result_differences import units_that_differ
from guben.rulebook_engine.adapters.result_reading import Unit
from guben.rulebook_engine.aggregates import Figure
from guben.rulebook_engine.dialects import DUCKDB
from guben.rulebook_engine.entries import Indicator
from guben.rulebook_engine.one_unit import rows_counted

Figures = Mapping[str, Figure]


def counted_result(result: OpenResult, code: str = "") -> Counted:
    """The tables at the unit with a code, without one at the top. Nothing is hidden: who opens a result of real records
    may see the persons.

    Raises:
        NotInResult: there is no such unit, or the run did not work a row out.
    """
    unit = result.unit(code) if code else result.files.units([0])[0]
    generated = result.manifest.generated
    is_nation = unit.territory == Territory.NATION or bool(unit.number == 0 and generated)
    figures = _figures(result, result.library.rows(result.on), [unit])[unit.organisation]
    return Counted(result.on, unit.code, unit.name, is_nation, figures, made_up=generated)


def opened_result(indicator: Indicator, result: OpenResult, code: str) -> Opened:
    """One row at a unit with those directly below it. A result holds no records.

    Raises:
        NotInResult: there is no such unit, or the run did not work the row out.
    """
    unit = result.unit(code)
    children = result.children(code)
    found = _figures(result, [indicator], [unit, *children])
    below = tuple(Below(one.code, one.name, found[one.organisation][indicator.key]) for one in children)
    condition = rows_counted(indicator, DUCKDB, result.on)
    return Opened(indicator, found[unit.organisation][indicator.key], condition, below, ())


def differing(
    before: OpenResult, after: OpenResult, indicators: Sequence[Indicator]
) -> dict[int, tuple[Figures, Figures]]:
    """The figures in both results of every unit of the tree where any of them differs, by the unit's id; none where a
    unit is not there. Both are runs of the same rules.

    Raises:
        NotInResult: a run did not work a figure out.
    """
    atoms = {one["key"]: one["atoms"] for one in before.manifest.meanings["indicators"]}
    places = units_that_differ(
        before.files, after.files, sorted({atom for one in indicators for atom in atoms[one.key]})
    )
    figures = []
    for side, result in enumerate((before, after)):
        numbers = [number for place in places.values() if (number := place[side]) is not None]
        figures.append(_figures(result, indicators, result.files.units(numbers)))
    return {unit: (figures[0].get(unit, {}), figures[1].get(unit, {})) for unit in places}


def _figures(
    result: OpenResult, indicators: Sequence[Indicator], units: Sequence[Unit]
) -> dict[int, dict[str, Figure]]:
    ids = {unit.number: unit.organisation for unit in units}
    found: dict[int, dict[str, Figure]] = {organisation: {} for organisation in ids.values()}
    for (key, number), figure in result.figures(indicators, units).items():
        found[ids[number]][key] = figure
    return found
