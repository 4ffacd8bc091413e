"""What meetings of the demo were about: invented topics by form and month, and short minutes."""

from __future__ import annotations

from random import Random

_THEME_DAYS: dict[int, tuple[str, ...]] = {
    1: ("走访慰问困难户和老党员", "整理活动室和图书角", "岁末安全检查"),
    2: ("帮孤寡老人打扫房屋", "节前检查用电用火", "讨论全年公益岗认领"),
    3: ("义务植树和管护", "清理河道两岸垃圾", "学习身边好人事迹"),
    4: ("祭扫烈士墓", "春耕互助和农机检修", "整治楼道堆物"),
    5: ("防汛物资清点和演练", "为独居老人理发修电器", "清理排水沟"),
    6: ("重温入党誓词，清理河涌垃圾", "防汛值守和隐患排查", "给老党员送学习资料上门"),
    7: ("重温入党誓词，看望老党员", "暑期儿童托管志愿服务", "高温慰问环卫工人"),
    8: ("双抢互助", "拥军走访", "学用反诈知识，入户宣传"),
    9: ("迎新学年护学岗", "健康义诊", "整治田间废弃薄膜"),
    10: ("重阳敬老", "国旗下讲话和爱国电影", "秋收互助"),
    11: ("消防知识入户", "清理背街小巷", "帮助办理医保缴费"),
    12: ("年终评议公益岗", "冬季送温暖", "学习宪法和村规民约"),
}
_OTHERS: dict[str, tuple[str, ...]] = {
    "member_meeting": (
        "听取支部委员会半年工作报告", "讨论吸收预备党员", "讨论预备党员转正", "审议全年工作计划", "讨论党费收缴和使用情况", "讨论集体资金使用方案",
        "学习支部工作条例", "讨论活动室维修方案", "通报整改事项办理情况", "讨论公益岗设岗定责",
    ),
    "committee": (
        "研究本月主题党日安排", "研究积极分子培养考察", "研究困难党员帮扶", "研究外出党员联系分工", "研究党课安排", "通报上级要求，分工落实", "研究党员大会议题",
        "研究老旧小区改造意见征集", "研究防汛值守", "研究党费公示",
    ),
    "group": ("学习讨论，交流近期工作", "讨论公益岗完成情况", "开展批评和自我批评", "听取积极分子汇报", "商量看望生病党员", "收集对村里工作的意见"),
    "lecture": (
        "党课：从身边事看规矩", "党课：党员的权利和义务", "党课：怎样开好支部会", "党课：基层治理中的党员作用", "党课：老党员讲过去的事", "党课：发展党员的程序和要求",
        "党课：公文里的群众语言", "党课：防范形式主义",
    ),
    "organisational_life": ("年度组织生活会：查摆问题，开展批评和自我批评",),
    "appraisal": ("年度民主评议党员：自评、互评和测评",),
    "democratic_life": ("年度民主生活会：对照检查，开展批评和自我批评",),
    "talk": ("支部委员之间谈心谈话", "支部委员与党员谈心谈话", "与积极分子谈心谈话", "与外出返乡党员谈心谈话"),
}  # fmt: skip
_FIELDS: dict[str, tuple[str, ...]] = {
    "school": ("师德师风讨论", "为困难学生结对辅导"),
    "enterprise": ("岗位技能比武", "安全生产隐患自查"),
    "non_public_enterprise": ("攻关小组交流", "车间安全隐患自查", "员工意见征集"),
    "public_institution": ("进社区义诊咨询", "服务窗口明察互评"),
    "agency": ("到村社区报到服务", "对照检查办事流程"),
    "floating": ("同乡党员互助交流", "线上学习家乡通报"),
}
_MINUTES = (
    "一、通报上次会议事项办理情况。二、{topic}。三、明确分工和完成日期。",
    "主持人说明来意，围绕“{topic}”逐人发言，意见已逐条记下，会后由专人办理。",
    "{topic}。到会人员讨论后一致同意，下次会议报告结果。",
    "学习材料约二十分钟，随后{topic}，提出意见三条。",
)


def topic_for(form: str, month: int, field: str, random: Random) -> str:
    """A topic that fits the form, the season and the field."""
    if form == "theme_day":
        if field in _FIELDS and random.random() < 0.3:
            return random.choice(_FIELDS[field])
        return random.choice(_THEME_DAYS[month])
    return random.choice(_OTHERS[form])


def minutes_for(topic: str, random: Random) -> str:
    """Short minutes; now and then nobody wrote any."""
    return "" if random.random() < 0.015 else random.choice(_MINUTES).format(topic=topic)
