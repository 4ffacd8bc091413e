"""Counts a bulletin's rows from the raw rows of a snapshot, by SQL written by hand: nothing here asks a rulebook or
looks at how the rows were invented."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from guben.generator.bulletins import FACTORS, Bulletin, Line
from guben.generator.errors import GeneratorRefused
from guben.generator.reading import manifest_of, quiet_connection, quoted
from guben.rulebook_engine.frozen import Manifest

MEMBER = "stage IN ('full', 'probationary')"
BASE = "kind <> 'work_committee' AND NOT (kind = 'committee' AND territory IN ('nation', 'province', 'city', 'county'))"
UNITS = {
    ("orgs.total", "基层组织总数"): BASE,
    ("orgs.total", "基层党委"): f"{BASE} AND kind = 'committee'",
    ("orgs.total", "总支部"): "kind = 'general_branch'",
    ("orgs.total", "支部"): "kind IN ('branch', 'joint_branch', 'temporary_branch')",
    ("orgs.local_committees", "各级地方委员会"): "kind = 'committee' AND territory IN ('province', 'city', 'county')",
    ("orgs.local_committees", "省(区、市)委"): "kind = 'committee' AND territory = 'province'",
    ("orgs.local_committees", "市(州)委"): "kind = 'committee' AND territory = 'city'",
    ("orgs.local_committees", "市(地、州)委"): "kind = 'committee' AND territory = 'city'",
    ("orgs.local_committees", "县(市、区、旗)委"): "kind = 'committee' AND territory = 'county'",
    ("orgs.local_committees", "县(市、区)委"): "kind = 'committee' AND territory = 'county'",
    ("orgs.territory", "城市街道"): "territory = 'town' AND field = 'urban_community'",
    ("orgs.territory", "乡镇"): "territory = 'town' AND field <> 'urban_community'",
    ("orgs.territory", "社区(居委会)"): "territory = 'community'",
    ("orgs.territory", "行政村"): "territory = 'village'",
    ("orgs.by_unit_kind", "机关基层党组织"): f"{BASE} AND field = 'agency'",
    ("orgs.by_unit_kind", "事业单位基层党组织"): f"{BASE} AND field IN ('public_institution', 'school')",
    ("orgs.by_unit_kind", "企业基层党组织"): f"{BASE} AND field IN ('enterprise', 'non_public_enterprise')",
    ("orgs.by_unit_kind", "社会组织基层党组织"): f"{BASE} AND field = 'social_organisation'",
    ("orgs.other", "工委"): "kind = 'work_committee'",
}
JOINED = {
    "新中国成立前": "joined_on < DATE '1949-10-01'",
    "建国前": "joined_on < DATE '1949-10-01'",
    "新中国成立后至十一届三中全会前": "joined_on >= DATE '1949-10-01' AND joined_on < DATE '1978-12-18'",
    "建国后至文革前": "joined_on >= DATE '1949-10-01' AND joined_on < DATE '1966-05-16'",
    "文革期间": "joined_on >= DATE '1966-05-16' AND joined_on < DATE '1976-10-06'",
    "粉碎四人帮至十一届三中全会前": "joined_on >= DATE '1976-10-06' AND joined_on < DATE '1978-12-18'",
    "十一届三中全会后至十六大前": "joined_on >= DATE '1978-12-18' AND joined_on < DATE '2002-11-08'",
    "十六大后至十八大前": "joined_on >= DATE '2002-11-08' AND joined_on < DATE '2012-11-08'",
    "十一届三中全会后至十八大前": "joined_on >= DATE '1978-12-18' AND joined_on < DATE '2012-11-08'",
    "十八大以来": "joined_on >= DATE '2012-11-08'",
    "十一届三中全会后(含)": "joined_on >= DATE '1978-12-18'",
    "十一届三中全会后占比": "joined_on >= DATE '1978-12-18'",
    "十七大以来": "joined_on >= DATE '2007-10-15'",
}
JOBS = {
    "工人(工勤技能人员)": "'worker'",
    "工人": "'worker'",
    "农牧渔民": "'farmer'",
    "企事业单位、社会组织专业技术人员": "'professional'",
    "企事业单位、民办非企业单位专业技术人员": "'professional'",
    "企事业单位、社会组织管理人员": "'manager'",
    "企事业单位、民办非企业单位管理人员": "'manager'",
    "企事业单位管理人员、专业技术人员": "'manager', 'professional'",
    "党政机关工作人员": "'civil_servant'",
    "学生": "'student'",
    "其他职业人员": "'other'",
    "离退休人员": "'retired'",
}
SIDES = (
    ("女党员", "sex = '2'"),
    ("少数民族党员", "ethnicity BETWEEN '02' AND '56'"),
    ("大专及以上学历", "education IN ('10', '20', '30')"),
)
PEOPLE = {
    "入党申请人": "stage IN ('applicant', 'activist', 'candidate')",
    "入党积极分子": "stage IN ('activist', 'candidate')",
}
LEVELS = 3
TWO_DAYS = ("比上年净增", "比上年增减", "增幅")


@dataclass(frozen=True, slots=True)
class Question:
    """Which rows of a fact table a line counts; of a share also among which."""

    table: str
    condition: str
    among: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One row: what is published, what is there. `counted` is None where rows of one day can't tell it.

    `value` is in persons, units or percent, `shown` as the bulletin would print it.
    """

    line: Line
    counted: int | None
    value: Decimal | None
    shown: str
    expected: Decimal
    is_equal: bool | None
    why: str = ""


