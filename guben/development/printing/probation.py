"""Papers of the probation: its record, the resolution on it, the answer, the extension, the cancellation."""

from __future__ import annotations

from datetime import date

from guben.development.models import Application
from guben.development.printing.wording import SEAL, Data, approver_of, because, examinations, said_of, voting_meeting
from guben.kit.days import add_months
from guben.procedures.dossier import Dossier, Pairs, day_words, form, pairs, said
from guben.procedures.models import Case, Entry
from guben.procedures.printing import letter, minutes_of, wanted

PROBATION_MONTHS = 12  # Source: 发展党员工作细则 Art. 31
EXTENDED, CANCELLED = "extended", "cancelled"


def is_extended(entry: Entry) -> bool:
    return entry.outcome == EXTENDED


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
            examinations("教育考察情况", dossier.all_of("probation", "probation-extended")),
            said("党小组意见", "", signs=["党小组组长签名："]),
            said(
                "党支部意见",
                f"支部大会决议：{said_of(dossier, voted)}" if voted else "",
                signs=["支部书记签名：", SEAL],
                day=dossier.day("full-vote"),
            ),
            said(
                "上级党委意见",
                said_of(dossier, decided),
                signs=[SEAL],
                day=dossier.day("full-approval", "cancellation"),
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
    name, approver = dossier.name, approver_of(dossier)
    resolved = {
        EXTENDED: f"延长{name}同志的预备期{_months(entry)}，延长一次。{because(entry)}",
        CANCELLED: f"取消{name}同志的预备党员资格，报{approver}审批。{because(entry)}",
    }.get(entry.outcome, f"同意{name}同志按期转为中共正式党员，报{approver}审批。")
    asked = dossier.last("full-application")
    handed_in = f"{name}同志{day_words(asked.done_on)}提出书面转正申请，" if asked else ""
    return minutes_of(
        dossier,
        entry,
        heading="支部大会决议",
        sub=f"{name}同志预备党员转正",
        told=f"{handed_in}会议讨论了{name}同志的转正问题。本人汇报了预备期的思想、工作、学习等情况，党小组和党支部委员会"
        "提出了意见。与会党员充分讨论后，就按期转正进行了表决。",
        resolved=resolved,
    )


def _months(entry: Entry) -> str:
    return f"{entry.values['months']}个月" if entry.values.get("months") else "　　个月"


def full_approval(case: Case, entry: Entry | None) -> Data:
    dossier, entry = Dossier(case, entry), wanted(entry)
    name, vote, ends_on = dossier.name, dossier.last("full-vote"), _probation_end(dossier)
    passed = voting_meeting(vote)
    text = f"{passed}关于{name}同志转为中共正式党员的决议收悉。经审查，"
    if entry.outcome == "agreed":
        since = f"，党龄从{day_words(ends_on)}转为正式党员之日算起" if ends_on else ""
        text += f"批准{name}同志转为中共正式党员{since}。\n通知本人，在党员大会上宣布，将入党材料归档。\n此复。"
        heading = f"关于{name}同志转为中共正式党员的批复"
    else:
        text += f"不予批准。{because(entry)}\n此复。"
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
        f"从{day_words(before) or '原预备期满之日'}算起，到{until}止。{because(entry)}\n"
        "延长期间，党支部继续进行教育和考察。期满前提出书面转正申请。\n特此通知。"
    )
    return letter(
        entry, heading="关于延长预备期的通知", to=f"{name}同志", text=text, copies=f"抄报：{approver_of(dossier)}"
    )


def cancellation(case: Case, entry: Entry | None) -> Data:
    dossier, entry = Dossier(case, entry), wanted(entry)
    name, vote = dossier.name, dossier.last("full-vote")
    passed = voting_meeting(vote)
    said_ = f"同意取消{name}同志的预备党员资格" if entry.outcome == "agreed" else "不同意取消"
    text = (
        f"{passed}关于取消{name}同志预备党员资格的决议收悉。经审查，{said_}。{because(vote) if vote else ''}\n"
        "将决定通知本人，入党材料归档保存。\n此复。"
    )
    return letter(
        entry,
        heading=f"关于{'' if entry.outcome == 'agreed' else '不同意'}取消{name}同志预备党员资格的批复",
        to=case.organisation.name,
        text=text,
        copies=f"存入{name}同志的入党材料。",
    )
