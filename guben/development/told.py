"""What this app tells the lower ones: effects of steps, fact tables and their rows, carriers, words."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guben.audit import sentences
from guben.development.carrying import DevelopmentCarrier
from guben.development.choices import PROCEDURE
from guben.development.effects import EFFECTS
from guben.development.facts import ADMISSIONS, CASE, TABLES
from guben.development.queries import warning_for
from guben.figures import listing
from guben.figures.listing import Listed, Record
from guben.organisations import carrying
from guben.procedures import advice, effects
from guben.procedures.models import Case
from guben.rulebook_engine.facts import catalogue

ADMITTING = {"candidate", "branch-review", "pre-review", "vote", "approval"}
NAMES: dict[str, tuple[Any, Any]] = {
    "development.stage_moved": (gettext_lazy("更正人员类别的日期"), gettext_lazy("从%(from_on)s改为%(to)s")),
    "development.plan_set": (gettext_lazy("下达发展计划"), gettext_lazy("%(year)s年，原%(before)s个，现%(places)s个")),
    "development.sample_drawn": (
        gettext_lazy("抽查发展党员"),
        gettext_lazy("抽签号%(seed)s，%(population)s件抽%(size)s件"),
    ),
    "development.found": (gettext_lazy("登记核查结果"), gettext_lazy("%(number)s：%(found)s")),
    "development.sample_closed": (gettext_lazy("结束抽查"), gettext_lazy("%(serious)s件有严重问题")),
    "development.exported": (gettext_lazy("导出发展党员一览"), gettext_lazy("%(count)s行")),
}
# What an entry on a sample names as written that is no field of the sample.
FIELDS = {
    "note": gettext_lazy("情况"),
    "found": gettext_lazy("核查结果"),
    "number": gettext_lazy("办件"),
    "serious": gettext_lazy("有严重问题的"),
}


def register() -> None:
    """Registers all of it; called when Django starts."""
    catalogue.publish(TABLES)
    for name, (carry_out, check, follow) in EFFECTS.items():
        effects.register(name, carry_out, check, follow)
    listing.register(CASE.name, listed_cases, right="cases.view", is_about_people=True)
    listing.register(ADMISSIONS.name, listing.LISTERS["organisation"], right="units.view")
    carrying.register(DevelopmentCarrier())
    advice.register("plan", plan_used_up)
    for action, (title, detail) in NAMES.items():
        sentences.register(action, title, detail)
    sentences.register_fields("development.sample", FIELDS)


def plan_used_up(case: Case, step: str, on: date) -> str:
    """Beside the steps that lead to an admission: whether the plan of the year has room. It forbids nothing unless
    the rule has the step heed it."""
    if case.procedure != PROCEDURE or step not in ADMITTING:
        return ""
    return warning_for(case.organisation, on)


def listed_cases(ids: list[int], on: date) -> dict[int, Listed]:
    """Cases behind a figure, each with the way to its page."""
    found: dict[int, Listed] = {}
    rows = Case.objects.filter(pk__in=ids).select_related("organisation", "person", "application")
    for case in rows:
        name = case.person.name if case.person else case.title
        known = getattr(case, "application", None)
        since = known.applied_on if known else case.begun_on
        words = _("%(number)s，%(day)s申请") % {"number": case.number, "day": since.isoformat()}
        record = Record(name, words, case.organisation.short_name, case.get_absolute_url())
        found[case.pk] = case.organisation, record
    return found
