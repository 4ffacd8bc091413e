"""Papers of the admission: the form of the pre-review, the resolution, the answer of the committee above."""

from __future__ import annotations

from guben.development.printing.wording import SEAL, Data, approver_of, because, contacts_of, said_of, voting_meeting
from guben.procedures.dossier import Dossier, Pairs, day_words, form, pairs, said
from guben.procedures.models import Case, Entry
from guben.procedures.printing import letter, minutes_of, wanted


def pre_review(case: Case, entry: Entry | None) -> Data:
    """Everything the committee above looks at before the form of application is given out, with what it says."""
    dossier, entry = Dossier(case, entry), wanted(entry)
    review, branch = dossier.last("political-review"), dossier.last("branch-review")
    about: Pairs = [
        *dossier.person_rows,
        ["申请入党日期", day_words(case.begun_on), "定为积极分子", dossier.day("activist")],
        ["培养联系人", contacts_of(dossier), "培养考察次数", str(len(dossier.all_of("cultivation")) or "")],
        [
            "定为发展对象",
            dossier.day("candidate"),
            "上级同意/备案",
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
                f"{said_of(dossier, entry)}",
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
    return "\n".join(one for one in (dossier.value(entry, "opinion"), said_of(dossier, entry)) if one)


def admission_minutes(case: Case, entry: Entry | None) -> Data:
    dossier, entry = Dossier(case, entry), wanted(entry)
    name = dossier.name
    introducers = dossier.value(dossier.last("introducers"), "introducers")
    by = f"入党介绍人{introducers}介绍了有关情况。" if introducers else ""
    if entry.outcome == "passed":
        resolved = (
            f"同意接收{name}同志为中共预备党员，报{approver_of(dossier)}审批。"
            f"批准后，预备期一年，从{day_words(entry.done_on)}支部大会通过之日算起。"
        )
    else:
        resolved = f"没有通过接收{name}同志为中共预备党员。" + because(entry)
    return minutes_of(
        dossier,
        entry,
        heading="支部大会决议",
        sub=f"接收{name}同志为中共预备党员",
        told=f"会议讨论了{name}同志的入党问题。申请人汇报了对党的认识、入党动机、本人履历等情况。{by}"
        "与会党员充分讨论后，进行了表决。",
        resolved=resolved,
    )


def admission(case: Case, entry: Entry | None) -> Data:
    dossier, entry = Dossier(case, entry), wanted(entry)
    name, vote = dossier.name, dossier.last("vote")
    passed = voting_meeting(vote)
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
            f"{because(entry)}\n向本人说明情况，做好思想工作。\n此复。"
        )
        heading = f"关于不批准{name}同志为中共预备党员的批复"
    return letter(entry, heading=heading, to=case.organisation.name, text=text, copies=f"存入{name}同志的入党材料。")
