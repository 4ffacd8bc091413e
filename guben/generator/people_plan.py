"""How many people of each sort there are in the country: the joint table whose margins are the bulletin's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np

from guben.generator import likely
from guben.generator.bulletins import Line
from guben.generator.errors import GeneratorRefused
from guben.generator.fitting import Array, Wanted, both, fit, rounded, settle
from guben.generator.rows import (
    BEGINNING,
    FOREVER,
    OCCUPATIONS,
    OLDEST,
    Meaning,
    Read,
    Side,
    Whom,
    edges_of_ages,
    holds,
    turns_of_joining,
)
from guben.kit.days import years_before

SEXES = ("1", "2")
ETHNIC = ("han", "minority")
EDUCATIONS = ("college", "other")
GROWN = 18
SIDES: tuple[Side, ...] = ("sex", "ethnic", "education", "age", "joined", "occupation")


@dataclass(frozen=True, slots=True)
class Bands:
    """The classes of each side. Spans of joining run from the latest to the earliest, as ages run upwards."""

    on: date
    ages: tuple[tuple[int, int], ...]
    joined: tuple[tuple[date, date], ...]

    def codes(self, side: Side) -> tuple[Any, ...]:
        known: dict[Side, tuple[Any, ...]] = {
            "sex": SEXES, "ethnic": ETHNIC, "education": EDUCATIONS, "age": self.ages, "joined": self.joined,
            "occupation": OCCUPATIONS,
        }  # fmt: skip
        return known[side]

    def mask(self, meaning: Meaning) -> Array:
        """Which classes of its side a row counts."""
        if meaning.side == "joined":
            return np.array(holds(self.joined, meaning))
        if meaning.side == "age":
            first, last = (int(str(value)) for value in meaning.values)
            return np.array([first <= low and high <= last for low, high in self.ages])
        return np.array([code in meaning.values for code in self.codes(meaning.side)])


@dataclass(frozen=True, slots=True)
class People:
    """Whole numbers of members by sex, ethnicity, education, age, span of joining and occupation.

    `admitted` are those of the year, without a span; `before` all others. `stages` are those on the way.
    """

    bands: Bands
    before: Array
    admitted: Array
    stages: dict[str, int]
    missed: tuple[str, ...] = field(default=())

    @property
    def members(self) -> int:
        return int(self.before.sum() + self.admitted.sum())


def bands_of(read: Read, on: date) -> Bands:
    """The classes that the rows of a bulletin need."""
    edges = (GROWN - 1, *edges_of_ages(read), OLDEST)
    ages = tuple((low + 1 if low >= GROWN else GROWN, high) for low, high in pairwise(edges))
    turns = (BEGINNING, *turns_of_joining(read, date(on.year, 1, 1)), date(on.year, 1, 1))
    return Bands(on, ages, tuple(pairwise(turns))[::-1])


def plan_people(read: Read, on: date, members: int, scale: float, rng: np.random.Generator) -> People:
    """The joint table for so many members, with all margins that are published, times `scale`."""
    bands = bands_of(read, on)
    settler = _Settler(read, bands, scale)
    line = read.total("admitted")
    admitted = round(line.value * scale) if line else round(members * likely.ADMITTED)
    if not 0 <= admitted <= members:
        raise GeneratorRefused(f"{admitted:,} were admitted in the year, and there are only {members:,} members.")
    whole: dict[Side, Array] = {side: settler.settled("member", side, members) for side in SIDES if side != "joined"}
    fresh = {side: settler.settled("admitted", side, admitted, most=whole[side]) for side in whole}
    rest: dict[Side, Array] = {side: whole[side] - fresh[side] for side in whole}
    rest["joined"] = settler.joined(members - admitted, admitted)
    seed = likely.seed(bands.ages, bands.joined, OCCUPATIONS, on)
    before = _table(seed, [rest[side] for side in SIDES], rng)
    new = _table(likely.seed_of_admitted(bands.ages, OCCUPATIONS), [fresh[side] for side in fresh], rng)
    return People(bands, before, new, _stages(read, members, scale), tuple(dict.fromkeys(settler.missed)))


def _table(seed: Array, margins: Sequence[Array], rng: np.random.Generator) -> Array:
    return rounded(fit(seed, margins), margins, rng)


@dataclass(slots=True)
class _Settler:
    """Settles one side after the other."""

    read: Read
    bands: Bands
    scale: float
    missed: list[str] = field(default_factory=list)

    def wanted(self, whom: Whom, side: Side, total: int) -> list[Wanted]:
        """What is published about a side: where both a count and a share are, what fits both."""
        found: dict[tuple[Any, ...], Wanted] = {}
        for line, meaning in sorted(self.read.of(whom, side), key=lambda pair: pair[0].is_share):
            one = self._one(line, meaning, total)
            known = found.get(meaning.values)
            found[meaning.values] = both(known, one) if known else one
        return list(found.values())

    def _one(self, line: Line, meaning: Meaning, total: int) -> Wanted:
        factor = total / 100 if line.is_share else self.scale
        return Wanted(self.bands.mask(meaning), line.value * factor, line.half * factor, f"{line.table} {line.row}")

    def settled(self, whom: Whom, side: Side, total: int, most: Array | None = None) -> Array:
        """How many in each class of a side; at most so many, where they are a part of others."""
        shares = likely.shares(whom, side, self.bands.codes(side), self.bands.on)
        counts, missed = settle(total, self.wanted(whom, side, total), shares)
        self.missed += missed
        if most is not None and (counts > most).any():
            self.missed += [f"{whom} {side}"]
            counts = _within(counts, most)
        return counts

    def joined(self, total: int, admitted: int) -> Array:
        """Spans of joining before the year; a row that reaches into the year counts those of the year too."""
        into = {
            self.bands.mask(meaning).tobytes(): admitted
            for _line, meaning in self.read.of("member", "joined")
            if meaning.values[1] == FOREVER
        }
        rows = [
            Wanted(row.mask, row.value - into.get(row.mask.tobytes(), 0), row.half, row.name)
            for row in self.wanted("member", "joined", total + admitted)
        ]
        shares = likely.shares("member", "joined", self.bands.joined, self.bands.on)
        counts, missed = settle(total, rows, shares)
        self.missed += missed
        return counts


def _within(counts: Array, most: Array) -> Array:
    """No class above its most; what is over goes where there is room."""
    kept = np.minimum(counts, most)
    room = most - kept
    over = int(counts.sum() - kept.sum())
    found: Array = kept + np.diff(np.minimum(np.cumsum(room), over), prepend=0)
    return found


def _stages(read: Read, members: int, scale: float) -> dict[str, int]:
    """People on the way to membership: all who applied are applicants, activists or candidates."""
    lines = {meaning.values: line for line, meaning in read.of("people", "stage")}
    applied, activists = lines.get(("applicant", "activist", "candidate")), lines.get(("activist", "candidate"))
    everybody = round(applied.value * scale) if applied else round(members * likely.APPLIED)
    cultivated = round(activists.value * scale) if activists else round(everybody / 2)
    candidates = round(cultivated * likely.CANDIDATES)
    return {
        "applicant": max(everybody - cultivated, 0), "activist": cultivated - candidates, "candidate": candidates,
    }  # fmt: skip


def birth_days(band: tuple[int, int], on: date) -> tuple[date, date]:
    """The first and the last birth day of those whose completed years lie in a band."""
    low, high = band
    return years_before(on, high + 1) + timedelta(days=1), years_before(on, low)
