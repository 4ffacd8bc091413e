"""What the worker does for the figures of large trees."""

from __future__ import annotations

from guben.accounts.installation import today
from guben.jobs.schedule import nightly, often
from guben.rollup.freshness import keeping
from guben.rollup.freshness.logic import logic_of
from guben.rulebook.queries import library


@often("rollup.tend")
def tend() -> str:
    """Brings the kept figures up to the last act, or begins those of a new day or of new rules."""
    return keeping.tend(today())


@nightly("rollup.check", hour=5)
def check() -> str:
    """Works out every unit anew and raises an alarm where the kept figures disagree."""
    logic = logic_of(library(), today())
    kept = keeping.kept_tree(logic)
    if kept is None:
        return "no large tree"
    found = keeping.check(kept, logic)
    return f"{kept.units} units, {len(found)} disagree"
