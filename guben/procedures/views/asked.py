"""What all pages of cases share: the user, the case she may see, and one page's worth of what is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from guben.access import policy
from guben.accounts.installation import today
from guben.accounts.models import User
from guben.members.choices import education_label
from guben.organisations.models import Organisation
from guben.procedures import asking, case_page, checks, people, queries, standing, step_page, words
from guben.procedures.forms import CountForm, StepForm
from guben.procedures.models import Case, Count, Paper
from guben.procedures.places import acting, may_hold, may_withdraw
from guben.procedures.records import live_counts
from guben.procedures.rules import outcome_of, say
from guben.procedures.standing import Standing, StepStanding


def user_of(request: HttpRequest) -> User:
    """The signed-in user; the middleware lets nobody else in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def case_asked(request: HttpRequest, pk: int) -> Case:
    """The case, for those who may see it; everybody else gets 404."""
    return queries.case_for(user_of(request), pk)


@dataclass
class CasePage:
    """The page of one case; `step` is the open step that is shown, the current one unless another was asked for."""

    request: HttpRequest
    case: Case
    asked_step: str = ""
    form: StepForm | None = None
    count_form: CountForm | None = None

    @cached_property
    def standing(self) -> standing.Standing:
        return standing.of(self.case, today())

    @cached_property
    def stands(self) -> StepStanding | None:
        return (self.standing.at(self.asked_step) if self.asked_step else None) or self.standing.current

    @cached_property
    def counts(self) -> Sequence[Count]:
        stands = self.stands
        return live_counts(self.case, stands.step.key) if stands and stands.step.kind == "vote" else ()

    @cached_property
    def known(self) -> people.Known:
        stands = self.stands
        step = stands.step if stands and self.acts else None
        return people.known(
            self.case, step, stands.actor if stands else None, self.standing.records.entries, self.standing.on
        )

    @cached_property
    def acts(self) -> str:
        stands = self.stands
        return acting(user_of(self.request), stands.step, stands.actor, self.case) if stands else ""

    def step_form(self, data: Any = None, files: Any = None, outcome: str = "") -> StepForm | None:
        """The form of the step that is shown, where this user may take it."""
        stands = self.stands
        if stands is None or not self.acts:
            return None
        asked = asking.asked_of(stands, self.known, self.counts, self._since)
        return asking.step_form(stands, asked, self.standing, data, files, outcome=outcome) if asked else None

    def look_again(self) -> None:
        """Forgets where the case stood: something was written since."""
        for name in ("standing", "stands", "counts", "known", "acts"):
            self.__dict__.pop(name, None)

    def teller_form(self, data: Any = None) -> CountForm | None:
        stands = self.stands
        if stands is None or not self.acts:
            return None
        newest = "recorded" in self.request.GET
        return asking.count_form(stands, self.known, self.counts, self._since, data, newest=newest)

    @property
    def _since(self) -> Any:
        return checks.latest_day(self.standing)

    def context(self) -> dict[str, Any]:
        """Everything that the page shows."""
        case, now = self.case, self.standing
        entries = now.records.entries
        happened = self.happened()
        shows_all = bool(self.request.GET.get("all"))
        stands, user = self.stands, user_of(self.request)
        sees_person = case.person_id is not None and policy.may(user, "members.view", case.organisation)
        return {
            "case": case,
            "road": now.road,
            "heading": self.heading,
            "scope": self._scope(),
            "about": _about(case) if sees_person else "",
            "sees_person": sees_person,
            "procedure_title": say(now.procedure.title),
            "edition": now.procedure.edition_label,
            "editions_told": case_page.editions_told(entries, now.road),
            "phases": case_page.phases_of(now.road, now.on, stands.step.key if stands else ""),
            "foot": self._foot(),
            "step_count": case_page.count_of(now.road),
            "step": step_page.card(now, stands, user, self.counts) if stands else None,
            "form": self.form or self.step_form(),
            "count_form": self.count_form or self.teller_form(),
            "tally": asking.tally_words(self.counts) if stands and asking.counted(stands, self.counts) else "",
            "held": now.hold,
            "ended_words": self._ended_words(),
            "papers": (papers := self._paper_lines(now)),
            "papers_to_come": sum(not line.is_shown for line in papers),
            "paper_count": sum(paper.counts for paper in now.records.papers),
            "may_hand_in": self.may_change and not now.is_ended,
            "happenings": happened if shows_all else happened[: case_page.SHOWN_HAPPENINGS],
            "happening_count": len(happened),
            "may_correct": self.may_change,
            "holds": now.records.holds[::-1],
            "may_hold": not now.is_ended and may_hold(user, case),
            "may_withdraw": not now.is_ended and bool(may_withdraw(user, now.procedure, case)),
        }

    def happened(self) -> list[case_page.Happening]:
        own = queries.is_own(user_of(self.request), self.case)
        return case_page.happenings(self.standing, self.known.names, hides_contents=own)

    def _paper_lines(self, now: Standing) -> list[case_page.PaperLine]:
        user, step = user_of(self.request), self.stands.step if self.stands else None
        return case_page.paper_lines(now, step, lambda paper: self._reads(user, paper))

    def _reads(self, user: User, paper: Paper) -> bool:
        paper.case = self.case  # known here with its units and person
        return queries.reads(user, paper)

    @property
    def heading(self) -> str:
        if self.case.person is None:
            return self.case.title
        title = say(self.standing.procedure.title)
        return _("%(name)s，%(procedure)s") % {"name": self.case.person.name, "procedure": title}

    @property
    def may_change(self) -> bool:
        """May she add papers and corrections: at the case's own unit, or where the step is taken now."""
        user, stands = user_of(self.request), self.stands
        units: list[Organisation | None] = [self.case.organisation, stands.actor if stands else None]
        return any(policy.may(user, "cases.act", unit) for unit in units if unit)

    def _scope(self) -> str:
        case, now, stands = self.case, self.standing, self.stands
        if stands is None:
            return _("办件%(number)s，%(unit)s。") % {"number": case.number, "unit": case.organisation.short_name}
        number, total = case_page.place_of(now.road, stands.road_step)
        phases = now.procedure.phases
        text = _("办件%(case)s。第%(number)s步，共%(total)s步。") % {
            "case": case.number,
            "number": number,
            "total": total,
        }
        if phases and stands.step.phase <= len(phases):
            text += _("阶段%(number)s：%(phase)s。") % {
                "number": words.ordinal(stands.step.phase),
                "phase": say(phases[stands.step.phase - 1]),
            }
        return text

    def _foot(self) -> str:
        steps = self.standing.road.steps
        last = next((one.earliest for one in reversed(steps) if one.earliest and one.state != "passed_by"), None)
        if self.standing.is_ended or last is None or last <= self.standing.on:
            return ""
        return _("照此走，最早%(day)s办结。") % {"day": last.isoformat()}

    def _ended_words(self) -> str:
        case, now = self.case, self.standing
        if not now.is_ended or case.ended_on is None:
            return ""
        day = {"day": case.ended_on.isoformat()}
        if case.ended_as == "done":  # says no more than that it is done
            return _("%(day)s办结") % day
        last = now.records.standing[-1] if now.records.standing else None
        step = now.rules.stated(case.procedure, last.edition, last.step) if last else None
        outcome = outcome_of(step, case.ended_as) if step else None
        title = say(outcome.title) if outcome else case_page.special(case.ended_as)
        return _("%(day)s办结：%(outcome)s") % {**day, "outcome": title}

    def render(self, template: str = "procedures/case.html", *, status: int = 200) -> HttpResponse:
        return render(self.request, template, self.context(), status=status)


def _about(case: Case) -> str:
    """1995年生，女，大专: what tells people of one name apart."""
    person = case.person
    if person is None:
        return ""
    facts = [
        _("%(year)s年生") % {"year": person.born_on.year},
        str(person.get_sex_display()),
        education_label(person.education),
    ]
    return _("%(facts)s。") % {"facts": _("，").join(fact for fact in facts if fact)}


__all__ = ["CasePage", "case_asked", "user_of"]
