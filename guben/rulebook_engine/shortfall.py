"""How far a figure is from its line: how many more must be counted, or how many fewer, until the condition is true."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from guben.rulebook_engine.aggregates import Figure
from guben.rulebook_engine.entries import Indicator, Standard
from guben.rulebook_engine.expressions import Value
from guben.rulebook_engine.interpreting import reading

MOST = 1_000_000
NEAR = 50


def shortfall(
    standard: Standard, indicator: Indicator, on: date
) -> Callable[[Figure, Mapping[str, Value] | None], int | None]:
    """A function from a figure past the line, with the unit's own columns, to how many more (fewer: below nought) must
    be counted while the denominator stays. None where that would not help, or nothing is counted."""
    holds = reading(standard.holds.tree, on)

    def missing(figure: Figure, facts: Mapping[str, Value] | None) -> int | None:
        counted = figure.value if figure.denominator is None else figure.numerator
        if indicator.unit not in ("share", "count") or not isinstance(counted, int):
            return None

        def kept(change: int) -> bool:
            return bool(holds({**(facts or {}), **_with(figure, counted + change)}))

        most = min(MOST, 1_000 + 4 * int(abs(figure.denominator or counted)))
        up = _least(kept, most)
        if up is not None or counted <= 0:
            return up
        down = _least(lambda change: kept(-change), counted)
        return None if down is None else -down

    return missing


def _with(figure: Figure, counted: int) -> dict[str, Value]:
    if figure.denominator is None:
        return {"value": counted, "numerator": counted, "denominator": None}
    value = counted / figure.denominator if figure.denominator else None
    return {"value": value, "numerator": counted, "denominator": figure.denominator}


def _least(kept: Callable[[int], bool], most: int) -> int | None:
    """The least change that is enough: the near ones one by one, what lies beyond by halving."""
    for change in range(1, min(NEAR, most) + 1):
        if kept(change):
            return change
    if most <= NEAR or not kept(most):
        return None
    low, high = NEAR, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if kept(middle) else (middle, high)
    return high
