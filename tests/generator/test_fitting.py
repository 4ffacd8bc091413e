from __future__ import annotations

import numpy as np
import pytest

from guben.generator.fitting import Wanted, both, fit, rounded, settle, whole


def classes(*places: int, of: int = 4) -> np.ndarray:
    mask = np.zeros(of, dtype=bool)
    mask[list(places)] = True
    return mask


def test_the_total_rules_and_each_row_gives_way_within_its_rounding() -> None:
    rows = [Wanted(classes(n), value, 50, str(n)) for n, value in enumerate((400, 300, 200, 200))]
    counts, missed = settle(1000, rows, np.ones(4))
    assert (counts.sum(), missed) == (1000, [])
    assert all(abs(counts[n] - rows[n].value) <= 50 for n in range(4))


def test_rows_that_disagree_by_more_than_rounding_are_named() -> None:
    rows = [Wanted(classes(n), value, 1, str(n)) for n, value in enumerate((400, 300, 200, 200))]
    counts, missed = settle(1000, rows, np.ones(4))
    assert (int(counts.sum()), missed) == (1000, ["0", "1", "2", "3"])


def test_a_row_may_reach_over_others_and_leave_some_open() -> None:
    rows = [Wanted(classes(0, 1), 600, 0.5, "young"), Wanted(classes(0), 250, 0.5, "younger")]
    counts, missed = settle(1000, rows, np.array([1.0, 1, 3, 1]))
    assert (counts.tolist(), missed) == ([250, 350, 300, 100], [])


def test_a_row_beyond_the_total_is_named() -> None:
    assert settle(100, [Wanted(classes(0), 200, 0.5, "all")], np.ones(4))[1] == ["all"]


def test_a_count_and_its_share_hold_together() -> None:
    found = both(Wanted(classes(0), 1280, 0.5), Wanted(classes(0), 1279, 1.2))
    assert abs(found.value - 1280) <= 0.5
    assert abs(found.value - 1279) <= 1.2
    assert both(Wanted(classes(0), 10, 1), Wanted(classes(0), 20, 1)).value == 10


@pytest.mark.parametrize("seed", range(12))
def test_rounding_keeps_every_margin(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(1, 5, rng.integers(2, 6)))
    people = rng.integers(0, 40, shape) * (rng.random(shape) < 0.7)
    margins = [people.sum(axis=tuple(b for b in range(people.ndim) if b != a)) for a in range(people.ndim)]
    start = np.where(people > 0, rng.random(shape) + 0.1, 0.0)
    found = rounded(fit(start, margins), margins, rng)
    assert found.min() >= 0
    for axis, margin in enumerate(margins):
        assert found.sum(axis=tuple(b for b in range(found.ndim) if b != axis)).tolist() == margin.tolist()


def test_whole_numbers_add_up() -> None:
    assert whole(np.array([0.5, 0.5, 1.0]), 3).sum() == 3
    assert whole(np.zeros(3), 7).sum() == 7
    assert whole(np.array([1.0, 2.0]), 0).tolist() == [0, 0]
