"""The demo's arithmetic: shares that come out exactly, days of birth for ages, and numbers that belong to nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, floor
from random import Random

from guben.kit.days import years_before

YOUNG_TO, OLD_FROM, AGEING_FROM = 35, 60, 45
ID_AREA = 990_000  # the first area; no division begins with 99
PHONE_START = "190000"  # 190-000x-xxxx, not meant to reach anybody
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def apportion(total: int, weights: Sequence[float], caps: Sequence[int] | None = None) -> list[int]:
    """Whole numbers that add up to `total`, in proportion to `weights`, none above its cap (largest remainders).

    Raises:
        ValueError: the caps leave no room for the total.
    """
    room = list(caps) if caps is not None else [total] * len(weights)
    if sum(room) < total:
        raise ValueError(f"{total} does not fit: the caps add up to {sum(room)}.")
    shares = [0] * len(weights)
    while (left := total - sum(shares)) > 0:
        open_ = [i for i in range(len(weights)) if shares[i] < room[i]]
        weight = sum(weights[i] for i in open_)
        ideal = {i: left * (weights[i] / weight if weight else 1 / len(open_)) for i in open_}
        given = 0
        for i in open_:
            part = min(floor(ideal[i]), room[i] - shares[i])
            shares[i] += part
            given += part
        rest = sorted((i for i in open_ if shares[i] < room[i]), key=lambda i: (floor(ideal[i]) - ideal[i], i))
        if given == 0 or len(rest) >= left - given >= 0 and all(ideal[i] < room[i] for i in rest):
            for i in rest[: left - given]:
                shares[i] += 1
    return shares


@dataclass(frozen=True, slots=True)
class AgeMix:
    """How a unit leans: the shares aged 35 or under and 60 or over, and whether it has grown old (over 85 % at 45)."""

    young: float
    old: float
    ageing: bool = False


@dataclass(frozen=True, slots=True)
class AgeCounts:
    """A unit's members by band: 35 or under, 36 to 44, 45 to 59, 60 or over."""

    young: int
    rising: int
    ripe: int
    old: int

    @property
    def total(self) -> int:
        return self.young + self.rising + self.ripe + self.old


def allot_ages(sizes: Sequence[int], mixes: Sequence[AgeMix], young: int, old: int) -> list[AgeCounts]:
    """Members by age band for every unit, so that exactly `young` and `old` come out over all.

    A unit marked as ageing gets more than 85 % aged 45 or over, every other unit at most 80 %.
    """
    under_45 = [_most_under_45(size) if mix.ageing else size for size, mix in zip(sizes, mixes, strict=True)]
    young_caps = [limit // 2 if mix.ageing else limit for limit, mix in zip(under_45, mixes, strict=True)]
    youngs = apportion(young, [size * mix.young for size, mix in zip(sizes, mixes, strict=True)], young_caps)
    old_caps = [
        size - count if mix.ageing else min(size - count, floor(size * 0.8))
        for size, mix, count in zip(sizes, mixes, youngs, strict=True)
    ]
    olds = apportion(old, [size * mix.old for size, mix in zip(sizes, mixes, strict=True)], old_caps)
    found = []
    for size, mix, limit, few, many in zip(sizes, mixes, under_45, youngs, olds, strict=True):
        middle = size - few - many
        if mix.ageing:
            rising = min(limit - few, middle)
        else:
            rising = min(middle, max(round(middle * 0.42), ceil(size * 0.2) - few))
        found.append(AgeCounts(few, rising, middle - rising, many))
    return found


def _most_under_45(size: int) -> int:
    """The most members under 45 that still leave more than 86 % at 45 or over."""
    return max(0, ceil(size * 0.14) - 1)


def born_for_age(age: int, on: date, random: Random) -> date:
    """A day of birth of somebody who has completed exactly `age` years on the day `on`."""
    latest = years_before(on, age)
    earliest = years_before(on, age + 1) + timedelta(days=1)
    return earliest + timedelta(days=random.randrange((latest - earliest).days + 1))


def check_digit(first_seventeen: str) -> str:
    """The check character of a citizen's number. Source: GB 11643-1999."""
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, first_seventeen, strict=True))
    return "10X98765432"[total % 11]


def id_number(serial: int, born_on: date, sex: str) -> str:
    """A citizen's number for the person with this serial: right check character, an area that does not exist.

    Different for each serial up to five million.
    """
    area = ID_AREA + serial // 500 % 10_000
    body = f"{area:06d}{born_on:%Y%m%d}{serial % 500 * 2 + (sex == '1'):03d}"
    return body + check_digit(body)


def phone_number(serial: int) -> str:
    """A telephone number that nobody has; after 100,000 they begin again."""
    return f"{PHONE_START}{serial * 7919 % 100_000:05d}"
