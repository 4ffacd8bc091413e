"""Reserve cadres and cadres sent down: who is on the list of a unit, and who holds a post for a term from elsewhere."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from guben.access import policy
from guben.accounts.installation import today as the_day
from guben.accounts.models import User
from guben.audit import trail
from guben.members import errors
from guben.members.choices import MEMBER_STAGES
from guben.members.models import Holding, Person, ReserveEntry, Secondment, Stage
from guben.members.places import check_day, require_person
from guben.members.spans import holds_on
from guben.organisations.choices import PostKind
from guben.organisations.models import Organisation

CHANGE = "members.change"
SEE = "members.view"


@transaction.atomic
def put_on_reserve(
    person: Person, unit: Organisation, *, post_kind: str, from_on: date, reason: str, decided_by: str, by: User
) -> ReserveEntry:
    """Puts a member on the list of reserve cadres of a unit, for a kind of post.

    Raises:
        Http404, PermissionDenied: no `members.change` at the unit, or the person is not within reach.
        errors.UnitDissolved, errors.NotAMember, errors.DayInFuture, errors.BeforeFounding, errors.GroundsMissing,
        errors.OnTheListAlready, errors.UnknownCode.

    Source: M2.2.
    """
    policy.require(by, CHANGE, unit)
    require_person(by, SEE, person)
    check_day(from_on, the_day())
    if unit.dissolved_on:
        raise errors.UnitDissolved(unit.name, unit.dissolved_on)
    if from_on < unit.founded_on:
        raise errors.BeforeFounding(unit.name, unit.founded_on)
    if post_kind not in PostKind.values:
        raise errors.UnknownCode(ReserveEntry._meta.get_field("post_kind").verbose_name, post_kind)
    if not reason.strip() or not decided_by.strip():
        raise errors.GroundsMissing
    if not Stage.objects.filter(holds_on(from_on), person=person, kind__in=MEMBER_STAGES).exists():
        raise errors.NotAMember(person.name, from_on)
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)  # two at the same moment wait for each other here
    if ReserveEntry.objects.filter(person=person, organisation=unit, post_kind=post_kind, until_on=None).exists():
        raise errors.OnTheListAlready(person.name)
    entry = ReserveEntry.objects.create(
        person=person,
        organisation=unit,
        post_kind=post_kind,
        from_on=from_on,
        reason=reason.strip(),
        decided_by=decided_by.strip(),
    )
    _enter("members.put_on_reserve", entry, unit, by, {"post": post_kind, "from_on": from_on.isoformat()})
    return entry


@transaction.atomic
def take_off_reserve(entry: ReserveEntry, *, until_on: date, because: str, by: User) -> ReserveEntry:
    """Takes somebody off the list from a day; the list of the days before keeps the name.

    Raises:
        Http404, PermissionDenied, errors.EntryEnded, errors.DayNotLater, errors.DayInFuture, errors.GroundsMissing.
    """
    policy.require(by, CHANGE, entry.organisation)
    entry = (
        ReserveEntry.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation", "person")
        .get(pk=entry.pk)
    )
    if entry.until_on:
        raise errors.EntryEnded(entry.person.name, entry.until_on)
    check_day(until_on, the_day())
    if until_on <= entry.from_on:
        raise errors.DayNotLater(entry.from_on)
    if not because.strip():
        raise errors.GroundsMissing
    entry.until_on, entry.ended_because = until_on, because.strip()
    entry.save(update_fields=["until_on", "ended_because"])
    _enter("members.taken_off_reserve", entry, entry.organisation, by, {"until_on": until_on.isoformat()})
    return entry


@transaction.atomic
def send_down(holding: Holding, *, sent_by: Organisation, ends_on: date, by: User) -> Secondment:
    """Records that the holder of a post was sent down by another unit, and when the term ends. Set again, it replaces.

    Raises:
        Http404, PermissionDenied, errors.HoldingEnded, errors.SentByItself, errors.DayNotLater.

    Source: M2.2 (下派).
    """
    unit = holding.post.organisation
    policy.require(by, CHANGE, unit)
    holding = (
        Holding.objects.select_for_update(of=("self",), no_key=True).select_related("person", "post").get(pk=holding.pk)
    )
    if holding.until_on:
        raise errors.HoldingEnded(holding.person.name, str(holding.post), holding.until_on)
    if sent_by.pk == unit.pk:
        raise errors.SentByItself(unit.name)
    if ends_on <= holding.from_on:
        raise errors.DayNotLater(holding.from_on)
    row, _made = Secondment.objects.update_or_create(holding=holding, defaults={"sent_by": sent_by, "ends_on": ends_on})
    _enter("members.sent_down", holding, unit, by, {"kind": holding.post.kind, "until_on": ends_on.isoformat()})
    return row


def _enter(
    action: str, target: ReserveEntry | Holding, unit: Organisation, by: User, details: dict[str, object]
) -> None:
    right = policy.under_which_right(by, CHANGE, unit)
    trail.record(action, target, by=by, organisation_id=unit.pk, right=right, changed=details, details=details)
