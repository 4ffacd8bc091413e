"""Over whole columns the same is hidden as place by place, and no step back from what is shown gives it away."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from guben.kit.coarsening import Cell, Family, hidden_together
from guben.kit.coarsening_columns import Counts, Levels, hidden_columns

FAMILIES = (Family(("a", "b", "c"), ("all", "share")), Family((), ("share", "other")))
People = st.one_of(st.just(0), st.integers(0, 12), st.integers(0, 60))


@st.composite
def trees(draw: st.DrawFn) -> tuple[list[int], dict[str, Counts]]:
    """Up to 14 places, each below an earlier one or none, with three parts that add up, one figure that tells of some
    places only, and a share; each holds all below it."""
    size = draw(st.integers(1, 14))
    above = [-1, *(draw(st.integers(-1 if draw(st.integers(0, 9)) == 0 else 0, n - 1)) for n in range(1, size))]
    sums = {key: np.array([draw(People) for _ in range(size)], float) for key in "abc"}
    for place in range(size - 1, 0, -1):
        if above[place] >= 0:
            for own in sums.values():
                own[above[place]] += own[place]
    whole = sums["a"] + sums["b"] + sums["c"]
    untold = np.array([draw(st.integers(0, 9)) == 0 for _ in range(size)])
    share = Counts(np.where(untold, np.nan, sums["a"]), np.where(untold, np.nan, whole))
    there = np.array([draw(st.integers(0, 3)) > 0 for _ in range(size)])
    counts = {key: Counts(own, None) for key, own in sums.items()}
    return above, counts | {"all": Counts(whole, None), "share": share, "other": Counts(sums["b"], None, there)}


def told(number: float) -> float | None:
    return None if np.isnan(number) else float(number)


def cells_of(above: list[int], counts: Counts) -> list[Cell]:
    """The same figure place by place."""
    denominator = counts.denominator
    return [
        Cell(place, None if above[place] < 0 else above[place], told(number),
             None if denominator is None else told(denominator[place]))
        for place, number in enumerate(counts.numerator)
        if counts.there is None or counts.there[place]
    ]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(trees())
def test_the_same_is_hidden_as_place_by_place(tree: tuple[list[int], dict[str, Counts]]) -> None:
    above, counts = tree
    found = hidden_columns(Levels.of(np.array(above)), counts.items(), FAMILIES)
    wanted = hidden_together({key: cells_of(above, one) for key, one in counts.items()}, FAMILIES)
    assert {key: set(np.flatnonzero(hidden).tolist()) for key, hidden in found.items()} == wanted


@settings(deadline=None)
@given(trees())
def test_no_hidden_figure_is_a_whole_less_its_other_parts(tree: tuple[list[int], dict[str, Counts]]) -> None:
    """Along the tree what is hidden stands beside another that is, or beside people of the place's own; along a table
    beside another part."""
    above, counts = tree
    found = hidden_columns(Levels.of(np.array(above)), counts.items(), FAMILIES)
    for key in "abc":
        numbers, hidden = counts[key].numerator, found[key]
        for place, number in enumerate(numbers):
            below = [one for one, held in enumerate(above) if held == place]
            unknown = [one for one in below if hidden[one] and numbers[one]]
            has_own = number > sum(numbers[one] for one in below)
            if hidden[place]:
                assert not below or not number or unknown or has_own
            else:
                assert len(unknown) != 1 or has_own
            assert not 0 < number < 5 or hidden[place]
            assert sum(bool(found[part][place]) for part in "abc") != 1
