"""Names of divisions: public ones where `make data` fetched them, else invented; the provinces are always real."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from guben.generator.fitting import Array

PROVINCES = (
    "11北京市 12天津市 13河北省 14山西省 15内蒙古自治区 21辽宁省 22吉林省 23黑龙江省 "
    "31上海市 32江苏省 33浙江省 34安徽省 35福建省 36江西省 37山东省 41河南省 42湖北省 43湖南省 "
    "44广东省 45广西壮族自治区 46海南省 50重庆市 51四川省 52贵州省 53云南省 54西藏自治区 "
    "61陕西省 62甘肃省 63青海省 64宁夏回族自治区 65新疆维吾尔自治区"
)
WEIGHTS = (  # how large a province is, roughly
    17, 12, 55, 28, 20, 32, 20, 26, 21, 68, 52, 48, 31, 36, 77, 76, 50, 53, 70, 37, 8, 25, 67, 30, 35, 3.5, 31, 21, 5,
    6, 19,
)  # fmt: skip
NOT_CITIES = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")
ENDINGS = ("社区居民委员会", "社区居委会", "居民委员会", "居委会", "村民委员会", "村委会")


@dataclass(frozen=True, slots=True)
class Layer:
    """Divisions of one level: names, and the place of each one's superior in the level above."""

    names: list[str]
    above: Array

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True, slots=True)
class Known:
    """The public divisions of one level by code; each belongs to the one whose code is in `above`."""

    codes: list[str]
    names: list[str]
    above: list[str]


def provinces(count: int, rng: np.random.Generator) -> tuple[list[str], list[str], Array]:
    """Codes, names and weights of so many provinces; the largest where not all are asked for."""
    entries = PROVINCES.split()
    order = np.argsort(-np.array(WEIGHTS), kind="stable")[:count] if count < len(entries) else np.arange(len(entries))
    order.sort()
    codes = [entries[at][:2] for at in order]
    names = [entries[at][2:] for at in order]
    weights = [float(WEIGHTS[at]) for at in order]
    for number in range(count - len(entries)):
        codes.append(f"9{number}")
        names.append(f"第{number + 1}新省")
        weights.append(10.0)
    return codes, names, np.array(weights) * np.exp(rng.normal(0, 0.05, len(weights)))


def read_known(folder: Path | None, provinces: Collection[str]) -> dict[str, Known]:
    """The public divisions in a folder: cities, counties, towns of two sorts, villages of two sorts; empty without."""
    files = ("cities.csv", "areas.csv", "streets.csv", "villages.csv")
    if folder is None or not all((folder / name).is_file() for name in files):
        return {}
    cities, areas, streets, villages = (list(_rows(folder / name, set(provinces))) for name in files)
    real = {row["code"] for row in cities if row["name"] not in NOT_CITIES}
    known = {
        "city": _known([row for row in cities if row["code"] in real], "provinceCode"),
        "county": Known(
            [row["code"] for row in areas],
            [row["name"] for row in areas],
            [row["cityCode"] if row["cityCode"] in real else row["provinceCode"] for row in areas],
        ),
    }
    for place, is_urban in (("street", True), ("township", False)):
        known[place] = _known([row for row in streets if row["name"].endswith("街道") == is_urban], "areaCode")
    for place, is_urban in (("community", True), ("village", False)):
        some = [row for row in villages if ("社区" in row["name"] or "居委" in row["name"]) == is_urban]
        known[place] = _known(some, "streetCode")
    return known


def _rows(path: Path, provinces: Collection[str]) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        header = next(lines, [])
        at = header.index("provinceCode")
        for line in lines:
            if line[at] in provinces:
                yield dict(zip(header, line, strict=True))


def _known(rows: Sequence[dict[str, str]], above: str) -> Known:
    return Known([row["code"] for row in rows], [_short(row["name"]) for row in rows], [row[above] for row in rows])


def _short(name: str) -> str:
    """A village's or community's name without the word for its council."""
    for ending in ENDINGS:
        if name.endswith(ending) and len(name) > len(ending) + 1:
            stem = name.removesuffix(ending)
            return stem + ("社区" if ending.startswith("社区") else "")
    return name


def layer(
    known: Known | None, count: int, above: dict[str, int], weights: Array, word: str, rng: np.random.Generator
) -> tuple[Layer, dict[str, int]]:
    """So many divisions below those of `above` (code to place), the missing ones invented; and their own codes."""
    usable = [at for at, code in enumerate(known.above) if code in above] if known else []
    if known is None or not usable:
        chosen: list[int] = []
    elif len(usable) <= count:
        chosen = usable
    else:
        chosen = [usable[at] for at in np.sort(rng.permutation(len(usable))[:count])]
    names = [known.names[at] for at in chosen] if known else []
    superiors = [above[known.above[at]] for at in chosen] if known else []
    codes = {known.codes[at]: number for number, at in enumerate(chosen)} if known else {}
    missing = count - len(chosen)
    chance = weights / weights.sum()
    spread = np.sort(rng.choice(len(weights), size=missing, p=chance))
    even = min(missing, len(weights)) if not chosen else 0
    spread[:even] = np.arange(even)  # none is left without, where all are invented
    names += [f"{number + 1}号{word}" for number in range(missing)]
    return Layer(names, np.concatenate([np.array(superiors, dtype=np.int64), spread])), codes
