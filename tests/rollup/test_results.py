"""What a result says of any one unit is what is worked out live, wherever the tree was cut."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from guben.kit.tree import STEP
from guben.rollup import runs
from guben.rollup.errors import NotInResult
from guben.rollup.results import OpenResult, open_result
from guben.rulebook_engine.evaluation import evaluate, judge
from tests.rollup.worlds import DUCKDB, ON, RULES, frozen, library, planned
from tests.rulebook_engine.whole_trees import CATALOGUE, World, _states, random_paths


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = frozen(tmp_path_factory.mktemp("results") / "frozen", random_paths(random.Random(9), 40), most=9)
    assert sum(part.units for part in made.manifest.parts if not part.number) > 2
    runs.run(made.folder, made.folder.parent / "out", planned(), DUCKDB)
    yield made
    made.live.close()


@pytest.fixture(scope="module")
def opened(world: World) -> Iterator[OpenResult]:
    with open_result(world.folder.parent / "out", library(), CATALOGUE) as result:
        yield result


def code(path: str, world: World) -> str:
    return f"C{world.paths.index(path)}"


def test_units_children_and_ancestors(world: World, opened: OpenResult) -> None:
    for path in world.paths:
        unit = code(path, world)
        children = [one for one in world.paths if one[:-STEP] == path]
        above = [path[:end] for end in range(STEP, len(path), STEP)]
        assert opened.unit(unit).path == path
        assert [one.path for one in opened.children(unit)] == children
        assert [one.path for one in opened.ancestors(unit)] == above


def test_figures_are_those_of_the_live_engine(world: World, opened: OpenResult) -> None:
    units = opened.files.units(range(len(world.paths)))
    indicators = library().indicators(ON)
    wanted = evaluate(indicators, world.live, world.tree, ON, CATALOGUE)

    found = opened.figures(indicators, units)

    assert found == {
        (key, unit.number): wanted[key][unit.organisation]
        for key in wanted
        for unit in units
        if unit.organisation in wanted[key]
    }
    assert any(figure.value is None for figure in found.values())
    one = units[7]
    for indicator in indicators:
        assert opened.figure(indicator, one) == wanted[indicator.key].get(one.organisation)


def test_findings_are_those_of_a_diagnosis(world: World, opened: OpenResult) -> None:
    figures = evaluate(library().indicators(ON), world.live, world.tree, ON, CATALOGUE)
    verdicts = judge(library().standards(ON), figures, world.live, world.tree, ON, CATALOGUE)
    (duty,) = planned().duties
    states = _states(duty, world, planned())
    paths = dict(zip(world.tree.ids, world.paths, strict=True))
    seen: set[str] = set()
    for path in world.paths:
        below = [unit for unit in world.tree.ids if paths[unit].startswith(path)]
        found = {one.rule.key: one for one in opened.findings(code(path, world)).findings}
        for key, about in verdicts.items():
            tried = [unit for unit in below if unit in about]
            past = [unit for unit in tried if about[unit].holds is False]
            assert (key in found) == bool(past)
            if not past:
                continue
            seen.add(key)
            units: Any = found[key].units
            if key == "learning" and paths[past[0]] == path:
                assert (found[key].value, len(units)) == (about[past[0]].figure.value, 1)
                continue
            past.sort(key=lambda unit: (-(about[unit].figure.value or 0), paths[unit]))
            assert (found[key].value, found[key].of) == (len(past), len(tried))
            assert [(one.unit.id, one.figure) for one in units] == [(unit, about[unit].figure) for unit in past]
            assert [one.unit.id for one in units[1:3]] == past[1:3]
            assert units[-1].unit.id == past[-1]
        late = [unit for unit in below if states.get(unit) == 4]
        assert [one.unit.id for one in found["member-meeting"].units] == late if late else "member-meeting" not in found
        seen.update(["member-meeting"] if late else [])
    assert seen == {"enough", "learning", "member-meeting"}


def test_a_rule_that_was_amended_since_is_refused_by_name(world: World) -> None:
    for old, new in (("value >= 4", "value >= 5"), ("max(talks)", "min(talks)"), ("times      = 2", "times = 1")):
        amended = open_result(world.folder.parent / "out", library(RULES.replace(old, new)), CATALOGUE)
        with amended as result, pytest.raises(NotInResult):
            if "talks" in old:
                result.figures(result.library.indicators(ON), [result.unit("C0")])
            result.findings("C0")
    with open_result(world.folder.parent / "out", library(RULES.replace("人数", "数目")), CATALOGUE) as result:
        assert result.findings("C0")
        with pytest.raises(NotInResult, match="C99"):
            result.findings("C99")