def check(folder: Path, bulletin: Bulletin) -> list[Answer]:
    """Every row of the bulletin beside its count. A smaller country is compared with the published value times its
    scale, which its manifest tells.

    Raises:
        GeneratorRefused: the snapshot can't be read, or is of another day.
    """
    manifest = manifest_of(folder)
    if manifest.on != bulletin.on:
        raise GeneratorRefused(f"The snapshot is of {manifest.on}, the bulletin of {bulletin.on}.")
    asked = {line: question_of(line, bulletin.on) for line in bulletin}
    found: dict[Line, tuple[int, int]] = {}
    for table in dict.fromkeys(question.table for question in asked.values() if question):
        some = {line: question for line, question in asked.items() if question and question.table == table}
        found |= dict(zip(some, _counts(folder, table, list(some.values())), strict=True))
    return [_answer(line, found.get(line), manifest) for line in bulletin]


def question_of(line: Line, on: date) -> Question | None:
    """The SQL of a line; None where rows of one day can't tell it."""
    table, row = line.table, line.row
    if row in TWO_DAYS:
        return None
    if (table, row) in UNITS:
        return Question("organisation", UNITS[table, row], "TRUE")
    if table == "applicants" and row in PEOPLE:
        return Question("member", PEOPLE[row], "TRUE")
    if table == "orgs.coverage":
        return _coverage(row)
    if table == "derived":
        return _derived(row, on)
    of_year = f"{MEMBER} AND joined_on >= DATE '{on.year}-01-01'"
    if table.startswith("admissions."):
        return _admissions(table, row, on, of_year)
    condition = "TRUE" if row == "党员总数" else _condition(table, row, on)
    return Question("member", condition, MEMBER) if condition else None


def _condition(table: str, row: str, on: date) -> str:
    if table.endswith("occupation"):
        return f"occupation IN ({JOBS[row]})" if row in JOBS else ""
    if table.endswith("join_time"):
        return JOINED.get(row, "")
    side = next((condition for words, condition in SIDES if row.startswith(words)), "")
    return side or _age(row, on)


def _age(row: str, on: date) -> str:
    row = row.removesuffix("占比").removesuffix("党员")
    at_most = f"born_on > DATE '{on}' - INTERVAL {{}} YEAR"
    at_least = f"born_on <= DATE '{on}' - INTERVAL {{}} YEAR"
    if found := re.fullmatch(r"(\d+)岁及?以下", row):
        return at_most.format(int(found[1]) + 1)
    if found := re.fullmatch(r"(\d+)至(\d+)岁", row):
        return f"{at_least.format(int(found[1]))} AND {at_most.format(int(found[2]) + 1)}"
    found = re.fullmatch(r"(\d+)岁及以上", row)
    return at_least.format(int(found[1])) if found else ""


def _admissions(table: str, row: str, on: date, of_year: str) -> Question | None:
    if row == "发展党员":
        return Question("member", "TRUE", of_year)
    if row == f"{on.year}年上半年发展党员":
        return Question("member", f"joined_on BETWEEN DATE '{on.year}-01-01' AND DATE '{on.year}-06-30'", MEMBER)
    if span := re.fullmatch(r"(\d{4}-\d\d-\d\d)至(\d{4}-\d\d-\d\d)发展党员", row):
        return Question("member", f"joined_on BETWEEN DATE '{span[1]}' AND DATE '{span[2]}'", MEMBER)
    condition = _condition(table, row, on)
    return Question("member", condition, of_year) if condition else None


def _coverage(row: str) -> Question | None:
    for words, kind in (("非公有制企业", "non_public_enterprise"), ("社会组织", "social_organisation")):
        if words in row:
            return Question("establishment", "covered", f"kind = '{kind}'")
    return None


def _derived(row: str, on: date) -> Question | None:
    if row.startswith("党员总数"):
        return Question("member", "TRUE", MEMBER)
    if row.startswith("基层组织总数"):
        return Question("organisation", BASE, "TRUE")
    if row.startswith("发展党员"):
        return Question("member", f"joined_on >= DATE '{on.year}-01-01'", MEMBER)
    return None


def _counts(folder: Path, table: str, questions: Sequence[Question]) -> list[tuple[int, int]]:
    """For each question, how many rows it counts, and among how many: one pass over the table."""
    columns = []
    for question in questions:
        columns.append(f"coalesce(sum((({question.condition}) AND ({question.among}))::INT), 0)")
        columns.append(f"coalesce(sum(({question.among})::INT), 0)")
    files = quoted(folder / table / "*.parquet")
    with quiet_connection() as connection:
        found = connection.execute(f"SELECT {', '.join(columns)} FROM read_parquet({files})").fetchone()  # noqa: S608
    numbers = [int(number) for number in found or ()]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _answer(line: Line, found: tuple[int, int] | None, manifest: Manifest) -> Answer:
    published = Decimal(line.text) * FACTORS[line.unit]
    if found is None:
        why = "takes two days" if line.row in TWO_DAYS else "no records tell it"
        return Answer(line, None, None, "", published, None, why)
    count, among = found
    of_units = line.table.startswith("orgs.") or line.row.startswith("基层组织")
    scale = Decimal(str(manifest.generated.get("of_organisations" if of_units else "of_members", 1.0)))
    step = Decimal(1).scaleb(-line.decimals)
    if line.is_share:
        value = Decimal(100 * count) / Decimal(among) if among else Decimal(0)
        expected, room = published, step / 2 + (Decimal(200) / max(among, 1) if scale != 1 else 0)
    else:
        value, expected = Decimal(count), published * scale
        least = LEVELS if line.table == "orgs.local_committees" else 1  # one of each level stays
        room = step / 2 * FACTORS[line.unit] * scale + (least if scale != 1 else 0)
    shown = (value / FACTORS[line.unit]).quantize(step, rounding=ROUND_HALF_UP)
    equal = shown == Decimal(line.text) if scale == 1 else abs(value - expected) <= room
    return Answer(line, count, value, f"{shown:f}", expected, equal)
