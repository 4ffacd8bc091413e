"""Words that several papers of the development of members share, read from the case."""

from __future__ import annotations

from typing import Any

from guben.procedures.dossier import Dossier, day_words, listed
from guben.procedures.models import Entry

SEAL = "（盖章）"
Data = dict[str, Any]


def contacts_of(dossier: Dossier) -> str:
    return dossier.value(dossier.last("contacts"), "contacts")


def examinations(label: str, entries: list[Entry]) -> dict[str, Any]:
    rows = [
        [str(number), day_words(one.done_on), str(one.values.get("opinion", "")) or one.reason, ""]
        for number, one in enumerate(entries, 1)
    ]
    return listed(label, ["次", "考察日期", "考察意见", "支部书记签名"], rows, [0.4, 1.5, 4, 1.3])


def said_of(dossier: Dossier, entry: Entry | None) -> str:
    """The outcome, and why."""
    if entry is None:
        return ""
    return f"{dossier.outcome(entry)}。" + (f"{entry.reason.rstrip('，。')}。" if entry.reason else "")


def because(entry: Entry) -> str:
    return f"说明：{entry.reason.rstrip('，。')}。" if entry.reason else ""


def approver_of(dossier: Dossier) -> str:
    unit = dossier.place("approver")
    return unit.name if unit else "上级党委"


def voting_meeting(vote: Entry | None) -> str:
    """The meeting that voted, with its day where it is known."""
    return f"{day_words(vote.done_on)}支部大会" if vote else "支部大会"
