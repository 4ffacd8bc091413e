"""What the steps of a transfer do: letters in force, the move on the day of reception, the leave on a receipt (M3.7).

The origin answers until the receiving branch has received the member. The move is one act under a lock on the person's
affiliation, so that of two who act at once one is told that the member is elsewhere already.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from guben.accounts.models import User
from guben.members import actions as members
from guben.members.choices import MEMBER_STAGES
from guben.members.models import Affiliation, Holding, Person, Stage
from guben.members.places import check_unit
from guben.members.spans import holds_on
from guben.organisations.choices import BRANCH_KINDS
from guben.organisations.models import Group
from guben.procedures import numbering
from guben.procedures.models import Case, Entry
from guben.procedures.records import records_of, standing_of
from guben.transfers import errors
from guben.transfers.choices import PROCEDURES, TRANSFER, EndedBecause
from guben.transfers.models import Inflow, Letter, Outflow

Values = Mapping[str, Any]


# What each effect asks before the step is taken.


def check_request(case: Case, values: Values, on: date) -> None:
    """One transfer at a time; the receiver can have members; the member belongs to the origin."""
    person = person_of(case)
    other = Case.objects.filter(person=person, procedure__in=PROCEDURES, ended_on=None).exclude(pk=case.pk).first()
    if other is not None:
        raise errors.UnderWayAlready(person.name, other.number)
    if case.procedure == TRANSFER:
        if case.host is None or case.host.kind not in BRANCH_KINDS:
            raise errors.NotABranchHere(case.host.short_name if case.host else "")
        check_unit(case.host)
    _belongs(case)


def check_letter(case: Case, values: Values, on: date) -> None:
    """Still of the origin, and without a post there: a post is given up before one leaves."""
    person = person_of(case)
    _belongs(case)
    held = Holding.objects.filter(person=person, until_on=None, post__organisation=case.organisation)
    if (holding := held.select_related("post").first()) is not None:
        raise errors.HoldsPost(person.name, holding.post.title or holding.post.get_kind_display())


def check_move(case: Case, values: Values, on: date) -> None:
    """On a letter that still holds."""
    _belongs(case)
    letter = letter_of(case)
    if letter is None:
        raise errors.NoLetter
    if on > letter.valid_until:
        raise errors.LetterPast(letter.number, letter.valid_until)
    _group(case, values)


def check_leave(case: Case, values: Values, on: date) -> None:
    _belongs(case)
    if letter_of(case) is None:
        raise errors.NoLetter


def check_arrival(case: Case, values: Values, on: date) -> None:
    """Whoever reported stands on the roll of the branch, as a member."""
    person = Person.objects.get(pk=values["person"])
    here = Affiliation.objects.filter(holds_on(on), person=person, organisation=case.organisation)
    member = Stage.objects.filter(holds_on(on), person=person, kind__in=MEMBER_STAGES)
    if not (here.exists() and member.exists()):
        raise errors.NotOnTheRoll(person.name, case.organisation.short_name)


# What each effect does.


def request_transfer(case: Case, entry: Entry, by: User) -> None:
    """The request itself changes nothing: the origin answers."""


def issue_letter(case: Case, entry: Entry, by: User) -> None:
    """The letter before is void; the new one has a number of the year."""
    _void(case, entry.done_on)
    year = entry.done_on.year
    Letter.objects.create(
        case=case,
        number=f"介{year}-{numbering.take(f'letter-{year}'):06d}",
        issued_by=entry.acted_at,
        receiver=_receiver(case),
        issued_on=entry.done_on,
        valid_until=entry.done_on + timedelta(days=int(entry.values["valid-days"])),
    )


def void_letter(case: Case, entry: Entry, by: User) -> None:
    _void(case, entry.done_on)


def move_affiliation(case: Case, entry: Entry, by: User) -> None:
    """The member goes from the roll of the origin to that of the host, at once."""
    person = person_of(case)
    _belongs(case, lock=True)
    assert case.host is not None  # noqa: S101 - begin refuses a transfer without a host
    members.receive(person, case.host, group=_group(case, entry.values), from_on=entry.done_on, by=by)
    Letter.objects.filter(case=case, void_on=None).update(received_on=entry.done_on)
    _end_stays(person, entry.done_on)


def return_receipt(case: Case, entry: Entry, by: User) -> None:
    Letter.objects.filter(case=case, void_on=None).update(receipt_on=entry.done_on)


def leave_for_outside(case: Case, entry: Entry, by: User) -> None:
    """Gone to a unit that is not kept here: the receipt ends what the origin answers for."""
    person = person_of(case)
    _belongs(case, lock=True)
    members.release(person, on=entry.done_on, by=by)
    Letter.objects.filter(case=case, void_on=None).update(received_on=entry.done_on, receipt_on=entry.done_on)
    _end_stays(person, entry.done_on)


def note_arrival(case: Case, entry: Entry, by: User) -> None:
    """The member was registered on the roll; the case is about her from now on."""
    case.person = Person.objects.get(pk=entry.values["person"])
    case.save(update_fields=["person"])
    _end_stays(case.person, entry.done_on)


# What a correction does.


def follow_words(case: Case, former: Entry, entry: Entry, by: User) -> None:
    """Words may change; what was issued or moved stands, another transfer takes it back."""
    if (former.outcome, former.done_on) != (entry.outcome, entry.done_on):
        raise errors.EffectStands
    if former.values.get("valid-days") != entry.values.get("valid-days"):
        raise errors.EffectStands
    if former.values.get("person") != entry.values.get("person"):
        raise errors.EffectStands


EFFECTS: dict[str, tuple[Any, Any, Any]] = {
    "request-transfer": (request_transfer, check_request, lambda case, former, entry, by: None),
    "issue-letter": (issue_letter, check_letter, follow_words),
    "void-letter": (void_letter, None, follow_words),
    "move-affiliation": (move_affiliation, check_move, follow_words),
    "return-receipt": (return_receipt, None, follow_words),
    "leave-for-outside": (leave_for_outside, check_leave, follow_words),
    "note-arrival": (note_arrival, check_arrival, follow_words),
}


def person_of(case: Case) -> Person:
    if case.person is None:
        raise errors.NobodyNamed
    return case.person


def letter_of(case: Case) -> Letter | None:
    """The letter in force."""
    return Letter.objects.filter(case=case, void_on=None).first()


def _belongs(case: Case, *, lock: bool = False) -> None:
    """Refuses where the member belongs to the origin no longer."""
    person = person_of(case)
    rows = Affiliation.objects.filter(person=person, until_on=None)
    row = (rows.select_for_update(no_key=True) if lock else rows).first()
    if row is None or row.organisation_id != case.organisation_id:
        raise errors.ElsewhereNow(person.name)


def _group(case: Case, values: Values) -> Group | None:
    name = str(values.get("group") or "").strip()
    if not name or case.host is None:
        return None
    group = Group.objects.filter(organisation=case.host, name=name, until_on=None).first()
    if group is None:
        raise errors.GroupUnknown(name, case.host.short_name)
    return group


def _receiver(case: Case) -> str:
    """The words of the request, or the host's name."""
    if case.host is not None:
        return case.host.name[:200]
    asked = [one for one in standing_of(records_of(case).entries) if one.step == "request"]
    return str(asked[-1].values.get("receiver", ""))[:200] if asked else ""


def _void(case: Case, on: date) -> None:
    Letter.objects.filter(case=case, void_on=None).update(void_on=on)


def _end_stays(person: Person, on: date) -> None:
    """Whoever was transferred is a guest no longer, and not away from the new home."""
    ended = {"ended_on": on, "ended_because": EndedBecause.TRANSFERRED}
    Outflow.objects.filter(person=person, ended_on=None).update(**ended)
    Inflow.objects.filter(person=person, ended_on=None).update(**ended)
