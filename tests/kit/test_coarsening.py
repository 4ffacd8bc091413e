"""An attacker who knows all that is shown, all sums and the method itself never finds a hidden number for certain."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guben.kit.coarsening import (
    Cell,
    Family,
    coarsened,
    hidden_keys,
    hidden_places,
    hidden_together,
    is_few,
    tells_of_few,
)

FEW = 3  # a lower threshold makes all tables countable; the method is the same


def parts_of(total: int, places: int) -> Iterator[tuple[int, ...]]:
    """Every way to put so many people into so many places."""
    if places == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in parts_of(total - first, places - 1):
            yield (first, *rest)


def shown(counts: tuple[int, ...], threshold: int) -> tuple[int | None, ...]:
    return tuple(coarsened(dict(enumerate(counts)), threshold).values())


@pytest.mark.parametrize("places", [2, 3, 4])
@pytest.mark.parametrize("total", range(1, 15))
def test_no_hidden_part_can_be_worked_out_from_the_whole(places: int, total: int) -> None:
    """All tables with the same whole, in groups of which the same is shown: in none has a hidden part one value only."""
    groups: dict[tuple[int | None, ...], list[tuple[int, ...]]] = {}
    for counts in parts_of(total, places):
        groups.setdefault(shown(counts, FEW), []).append(counts)
    for seen, possible in groups.items():
        for place, number in enumerate(seen):
            if number is None:
                assert len({counts[place] for counts in possible}) > 1, (seen, possible)


@given(st.dictionaries(st.integers(0, 9), st.integers(0, 40), min_size=2))
def test_what_tells_of_few_is_never_shown(counts: dict[int, int]) -> None:
    hidden = hidden_keys(counts)
    total = sum(counts.values())
    for key, count in counts.items():
        if is_few(count) or is_few(total - count):
            assert key in hidden
    assert len(hidden) != 1


@given(st.lists(st.integers(50, 9_000), min_size=1, max_size=9))
def test_big_numbers_stay_as_they_are(numbers: list[int]) -> None:
    counts = dict(enumerate([*numbers, 50]))
    assert coarsened(counts) == counts


@pytest.mark.parametrize(
    ("numerator", "denominator", "few"),
    [(0, 40, False), (1, 40, True), (4, 40, True), (5, 40, False), (35, 40, False), (36, 40, True), (40, 40, False),
     (0, 4, True), (4, None, True), (0, None, False), (5, None, False), (None, 40, False), (None, None, False),
     (1500, 30, False)],
)  # fmt: skip
def test_counted_not_counted_and_all(numerator: int | None, denominator: int | None, few: bool) -> None:
    assert tells_of_few(numerator, denominator) is few


@st.composite
def trees(draw: st.DrawFn) -> tuple[list[Cell], dict[int, int]]:
    """A tree of up to 14 places with people of their own; each figure holds all below it."""
    size = draw(st.integers(1, 14))
    above = [None, *(draw(st.integers(0, place - 1)) for place in range(1, size))]
    own = [draw(st.one_of(st.just(0), st.integers(0, 12), st.integers(0, 60))) for _ in range(size)]
    sums = list(own)
    for place in range(size - 1, 0, -1):
        sums[above[place] or 0] += sums[place]
    return [Cell(place, above[place], sums[place], None) for place in range(size)], dict(enumerate(own))


def is_determined(unknowns: list[int], equations: list[set[int]], wanted: set[int]) -> bool:
    """Is the sum of the wanted unknowns a combination of the known sums? By elimination over fractions."""
    rows = [[Fraction(one in equation) for one in unknowns] for equation in equations]
    target = [Fraction(one in wanted) for one in unknowns]
    for column in range(len(unknowns)):
        pivot = next((row for row in rows if row[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        rows = [[a - b * row[column] / pivot[column] for a, b in zip(row, pivot, strict=True)] for row in rows]
        target = [a - b * target[column] / pivot[column] for a, b in zip(target, pivot, strict=True)]
    return not any(target)


@settings(max_examples=300, deadline=None)
@given(trees())
def test_no_hidden_figure_of_a_tree_is_a_combination_of_shown_ones(tree: tuple[list[Cell], dict[int, int]]) -> None:
    """The attacker knows which places have nobody of their own or at all, and every shown sum. No hidden figure, and
    no place's own people where they are few, follows from it."""
    cells, own = tree
    hidden = hidden_places(cells)
    inside: dict[int, set[int]] = {cell.place: {cell.place} for cell in cells}
    for cell in reversed(cells):
        if cell.above is not None:
            inside[cell.above] |= inside[cell.place]
    people = [place for place, number in own.items() if number]
    equations = [inside[cell.place] for cell in cells if cell.place not in hidden]
    for cell in cells:
        if cell.place in hidden:
            assert not is_determined(people, equations, inside[cell.place] & set(people)), (cells, hidden)
        if is_few(own[cell.place]):
            assert not is_determined(people, equations, {cell.place}), (cells, hidden)
        if is_few(cell.weight):
            assert cell.place in hidden


@given(trees())
def test_nothing_is_hidden_where_nothing_is_few(tree: tuple[list[Cell], dict[int, int]]) -> None:
    cells, own = tree
    if not any(is_few(number) for number in own.values()):
        assert hidden_places(cells) == set()


@given(st.lists(st.tuples(*[st.integers(0, 30)] * 3), min_size=2, max_size=4))
def test_along_a_table_and_along_the_tree_no_hidden_number_stands_alone(units: list[tuple[int, ...]]) -> None:
    """Units below one, with three parts each that add up: what is hidden has company on both sides, and what tells of
    few is hidden."""
    whole = tuple(map(sum, zip(*units, strict=True)))
    cells = {
        str(part): [
            Cell(0, None, whole[part], None),
            *(Cell(n, 0, unit[part], None) for n, unit in enumerate(units, 1)),
        ]
        for part in range(3)
    }
    hidden = hidden_together(cells, [Family(("0", "1", "2"), ("also",))])
    for number, unit in enumerate([whole, *units]):
        gone = [part for part in range(3) if number in hidden[str(part)]]
        assert len(gone) != 1
        assert all(part in gone for part in range(3) if is_few(unit[part]))
    for part in range(3):
        below = [n for n, unit in enumerate(units, 1) if n in hidden[str(part)] and unit[part]]
        if 0 not in hidden[str(part)]:
            assert len(below) != 1


def test_what_overlaps_with_a_hidden_part_goes_too() -> None:
    cells = {"few": [Cell(1, None, 3, None)], "many": [Cell(1, None, 90, None)], "both": [Cell(1, None, 93, None)]}
    family = Family(("few", "many"), ("both",))
    assert hidden_together(cells, [family])["both"] == {1}
    assert hidden_together({**cells, "few": [Cell(1, None, 30, None)]}, [family])["both"] == set()


def test_without_families_each_figure_is_covered_by_itself() -> None:
    cells = [Cell(0, None, 20, None), Cell(1, 0, 3, None), Cell(2, 0, 17, None)]
    assert hidden_together({"one": cells}, []) == {"one": hidden_places(cells)}
