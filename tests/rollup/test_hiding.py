"""What a result hides of few people is what is hidden live, in trees cut anywhere; it is kept whole or not used."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from guben.figures.discretion import cells_of
from guben.figures.families import families
from guben.kit.coarsening import hidden_together
from guben.rollup import hiding, runs
from guben.rollup.errors import BrokenHiding
from guben.rollup.hidden_cells import about_people, hidden_cells
from guben.rollup.results import OpenResult, named, newest, open_result
from guben.rulebook_engine.evaluation import evaluate
from guben.rulebook_engine.frozen import MANIFEST, BrokenManifest, digest
from guben.rulebook_engine.library import Library
from guben.rulebook_engine.loading import read_rulebook
from guben.rulebook_engine.plan_of_run import plan
from tests.rollup.worlds import DUCKDB, ON, RULES, frozen, library
from tests.rulebook_engine.whole_trees import CATALOGUE, World, random_paths

TEXT = f"""
{RULES}
[[indicator]]
key   = "women"
title = {{ zh = "女", en = "Women" }}
over  = "member"
value = "share(sex = '2')"
scope = "subtree"

[[indicator]]
key   = "in-branches"
title = {{ zh = "支部的女党员", en = "Women of branches" }}
over  = "member"
value = "count(sex = '2')"
scope = "subtree"
who   = "kind in ('committee', 'branch')"

[[table]]
key        = "talked"
name       = "members.talked"
title      = {{ zh = "谈话", en = "Talks" }}
over       = "member"
adds_up_to = "talked_all"

  [[table.row]]
  key   = "never"
  title = {{ zh = "没有", en = "None" }}
  value = "count(talks = 0)"

  [[table.row]]
  key   = "few"
  title = {{ zh = "一至三次", en = "One to three" }}
  value = "count(talks between 1 and 3)"

  [[table.row]]
  key   = "many"
  title = {{ zh = "更多", en = "More" }}
  value = "count(talks > 3)"

  [[table.row]]
  key    = "all"
  title  = {{ zh = "合计", en = "All" }}
  value  = "count(talks is not null)"
  beside = true
"""
LOCAL = """
[rulebook]
key        = "local"
title      = { zh = "本地", en = "Local" }
issued-by  = "C1"
source     = "Local rules"
confidence = "verified"
from       = 2018-01-01

[[indicator]]
key   = "men"
title = { zh = "男", en = "Men" }
over  = "member"
value = "count(sex = '1')"
scope = "subtree"
"""


@pytest.fixture(scope="module")
def rules() -> Library:
    return Library([*library(TEXT).rulebooks, read_rulebook(LOCAL, "local.toml", CATALOGUE)])


@pytest.fixture(scope="module")
def world(rules: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = frozen(tmp_path_factory.mktemp("hiding") / "frozen", random_paths(random.Random(4), 60), most=20)
    assert len(made.manifest.parts) > 2
    runs.run(made.folder, made.folder.parent / "out", plan(rules, ON, CATALOGUE), DUCKDB)
    yield made
    made.live.close()


@pytest.fixture
def opened(world: World, rules: Library, tmp_path: Path) -> Iterator[OpenResult]:
    shutil.copytree(world.folder.parent / "out", tmp_path / "out")
    with open_result(tmp_path / "out", rules, CATALOGUE) as result:
        yield result


def kept(result: OpenResult) -> hiding.Kept | None:
    return hiding.kept(result.folder, digest(result.folder / MANIFEST))


def test_the_same_is_hidden_as_live(world: World, opened: OpenResult, rules: Library) -> None:
    about = about_people(opened)
    assert {"members", "women", "in-branches", "talked_few", "men"} <= {one.key for one in about}
    assert "hours" not in {one.key for one in about}
    units = opened.files.units(range(opened.manifest.units))
    figures = evaluate(about, world.live, world.tree, ON, CATALOGUE)
    issuer = opened.unit("C1")
    span = {one.organisation for one in units[issuer.number : issuer.ends]}
    assert 1 < len(span) < len(units)
    figures["men"] = {unit: figure for unit, figure in figures["men"].items() if unit in span}
    names = {one.organisation: named(one) for one in units}
    cells = {one.key: cells_of(one, figures[one.key], names) for one in about}
    wanted = hidden_together(cells, families(rules, ON))

    found = hidden_cells(opened)

    ids = [one.organisation for one in units]
    assert {key: {ids[number] for number in hidden.nonzero()[0]} for key, hidden in found.items()} == wanted
    read = hiding.keep(opened).away(opened, about, range(len(units)))
    assert {key: {ids[number] for number in numbers} for key, numbers in read.items()} == wanted
    assert any(0 < len(hidden) < len(figures[key]) for key, hidden in wanted.items())


def test_made_anew_it_is_the_same_and_nothing_else_stays(opened: OpenResult) -> None:
    assert kept(opened) is None
    assert hiding.check(opened.folder) is None
    first, seen = hiding.keep(opened), []
    again = hiding.keep(opened, lambda done, total: seen.append(done == total))
    assert again.is_like(first)
    assert not again.is_like(None)
    assert seen[-1]
    assert hiding.check(opened.folder) == kept(opened) == again
    assert {one.name for one in (opened.folder / hiding.FOLDER).iterdir()} == {again.table.split("/")[1], MANIFEST}


def test_a_figure_of_which_nothing_is_kept_is_shown_of_no_unit(opened: OpenResult) -> None:
    made = hiding.keep(opened)
    members, women = (next(one for one in about_people(opened) if one.key == key) for key in ("members", "women"))
    assert made.away(opened, [members], [0]) == {"members": set()}
    file = opened.folder / hiding.FOLDER / MANIFEST
    told = json.loads(file.read_text())
    for one in told["columns"]:
        one["value"] += " + 1" if one["key"] == "members" else ""
    file.write_text(json.dumps(told))
    other = kept(opened)
    assert other is not None
    assert other.away(opened, [members, women], [0, 1])["members"] == {0, 1}
    assert other.away(opened, [women], [0])["women"] == made.away(opened, [women], [0])["women"]
    assert other.away(opened, [women], [10_000]) == {"women": {10_000}}
    assert not other.is_like(made)


@pytest.mark.parametrize("harm", ["another run", "another threshold", "cut off", "no manifest", "altered"])
def test_what_is_harmed_is_not_used(opened: OpenResult, harm: str) -> None:
    made = hiding.keep(opened)
    file = opened.folder / hiding.FOLDER / MANIFEST
    data = opened.folder / made.files[0].name
    told = json.loads(file.read_text())
    if harm == "another run":
        (opened.folder / MANIFEST).write_text((opened.folder / MANIFEST).read_text() + " ")
    elif harm == "another threshold":
        file.write_text(json.dumps(told | {"threshold": 3}))
    elif harm == "no manifest":
        file.write_text(file.read_text()[:100])
    else:
        data.write_bytes(data.read_bytes()[:40] if harm == "cut off" else data.read_bytes() + b"x")
    with pytest.raises(BrokenHiding):
        hiding.check(newest(opened.folder.parent)[0])
    if harm == "cut off":
        with pytest.raises(BrokenManifest):
            made.away(opened, about_people(opened), [0])
    elif harm != "altered":
        assert kept(opened) is None
