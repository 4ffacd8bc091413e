"""What the papers of the development of members say. Everything comes from the case; what it does not hold is left as a
ruled blank to be written in by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

from guben.development.choices import TieKind
from guben.development.models import Application
from guben.kit.days import add_months
from guben.procedures import papers
from guben.procedures.dossier import Dossier, Pairs, day_words, form, listed, pairs, said
from guben.procedures.models import Case, Entry
from guben.procedures.printing import certificate, is_decided, is_vote, letter, minutes_of, wanted

FORM = "procedures/form"
PROBATION_MONTHS = 12  # Source: 发展党员工作细则 Art. 31
SEAL = "（盖章）"
EXTENDED, CANCELLED = "extended", "cancelled"
Data = dict[str, Any]


def register() -> None:
    """Registers the templates by the names that the rulebook calls them."""
    papers.register("application-cover", cover, document="procedures/cover", is_told=True)
    papers.register("activist-record", activist_record, document=FORM)
    papers.register("political-review", political_review, document=FORM)
    papers.register("training-certificate", training, document="procedures/certificate", is_told=True)
    papers.register("pre-review", pre_review, document=FORM)
    papers.register("admission-minutes", admission_minutes, document="procedures/minutes", fits=is_vote)
    papers.register("admission-approval", admission, document="procedures/letter", fits=is_decided, is_told=True)
    papers.register("probation-record", probation_record, document=FORM)
    papers.register("full-minutes", full_minutes, document="procedures/minutes", fits=is_vote)
    papers.register("full-approval", full_approval, document="procedures/letter", fits=is_decided, is_told=True)
    papers.register("extension-notice", extension, document="procedures/letter", fits=is_extended, is_told=True)
    papers.register("cancellation", cancellation, document="procedures/letter", fits=is_decided, is_told=True)


def is_extended(entry: Entry) -> bool:
    return entry.outcome == EXTENDED


# Application and education


def cover(case: Case, entry: Entry | None) -> Data:
    dossier = Dossier(case, entry)
    person = case.person
    first = dossier.last("application")
    return {
        "heading": "入党申请书",
        "rows": [
            ["申请人", dossier.name],
            ["性别", str(person.get_sex_display()) if person else ""],
            ["出生年月", f"{person.born_on:%Y}年{person.born_on.month}月" if person else ""],
            ["单位、职务", ""],
            ["申请日期", day_words(case.begun_on)],
            ["收到日期", day_words(first.done_on) if first else ""],
            ["党支部", case.organisation.name],
            ["办件编号", case.number],
        ],
        "received": "党支部收到申请书后，一个月内派人同申请人谈话。" + _talk_closes(first),
        "signs": ["申请人", "收件人"],
    }


def _talk_closes(first: Entry | None) -> str:
    return f"最晚谈话日期：{day_words(add_months(first.done_on, 1))}。" if first else ""


def activist_record(case: Case, entry: Entry | None) -> Data:
    """The record of an activist's education: who recommended, who keeps contact, what each examination found."""
    dossier = Dossier(case)
    talk, chosen = dossier.last("talk"), dossier.last("activist")
    about: Pairs = [
        *dossier.person_rows,
        ["申请入党日期", day_words(case.begun_on), "谈话日期", dossier.day("talk")],
        ["确定为入党积极分子", dossier.day("activist"), "上级党委备案", dossier.day("activist-filing")],
        ["推荐方式", dossier.value(chosen, "recommended_by"), "培养联系人", _contacts(dossier)],
        ["谈话人", dossier.value(talk, "talked_by")],
    ]
    return form(
        "入党积极分子培养考察登记表",
        [
            pairs(about),
            _examinations("培养教育考察情况（每半年一次）", dossier.all_of("cultivation")),
            said("培养联系人意见", "", signs=["签名："]),
            said(
                "党小组、党员和群众意见",
                dossier.value(dossier.last("candidate"), "opinions"),
                day=dossier.day("candidate"),
            ),
            said("党支部意见", _candidate_words(dossier), signs=["支部书记签名：", SEAL], day=dossier.day("candidate")),
            said(
                "上级党委意见",
                _consent_words(dossier),
                signs=[SEAL],
                day=dossier.day("candidate-consent", "candidate-filing"),
            ),
        ],
        sub=f"办件{case.number}",
    )


def _contacts(dossier: Dossier) -> str:
    return dossier.value(dossier.last("contacts"), "contacts")


