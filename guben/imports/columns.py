"""The columns of both kinds of sheet: header and other ways to write it, must it be there, what may stand in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from guben.imports import words
from guben.members.choices import EDUCATION, ETHNICITY, Degree, Occupation, Sex, StageKind, StandingKind
from guben.organisations.choices import Field, Kind, Territory

PROBLEMS = "问题（系统填写）"  # the column our own workbook of faults adds; read over when it comes back

NAME, SEX, BORN, ID_NUMBER, ETHNIC = "姓名", "性别", "出生日期", "公民身份号码", "民族"
SCHOOLING, STAGE, WORK, BRANCH, GROUP = "学历", "人员类别", "工作岗位", "所在党支部", "党小组"
JOINED, FULL, PHONE, STANDING = "入党日期", "转正日期", "手机号码", "在册情况"
DEGREE, SERVICE, CORRECTION, STRATUM = "学位", "党龄", "党龄校正值", "新社会阶层类型"
EXPERT, MIGRANT, HOME, DOMICILE = "从事专业技术职务", "是否农民工", "现居住地", "户籍所在地"
LOST, AWAY, AGE = "是否失联党员", "是否流动党员", "年龄"
CODE, TITLE, SHORT, KIND, FIELD = "代码", "名称", "简称", "组织类别", "所属领域"
BRANCH_CODE, ABOVE, APPLIED, ACTIVIST = "党支部代码", "上级组织", "申请入党日期", "确定积极分子日期"
CANDIDATE, PLACED, SINCE, WHERE = "确定发展对象日期", "组织关系转入日期", "在册情况从哪天起", "去向"
HELPER, CONTACTED, POSTS, POSTED = "联系人", "最近联系日期", "党内职务", "任职日期"
LEVEL, PARENT, FOUNDED, KEPT, PAPER = "所在层级", "上级组织代码", "成立日期", "建账日", "批复文号"

# The national system's member list, in its order; an export writes these, an import reads them.
# 党龄 is worked out, so it is compared and not kept.
NATIONAL_COLUMNS = (
    NAME, SEX, ID_NUMBER, ETHNIC, BORN, SCHOOLING, STAGE, DEGREE, BRANCH, PHONE, JOINED, FULL, SERVICE, CORRECTION,
    STRATUM, WORK, EXPERT, MIGRANT, HOME, DOMICILE, LOST, AWAY,
)  # fmt: skip
# What the national list has no column for; an export that is to lose nothing adds them at the end.
EXTRA_COLUMNS = (GROUP, STANDING)
# What else an export of all that a roll holds writes; no import reads it.
FURTHER_COLUMNS = (
    AGE, BRANCH_CODE, KIND, FIELD, ABOVE, PARENT, APPLIED, ACTIVIST, CANDIDATE, PLACED, SINCE, WHERE, HELPER, CONTACTED,
    POSTS, POSTED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `allowed` gives the value for each word that may stand in a cell; empty where anything may.

    `also` are other words and codes for the same values, `synonyms` other ways to write the header. A column that is
    `derived` is compared with what we work out and not kept.
    """

    header: str
    note: object
    required: bool = False
    allowed: Mapping[str, str] = field(default_factory=dict)
    in_preview: bool = False
    also: Mapping[str, str] = field(default_factory=dict)
    synonyms: tuple[str, ...] = ()
    in_template: bool = True
    derived: bool = False


def source_words(pairs: Iterable[tuple[str, object]]) -> dict[str, str]:
    """Words as they stand in the source texts, whatever language the reader has chosen."""
    with override("zh-hans"):
        return {str(word): value for value, word in pairs}


STAGES = [pair for pair in StageKind.choices if pair[0] != StageKind.ENDED]
ETHNIC_WORDS = {name: code for code, name in ETHNICITY.items()}
YES_NO = {"是": "1", "否": "0"}

