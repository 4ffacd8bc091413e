"""How the figures of many units are spread: bins of a round width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

WIDTHS = (1, 2, 5)
MOST_BINS = 12


@dataclass(frozen=True, slots=True)
class Spread:
    """Counts of units by bin: bin number n holds values from start + n·width up to but not start + (n+1)·width; the
    last one of a share holds its end too. `left_out` units have no figure that is shown."""

    start: float
    width: float
    counts: tuple[int, ...]
    middle: float
    left_out: int

    @property
    def units(self) -> int:
        return sum(self.counts)

    def bounds(self, number: int) -> tuple[float, float]:
        low = self.start + number * self.width
        return round(low, 9), round(low + self.width, 9)

    def bin_of(self, value: float) -> int:
        """The number of the bin that holds a value."""
        return min(int((value - self.start) / self.width + 1e-9), len(self.counts) - 1)

    def holds(self, value: float | None, number: int) -> bool:
        """Whether a value is in a bin."""
        return value is not None and value >= self.start and self.bin_of(value) == number


def spread_of(values: Sequence[float], *, is_share: bool, left_out: int = 0, least_width: float = 1) -> Spread | None:
    """The bins of some values; None where there is none. Shares fall into tenths."""
    if not values:
        return None
    if is_share:
        start, width, bins = 0.0, 0.1, 10
    else:
        low, high = min(values), max(values)
        width = _width(high - low, least_width)
        start = width * (low // width)
        bins = int((high - start) // width) + 1
    empty = Spread(start, width, (0,) * bins, median(values), left_out)
    counts = [0] * bins
    for value in values:
        counts[empty.bin_of(value)] += 1
    return Spread(start, width, tuple(counts), empty.middle, left_out)


def _width(span: float, least: float) -> float:
    """The least round width with which few enough bins cover a span."""
    power = 1.0
    while True:
        for step in WIDTHS:
            width = step * power
            if width >= least and span / width < MOST_BINS - 1:
                return width
        power *= 10