def _examinations(label: str, entries: list[Entry]) -> dict[str, Any]:
    rows = [
        [str(number), day_words(one.done_on), str(one.values.get("opinion", "")) or one.reason, ""]
        for number, one in enumerate(entries, 1)
    ]
    return listed(label, ["次", "考察日期", "考察意见", "支部书记签名"], rows, [0.4, 1.5, 4, 1.3])


def _candidate_words(dossier: Dossier) -> str:
    return "经党支部委员会讨论，确定为发展对象。" if dossier.last("candidate") else ""


def _consent_words(dossier: Dossier) -> str:
    found = dossier.last("candidate-consent", "candidate-filing")
    if found is None:
        return ""
    return "已备案。" if found.outcome == "done" else _said(dossier, found)


def political_review(case: Case, entry: Entry | None) -> Data:
    dossier = Dossier(case, entry)
    found = dossier.last("political-review")
    family = [["", "", "", "", ""] for _line in range(5)]
    return form(
        "政治审查表",
        [
            pairs([*dossier.person_rows, ["申请书写明的本支部党员亲属", _relatives(case) or "没有写明"]]),
            listed(
                "直系亲属和主要社会关系",
                ["关系", "姓名", "年龄", "政治面貌", "单位、职务"],
                family,
                [1, 1.3, 0.8, 1.2, 3],
            ),
            said("审查情况", "", signs=["审查人签名："]),
            said(
                "结论性意见",
                _conclusion(dossier, found),
                signs=["支部书记签名：", SEAL],
                day=dossier.day("political-review"),
            ),
        ],
        sub=f"办件{case.number}",
        note="没有进行政治审查或者政治审查不合格的，不能发展入党。",
    )


def _conclusion(dossier: Dossier, found: Entry | None) -> str:
    if found is None:
        return ""
    return "\n".join(
        one for one in (dossier.value(found, "opinion"), f"结论：{dossier.outcome(found)}。", found.reason) if one
    )


def _relatives(case: Case) -> str:
    known = Application.objects.filter(case=case).first()
    rows = known.ties.filter(kind=TieKind.RELATIVE, until_on=None).select_related("person") if known else []
    return "、".join(row.person.name for row in rows)


def training(case: Case, entry: Entry | None) -> Data:
    return {**certificate(case, entry), "heading": "发展对象培训证书"}


# Pre-review, admission


def pre_review(case: Case, entry: Entry | None) -> Data:
    """Everything the committee above looks at before the form of application is given out, with what it says."""
    dossier, entry = Dossier(case, entry), wanted(entry)
    review, branch = dossier.last("political-review"), dossier.last("branch-review")
    about: Pairs = [
        *dossier.person_rows,
        ["申请入党日期", day_words(case.begun_on), "确定为积极分子", dossier.day("activist")],
        ["培养联系人", _contacts(dossier), "培养考察次数", str(len(dossier.all_of("cultivation")) or "")],
        [
            "确定为发展对象",
            dossier.day("candidate"),
            "上级党委同意或备案",
            dossier.day("candidate-consent", "candidate-filing"),
        ],
        ["公示", _notice_words(dossier), "入党介绍人", dossier.value(dossier.last("introducers"), "introducers")],
        ["政治审查", dossier.outcome(review), "政治审查日期", dossier.day("political-review")],
        ["集中培训", _training_words(dossier.last("training")), "培训日期", dossier.day("training")],
    ]
    return form(
        "接收预备党员预审表",
        [
            pairs(about),
            said("政治审查结论", dossier.value(review, "opinion"), day=dossier.day("political-review")),
            said(
                "党支部委员会审查意见",
                _told(dossier, branch),
                signs=["支部书记签名：", SEAL],
                day=dossier.day("branch-review"),
            ),
            said(
                "上级党委预审意见",
                f"{_said(dossier, entry)}",
                signs=[entry.acted_at.name, SEAL],
                day=day_words(entry.done_on),
            ),
        ],
        sub=f"办件{case.number}",
        note="预审合格的，由上级党委发给《中国共产党入党志愿书》。",
    )


def _notice_words(dossier: Dossier) -> str:
    """From when until when the notice hung."""
    notice = next((one.notice for one in reversed(dossier.all_of("candidate-notice")) if one.notice), None)
    if notice is None:
        return ""
    return f"{day_words(notice.posted_on)}至{day_words(notice.term_ends_on)}，{notice.working_days}个工作日"


