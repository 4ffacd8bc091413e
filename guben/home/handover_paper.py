"""The handover as PDF, to be signed by who leaves, who comes and who oversees it (M7.5). It says what the page says."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from guben.accounts.installation import current
from guben.kit import documents
from guben.organisations.choices import PostKind
from guben.procedures.dossier import day_words

SPOKEN = "zh-hans"
Part = dict[str, Any]


def pdf(unit: Any, shown: dict[str, Any], on: date) -> bytes:
    """`shown` is what the page of the handover shows to the reader."""
    return documents.pdf(
        "home/handover", data(unit, shown, on), title=f"{unit.short_name}交接清单", lang=SPOKEN, number=unit.code,
        demo=current().is_demo,
    )  # fmt: skip


def data(unit: Any, shown: dict[str, Any], on: date) -> dict[str, Any]:
    """The values of the template: each part only where the reader may see it."""
    parts = [_duties(shown)]
    if shown["sees_cases"]:
        parts.append(_cases(shown))
    if shown["below"] or shown.get("below_unknown"):
        parts.append(_below(shown))
    parts.append(_posts(shown))
    if shown["sees_people"]:
        parts.append(_contacts(shown))
    if shown["sees_meetings"]:
        parts.append(_meetings(shown))
    parts += [_acts(shown), _sites(shown), _rules(shown)]
    if shown["sees_history"]:
        parts += [_history("交接以来变了什么", shown["after"]), _history("此前一年谁做了什么", shown["before"])]
    for number, part in enumerate(parts, 1):
        part["title"] = f"{_han(number)}、{part['title']}"
    return {
        "heading": "工作交接清单",
        "sub": f"{unit.name}，{day_words(on)}",
        "told": _told(shown),
        "parts": parts,
        "statement": f"{unit.name}{day_words(on)}交接清单所列事项，已当面交接清楚。没有办完的，由接手人接着办。",
        "signs": ["移交人", "接手人", "监交人"],
    }


def _han(number: int) -> str:
    words = "零一二三四五六七八九十"
    return words[number] if number <= 10 else f"十{words[number - 10]}"


def _told(shown: dict[str, Any]) -> list[str]:
    mine, former = shown["mine"], shown["former"]
    found = []
    if mine:
        before = f"从{mine.from_whom}接手，" if mine.from_whom else ""
        found.append(f"{day_words(mine.since_on)}起{before}任{mine.role}。")
    if former:
        title = str(PostKind.SECRETARY.label)
        found.append(
            f"上一任{title}：{former.person.name}，{day_words(former.from_on)}到{day_words(former.until_on)}。"
        )
    return found


def _part(title: str, heads: list[str], rows: list[list[str]], widths: list[float], empty: str, more: str = "") -> Part:
    return {"title": title, "heads": heads, "rows": rows, "widths": widths, "empty": empty, "more": more}


def _duties(shown: dict[str, Any]) -> Part:
    rows = [
        ["逾期" if one.is_late else "待做", f"{one.line.period_name}{one.line.title}", one.line.due_on.isoformat(),
         one.line.article or one.line.level]
        for one in shown["open"]
    ]  # fmt: skip
    return _part("没办的事", ["情况", "什么事", "期限", "依据"], rows, [1, 4, 1.6, 3], "没有逾期的，也没有待做的。")


def _cases(shown: dict[str, Any]) -> Part:
    rows = [
        [one.case.number, one.waiting.name, f"{one.procedure}：{one.waiting.step}", one.waiting.who,
         one.case.due_on.isoformat() if one.case.due_on else "", one.waiting.chip_words]
        for one in shown["cases"]
    ]  # fmt: skip
    heads = ["编号", "谁或什么", "到哪一步", "谁办", "期限", "情况"]
    return _part("没办完的办件", heads, rows, [2.5, 1.6, 3, 1.8, 1.7, 1.6], "没有开着的办件。")


def _below(shown: dict[str, Any]) -> Part:
    rows = [[row.child.short_name, str(row.late), str(row.due), str(row.not_kept)] for row in shown["below"]]
    kept = shown.get("kept")
    title = f"下级没办的事（{day_words(kept.on)}的数字）" if kept else "下级没办的事"
    return _part(title, ["组织", "逾期", "待做", "未建账"], rows, [4, 1, 1, 1], "下级组织很多，这里的数字还没有算好。")


def _posts(shown: dict[str, Any]) -> Part:
    sees = shown["sees_people"]
    rows = [[seat.title, (seat.name if sees else "有人任职") if seat.name else "空缺"] for seat in shown["seats"]]
    rows += [
        [
            f"{row.holding.post}（{row.sent_by.short_name}下派）",
            f"{row.holding.person.name}，{day_words(row.ends_on)}期满",
        ]
        for row in shown["sent"]
    ]
    return _part("班子和岗位", ["岗位", "谁"], rows, [1, 1], "还没有设岗位。")


def _contacts(shown: dict[str, Any]) -> Part:
    rows = [
        [row.person.name, row.last_contact_on.isoformat() if row.last_contact_on else "没有联系过"]
        for row in shown["contacts"]
    ]
    return _part("要联系的党员", ["姓名", "上次联系"], rows, [1, 1], "没有逾期没联系的。")


def _meetings(shown: dict[str, Any]) -> Part:
    rows = [
        [one.held_on.isoformat(), str(one.get_form_display()), one.topic, f"{one.present} / {one.entitled_count}"]
        for one in shown["meetings"]
    ]
    return _part(
        "最近的会和议过的事", ["日期", "什么会", "议题", "实到 / 应到"], rows, [1.5, 1.8, 4, 1.5], "还没有会议记录。"
    )


def _acts(shown: dict[str, Any]) -> Part:
    rows = [
        [one.effective_on.isoformat(), str(one.get_kind_display()), "，".join(filter(None, (one.note, one.paper)))]
        for one in shown["acts"]
    ]
    return _part("一年内的组织变更", ["日期", "事项", "说明"], rows, [1.5, 1.5, 4], "没有。")


def _sites(shown: dict[str, Any]) -> Part:
    rows = [
        [one.name, str(one.get_condition_display()), str(one.get_tenure_display()),
         one.lease_ends_on.isoformat() if one.lease_ends_on else ""]
        for one in shown["sites"]
    ]  # fmt: skip
    return _part(
        "有问题的阵地", ["阵地", "状况", "产权", "到期"], rows, [3, 1.5, 1.5, 1.5], "没有危房，也没有快到期的租借。"
    )


def _rules(shown: dict[str, Any]) -> Part:
    rows = [[one.title, str(one.every), one.article] for one in shown["rules"]]
    return _part("要照着做的规定", ["什么事", "多久一次", "依据"], rows, [2.4, 2, 3], "没有规定要求这个组织做什么。")


def _history(title: str, lines: Any) -> Part:
    rows = [
        [f"{timezone.localtime(one.entry.at):%Y-%m-%d %H:%M}", str(one.entry.user), str(one.action), str(one.detail)]
        for one in lines
    ]
    return _part(title, ["时刻", "谁", "做了什么", "说明"], rows, [2, 1.5, 2, 4], "没有变动。")
