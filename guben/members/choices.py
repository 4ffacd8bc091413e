"""Closed lists about people. Codes follow the national standards named beside them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _


class Sex(models.TextChoices):
    """GB/T 2261.1-2003."""

    MALE = "1", _("男")
    FEMALE = "2", _("女")


class StageKind(models.TextChoices):
    """How far a person has come (M3.2); members are the probationary and the full ones."""

    APPLICANT = "applicant", _("入党申请人")
    ACTIVIST = "activist", _("入党积极分子")
    CANDIDATE = "candidate", _("发展对象")
    PROBATIONARY = "probationary", _("预备党员")
    FULL = "full", _("正式党员")
    ENDED = "ended", _("不再是党员")


MEMBER_STAGES = (StageKind.PROBATIONARY, StageKind.FULL)


class StandingKind(models.TextChoices):
    """Where and how a member takes part (M3.5, M3.6)."""

    HOME = "home", _("在本地")
    AWAY = "away", _("流动外出")
    RETIRED_ELSEWHERE = "retired_elsewhere", _("离退休在外居住")
    UNABLE = "unable", _("年老体弱")
    LOST = "lost", _("失去联系")


NEEDS_CONTACT = (StandingKind.AWAY, StandingKind.RETIRED_ELSEWHERE, StandingKind.UNABLE, StandingKind.LOST)


class ContactWay(models.TextChoices):
    VISIT = "visit", _("上门")
    TELEPHONE = "telephone", _("电话")
    MESSAGE = "message", _("信息")
    LETTER = "letter", _("书信")
    MEETING = "meeting", _("参加组织生活")  # at a host: told by its branch, and typed in by nobody


TYPED_WAYS = [way for way in ContactWay.choices if way[0] != ContactWay.MEETING]


class Occupation(models.TextChoices):
    """The classes of the yearly bulletin (since 2018)."""

    WORKER = "worker", _("工人")
    FARMER = "farmer", _("农牧渔民")
    PROFESSIONAL = "professional", _("专业技术人员")
    MANAGER = "manager", _("管理人员")
    CIVIL_SERVANT = "civil_servant", _("党政机关工作人员")
    STUDENT = "student", _("学生")
    OTHER = "other", _("其他职业人员")
    RETIRED = "retired", _("离退休人员")


class Degree(models.TextChoices):
    """GB/T 6864-2003, first digit."""

    HONORARY = "1", _("名誉博士")
    DOCTOR = "2", _("博士")
    MASTER = "3", _("硕士")
    BACHELOR = "4", _("学士")


# The groups of the new social strata. Source: 中国共产党统一战线工作条例 (2020). Suggested only: the national list has finer
# words, and what it says is kept as it is.
STRATA = (
    gettext_noop("私营企业和外商投资企业的管理技术人员"),
    gettext_noop("中介组织和社会组织从业人员"),
    gettext_noop("自由职业人员"),
    gettext_noop("新媒体从业人员"),
)

# What is kept in words, and the addresses, which are kept sealed; by the names of their fields.
TEXTS = {"stratum": _("新社会阶层类型"), "professional_post": _("从事专业技术职务")}
ADDRESSES = {"home": _("现居住地"), "domicile": _("户籍所在地")}

# GB/T 4658-2006, the two-digit codes used here. "大专及以上" is 10 to 33.
EDUCATION: dict[str, str] = {
    "10": gettext_noop("研究生"),
    "20": gettext_noop("大学本科"),
    "30": gettext_noop("大专"),
    "40": gettext_noop("中专、中技"),
    "60": gettext_noop("高中"),
    "70": gettext_noop("初中"),
    "80": gettext_noop("小学"),
    "90": gettext_noop("其他"),
}

# GB/T 3304-1991, in the order of the standard. The names are data and are not translated.
_ETHNICITIES = (
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 "
    "柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 "
    "塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺"
)
ETHNICITY: dict[str, str] = {f"{number:02d}": name for number, name in enumerate(_ETHNICITIES.split(), start=1)} | {
    "97": "其他",
    "98": "外国血统中国籍",
}
HAN = "01"


def education_label(code: str) -> str:
    """The education in the reader's language; empty where none is known."""
    return gettext(EDUCATION[code]) if code in EDUCATION else ""