def _training_words(entry: Entry | None) -> str:
    if entry is None:
        return ""
    parts = [f"{entry.values[key]}{unit}" for key, unit in (("days", "天"), ("hours", "学时")) if entry.values.get(key)]
    return "、".join(parts) or "已完成"


def _told(dossier: Dossier, entry: Entry | None) -> str:
    return "\n".join(one for one in (dossier.value(entry, "opinion"), _said(dossier, entry)) if one)


def _said(dossier: Dossier, entry: Entry | None) -> str:
    """The outcome, and why."""
    if entry is None:
        return ""
    return f"{dossier.outcome(entry)}。" + (f"{entry.reason.rstrip('，。')}。" if entry.reason else "")


def admission_minutes(case: Case, entry: Entry | None) -> Data:
    dossier, entry = Dossier(case, entry), wanted(entry)
    name = dossier.name
    introducers = dossier.value(dossier.last("introducers"), "introducers")
    by = f"入党介绍人{introducers}介绍了有关情况。" if introducers else ""
    if entry.outcome == "passed":
        resolved = (
            f"同意接收{name}同志为中共预备党员，报{_approver(dossier)}审批。"
            f"批准后，预备期一年，从{day_words(entry.done_on)}支部大会通过之日算起。"
        )
    else:
        resolved = f"没有通过接收{name}同志为中共预备党员。" + _because(entry)
    return minutes_of(
        dossier,
        entry,
        heading="支部大会决议",
        sub=f"接收{name}同志为中共预备党员",
        told=f"会议讨论了{name}同志的入党问题。申请人汇报了对党的认识、入党动机、本人履历等情况。{by}"
        "与会党员充分讨论后，进行了表决。",
        resolved=resolved,
    )


def _approver(dossier: Dossier) -> str:
    unit = dossier.place("approver")
    return unit.name if unit else "上级党委"


def _because(entry: Entry) -> str:
    return f"说明：{entry.reason.rstrip('，。')}。" if entry.reason else ""


def admission(case: Case, entry: Entry | None) -> Data:
    dossier, entry = Dossier(case, entry), wanted(entry)
    name, vote = dossier.name, dossier.last("vote")
    passed = f"{day_words(vote.done_on)}支部大会" if vote else "支部大会"
    if entry.outcome == "agreed":
        text = (
            f"{passed}关于接收{name}同志为中共预备党员的决议收悉。经审查，批准{name}同志为中共预备党员，"
            f"预备期一年，从{day_words(vote.done_on) if vote else '支部大会通过之日'}算起。\n"
            "通知本人，在党员大会上宣布，将其编入党支部和党小组，组织入党宣誓，继续做好教育和考察。\n此复。"
        )
        heading = f"关于接收{name}同志为中共预备党员的批复"
    else:
        text = (
            f"{passed}关于接收{name}同志为中共预备党员的决议收悉。经审查，不予批准。"
            f"{_because(entry)}\n向本人说明情况，做好思想工作。\n此复。"
        )
        heading = f"关于不批准{name}同志为中共预备党员的批复"
    return letter(entry, heading=heading, to=case.organisation.name, text=text, copies=f"存入{name}同志的入党材料。")


# Probation


def probation_record(case: Case, entry: Entry | None) -> Data:
    dossier = Dossier(case)
    about: Pairs = [
        *dossier.person_rows,
        ["支部大会通过日期", dossier.day("vote"), "上级党委批准日期", dossier.day("approval")],
        ["编入党支部、党小组", dossier.day("group"), "入党宣誓", dossier.day("oath")],
        [
            "入党介绍人",
            dossier.value(dossier.last("introducers"), "introducers"),
            "预备期满",
            day_words(_probation_end(dossier)),
        ],
    ]
    voted, decided = dossier.last("full-vote"), dossier.last("full-approval", "cancellation")
    return form(
        "预备党员教育考察登记表",
        [
            pairs(about),
            _examinations("教育考察情况", dossier.all_of("probation", "probation-extended")),
            said("党小组意见", "", signs=["党小组组长签名："]),
            said(
                "党支部意见",
                f"支部大会决议：{_said(dossier, voted)}" if voted else "",
                signs=["支部书记签名：", SEAL],
                day=dossier.day("full-vote"),
            ),
            said(
                "上级党委意见", _said(dossier, decided), signs=[SEAL], day=dossier.day("full-approval", "cancellation")
            ),
        ],
        sub=f"办件{case.number}",
    )