MEMBER_COLUMNS = (
    Column(NAME, _("必填。身份证上的姓名。"), required=True, in_preview=True, synonyms=words.NAME),
    Column(SEX, _("男或女。写了公民身份号码可以空着。"), allowed=source_words(Sex.choices), in_preview=True,
           also=words.SEXES, synonyms=words.SEX),
    Column(BORN, _("例如1990-05-03。写了公民身份号码可以空着。"), in_preview=True, synonyms=words.BORN),
    Column(ID_NUMBER, _("18位，这一列要设为文本。同一个人再导入时靠它认出来。"), in_preview=True,
           synonyms=words.ID_NUMBER),
    Column(ETHNIC, _("写国家标准里的名称，“汉”或“汉族”都行。没有这一列就都按汉族。"), allowed=ETHNIC_WORDS,
           also=words.ETHNICITIES, synonyms=words.ETHNIC),
    Column(SCHOOLING, _("从选项里选一项，不清楚就空着。"), allowed={word: code for code, word in EDUCATION.items()},
           also=words.EDUCATIONS, synonyms=words.SCHOOLING),
    Column(STAGE, _("必填。从选项里选一项。"), required=True, allowed=source_words(STAGES), also=words.STAGES,
           synonyms=words.STAGE),
    Column(WORK, _("从选项里选一项，不清楚就空着。"), allowed=source_words(Occupation.choices), also=words.OCCUPATIONS,
           synonyms=words.WORK),
    Column(BRANCH, _("必填。党支部的全称、简称或代码。"), required=True, in_preview=True, synonyms=words.BRANCH),
    Column(GROUP, _("本支部已有的党小组，没有就空着。"), synonyms=words.GROUP),
    Column(JOINED, _("成为预备党员的日期。预备党员和正式党员必填。"), in_preview=True, synonyms=words.JOINED),
    Column(FULL, _("正式党员填。空着时从入党日期算起。"), synonyms=words.FULL),
    Column(PHONE, _("手机11位，或带区号的固定电话。"), synonyms=words.PHONE),
    Column(STANDING, _("从选项里选一项，空着就是在本地。"), allowed=source_words(StandingKind.choices),
           also=words.STANDINGS, synonyms=words.STANDING),
    Column(DEGREE, _("从选项里选一项，没有就空着。"), allowed=source_words(Degree.choices), also=words.DEGREES,
           synonyms=words.DEGREE, in_template=False),
    Column(CORRECTION, _("整数，照全国系统里的写。"), synonyms=words.CORRECTION, in_template=False),
    Column(STRATUM, _("照全国系统里的写，最多40个字。"), synonyms=words.STRATUM, in_template=False),
    Column(EXPERT, _("照全国系统里的写，最多40个字。"), synonyms=words.EXPERT, in_template=False),
    Column(MIGRANT, _("是或否。"), allowed=YES_NO, also=words.YES_NO, synonyms=words.MIGRANT, in_template=False),
    Column(HOME, _("最多120个字，加密保存。"), synonyms=words.HOME, in_template=False),
    Column(DOMICILE, _("最多120个字，加密保存。"), synonyms=words.DOMICILE, in_template=False),
    Column(LOST, _("是或否。是的，在册情况记为失去联系。"), allowed=YES_NO, also=words.YES_NO, synonyms=words.LOST,
           in_template=False),
    Column(AWAY, _("是或否。是的，在册情况记为流动外出。"), allowed=YES_NO, also=words.YES_NO, synonyms=words.AWAY,
           in_template=False),
    Column(SERVICE, _("不保存，只与算出来的比较。"), synonyms=words.SERVICE, in_template=False, derived=True),
    Column(AGE, _("不保存，只与算出来的比较。"), synonyms=words.AGE, in_template=False, derived=True),
)  # fmt: skip
UNIT_COLUMNS = (
    Column(CODE, _("必填。字母、数字和连字符，一个组织一个，以后不变。"), required=True, in_preview=True,
           synonyms=words.UNIT_CODE),
    Column(TITLE, _("必填。批复上的全称。"), required=True, in_preview=True, synonyms=words.UNIT_NAME),
    Column(SHORT, _("空着就用全称。"), in_preview=True, synonyms=words.UNIT_SHORT),
    Column(KIND, _("必填。从选项里选一项。"), required=True, allowed=source_words(Kind.choices), in_preview=True,
           synonyms=words.UNIT_KIND),
    Column(FIELD, _("必填。从选项里选一项。"), required=True, allowed=source_words(Field.choices)),
    Column(LEVEL, _("是哪一级的组织，从选项里选；不代表一级的空着。"), allowed=source_words(Territory.choices)),
    Column(PARENT, _("上级的代码，上级可以在同一张表里，先后不限。最上一级空着。"), in_preview=True,
           synonyms=words.UNIT_PARENT),
    Column(FOUNDED, _("必填。例如2012-07-01。"), required=True, in_preview=True, synonyms=words.UNIT_FOUNDED),
    Column(KEPT, _("从哪天起记账，此前不算逾期。")),
    Column(PAPER, _("批准成立的文号，没有就空着。")),
)  # fmt: skip
COLUMNS: dict[str, tuple[Column, ...]] = {"members": MEMBER_COLUMNS, "organisations": UNIT_COLUMNS}
TITLES = {"members": _("党员名册"), "organisations": _("组织名册")}
