"""Papers up to the candidate's training: the cover of the application, the records of education and of the review."""

from __future__ import annotations

from guben.development.choices import TieKind
from guben.development.models import Application
from guben.development.printing.wording import SEAL, Data, contacts_of, examinations, said_of
from guben.kit.days import add_months
from guben.procedures.dossier import Dossier, Pairs, day_words, form, listed, pairs, said
from guben.procedures.models import Case, Entry
from guben.procedures.printing import certificate


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
        ["定为积极分子", dossier.day("activist"), "上级党委备案", dossier.day("activist-filing")],
        ["谈话人", dossier.value(talk, "talked_by"), "推荐方式", dossier.value(chosen, "recommended_by")],
        ["培养联系人", contacts_of(dossier)],
    ]
    return form(
        "入党积极分子培养考察登记表",
        [
            pairs(about),
            examinations("培养教育考察情况（每半年一次）", dossier.all_of("cultivation")),
            said("培养联系人的意见", "", signs=["签名："]),
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


def _candidate_words(dossier: Dossier) -> str:
    return "经党支部委员会讨论，确定为发展对象。" if dossier.last("candidate") else ""


def _consent_words(dossier: Dossier) -> str:
    found = dossier.last("candidate-consent", "candidate-filing")
    if found is None:
        return ""
    return "已备案。" if found.outcome == "done" else said_of(dossier, found)


def political_review(case: Case, entry: Entry | None) -> Data:
    dossier = Dossier(case, entry)
    found = dossier.last("political-review")
    family = [["", "", "", "", ""] for _line in range(5)]
    return form(
        "政治审查表",
        [
            pairs([*dossier.person_rows, *_declared(dossier)]),
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


def _declared(dossier: Dossier) -> Pairs:
    """The relatives that the application names: members of the branch, and others where there are any."""
    rows: Pairs = [["申请书写明的党员亲属", _relatives(dossier.case) or "没有写明"]]
    others = dossier.value(dossier.last("application"), "other_relatives")
    named = [line.strip() for line in others.splitlines() if line.strip()]
    return [*rows, ["申请书写明的其他亲属", "；".join(named)]] if named else rows


def _relatives(case: Case) -> str:
    known = Application.objects.filter(case=case).first()
    rows = known.ties.filter(kind=TieKind.RELATIVE, until_on=None).select_related("person") if known else []
    return "、".join(row.person.name for row in rows)


def training(case: Case, entry: Entry | None) -> Data:
    return {**certificate(case, entry), "heading": "发展对象培训证书"}
