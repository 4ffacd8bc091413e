"""Recording meetings, one or for many units at once, and withdrawing what was recorded wrongly."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from guben.access import policy
from guben.access.roles import rights_of
from guben.accounts.installation import today
from guben.accounts.models import User
from guben.audit import trail
from guben.kit.errors import DomainError
from guben.meetings import calculations, errors, followers, objections, queries
from guben.meetings.choices import Form, Reason
from guben.meetings.models import Absence, Meeting
from guben.members.models import Person
from guben.members.queries import RollEntry
from guben.organisations.models import Group, Organisation

Absences = Sequence[tuple[int, str]]  # person's id and reason


@dataclass(frozen=True, slots=True)
class Missing:
    """Who did not come in one unit: names with reasons, and how many more of whom only the number is known."""

    named: Absences = ()
    unnamed: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """One unit of a batch that could not be recorded, and why."""

    unit: Organisation
    sentence: str


@dataclass(slots=True)
class BatchResult:
    """What became of a batch."""

    batch: uuid.UUID
    saved: list[Meeting] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


@transaction.atomic
def record_meeting(  # noqa: PLR0913 - a meeting has this many facts, most of them optional
    unit: Organisation,
    form: str,
    held_on: date,
    topic: str,
    absences: Absences = (),
    *,
    by: User,
    starts_at: time | None = None,
    minutes_long: int | None = None,
    chair: Person | None = None,
    minutes: str = "",
    group: Group | None = None,
    makes_up_on: date | None = None,
    unnamed_absent: int = 0,
    batch: uuid.UUID | None = None,
) -> Meeting:
    """Records one meeting as it was held: the roll of that day minus the exceptions.

    A meeting below its quorum is recorded all the same; it does not settle its duty.

    Raises:
        Http404, PermissionDenied: no `meetings.record` at the unit.
        DomainError: see `errors`.

    Source: 支部工作条例 Art. 11-19; M4.1.
    """
    policy.require(by, "meetings.record", unit)
    unit = Organisation.objects.select_for_update(no_key=True).get(pk=unit.pk)
    day = today()
    _refuse_wrong_days(unit, held_on, makes_up_on, day)
    _refuse_wrong_words(unit, form, held_on, topic, group)
    roll = queries.roll_for(unit, form, held_on, group)
    absent = _absences_on_roll(roll, absences, unnamed_absent, held_on)
    meeting = Meeting.objects.create(
        organisation=unit,
        group=group,
        form=form,
        held_on=held_on,
        starts_at=starts_at,
        minutes_long=minutes_long,
        chair=chair,
        topic=topic.strip(),
        minutes=minutes.strip(),
        roll_count=len(roll),
        entitled_count=sum(entry.entitled for entry in roll),
        unnamed_absent_count=unnamed_absent,
        makes_up_on=makes_up_on,
        recorded_at=timezone.now(),
        recorded_on=day,
        recorded_by=by,
        recorded_for_unit=_comes_from_above(by, unit),
        batch=batch,
    )
    for absence in absent:
        absence.meeting = meeting
    Absence.objects.bulk_create(absent)
    _write_history("meetings.recorded", meeting, by, right="meetings.record", absent=len(absent) + unnamed_absent)
    return meeting


@transaction.atomic
def record_many(  # noqa: PLR0913 - the same facts, for many units
    units: Iterable[Organisation],
    form: str,
    held_on: date,
    topic: str,
    exceptions: Mapping[int, Missing | Absences | int] | None = None,
    *,
    by: User,
    starts_at: time | None = None,
    minutes_long: int | None = None,
    minutes: str = "",
    makes_up_on: date | None = None,
) -> BatchResult:
    """Records the same meeting for many units with exceptions only; a unit that fails does not hold up the others.

    Where groups met, each group of the unit gets its own record.

    `exceptions` gives for a unit's id who did not come and why, or only how many.
    """
    result = BatchResult(uuid.uuid4())
    for unit in units:
        missing = _missing((exceptions or {}).get(unit.pk, ()))
        saved: list[Meeting] = []
        try:
            policy.require(by, "meetings.record", unit)
            with transaction.atomic():
                for group, absent in _by_group(unit, form, held_on, missing):
                    meeting = record_meeting(
                        unit,
                        form,
                        held_on,
                        topic,
                        absent.named,
                        by=by,
                        starts_at=starts_at,
                        minutes_long=minutes_long,
                        minutes=minutes,
                        group=group,
                        makes_up_on=makes_up_on,
                        unnamed_absent=absent.unnamed,
                        batch=result.batch,
                    )
                    saved.append(meeting)
            result.saved += saved
        except DomainError as refusal:
            result.refused.append(Refusal(unit, str(refusal)))
        except (PermissionDenied, Http404):
            result.refused.append(Refusal(unit, _("您没有在这里记会议的权限。")))
    return result


def _by_group(unit: Organisation, form: str, held_on: date, missing: Missing) -> list[tuple[Group | None, Missing]]:
    """The records that one unit gets: one, or one for each of its groups with the group's own absences."""
    groups = queries.groups_of(unit, held_on) if form == Form.GROUP else []
    if not groups:
        return [(None, missing)]
    if missing.unnamed and len(groups) > 1:
        raise errors.NamesMissing
    roll = queries.roll_for(unit, form, held_on)
    place = {entry.person_id: entry.group_id for entry in roll}
    if strangers := sum(person_id not in place for person_id, _reason in missing.named):
        raise errors.NotOnRoll(strangers, held_on)
    return [
        (group, Missing([one for one in missing.named if place[one[0]] == group.pk], missing.unnamed))
        for group in groups
    ]


