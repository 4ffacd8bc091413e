"""What this app tells the lower ones: fact tables and their rows, carriers, what stands in the way, words."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from guben.access import policy
from guben.access.policy import Someone
from guben.audit import sentences
from guben.figures import listing
from guben.meetings import objections
from guben.meetings.models import Meeting
from guben.organisations import carrying, obstacles
from guben.organisations.models import Organisation
from guben.procedures import facts, queries, succession
from guben.procedures.errors import MeetingInUse
from guben.procedures.models import Entry
from guben.procedures.places import VIEW
from guben.procedures.records import standing_of
from guben.rulebook import under_way
from guben.rulebook_engine.facts import catalogue

NAMES: dict[str, tuple[Any, Any]] = {
    "cases.begun": (_("开始办件"), "%(number)s"),
    "cases.step_taken": (_("办一步"), _("%(number)s，%(done_on)s")),
    "cases.counted": (_("登记计票"), "%(number)s"),
    "cases.corrected": (_("更正办件经过"), _("%(number)s，第%(entry)s条")),
    "cases.taken_back": (_("收回办件经过"), _("%(number)s，第%(entry)s条")),
    "cases.withdrawn": (_("撤回办件"), "%(number)s"),
    "cases.held": (_("暂停办件"), _("%(number)s，最晚到%(until_on)s")),
    "cases.released": (_("解除暂停"), "%(number)s"),
    "cases.paper_received": (_("登记材料"), "%(number)s"),
    "cases.paper_issued": (_("出文书"), "%(number)s，%(paper_number)s"),
    "cases.paper_withdrawn": (_("撤回材料"), "%(number)s"),
    "cases.exported": (_("导出办件表"), _("%(count)s件")),
}
# What an entry on a case names as written that is no field of the case.
FIELDS: dict[str, Any] = {
    "values": _("填写的内容"),
    "reason": _("说明"),
    "digest": _("文件"),
    "kept_where": _("原件在哪"),
    "cast": _("收回票"),
    "in_favour": _("赞成"),
    "against": _("反对"),
    "abstained": _("弃权"),
    "invalid": _("无效"),
}


def register() -> None:
    """Registers all of it; called when Django starts."""
    catalogue.publish(facts.TABLES)
    catalogue.publish_links(facts.LINKS)
    listing.register(facts.CASE.name, facts.listed_cases, right="cases.view", is_about_people=True)
    listing.register(facts.CASE_STEP.name, facts.listed_steps, right="cases.view", is_about_people=True)
    carrying.register(succession.CaseCarrier())
    obstacles.register("dissolve", succession.left_open)
    objections.register(votes_on)
    under_way.register(count_open)
    for action, (name, detail) in NAMES.items():
        sentences.register(action, name, detail)
    sentences.register_fields("procedures.case", FIELDS)


def count_open(user: Someone, key: str, at: Organisation, on: date) -> int | None:
    """The open cases of a procedure at and below a unit, told to who may see them there."""
    if not policy.may(user, VIEW, at):
        return None
    return queries.open_cases(None, on, procedure=key, at=at).count()


def votes_on(meeting: Meeting) -> str | None:
    """Votes that rest on a meeting: it can't be withdrawn under them."""
    cases = {entry.case_id for entry in Entry.objects.filter(meeting=meeting)}
    rows = Entry.objects.filter(case__in=cases).select_related("case").order_by("case", "number")
    by_case: dict[int, list[Entry]] = {}
    for entry in rows:
        by_case.setdefault(entry.case_id, []).append(entry)
    numbers = [
        entries[0].case.number
        for entries in by_case.values()
        if any(entry.meeting_id == meeting.pk for entry in standing_of(entries))
    ]
    return str(MeetingInUse("、".join(sorted(numbers)))) if numbers else None
