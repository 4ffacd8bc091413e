"""Whole numbers with given margins: settling what rounding leaves open, fitting, rounding without a remainder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
ROUNDS = 400
CLOSE = 1e-9
TWO = 2
LEAST_ROOM = 0.5  # people and units are whole
MANY = 20_000  # cells beyond which two axes are paired by chance


@dataclass(frozen=True, slots=True)
class Wanted:
    """So many in these classes, give or take `half`."""

    mask: Array
    value: float
    half: float
    name: str = ""


def both(one: Wanted, other: Wanted) -> Wanted:
    """What fits two rows about the same classes; the first where nothing fits both."""
    low = max(one.value - one.half, other.value - other.half)
    high = min(one.value + one.half, other.value + other.half)
    return one if low > high else Wanted(one.mask, (low + high) / 2, (high - low) / 2, one.name)


def settle(total: int, rows: Sequence[Wanted], shares: Array) -> tuple[Array, list[str]]:
    """How many in each class, `total` in all; the names of rows that can't be met come along.

    Where the rows add up to another total within their rounding, each gives way by its part; the total rules.
    """
    rows, troubles = _balanced(total, rows, len(shares))
    sizes = shares / shares.sum() * total
    for _round in range(ROUNDS):
        before = sizes.copy()
        for row in rows:
            _rake(sizes, row.mask, row.value, total)
        if np.abs(sizes - before).max() <= CLOSE * max(total, 1):
            break
    counts = whole(sizes, total)
    for row in rows:
        if abs(float(counts[row.mask].sum()) - row.value) > max(row.half, 1.0) and row.name not in troubles:
            troubles.append(row.name)
    return counts, troubles


def _balanced(total: int, rows: Sequence[Wanted], classes: int) -> tuple[list[Wanted], list[str]]:
    """Rows that are all parts of the whole are made to add up to it."""
    covered = np.zeros(classes, dtype=np.int64)
    for row in rows:
        covered += row.mask
    if not rows or (covered != 1).any():
        return list(rows), []
    missing = total - sum(row.value for row in rows)
    rooms = [max(row.half, LEAST_ROOM) for row in rows]
    if abs(missing) <= sum(rooms):
        step = missing / sum(rooms)
        given = zip(rows, rooms, strict=True)
        return [Wanted(row.mask, row.value + step * room, row.half, row.name) for row, room in given], []
    stated = sum(row.value for row in rows)
    factor = total / stated if stated else 0.0
    return [Wanted(row.mask, row.value * factor, row.half, row.name) for row in rows], [row.name for row in rows]


def _rake(sizes: Array, mask: Array, value: float, total: int) -> None:
    value = min(max(value, 0.0), float(total))
    for part, goal in ((mask, value), (~mask, total - value)):
        found = float(sizes[part].sum())
        if found > 0:
            sizes[part] *= goal / found
        elif goal > 0 and part.any():
            sizes[part] = goal / int(part.sum())


def whole(sizes: Array, total: int) -> Array:
    """Whole numbers near these sizes that add up to the total: the largest remainders are rounded up."""
    if total <= 0 or sizes.size == 0:
        return np.zeros(sizes.shape, dtype=np.int64)
    flat = np.maximum(sizes.ravel().astype(np.float64), 0.0)
    flat = flat * (total / flat.sum()) if flat.sum() > 0 else np.full(flat.shape, total / flat.size)
    counts = np.floor(flat + CLOSE).astype(np.int64)
    rest = int(total - counts.sum())
    order = np.argsort(counts - flat, kind="stable")
    if rest > 0:
        counts[order[:rest]] += 1
    elif rest < 0:
        large = order[::-1][counts[order[::-1]] > 0]
        counts[large[:-rest]] -= 1
    return counts.reshape(sizes.shape)


def fit(seed: Array, margins: Sequence[Array], rounds: int = ROUNDS) -> Array:
    """Iterative proportional fitting: the table nearest to the seed whose sums over each axis are these."""
    table = seed.astype(np.float64)
    axes = range(table.ndim)
    for _round in range(rounds):
        worst = 0.0
        for axis, margin in zip(axes, margins, strict=True):
            others = tuple(other for other in axes if other != axis)
            found = table.sum(axis=others)
            factor = np.divide(margin, found, out=np.zeros(len(margin)), where=found > 0)
            worst = max(worst, float(np.abs(found - margin).max()))
            shape = [1] * table.ndim
            shape[axis] = -1
            table *= factor.reshape(shape)
        if worst <= CLOSE * max(float(np.sum(margins[0])), 1.0):
            break
    return table


def rounded(table: Array, margins: Sequence[Array], rng: np.random.Generator) -> Array:
    """Whole numbers near a fitted table whose sums over each axis are exactly the margins."""
    counts = np.floor(table + CLOSE).astype(np.int64)
    _take_back(counts, margins)
    left = _left(counts, margins)
    _fill(counts, table, left, rng)
    places = [np.repeat(np.arange(len(rest)), rest) for rest in left]
    if table.ndim == TWO:  # any pairing will do there; of more axes the order keeps what belongs together
        rng.shuffle(places[0])
    np.add.at(counts, tuple(places), 1)
    return counts


def _left(counts: Array, margins: Sequence[Array]) -> list[Array]:
    axes = range(counts.ndim)
    return [
        np.asarray(margin, dtype=np.int64) - counts.sum(axis=tuple(other for other in axes if other != axis))
        for axis, margin in zip(axes, margins, strict=True)
    ]


def _take_back(counts: Array, margins: Sequence[Array]) -> None:
    """Where fitting left a slice above its margin, its largest cells give back."""
    for axis in range(counts.ndim):
        for place in np.flatnonzero(_left(counts, margins)[axis] < 0):
            over = -int(_left(counts, margins)[axis][place])
            part = counts.take(place, axis=axis).ravel()
            order = np.argsort(-part, kind="stable")
            taken = np.zeros_like(part)
            sums = np.minimum(np.cumsum(part[order]), over)
            taken[order] = np.diff(sums, prepend=0)
            index: list[Any] = [slice(None)] * counts.ndim
            index[axis] = place
            view = counts[tuple(index)]
            view -= taken.reshape(view.shape)


def _fill(counts: Array, table: Array, left: list[Array], rng: np.random.Generator) -> None:
    """Gives what is left to likely cells, the likeliest first, as long as each of their margins still lacks some."""
    likely = np.flatnonzero(table.ravel() > 0)
    if table.ndim == TWO and likely.size > MANY:
        return
    while int(left[0].sum()) > 0 and likely.size:
        chance = (table.ravel()[likely] - counts.ravel()[likely]) + rng.random(likely.size) * 0.2
        before = int(left[0].sum())
        for cell in likely[np.argsort(-chance, kind="stable")]:
            place = np.unravel_index(cell, table.shape)
            if all(rest[at] > 0 for rest, at in zip(left, place, strict=True)):
                counts[place] += 1
                for rest, at in zip(left, place, strict=True):
                    rest[at] -= 1
        if int(left[0].sum()) == before:
            return
