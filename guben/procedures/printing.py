"""Papers that any procedure may produce: the extract of minutes, the answer of a superior, the certificate of a
training, the print of a notice. Apps above give their own words through the same templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse

from guben.accounts.installation import today
from guben.kit.documents import Check
from guben.procedures import papers, tallies
from guben.procedures.dossier import Dossier, Pairs, day_words
from guben.procedures.errors import PaperNotFitting
from guben.procedures.models import Case, Entry
from guben.procedures.rules import say
from guben.publication import printing as notices
from guben.publication.sealed import in_groups
from guben.rulebook_engine.procedures import Share

VOTE_PARTS = (
    ("entitled", "应到"), ("present", "实到"), ("cast", "收回票"), ("in_favour", "赞成"), ("against", "反对"),
    ("abstained", "弃权"), ("invalid", "无效"),
)  # fmt: skip


def register() -> None:
    """Registers the templates by the names that rules call them."""
    papers.register("minutes", minutes, fits=is_vote)
    papers.register("approval", approval, document="procedures/letter", fits=is_decided, is_told=True)
    papers.register("certificate", certificate, is_told=True)
    papers.register("notice", notice, document="publication/notice", fits=hangs, is_told=True, checks_itself=True)


def is_vote(entry: Entry) -> bool:
    return "vote" in entry.values


def is_decided(entry: Entry) -> bool:
    """Was it agreed to or refused, and not sent back or put off?"""
    return entry.outcome in ("agreed", "refused")


def hangs(entry: Entry) -> bool:
    return entry.notice_id is not None


def wanted(entry: Entry | None) -> Entry:
    """The entry that a paper is about. Raises PaperNotFitting where it is about none."""
    if entry is None:
        raise PaperNotFitting
    return entry


# Minutes


def minutes(case: Case, entry: Entry | None) -> dict[str, Any]:
    """The extract of a vote, for any procedure."""
    dossier, entry = Dossier(case, entry), wanted(entry)
    return minutes_of(
        dossier,
        entry,
        heading="会议决议摘录",
        sub=f"{_edition_title(dossier, entry)}：{dossier.name}",
        told=f"会议讨论了{_matter(dossier, entry)}，并进行了表决。",
        resolved=f"表决结果：{dossier.outcome(entry)}。" + _reason(entry),
    )


def _matter(dossier: Dossier, entry: Entry) -> str:
    """What the case is about, as a sentence says it."""
    if dossier.case.person is None:
        return f"“{dossier.case.title}”"
    return f"{dossier.name}同志“{_edition_title(dossier, entry)}”一事"


def _edition_title(dossier: Dossier, entry: Entry) -> str:
    edition = dossier.edition_of(entry)
    return say(edition.title) if edition else ""


def minutes_of(dossier: Dossier, entry: Entry, *, heading: str, sub: str, told: str, resolved: str) -> dict[str, Any]:
    """What the template of minutes takes: the meeting and the vote come from their records."""
    vote: dict[str, Any] = dict(entry.values.get("vote", {}))
    if entry.meeting and "entitled" not in vote:
        vote["entitled"] = entry.meeting.entitled_count
    step = dossier.step_of(entry)
    ballot = step.vote if step else None
    secret = ballot is None or ballot.secret
    tellers = "、".join(dict.fromkeys(count.teller.name for count in dossier.counts(entry)))
    meeting = entry.meeting
    about: Pairs = [
        ["会议", str(meeting.get_form_display()) if meeting else "", "时间", _when(entry)],
        ["地点", "", "主持人", meeting.chair.name if meeting and meeting.chair else ""],
        ["表决方式", "无记名投票" if secret else "举手表决", "计票人", tellers],
    ]
    return {
        "heading": heading,
        "sub": sub,
        "about": about,
        "told": told,
        "vote_heading": "表决情况（应到、实到指有表决权的党员）",
        "vote": [[label, str(vote.get(key, ""))] for key, label in VOTE_PARTS],
        "majority": _majority(ballot.majority, vote) if ballot else "",
        "resolved_heading": "决议",
        "resolved": resolved,
        "signs": ["主持人", "记录人", "支部书记"],
        "unit": dossier.case.organisation.name,
        "day": day_words(entry.done_on),
    }


def _when(entry: Entry) -> str:
    starts = entry.meeting.starts_at if entry.meeting else None
    return day_words(entry.done_on) + (f"{starts:%H:%M}" if starts else "")


def _majority(share: Share, vote: Mapping[str, Any]) -> str:
    """Which line had to be reached, of what, and whether it was."""
    whole, base = ("应到会有表决权的人数", "entitled") if share.of == "entitled" else ("实到会的人数", "present")
    number, in_favour = int(vote.get(base, 0)), int(vote.get("in_favour", 0))
    line = f"超过{whole}的{share.more_than}" if share.more_than else f"达到{whole}的{share.at_least}"
    reached = "达到" if number and share.reached(in_favour, number) else "没有达到"
    return (
        f"以{whole}{number}人为基数，赞成票要{line}，至少{tallies.least(share, number)}票。"
        f"实得赞成{in_favour}票，{reached}规定的票数。"
    )


def _reason(entry: Entry) -> str:
    return f"说明：{entry.reason.rstrip('，。')}。" if entry.reason else ""


# Letters


def approval(case: Case, entry: Entry | None) -> dict[str, Any]:
    """The answer of a superior, for any procedure."""
    dossier, entry = Dossier(case, entry), wanted(entry)
    matter = _matter(dossier, entry)
    said = "同意" if entry.outcome == "agreed" else "不同意"
    return letter(
        entry,
        heading=f"关于{matter}的批复",
        to=case.organisation.name,
        text=f"你们报来的{matter}（办件{case.number}）收悉。经研究，{said}。{_reason(entry)}\n此复。",
    )


def letter(entry: Entry, *, heading: str, to: str, text: str, copies: str = "") -> dict[str, Any]:
    """What the template of letters takes: it is the acting unit that writes."""
    return {
        "sender": entry.acted_at.name,
        "heading": heading,
        "to": to,
        "text": text,
        "day": day_words(entry.done_on),
        "copies": copies,
    }


# Certificates and notices


def certificate(case: Case, entry: Entry | None) -> dict[str, Any]:
    """That somebody took part in a training, with its days and class-hours."""
    entry = wanted(entry)
    dossier = Dossier(case, entry)
    length = [
        f"{entry.values[key]}{unit}" for key, unit in (("days", "天"), ("hours", "学时")) if entry.values.get(key)
    ]
    return {
        "heading": "培训证明",
        "to": f"{dossier.name}同志",
        "text": f"于{day_words(entry.done_on)}完成{_step_title(dossier, entry)}"
        + (f"，共{'、'.join(length)}" if length else "")
        + "，特此证明。",
        "unit": entry.acted_at.name,
        "day": day_words(entry.done_on),
    }


def _step_title(dossier: Dossier, entry: Entry) -> str:
    step = dossier.step_of(entry)
    return say(step.title) if step else entry.step


def notice(case: Case, entry: Entry | None) -> dict[str, Any]:
    """The print of the notice that hangs or hung for the case, as the publication board prints it."""
    found = wanted(entry).notice
    if found is None:
        raise PaperNotFitting
    told = notices.data(found, address_of(reverse("publication:check", args=[found.check_code])), today())
    return {**told, "number": found.number}


def check_for(code: str) -> Check:
    """What the foot of a paper bears, so that whoever holds a print can check it."""
    address = address_of(reverse("procedures:check", args=[code]))
    return Check(code_words(code), notices.svg_code(address), "扫码登录，核对真伪和是否有效。核对码")


def code_words(code: str) -> str:
    """As it stands on paper: ABCD-EFGH-JKMN-PQRS."""
    return in_groups(code).upper()


def address_of(path: str) -> str:
    """A full address of this installation, for what is printed without a page being open."""
    for origin in settings.CSRF_TRUSTED_ORIGINS:
        return f"{origin.rstrip('/')}{path}"
    host = next((one for one in settings.ALLOWED_HOSTS if one not in {"*", "testserver"}), "localhost")
    return f"{'https' if settings.HTTPS else 'http'}://{host.lstrip('.')}{path}"
