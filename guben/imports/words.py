"""How rosters write the headers and the coded words that we know by another name. Data, in simplified characters."""

from __future__ import annotations

from guben.members.choices import EDUCATION, ETHNICITY


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# Headers, besides the one in `columns`. Spaces, line breaks, signs and what stands in brackets do not count.
NAME = _split("党员姓名 姓名全称 人员姓名")
SEX = ()
BORN = _split("出生年月 出生年月日 生日 出生日")
ID_NUMBER = _split(
    "身份证号 身份证号码 公民身份证号 公民身份证号码 公民身份号 身份证 身份号码 证件号码 证件号 居民身份证号码"
)
ETHNIC = _split("族别 民族名称")
SCHOOLING = _split("文化程度 学历情况 最高学历 受教育程度 学历名称")
STAGE = _split("政治面貌 人员类型 党员类别 党员类型 类别 党员状态类别")
WORK = _split("职业 工作岗位类别 岗位 从业类别 职业分类 工作岗位类型")
BRANCH = _split(
    "所属支部 所属党支部 党支部 所在支部 党组织名称 所在党组织 所属党组织 支部名称 党支部名称 所在党支部名称 "
    "所属党支部名称 所在党组织名称 组织名称 所在党支部代码 党组织代码"
)
GROUP = _split("所在党小组 所属党小组 党小组名称")
JOINED = _split(
    "入党时间 加入党组织日期 加入党组织时间 加入中共党组织日期 加入中共组织日期 入党年月 入党年月日 加入党组织的日期"
)
FULL = _split("转正时间 转为正式党员日期 转为正式党员时间 转正年月 成为正式党员日期 转为正式党员的日期")
PHONE = _split("联系电话 手机 手机号 电话 电话号码 联系方式 联系手机 移动电话 手机电话")
STANDING = _split("党员在册情况 在册状态")
DEGREE = _split("学位名称 最高学位")
CORRECTION = ()
STRATUM = _split("新社会阶层 新的社会阶层类型")
EXPERT = _split("专业技术职务 聘任专业技术职务 职称")
MIGRANT = _split("农民工 是否为农民工")
HOME = _split("现居住地址 居住地址 家庭住址 住址 现住址 家庭地址 现居地")
DOMICILE = _split("户籍地 户籍地址 户口所在地 户籍所在地址")
LOST = _split("失联党员 是否失联 是否为失联党员")
AWAY = _split("流动党员 是否流动 是否为流动党员")
SERVICE = ()
AGE = _split("周岁 实足年龄")
UNIT_CODE = _split("组织代码 党组织代码 编码 组织编码")
UNIT_NAME = _split("全称 组织名称 党组织名称 党组织全称 组织全称")
UNIT_SHORT = _split("组织简称 党组织简称")
UNIT_KIND = _split("党组织类别 组织类型")
UNIT_PARENT = _split("上级党组织代码 上级代码 上级组织编码")
UNIT_FOUNDED = _split("建立日期 成立时间 建立时间 党组织建立日期")
# Read over without a word: they count the rows.
COUNTING = frozenset(_split("序号 编号 序 行号 № NO No"))

# Words and codes of the national standards for what `members.choices` calls otherwise.
SEXES = {"1": "1", "2": "2", "01": "1", "02": "2", "男性": "1", "女性": "2"}
ETHNICITIES = {f"{name}族": code for code, name in ETHNICITY.items() if int(code) < 90}
ETHNICITIES |= {code: code for code in ETHNICITY}
ETHNICITIES |= {code.lstrip("0"): code for code in ETHNICITY}
_EDUCATION_WORDS = {
    "10": "研究生教育 研究生毕业 研究生结业 研究生肄业 博士研究生 博士研究生毕业 硕士研究生 硕士研究生毕业 "
    "研究生班毕业 博士 硕士",
    "20": "本科 大学 大学毕业 大学本科毕业 大学本科结业 大学本科肄业 大学本科教育 大学普通班毕业 大学普通班 全日制本科",
    "30": "专科 大学专科 大专毕业 大学专科毕业 大学专科结业 大学专科肄业 专科毕业 高职 专科教育",
    "40": "中专 中技 技校 职高 职业高中 中等专科 中等职业教育 中专毕业 中等专科毕业 职业高中毕业 技工学校毕业 "
    "中等专业学校 技工学校",
    "60": "高中毕业 高中结业 高中肄业 普通高中 普通高级中学教育 普通高中毕业",
    "70": "初中毕业 初中结业 初中肄业 初级中学教育",
    "80": "小学毕业 小学结业 小学肄业 小学教育",
    "90": "文盲 半文盲 文盲或半文盲 未上过学",
}
EDUCATIONS = {word: code for code, text in _EDUCATION_WORDS.items() for word in text.split()}
EDUCATIONS |= {code: code for code in EDUCATION}
_EDUCATION_CODES = {
    "10": "11 12 13 14 15 16 17 18 19",
    "20": "21 22 23 28",
    "30": "31 32 33",
    "40": "41 42 43 44 45 46 47 48 49",
    "60": "61 62 63",
    "70": "71 72 73",
    "80": "81 82 83",
}
EDUCATIONS |= {finer: code for code, text in _EDUCATION_CODES.items() for finer in text.split()}
STAGES = {
    "中共党员": "full",
    "中共正式党员": "full",
    "正式": "full",
    "中共预备党员": "probationary",
    "预备": "probationary",
    "申请人": "applicant",
    "积极分子": "activist",
    "发展对象人选": "candidate",
}
_OCCUPATION_WORDS = {
    "worker": "工人 产业工人 在岗职工 生产工人 一线工人",
    "farmer": "农民 农牧渔民 务农 村民 农业劳动者",
    "professional": "专业技术人员 教师 医生 工程技术人员 专技人员 企事业单位专业技术人员",
    "manager": "管理人员 企业管理人员 事业单位管理人员 企事业单位管理人员 社会组织管理人员",
    "civil_servant": "公务员 党政机关工作人员 机关工作人员 参照公务员法管理人员 机关干部",
    "student": "学生 大学生 研究生 本科生 专科生 在校学生",
    "other": "其他 其他职业 自由职业 个体工商户 社区工作者",
    "retired": "离退休 退休 退休人员 离休 离休人员 离退休干部 退休干部",
}
OCCUPATIONS = {word: code for code, text in _OCCUPATION_WORDS.items() for word in text.split()}
STANDINGS = {"在家": "home", "正常": "home", "在册": "home", "流动": "away", "流动党员": "away", "外出": "away",
             "失联": "lost", "失联党员": "lost"}  # fmt: skip
DEGREES = {
    "名誉博士学位": "1",
    "博士学位": "2",
    "硕士学位": "3",
    "学士学位": "4",
    "博士": "2",
    "硕士": "3",
    "学士": "4",
}
DEGREES |= {code: code for code in "1234"}
YES_NO = {"1": "1", "0": "0", "有": "1", "无": "0", "√": "1", "×": "0", "Y": "1", "N": "0", "y": "1", "n": "0"}
