"""What the rows of a bulletin count: of which people or units, and which values of one of their sides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from guben.generator.bulletins import Bulletin, Line

Whom = Literal["member", "admitted", "people", "unit", "establishment"]
Side = Literal["total", "sex", "ethnic", "education", "age", "joined", "occupation", "stage", "level", "territory",
               "kind", "sector", "covered", "work_committee"]  # fmt: skip

OCCUPATIONS = ("worker", "farmer", "professional", "manager", "civil_servant", "student", "other", "retired")
WORDS = (
    ("离退休", "retired"), ("学生", "student"), ("党政机关", "civil_servant"), ("农牧渔民", "farmer"),
    ("工人", "worker"), ("其他职业", "other"), ("专业技术人员", "professional"), ("管理人员", "manager"),
)  # fmt: skip
AGES = (30, 35, 40, 45, 50, 55, 60)  # the last year of each band of today's bulletins
OLDEST = 101
BEGINNING = date(1921, 7, 23)
REPUBLIC, UPHEAVAL, FALL, PLENUM = date(1949, 10, 1), date(1966, 5, 16), date(1976, 10, 6), date(1978, 12, 18)
SIXTEENTH, SEVENTEENTH, EIGHTEENTH = date(2002, 11, 8), date(2007, 10, 15), date(2012, 11, 8)
FOREVER = date(2200, 1, 1)
TURNS = (REPUBLIC, UPHEAVAL, FALL, PLENUM, SIXTEENTH, SEVENTEENTH, EIGHTEENTH)
SPANS = {
    "新中国成立前": (BEGINNING, REPUBLIC),
    "建国前": (BEGINNING, REPUBLIC),
    "新中国成立后至十一届三中全会前": (REPUBLIC, PLENUM),
    "建国后至文革前": (REPUBLIC, UPHEAVAL),
    "文革期间": (UPHEAVAL, FALL),
    "粉碎四人帮至十一届三中全会前": (FALL, PLENUM),
    "十一届三中全会后至十六大前": (PLENUM, SIXTEENTH),
    "十一届三中全会后至十八大前": (PLENUM, EIGHTEENTH),
    "十一届三中全会后": (PLENUM, FOREVER),
    "十六大后至十八大前": (SIXTEENTH, EIGHTEENTH),
    "十七大以来": (SEVENTEENTH, FOREVER),
    "十八大以来": (EIGHTEENTH, FOREVER),
}
LEVELS = {"省": "province", "市": "city", "县": "county"}
TERRITORIES = {"城市街道": "street", "乡镇": "township", "社区": "community", "行政村": "village"}
KINDS = {"基层党委": "committee", "总支部": "general_branch", "支部": "branch"}
SECTORS = {
    "机关基层党组织": "agency", "事业单位基层党组织": "institution", "企业基层党组织": "enterprise",
    "社会组织基层党组织": "social",
}  # fmt: skip
SPAN_OF_DAYS = re.compile(r"(\d{4}-\d\d-\d\d)至(\d{4}-\d\d-\d\d)发展党员")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one row counts. `values` are codes of the side; for ages first and last year, for joining a span of days."""

    whom: Whom
    side: Side
    values: tuple[str | int | date, ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """The lines of a bulletin that can be invented, each with its meaning, and those that can't."""

    known: tuple[tuple[Line, Meaning], ...]
    unknown: tuple[Line, ...]

    def of(self, whom: Whom, side: Side) -> list[tuple[Line, Meaning]]:
        return [(line, meaning) for line, meaning in self.known if (meaning.whom, meaning.side) == (whom, side)]

    def total(self, whom: Whom, side: Side = "total", *values: str) -> Line | None:
        """The count of one total; None where it is not published."""
        return next(
            (line for line, meaning in self.of(whom, side) if meaning.values == values and not line.is_share), None
        )


def read_rows(bulletin: Bulletin) -> Read:
    """Sorts the lines of a bulletin by what they count."""
    known, unknown = [], []
    for line in bulletin:
        meaning = meaning_of(line, bulletin.on)
        if meaning is None:
            unknown.append(line)
        else:
            known.append((line, meaning))
    return Read(tuple(known), tuple(unknown))


def meaning_of(line: Line, on: date) -> Meaning | None:
    """What a line counts; None where records of one day can't tell it, or the words are not known."""
    if any(word in line.row for word in ("净增", "增减", "增幅")):
        return None
    table, row = line.table, line.row
    if table == "derived":
        return _derived(row)
    if table.startswith("members."):
        return _of_members(table, row)
    if table.startswith("admissions."):
        return _of_admissions(table, row, on)
    if table == "applicants":
        stages = {"入党申请人": ("applicant", "activist", "candidate"), "入党积极分子": ("activist", "candidate")}
        return Meaning("people", "stage", stages[row]) if row in stages else None
    return _of_units(table, row)


def _derived(row: str) -> Meaning | None:
    totals: dict[str, Whom] = {"党员总数": "member", "基层组织总数": "unit", "发展党员": "admitted"}
    whom = next((whom for words, whom in totals.items() if row.startswith(words)), None)
    return Meaning(whom, "total") if whom else None


def _of_members(table: str, row: str) -> Meaning | None:
    if table == "members.total":
        return Meaning("member", "total") if row == "党员总数" else None
    if table == "members.sex_ethnic_education":
        return _structure("member", row)
    if table == "members.age":
        return _ages("member", row)
    if table == "members.join_time":
        row = row.removesuffix("占比").removesuffix("(含)")
        return Meaning("member", "joined", SPANS[row]) if row in SPANS else None
    return _occupation("member", row) if table == "members.occupation" else None


def _of_admissions(table: str, row: str, on: date) -> Meaning | None:
    if table == "admissions.total":
        if span := SPAN_OF_DAYS.fullmatch(row):
            first, last = (date.fromisoformat(text) for text in span.groups())
            return Meaning("member", "joined", (first, FOREVER)) if last == on else None
        return Meaning("admitted", "total") if row in ("发展党员", f"{on.year}年上半年发展党员") else None
    if table == "admissions.structure":
        return _structure("admitted", row) or _ages("admitted", row)
    return _occupation("admitted", row) if table == "admissions.occupation" else None


def _structure(whom: Whom, row: str) -> Meaning | None:
    if row.startswith("女党员"):
        return Meaning(whom, "sex", ("2",))
    if row.startswith("少数民族党员"):
        return Meaning(whom, "ethnic", ("minority",))
    return Meaning(whom, "education", ("college",)) if row.startswith("大专及以上学历") else None


def _ages(whom: Whom, row: str) -> Meaning | None:
    row = row.removesuffix("占比").removesuffix("党员")
    if found := re.fullmatch(r"(\d{2})岁及?以下", row):
        return Meaning(whom, "age", (0, int(found[1])))
    if found := re.fullmatch(r"(\d{2})至(\d{2})岁", row):
        return Meaning(whom, "age", (int(found[1]), int(found[2])))
    found = re.fullmatch(r"(\d{2})岁及以上", row)
    return Meaning(whom, "age", (int(found[1]), OLDEST)) if found else None


def _occupation(whom: Whom, row: str) -> Meaning | None:
    found = tuple(code for word, code in WORDS if word in row)
    return Meaning(whom, "occupation", found) if found else None


def _of_units(table: str, row: str) -> Meaning | None:
    if table == "orgs.total":
        return Meaning("unit", "total") if row == "基层组织总数" else _coded("kind", KINDS.get(row))
    if table == "orgs.local_committees":
        if row == "各级地方委员会":
            return Meaning("unit", "level", tuple(LEVELS.values()))
        return _coded("level", LEVELS.get(row[:1]) if row.endswith("委") else None)
    if table == "orgs.territory":
        return _coded("territory", next((code for word, code in TERRITORIES.items() if row.startswith(word)), None))
    if table == "orgs.by_unit_kind":
        return _coded("sector", SECTORS.get(row))
    if table == "orgs.other":
        return Meaning("unit", "work_committee") if row == "工委" else None
    return _coverage(row) if table == "orgs.coverage" else None


def _coded(side: Side, code: str | None) -> Meaning | None:
    return Meaning("unit", side, (code,)) if code else None


def _coverage(row: str) -> Meaning | None:
    """Only of enterprises outside public ownership and social organisations are there records."""
    if "非公有制企业" in row:
        return Meaning("establishment", "covered", ("non_public_enterprise",))
    return Meaning("establishment", "covered", ("social_organisation",)) if "社会组织" in row else None


def edges_of_ages(read: Read) -> tuple[int, ...]:
    """The last years of the age bands that the rows need, and those of today's bulletins."""
    edges = set(AGES)
    for _line, meaning in (*read.of("member", "age"), *read.of("admitted", "age")):
        first, last = meaning.values
        edges |= {int(str(first)) - 1, int(str(last))}
    return tuple(sorted(edge for edge in edges if 17 < edge < OLDEST))


def turns_of_joining(read: Read, before: date) -> tuple[date, ...]:
    """The days at which spans of joining begin, up to a day."""
    days: set[date] = set(TURNS)
    for _line, meaning in read.of("member", "joined"):
        days |= {value for value in meaning.values if isinstance(value, date)}
    return tuple(sorted(day for day in days if BEGINNING < day < before))


def holds(bands: Sequence[tuple[date, date]], meaning: Meaning) -> list[bool]:
    """Which spans of joining lie in a row's span."""
    first, last = meaning.values
    return [bool(first <= begin and end <= last) for begin, end in bands]  # type: ignore[operator] # both are days
