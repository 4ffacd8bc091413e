"""A vote in a recorded meeting: quorum and majority over what was counted there."""

from __future__ import annotations

from typing import Any, ClassVar

from guben.meetings.choices import Form
from guben.meetings.models import Meeting
from guben.meetings.queries import in_force, with_present
from guben.procedures import errors, tallies
from guben.procedures.kinds.base import Kind
from guben.procedures.records import live_counts
from guben.procedures.taking import Taking
from guben.procedures.tallies import PARTS, Tally
from guben.rulebook_engine.procedures import STAY, Ballot


class Vote(Kind):
    """The meeting is of the unit that acts, of the right form, held on the day of the entry. Two tellers count, unless
    the rule asks for fewer; what they agree on decides whether the outcome is the right one."""

    key = "vote"
    own_values: ClassVar[frozenset[str]] = frozenset({"cast", *PARTS})

    def check(self, taking: Taking) -> None:
        ballot = taking.step.vote
        if ballot is None:
            return
        meeting = self._meeting(taking, ballot)
        present = present_at(meeting)
        _check_quorum(taking, ballot, meeting, present)
        taking.tally = self._tally(taking, ballot, meeting, present)
        tallies.check(taking.tally, taking.article)
        taking.filled["vote"] = taking.tally.as_values()
        if taking.outcome.to != STAY:
            _check_majority(taking, ballot, taking.tally)

    def _meeting(self, taking: Taking, ballot: Ballot) -> Meeting:
        form = form_title(ballot.form)
        if taking.meeting is None:
            raise errors.MeetingMissing(form, taking.article)
        # Locked, so that nobody withdraws the meeting while it carries a vote.
        locked = Meeting.objects.select_for_update(no_key=True).filter(pk=taking.meeting.pk)
        meeting = in_force(locked).select_related("organisation").first()
        unit = taking.actor
        if meeting is None or unit is None or meeting.organisation_id != unit.pk or meeting.form != ballot.form:
            raise errors.WrongMeeting(unit.short_name if unit else "", form, taking.article)
        if meeting.held_on != taking.done_on:
            raise errors.OtherDay(meeting.held_on, taking.article)
        taking.meeting = meeting
        return meeting

    def _tally(self, taking: Taking, ballot: Ballot, meeting: Meeting, present: int) -> Tally:
        found = tallies.from_elsewhere(taking.case, taking.step.key, meeting)
        if found is not None:
            return found
        if ballot.tellers == 0:
            return tallies.tally(meeting, present, self._shown(taking), source="shown")
        counts = [one for one in live_counts(taking.case, taking.step.key) if one.meeting_id == meeting.pk]
        if len(counts) < ballot.tellers or not tallies.agree(counts):
            raise errors.CountsMissing(ballot.tellers, len(counts), taking.article)
        taking.counts = counts
        first = counts[0]
        return tallies.tally(meeting, present, [first.cast, *(getattr(first, part) for part in PARTS)])

    def _shown(self, taking: Taking) -> list[Any]:
        """The numbers of an open vote that no tellers counted."""
        numbers = [taking.values.get(name, 0) for name in ("cast", *PARTS)]
        return [int(one) if str(one).isascii() and str(one).isdigit() else -1 for one in numbers]


def present_at(meeting: Meeting) -> int:
    """How many of those entitled came."""
    row: Any = with_present(Meeting.objects.filter(pk=meeting.pk)).get()
    return int(row.present)


def form_title(form: str) -> str:
    return str(Form(form).label) if form in Form.values else form


def _check_quorum(taking: Taking, ballot: Ballot, meeting: Meeting, present: int) -> None:
    base = meeting.entitled_count
    if not base or not ballot.quorum.reached(present, base):
        line = tallies.line_in_words(ballot.quorum)
        raise errors.QuorumMissing(line, base, present, tallies.least(ballot.quorum, base), taking.article)


def _check_majority(taking: Taking, ballot: Ballot, tally: Tally) -> None:
    base = tallies.base_of(ballot.majority, tally)
    least = tallies.least(ballot.majority, base)
    if ballot.majority.reached(tally.in_favour, base):
        if not taking.outcome.good:
            raise errors.MajorityReached(tally.in_favour, least, taking.article)
    elif taking.outcome.good:
        line = tallies.line_in_words(ballot.majority)
        raise errors.MajorityMissing(line, base, tally.in_favour, least, taking.article)
