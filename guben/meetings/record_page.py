"""What the page for recording one meeting shows: the forms held here, the rolls, and what can be settled."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from guben.access import policy
from guben.accounts.installation import today
from guben.kit.days import read_day
from guben.meetings import queries
from guben.meetings.choices import Form
from guben.meetings.consequences import OpenDuty, teller
from guben.meetings.forms import RecordForm, RollLine, RollList, list_key, read_absences
from guben.meetings.models import Meeting
from guben.organisations import queries as organisations
from guben.organisations.models import Organisation

COMMITTEE_FORMS = (Form.COMMITTEE, Form.DEMOCRATIC_LIFE, Form.LECTURE, Form.TALK)
RECENT = timedelta(days=200)
MOST_TOPIC = 200
LIKELY = 5  # people who stand above the fold
FEW = 8  # lists this short are not folded


def unit_to_record(request: HttpRequest) -> Organisation | None:
    """The unit asked for by ?at=, else the only place where the user may record.

    Raises:
        Http404, PermissionDenied: no `meetings.record` at the unit asked for.
    """
    code = request.GET.get("at", "")
    if code:
        return organisations.unit_for(request.user, code, "meetings.record")
    own = [grant.organisation for grant in policy.grants_of(request.user) if grant.organisation.path]
    own = [unit for unit in own if policy.may(request.user, "meetings.record", unit)]
    return own[0] if len(own) == 1 and is_branch(own[0]) else None


def units_to_choose(request: HttpRequest) -> list[Organisation]:
    """The branches where the user may record, at most 300, narrowed by ?q=."""
    units = organisations.visible_units(request.user, "meetings.record").filter(kind__in=BRANCH)
    words = request.GET.get("q", "").strip()
    return list((units.filter(organisations.called(words)) if words else units)[:300])


BRANCH = ("branch", "joint_branch", "temporary_branch", "general_branch")


def is_branch(unit: Organisation) -> bool:
    return unit.kind in BRANCH


def saved_sentence(meeting: Meeting) -> str:
    """What was saved, and whether it settles its duty."""
    duties = teller().settled_by([meeting], today()).get(meeting.pk, [])
    words = {"day": f"{meeting.held_on:%m-%d}", "form": meeting.get_form_display()}
    if short := next((duty for duty in duties if not duty.counts), None):
        return _("%(day)s的%(form)s已记，但不算完成：%(why)s") % {**words, "why": short.why_not}
    if duty := next((duty for duty in duties if duty.counts), None):
        return _("%(day)s的%(form)s已记，%(period)s的%(title)s算完成。") % {
            **words,
            "period": duty.period_name,
            "title": duty.title,
        }
    return _("%(day)s的%(form)s已记。") % words


class RecordPage:
    """The form with its rolls and its open duties."""

    def __init__(self, request: HttpRequest, unit: Organisation) -> None:
        self.request, self.unit, self.day = request, unit, today()
        self.duties: list[OpenDuty] = teller().open_duties([unit], self.day).get(unit.pk, [])
        self.earlier: Meeting | None = None
        self.wanted = self._wanted()
        self.groups = queries.groups_of(unit, self.day) if is_branch(unit) else []
        self.data = request.POST if request.method == "POST" else None
        self.rolls = self._rolls()
        self.form = RecordForm(
            self.data,
            initial=self._initial(),
            forms_here=self._forms_here(),
            groups=self.groups,
        )

    def context(self) -> dict[str, Any]:
        """Everything the template shows."""
        return {
            "unit": self.unit,
            "form": self.form,
            "rolls": self.rolls,
            "forms_here": [(value, label, list_key(value)) for value, label in self._forms_here()],
            "chosen_form": self.form["form"].value() or "",
            "duties": self.duties,
            "late_duties": self._late_by_form(),
            "wanted_period": self.wanted.period.label if self.wanted else "",
            "groups": self.groups,
            "earlier": self.earlier,
            "next": self.request.POST.get("next") or self.request.GET.get("next", ""),
        }

    def _wanted(self) -> OpenDuty | None:
        """The duty the link asked for."""
        rule, period = self.request.GET.get("rule"), self.request.GET.get("period")
        return next((d for d in self.duties if d.rule == rule and d.period.label == period), None)

    def _forms_here(self) -> list[tuple[str, str]]:
        if is_branch(self.unit):
            values = [value for value in Form.values if value != Form.DEMOCRATIC_LIFE]
        else:
            values = list(COMMITTEE_FORMS)
        kinds = {roll.key for roll in self.rolls}
        values = [value for value in values if list_key(value) in kinds or not kinds]
        return [(value, str(Form(value).label)) for value in values]

    def _initial(self) -> dict[str, Any]:
        asked = self.request.GET.get("form", "")
        known = dict(self._forms_here())
        first = self.duties[0].form if self.duties and self.duties[0].form in known else next(iter(known))
        day = read_day(self.request.GET.get("on", "")) or self.day
        topic = " ".join(self.request.GET.get("topic", "").replace("\0", "").split())[:MOST_TOPIC]
        return {"form": asked if asked in known else first, "held_on": day, "topic": topic}

    def _late_by_form(self) -> dict[str, list[OpenDuty]]:
        found: dict[str, list[OpenDuty]] = {}
        for duty in self.duties:
            if duty.period.ends_on < self.day:
                found.setdefault(duty.form, []).append(duty)
        return found

    def _rolls(self) -> list[RollList]:
        on = self._roll_day()
        everybody = queries.roll_for(self.unit, Form.MEMBER_MEETING, on) if is_branch(self.unit) else []
        rolls = {"all": everybody, "team": queries.roll_for(self.unit, Form.COMMITTEE, on)}
        if self.groups:
            rolls["group"] = [entry for entry in everybody if entry.group_id]
        often = queries.absent_most(self.unit, on - RECENT, LIKELY)
        return [self._list(key, entries, often) for key, entries in rolls.items() if entries]

    def _roll_day(self) -> date:
        asked = read_day(self.data.get("held_on", "")) if self.data else None
        return min(asked or self.day, self.day)

    def _list(self, key: str, entries: list[Any], often: set[int]) -> RollList:
        ticked = dict(read_absences(self.request.POST, key)) if self.data else {}
        short = len(entries) <= FEW
        return RollList(
            key,
            [
                RollLine(
                    entry,
                    absent=entry.person_id in ticked,
                    reason=ticked.get(entry.person_id, "leave"),
                    is_likely=short or entry.person_id in often,
                )
                for entry in entries
            ],
        )