def _probation_end(dossier: Dossier) -> date | None:
    """When probation is over: a year from the vote, later where it was extended."""
    known = Application.objects.filter(case=dossier.case).first()
    if known and known.probation_ends_on:
        return known.probation_ends_on
    vote = dossier.last("vote")
    return add_months(vote.done_on, PROBATION_MONTHS) if vote else None


def full_minutes(case: Case, entry: Entry | None) -> Data:
    dossier, entry = Dossier(case, entry), wanted(entry)
    name, approver = dossier.name, _approver(dossier)
    resolved = {
        EXTENDED: f"延长{name}同志的预备期{_months(entry)}，延长一次。{_because(entry)}",
        CANCELLED: f"取消{name}同志的预备党员资格，报{approver}审批。{_because(entry)}",
    }.get(entry.outcome, f"同意{name}同志按期转为中共正式党员，报{approver}审批。")
    asked = dossier.last("full-application")
    handed_in = f"{name}同志{day_words(asked.done_on)}提出书面转正申请，" if asked else ""
    return minutes_of(
        dossier,
        entry,
        heading="支部大会决议",
        sub=f"{name}同志预备党员转正",
        told=f"{handed_in}会议讨论了{name}同志的转正问题。本人汇报了预备期的思想、工作、学习等情况，党小组和党支部委员会"
        "提出了意见。与会党员充分讨论后，进行了表决。",
        resolved=resolved,
    )


def _months(entry: Entry) -> str:
    return f"{entry.values['months']}个月" if entry.values.get("months") else "　　个月"


def full_approval(case: Case, entry: Entry | None) -> Data:
    dossier, entry = Dossier(case, entry), wanted(entry)
    name, vote, ends_on = dossier.name, dossier.last("full-vote"), _probation_end(dossier)
    passed = f"{day_words(vote.done_on)}支部大会" if vote else "支部大会"
    text = f"{passed}关于{name}同志转为中共正式党员的决议收悉。经审查，"
    if entry.outcome == "agreed":
        since = f"，党龄从{day_words(ends_on)}转为正式党员之日算起" if ends_on else ""
        text += f"批准{name}同志转为中共正式党员{since}。\n通知本人，在党员大会上宣布，将入党材料归档。\n此复。"
        heading = f"关于{name}同志转为中共正式党员的批复"
    else:
        text += f"不予批准。{_because(entry)}\n此复。"
        heading = f"关于不批准{name}同志转为中共正式党员的批复"
    return letter(entry, heading=heading, to=case.organisation.name, text=text, copies=f"存入{name}同志的入党材料。")


def extension(case: Case, entry: Entry | None) -> Data:
    dossier, entry = Dossier(case, entry), wanted(entry)
    name, vote = dossier.name, dossier.last("vote")
    before = add_months(vote.done_on, PROBATION_MONTHS) if vote else None
    months = entry.values.get("months")
    until = day_words(add_months(before, int(months))) if before and months else "　　　　年　　月　　日"
    text = (
        f"{day_words(entry.done_on)}支部大会讨论了你的转正问题，经表决，决定延长你的预备期{_months(entry)}，"
        f"从{day_words(before) or '原预备期满之日'}算起，到{until}止。{_because(entry)}\n"
        "延长期间，党支部继续进行教育和考察。期满前提出书面转正申请。\n特此通知。"
    )
    return letter(
        entry, heading="关于延长预备期的通知", to=f"{name}同志", text=text, copies=f"抄报：{_approver(dossier)}"
    )


def cancellation(case: Case, entry: Entry | None) -> Data:
    dossier, entry = Dossier(case, entry), wanted(entry)
    name, vote = dossier.name, dossier.last("full-vote")
    passed = f"{day_words(vote.done_on)}支部大会" if vote else "支部大会"
    said_ = f"同意取消{name}同志的预备党员资格" if entry.outcome == "agreed" else "不同意取消"
    text = (
        f"{passed}关于取消{name}同志预备党员资格的决议收悉。经审查，{said_}。{_because(vote) if vote else ''}\n"
        "将决定通知本人，入党材料归档保存。\n此复。"
    )
    return letter(
        entry,
        heading=f"关于{'' if entry.outcome == 'agreed' else '不同意'}取消{name}同志预备党员资格的批复",
        to=case.organisation.name,
        text=text,
        copies=f"存入{name}同志的入党材料。",
    )
