"""Paper counts: each teller's is entered once, blind; two that agree stand, two that differ are both set aside."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from guben.accounts.installation import now, today
from guben.accounts.models import User
from guben.meetings.models import Absence, Meeting
from guben.meetings.queries import in_force, roll_for
from guben.members.models import Person
from guben.procedures import checks, errors, tallies
from guben.procedures.actions.locking import RIGHTS, locked, note
from guben.procedures.kinds.votes import form_title, present_at
from guben.procedures.models import Case, Count
from guben.procedures.records import live_counts
from guben.procedures.standing import StepStanding, of
from guben.rulebook_engine.procedures import Ballot


@dataclass(frozen=True, slots=True)
class CountResult:
    """A count as entered. `agrees` is None while the other teller's is missing; where it is False, both were set
    aside and the votes are counted again."""

    count: Count
    agrees: bool | None

    @property
    def sentence(self) -> str:
        if self.agrees is None:
            return _("已登记一份计票。另一名计票人再登记一份，两份一致才算。")
        if self.agrees:
            return _("两份计票一致，可以登记表决结果。")
        return _("两份计票不一致，都已作废。重新数票，再各登记一份。")


@transaction.atomic
def count(  # noqa: PLR0913 - a count has this many numbers
    case: Case,
    step: str,
    *,
    meeting: Meeting,
    teller: Person,
    cast: int,
    in_favour: int,
    against: int,
    abstained: int,
    invalid: int,
    by: User,
) -> CountResult:
    """Enters what one teller counted in a recorded meeting. A teller who enters anew replaces the own count.

    Raises:
        Http404: the case is not this user's to see.
        DomainError: see `errors`.

    Source: M3.2; 选举工作条例 Art. 27-31 on tellers.
    """
    case = locked(case, by)
    standing = of(case, today())
    at = checks.open_step(standing, step)
    how = checks.actor(at, by, case)
    ballot = at.step.vote
    if ballot is None or not ballot.tellers:
        raise errors.UnknownStep(step)
    meeting = _meeting(meeting, ballot, at)
    _refuse_teller(teller, meeting, case, at)
    found = tallies.tally(meeting, present_at(meeting), [cast, in_favour, against, abstained, invalid])
    tallies.check(found, at.article)
    key = at.step.key
    others = _others(case, key, teller, meeting, ballot, at)
    row = Count.objects.create(
        case=case,
        step=key,
        meeting=meeting,
        teller=teller,
        cast=cast,
        in_favour=in_favour,
        against=against,
        abstained=abstained,
        invalid=invalid,
        entered_at=now(),
        entered_by=by,
    )
    result = CountResult(row, _compared(row, others, ballot))
    note(
        "cases.counted",
        case,
        by,
        unit=at.actor,
        right=RIGHTS[how],
        changed={"cast": cast, "in_favour": in_favour, "against": against, "abstained": abstained, "invalid": invalid},
        details={"step": key, "set_aside": result.agrees is False},
    )
    return result


def _meeting(meeting: Meeting, ballot: Ballot, at: StepStanding) -> Meeting:
    found = in_force(Meeting.objects.filter(pk=meeting.pk)).select_related("organisation").first()
    if found is None or at.actor is None or found.organisation_id != at.actor.pk or found.form != ballot.form:
        raise errors.WrongMeeting(at.actor.short_name if at.actor else "", form_title(ballot.form), at.article)
    return found


def _refuse_teller(teller: Person, meeting: Meeting, case: Case, at: StepStanding) -> None:
    """A teller is on the roll of the meeting, was there, and is not the one who is voted on."""
    if teller.pk == case.person_id:
        raise errors.TellerUnfit(_("被表决的本人不能计票。换一名计票人。"), at.article)
    roll = {entry.person_id for entry in roll_for(meeting.organisation, meeting.form, meeting.held_on, meeting.group)}
    if teller.pk not in roll:
        raise errors.TellerUnfit(_("计票人不在那次会的名册上。换一名到会的党员。"), at.article)
    if Absence.objects.filter(meeting=meeting, person=teller).exists():
        raise errors.TellerUnfit(
            _("%(name)s那次会没有到，不能计票。换一名到会的党员。") % {"name": teller.name}, at.article
        )


def _others(case: Case, step: str, teller: Person, meeting: Meeting, ballot: Ballot, at: StepStanding) -> list[Count]:
    """The live counts of other tellers. The teller's own and those of another meeting are set aside."""
    live = live_counts(case, step)
    old = [one for one in live if one.teller_id == teller.pk or one.meeting_id != meeting.pk]
    _set_aside(old)
    kept = [one for one in live if one not in old]
    if len(kept) >= ballot.tellers:
        raise errors.TellerUnfit(_("计票已经齐了，而且一致。登记表决结果。"), at.article)
    return kept


def _compared(row: Count, others: list[Count], ballot: Ballot) -> bool | None:
    together = [row, *others]
    if not tallies.agree(together):
        _set_aside(together)
        return False
    return True if len(together) >= ballot.tellers else None


def _set_aside(counts: list[Count]) -> None:
    Count.objects.filter(pk__in=[one.pk for one in counts]).update(set_aside_at=now())
