"""Rows about units: the units themselves, sites, establishments, what was made public, the last admissions."""

from __future__ import annotations

from typing import Any

import numpy as np

from guben.generator.columns import NO_DAY, days, number_of, texts
from guben.generator.fitting import Array
from guben.generator.persons import Roll
from guben.generator.posts import Posts, counts_of_posts
from guben.generator.regions import Region
from guben.generator.trees import COMMUNITY, TERRITORY, TOWN, VILLAGE
from guben.generator.units_plan import BRANCH, COMMITTEE, FIELDS, GENERAL, JOINT, UNIT_KINDS, WORK
from guben.kit.days import add_months

Rows = tuple[Array, dict[str, Any]]  # places of units in the region, in order, and the columns
LARGE = 50  # members from which a branch has groups
TERM_YEARS = 5
MATTERS = ("publish-dues", "publish-plan", "publish-organisational-life", "publish-dues-accounts")
AUDIENCES = ("unit", "subtree", "signed_in", "public")
STEPS = ("covered", "separate", "found", "join", "find_members", "send_instructor")


def groups_of(region: Region) -> Array:
    """How many groups each branch has."""
    is_branch = (region.kind == BRANCH) | (region.kind == JOINT)
    return np.where(is_branch & (region.sizes >= LARGE), np.clip(region.sizes // 14, 2, 9), 0)


def foundings(region: Region) -> Array:
    """The day each unit was founded; a few were this year."""
    rng = region.chance(8)
    count, on = len(region.numbers), number_of(region.on)
    founded = on - 200 - (rng.random(count) ** 1.5 * 365 * 70).astype(np.int32)
    young = rng.random(count) < 0.02
    founded[young] = on - rng.integers(1, 200, int(young.sum()))
    return founded


def organisations(region: Region, roll: Roll, posts: Posts, founded: Array) -> Rows:
    """The units' own rows."""
    rng = region.chance(4)
    count, on = len(region.numbers), number_of(region.on)
    books = number_of(add_months(region.on, -13))
    elected = np.maximum(on - (rng.random(count) * 365.25 * (TERM_YEARS + 0.25)).astype(np.int32), founded)
    ends = elected + round(365.25 * TERM_YEARS)
    full = np.bincount(roll.unit[roll.stage == 4], minlength=count)
    probationary = np.bincount(roll.unit[roll.stage == 3], minlength=count)
    keeps = (region.sizes > 0) & (rng.random(count) < 0.97)
    published = np.where(keeps & (rng.random(count) < 0.8), on - rng.integers(0, 360, count), NO_DAY)
    columns = {
        "kind": texts(region.kind, UNIT_KINDS),
        "field": texts(region.field, FIELDS),
        "territory": texts(region.territory, TERRITORY),
        "founded_on": days(founded),
        "kept_from": days(np.maximum(founded, books)),
        "groups": groups_of(region),
        "team_elected_on": days(elected),
        "team_ends_on": days(ends),
        "term_months": np.full(count, TERM_YEARS * 12),
        "members": full + probationary,
        "full_members": full,
        "probationary_members": probationary,
        "reserve_cadres": np.where(region.territory == VILLAGE, rng.integers(0, 4, count), 0),
        "dues_published_on": days(published),
        "keeps_dues": keeps,
        **counts_of_posts(posts, count),
    }
    return np.arange(count), columns


def sites(region: Region) -> Rows:
    """Sites of towns, villages and communities, and of a few others."""
    rng = region.chance(5)
    count = len(region.numbers)
    is_home = np.isin(region.territory, (TOWN, VILLAGE, COMMUNITY))
    each = np.where(is_home, (rng.random(count) < 0.97) + (rng.random(count) < 0.15), rng.random(count) < 0.08)
    unit = np.repeat(np.arange(count), each.astype(np.int64))
    rows = len(unit)
    tenure = np.searchsorted((0.72, 0.9), rng.random(rows)).astype(np.int8)
    lease = number_of(region.on) + rng.integers(-200, 1500, rows)
    state = np.searchsorted((0.86, 0.985), rng.random(rows)).astype(np.int8)
    return unit, {
        "area_m2": np.round(np.exp(rng.normal(4.9, 0.7, rows)), 1),
        "tenure": texts(tenure, ("owned", "rented", "borrowed")),
        "condition": texts(state, ("sound", "worn", "dangerous")),
        "lease_ends_on": days(np.where(tenure > 0, lease, NO_DAY)),
    }


def establishments(region: Region) -> Rows:
    """Covered ones and others of each kind, at towns (or anywhere, where there are none)."""
    rng = region.chance(6)
    homes = np.flatnonzero(region.territory == TOWN)
    homes = homes if len(homes) else np.arange(len(region.numbers))
    kinds = (*region.covered, "new_field")
    code, covered = _covered(region, len(kinds))
    rows = len(code)
    unit = homes[rng.integers(0, max(len(homes), 1), rows)] if rows else np.zeros(0, dtype=np.int64)
    order = np.argsort(unit, kind="stable")
    code, covered, unit = code[order], covered[order], unit[order]
    full = np.where(covered, 3 + rng.poisson(6, rows), rng.poisson(0.25, rows))
    joint = covered & (rng.random(rows) < 0.2)
    full = np.where(joint, rng.integers(0, 4, rows), full)
    instructor = rng.random(rows) < 0.45
    step = np.select(
        [joint & (full >= 3), covered, full >= 3, full > 0, instructor], [1, 0, 2, 3, 4], default=5
    )  # fmt: skip
    return unit, {
        "kind": texts(code, kinds),
        "since": days(number_of(region.on) - rng.integers(30, 7000, rows)),
        "staff": (full + np.exp(rng.normal(2.6, 1.1, rows))).astype(np.int64),
        "members_known": full + (rng.random(rows) < 0.1),
        "full_known": full,
        "covered": covered,
        "way": texts(np.where(covered, np.where(joint, 2, 1), 0).astype(np.int8), ("", "own", "joint")),
        "has_instructor": instructor,
        "step": texts(step.astype(np.int8), STEPS),
    }


def _covered(region: Region, kinds: int) -> tuple[Array, Array]:
    """The kind of every establishment and whether it is covered; a few more are of the new fields."""
    done = [covered for covered, _rest in region.covered.values()]
    rest = [uncovered for _covered, uncovered in region.covered.values()]
    counts = [*done, sum(done) // 80, *rest, sum(rest) // 40] if len(region.numbers) else [0] * 2 * kinds
    code = np.repeat(np.tile(np.arange(kinds, dtype=np.int8), 2), counts)
    return code, np.arange(len(code)) < sum(counts[:kinds])


def publications(region: Region) -> Rows:
    """What was made public in the last two years."""
    rng = region.chance(7)
    count, on = len(region.numbers), number_of(region.on)
    is_branch = (region.kind == BRANCH) | (region.kind == JOINT)
    is_head = (region.kind == COMMITTEE) | (region.kind == WORK)
    chances = (np.where(is_branch, 0.8, 0.0), np.where(is_head | (region.kind == GENERAL), 0.7, 0.25),
               np.where(is_branch, 0.3, 0.0), np.where(is_head, 0.85, 0.0))  # fmt: skip
    found = [np.flatnonzero(rng.random(count) < chance) for chance in chances]
    unit = np.concatenate(found)
    matter = np.repeat(np.arange(len(MATTERS), dtype=np.int8), [len(some) for some in found])
    order = np.argsort(unit, kind="stable")
    unit, matter = unit[order], matter[order]
    published = on - rng.integers(0, 700, len(unit))
    return unit, {
        "rule": texts(matter, MATTERS),
        "audience": texts(np.where(matter == 3, 1, 0).astype(np.int8), AUDIENCES),
        "published_on": days(published),
        "counts_on": days(published),
        "recorded_on": days(np.minimum(published + rng.integers(0, 9, len(unit)), on)),
    }


def admissions(region: Region, roll: Roll, founded: Array) -> Rows:
    """The last admission of every unit, else its founding."""
    count = len(region.numbers)
    last = np.full(count, NO_DAY, dtype=np.int32)
    member = roll.is_member
    np.maximum.at(last, roll.unit[member], roll.joined[member])
    never = last == NO_DAY
    return np.arange(count), {"last_on": days(np.where(never, founded, last)), "never": never}
