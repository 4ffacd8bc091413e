"""What the forms of the step at hand ask: the fields of its edition, the meetings and people to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from guben.house.templatetags.house import day
from guben.house.words import listed
from guben.meetings.models import Meeting
from guben.meetings.queries import in_force, with_present
from guben.organisations.models import Organisation
from guben.procedures import tallies
from guben.procedures.fields import Choices
from guben.procedures.forms import Asked, CountForm, StepForm
from guben.procedures.kinds.votes import form_title
from guben.procedures.lacking import papers_to_ask
from guben.procedures.models import Count
from guben.procedures.people import Known
from guben.procedures.rules import say
from guben.procedures.standing import Standing, StepStanding
from guben.rulebook_engine.plans import POSTED, outcomes
from guben.rulebook_engine.procedures import Ballot, Outcome, Step

MOST_MEETINGS = 12


def counted(stands: StepStanding, counts: Sequence[Count]) -> bool:
    """Have all tellers of a vote counted, and the same?"""
    vote = stands.step.vote
    return bool(vote and vote.tellers and len(counts) >= vote.tellers and tallies.agree(counts))


def asked_of(stands: StepStanding, known: Known, counts: Sequence[Count], since: date) -> Asked | None:
    """What the step's own form asks; None where it has none today, as a vote that is still to be counted."""
    step = stands.step
    if step.kind == "wait":
        return None
    vote, papers = step.vote, papers_to_ask(stands)
    if vote and vote.tellers:
        if not counted(stands, counts):
            return None
        return Asked(
            step.field,
            known.choices,
            meeting=counts[0].meeting_id,
            asks_reason=_asks_reason(step),
            reason_help=_reason_help(step),
            papers=papers,
        )
    if vote:
        return Asked(
            step.field,
            known.choices,
            meetings=meetings_of(stands.actor, vote, since),
            asks_reason=_asks_reason(step),
            reason_help=_reason_help(step),
            papers=papers,
        )
    posting = step.kind == "notice" and stands.notice is None
    return Asked(
        fields=() if step.kind == "notice" and not posting else step.field,
        people=known.choices,
        places=step.notice.places if posting and step.notice else 0,
        lengths=_lengths(step),
        asks_reason=_asks_reason(step) and not posting,
        reason_help=_reason_help(step),
        papers=papers,
    )


def _lengths(step: Step) -> tuple[tuple[str, Any, int], ...]:
    if step.training is None:
        return ()
    both = (("days", _("培训几天"), step.training.days), ("hours", _("培训几学时"), step.training.hours))
    return tuple(one for one in both if one[2])


def _asks_reason(step: Step) -> bool:
    asked_already = any(one.type == "long_text" for one in step.field)
    return (
        step.kind == "review"
        or any(one.reason for one in outcomes(step))
        or (step.kind == "examination" and not asked_already)
    )


def _reason_help(step: Step) -> str:
    """Which outcomes want a reason, so that nobody learns it from a refusal."""
    titles = [_("“%(title)s”") % {"title": say(one.title)} for one in outcomes(step) if one.reason]
    return _("选%(titles)s时要写明为什么。") % {"titles": listed(titles)} if titles else ""


def meetings_of(unit: Organisation | None, vote: Ballot, since: date) -> Choices:
    """The recorded meetings of the right form since a day, newest first."""
    if unit is None:
        return []
    held = in_force(Meeting.objects.filter(organisation=unit, form=vote.form, held_on__gte=since))
    found = with_present(held).order_by("-held_on", "-pk")[:MOST_MEETINGS]
    words = _("%(day)s %(form)s，应到%(entitled)s人，实到%(present)s人")
    return [
        (
            one.pk,
            words
            % {
                "day": day(one.held_on),
                "form": form_title(one.form),
                "entitled": one.entitled_count,
                "present": one.present,  # type: ignore[attr-defined]  # annotated
            },
        )
        for one in found
    ]


def step_form(
    stands: StepStanding, asked: Asked, standing: Standing, data: Any = None, files: Any = None, *, outcome: str = ""
) -> StepForm:
    """The form, bound to what was sent. What an outcome that leads nowhere leaves empty is not asked for. The day of
    the first step is that on which the case began."""
    chosen = next((one for one in outcomes(stands.step) if one.key == outcome), None)
    number = last_number(standing)
    done_on = stands.on if number else standing.case.begun_on
    initial = {"step": stands.step.key, "after": number, "done_on": done_on}
    return StepForm(data, files, asked=asked, asks_all=_asks_all(stands, chosen), initial=initial)


def _asks_all(stands: StepStanding, chosen: Outcome | None) -> bool:
    if chosen is None or chosen.key == POSTED:
        return True
    return chosen.good


def last_number(standing: Standing) -> int:
    """How many entries the page has shown."""
    entries = standing.records.entries
    return entries[-1].number if entries else 0


def count_form(
    stands: StepStanding, known: Known, counts: Sequence[Count], since: date, data: Any = None, *, newest: bool = False
) -> CountForm | None:
    """The form of the next teller; once all have counted, of one of them who counts anew. `newest`: a meeting was just
    recorded for this vote, and is chosen."""
    vote = stands.step.vote
    if vote is None or not vote.tellers:
        return None
    meetings = meetings_of(stands.actor, vote, since)
    sure = len(meetings) == 1 or (newest and bool(meetings))
    chosen = counts[0].meeting_id if counts else meetings[0][0] if sure else None
    initial = {"step": stands.step.key, "meeting": chosen}
    return CountForm(data, meetings=meetings, tellers=known.around, initial=initial)


def tally_words(counts: Sequence[Count]) -> str:
    """What the tellers agreed on."""
    first = counts[0]
    words = _("收回%(cast)s张：赞成%(in_favour)s，反对%(against)s，弃权%(abstained)s，无效%(invalid)s。两份计票相同。")
    return words % {name: getattr(first, name) for name in ("cast", *tallies.PARTS)}
