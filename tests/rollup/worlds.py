"""Small snapshots in several parts, rules over them, and runs of them: shared by the tests of this folder."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from guben.rollup.runs import How
from guben.rulebook_engine.frozen import MANIFEST
from guben.rulebook_engine.library import Library
from guben.rulebook_engine.loading import read_rulebook
from guben.rulebook_engine.plan_of_run import Plan, plan
from tests.rulebook_engine.tables import HEAD
from tests.rulebook_engine.whole_trees import CATALOGUE, World, build

ON = date(2026, 6, 30)
DUCKDB = How("duckdb")
RULES = """
[[indicator]]
key   = "members"
title = { zh = "人数", en = "Members" }
over  = "member"
value = "count()"
scope = "subtree"

[[indicator]]
key   = "hours"
title = { zh = "平均学时", en = "Mean hours" }
over  = "member"
where = "stage = 'full'"
value = "mean(hours)"
scope = "own"
who   = "kind <> 'general_branch'"

[[indicator]]
key   = "oldest"
title = { zh = "最早出生", en = "Talks at most" }
over  = "member"
value = "max(talks)"
scope = "subtree"

[[standard]]
key       = "enough"
title     = { zh = "人数够", en = "Enough members" }
indicator = "members"
holds     = "value >= 4"
line      = { zh = "不少于四人", en = "Four at least" }
severity  = "high"
remedy    = { zh = "合并", en = "Merge" }

[[standard]]
key       = "learning"
title     = { zh = "学时够", en = "Enough hours" }
indicator = "hours"
holds     = "value >= 2"
line      = { zh = "不少于两小时", en = "Two hours at least" }
severity  = "low"
remedy    = { zh = "补课", en = "Learn" }
reports   = "figure"

[[duty]]
key        = "member-meeting"
title      = { zh = "党员大会", en = "Members' meeting" }
who        = "kind in ('branch', 'joint_branch')"
every      = "quarter"
times      = 2
answerable = "secretary"
evidence   = { record = "meeting", is = "form = 'member_meeting'", where = "present * 2 >= entitled" }
"""


def library(text: str = RULES) -> Library:
    return Library([read_rulebook(HEAD + text, "sample.toml", CATALOGUE)])


def planned(text: str = RULES) -> Plan:
    return plan(library(text), ON, CATALOGUE)


def frozen(folder: Path, paths: list[str], seed: int = 5, most: int = 6) -> World:
    """A world with the manifest of its snapshot."""
    world = build(folder, paths, seed, most)
    (folder / MANIFEST).write_text(world.manifest.text(), encoding="utf-8")
    return world