@transaction.atomic
def withdraw(meeting: Meeting, reason: str, *, by: User) -> Meeting:
    """Withdraws a wrong record: it stays in the history and counts for nothing.

    Raises:
        Http404, PermissionDenied: no `meetings.withdraw` at the unit.
        ReasonMissing, AlreadyWithdrawn.
    """
    policy.require(by, "meetings.withdraw", meeting.organisation)
    if not reason.strip():
        raise errors.ReasonMissing
    return _withdraw(meeting, reason.strip(), by)


@transaction.atomic
def withdraw_batch(batch: uuid.UUID, *, by: User) -> int:
    """Takes a whole batch back within ten minutes, by the one who recorded it; returns how many.

    Raises:
        Http404: no such batch of this user.
        TooLateToTakeBack: more than ten minutes have passed.
    """
    meetings = queries.batch_for(by, batch)
    if not meetings or any(meeting.recorded_by_id != by.pk for meeting in meetings):
        raise Http404
    if timezone.now() - min(meeting.recorded_at for meeting in meetings) > calculations.TAKE_BACK:
        raise errors.TooLateToTakeBack
    for meeting in meetings:
        policy.require(by, "meetings.withdraw", meeting.organisation)
        _withdraw(meeting, _("整批撤回"), by)
    return len(meetings)


def _withdraw(meeting: Meeting, reason: str, by: User) -> Meeting:
    locked = Meeting.objects.select_for_update(no_key=True).select_related("organisation").get(pk=meeting.pk)
    if locked.withdrawn_at:
        raise errors.AlreadyWithdrawn
    if sentences := objections.sentences(locked):
        raise errors.InUse(sentences[0])
    locked.withdrawn_at = timezone.now()
    locked.withdrawn_reason = reason
    locked.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    followers.tell(locked)
    _write_history("meetings.withdrawn", locked, by, right="meetings.withdraw")
    return locked


def _missing(exception: Missing | Absences | int) -> Missing:
    if isinstance(exception, Missing):
        return exception
    return Missing(unnamed=exception) if isinstance(exception, int) else Missing(exception)


def _refuse_wrong_days(unit: Organisation, held_on: date, makes_up_on: date | None, day: date) -> None:
    if held_on > day:
        raise errors.HeldInFuture(held_on, day)
    if held_on < unit.founded_on or (unit.dissolved_on and held_on >= unit.dissolved_on):
        raise errors.OutsideUnitsLife(held_on, unit.founded_on, unit.dissolved_on)
    if makes_up_on and not calculations.may_make_up(makes_up_on, held_on):
        raise errors.MakesUpWrongDay(makes_up_on, held_on)


def _refuse_wrong_words(unit: Organisation, form: str, held_on: date, topic: str, group: Group | None) -> None:
    if form not in Form.values:
        raise ValueError(form)
    if not topic.strip():
        raise errors.TopicMissing
    if group and (form != Form.GROUP or group not in queries.groups_of(unit, held_on)):
        raise errors.GroupElsewhere
    if form == Form.GROUP and not group:
        raise errors.GroupMissing
    if earlier := queries.recorded_already(unit, form, held_on, group):
        raise errors.AlreadyRecorded(earlier)


def _absences_on_roll(roll: list[RollEntry], absences: Absences, unnamed: int, on: date) -> list[Absence]:
    entitled = {entry.person_id: entry.entitled for entry in roll}
    if not any(entitled.values()):
        raise errors.NobodyOnRoll(on)
    reasons = dict(absences)
    if strangers := sum(person_id not in entitled for person_id in reasons):
        raise errors.NotOnRoll(strangers, on)
    counted = sum(entitled[person_id] for person_id in reasons) + unnamed
    if unnamed < 0 or counted > sum(entitled.values()):
        raise errors.TooManyAbsent(sum(entitled.values()), counted)
    return [
        Absence(person_id=person_id, reason=Reason(reason), entitled=entitled[person_id])
        for person_id, reason in reasons.items()
    ]


def _comes_from_above(by: User, unit: Organisation) -> bool:
    """Recorded for the unit (代录): the right is held above it only."""
    return not any(
        grant.organisation_id == unit.pk and "meetings.record" in rights_of(grant.role)
        for grant in policy.grants_of(by)
    )


def _write_history(action: str, meeting: Meeting, by: User, *, right: str, **details: object) -> None:
    trail.record(
        action,
        meeting,
        by=by,
        organisation_id=meeting.organisation_id,
        right=policy.under_which_right(by, right, meeting.organisation),
        changed={"withdrawn_reason": meeting.withdrawn_reason}
        if meeting.withdrawn_reason
        else {"topic": meeting.topic, "minutes": meeting.minutes},
        details={
            "form": meeting.form,
            "held_on": str(meeting.held_on),
            "entitled": meeting.entitled_count,
            "for_unit": meeting.recorded_for_unit,
            "batch": str(meeting.batch or ""),
            **details,
        },
    )
