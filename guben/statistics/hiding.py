"""Which figures a reader without the right to see persons is not shown, where many stand beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from guben.access import policy
from guben.access.policy import Someone
from guben.audit.remembering import remembered
from guben.figures.discretion import SEES_PERSONS, cells_of, is_about_people, top_for
from guben.figures.families import families, relatives
from guben.figures.trees import UnitName
from guben.kit import tree
from guben.kit.coarsening import hidden_together
from guben.organisations.models import Organisation
from guben.rulebook.queries import library
from guben.rulebook_engine.entries import Indicator
from guben.rulebook_engine.evaluation import Figures
from guben.statistics.reckoning import Grown, Hidden, figures_on, grown
from guben.statistics.subjects import Subjects


def hidden_from(
    reader: Someone,
    at: Organisation,
    on: date,
    standing: str,
    known: Subjects,
    asked: Iterable[Indicator] | None = None,
) -> Hidden:
    """The units whose figure is not shown, by indicator: as seen from the top of what the reader may see, so that all
    pages hide the same. Where only some indicators are asked for, only these are looked at, with all that tell of the
    same thing: others have no say in it. Nothing is worked out for who may see all persons at the unit.

    Raises:
        UnitNotThere: as `reckoning.grown`.
    """
    about = _about(known, on, asked)
    if not about or policy.may(reader, SEES_PERSONS, at):
        return {}
    top = top_for(reader, at, on)
    names = tuple(sorted((one.key, str(one.from_on)) for one in about))
    hidden, paths = remembered(
        lambda: _on_tree(grown(top, on, standing), about, known), "statistics hidden", top.pk, on, standing, names
    )
    return still_hidden(hidden, paths, reader)


def _about(known: Subjects, on: date, asked: Iterable[Indicator] | None) -> list[Indicator]:
    """Those of the indicators that tell of people, with all beside which one of them is hidden."""
    about = [one for one in known.indicators if is_about_people(one)]
    if asked is None:
        return about
    keys = {one.key for one in asked} & {one.key for one in about}
    together = relatives(keys, families(library(), on))
    return [one for one in about if one.key in together]


def still_hidden(hidden: Hidden, paths: dict[int, str], reader: Someone) -> Hidden:
    """What stays hidden from a reader who may see the persons of some of the units."""
    seen = policy.reach(reader, SEES_PERSONS)
    if not seen:
        return hidden
    return {
        key: frozenset(unit for unit in units if not any(tree.is_at_or_below(paths[unit], one) for one in seen))
        for key, units in hidden.items()
    }


def _on_tree(grown_tree: Grown, about: Sequence[Indicator], known: Subjects) -> tuple[Hidden, dict[int, str]]:
    return hidden_in(grown_tree.units, figures_on(grown_tree, about), known, grown_tree.on), _paths(grown_tree)


def _paths(grown_tree: Grown) -> dict[int, str]:
    return {unit.id: unit.path for unit in grown_tree.units.values()}


def hidden_in(units: Mapping[int, UnitName], figures: Figures, known: Subjects, on: date) -> Hidden:
    """The units of a tree whose figures tell of few, or would give such figures away."""
    about = [one for one in known.indicators if is_about_people(one) and one.key in figures]
    cells = {one.key: cells_of(one, figures[one.key], units) for one in about}
    found = hidden_together(cells, families(library(), on))
    return {key: frozenset(units) for key, units in found.items() if units}
