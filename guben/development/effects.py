"""What the steps of development do to people: stages, contacts, introducers, groups, probation.

Everything goes through the actions of `members`, in the transaction of the step. Whoever already is (by an earlier
record) what a step makes of her, as when a case is written down afterwards, is left as she is recorded.

Corrections: other people, another group and other words are followed. Another day is followed while nothing else was
built on it; another outcome, and taking the step back, are refused once the step had its effect.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from guben.access import policy
from guben.accounts.installation import today
from guben.accounts.models import User
from guben.audit import trail
from guben.development import calculations, errors
from guben.development.choices import TieKind
from guben.development.gathering import application_of, gather, ids_of, people_of, standing_entries, tie
from guben.development.models import Application
from guben.kit.days import add_months
from guben.members import actions as members
from guben.members.calculations import check_age
from guben.members.choices import MEMBER_STAGES, StageKind
from guben.members.models import Affiliation, Person, Stage
from guben.members.spans import holds_on
from guben.organisations.models import Group
from guben.procedures.models import Case, Entry

PROBATION_MONTHS = 12  # Source: 发展党员工作细则 Art. 31
Values = Mapping[str, Any]
Effect = Callable[[Case, Entry, User], None]
Check = Callable[[Case, Values, date], None]
Follow = Callable[[Case, Entry, Entry, User], None]
FIELDS = {
    StageKind.APPLICANT: "applied_on",
    StageKind.ACTIVIST: "activist_on",
    StageKind.CANDIDATE: "candidate_on",
    StageKind.PROBATIONARY: "admitted_on",
    StageKind.FULL: "full_on",
}


# What each effect asks before the step is taken.


def check_applicant(case: Case, values: Values, on: date) -> None:
    """Of age, no member, no relative of oneself. Source: 发展党员工作细则 Art. 5."""
    person = person_of(case)
    check_age(person.born_on, on)
    stage = _open_stage(person)
    if stage and stage.kind in MEMBER_STAGES and stage.from_on <= on:
        raise errors.WrongStage(person.name, stage.get_kind_display(), StageKind.APPLICANT.label)
    if person.pk in ids_of(values, "relatives"):
        raise errors.OneselfNamed(person.name)
    people_of(values, "relatives")


def check_contacts(case: Case, values: Values, on: date) -> None:
    """One or two full members. Source: 发展党员工作细则 Art. 9."""
    chosen = people_of(values, "contacts")
    if not 1 <= len(chosen) <= 2:
        raise errors.WrongNumberOfContacts(len(chosen))
    _check_full_members(case, chosen, on)


def check_introducers(case: Case, values: Values, on: date) -> None:
    """Two full members. Source: 发展党员工作细则 Art. 14."""
    chosen = people_of(values, "introducers")
    if len(chosen) != 2:
        raise errors.WrongNumberOfIntroducers(len(chosen))
    _check_full_members(case, chosen, on)


def check_admission(case: Case, values: Values, on: date) -> None:
    """The branch meeting has passed it. Source: 发展党员工作细则 Art. 31."""
    person_of(case)
    voted_on(case)


def check_full(case: Case, values: Values, on: date) -> None:
    """Probation is over. Source: 发展党员工作细则 Art. 31-33."""
    person_of(case)
    ends_on = probation_ends_on(case)
    if on < ends_on:
        raise errors.ProbationNotOver(ends_on, on)


def check_extension(case: Case, values: Values, on: date) -> None:
    """Once, by half a year to a year. Source: 发展党员工作细则 Art. 31."""
    if (known := application_of(case)).is_extended:  # a correction is not checked here, it may change the length
        raise errors.ExtendedAlready(known.probation_ends_on or on)
    _months(values)


def check_group(case: Case, values: Values, on: date) -> None:
    """A group of the unit, or none."""
    _group(case, values)


# What each effect does.


def become_applicant(case: Case, entry: Entry, by: User) -> None:
    _become(StageKind.APPLICANT, case, entry, by)


def become_activist(case: Case, entry: Entry, by: User) -> None:
    _become(StageKind.ACTIVIST, case, entry, by)


def become_candidate(case: Case, entry: Entry, by: User) -> None:
    _become(StageKind.CANDIDATE, case, entry, by)


def become_probationary(case: Case, entry: Entry, by: User) -> None:
    """A probationary member from the day the branch meeting passed it, once it is approved."""
    _set_probation_end(_become(StageKind.PROBATIONARY, case, entry, by))


def become_full(case: Case, entry: Entry, by: User) -> None:
    """A full member from the day probation ended, whenever that was decided."""
    _become(StageKind.FULL, case, entry, by)


def set_contacts(case: Case, entry: Entry, by: User) -> None:
    tie(gather(case), TieKind.CONTACT, people_of(entry.values, "contacts"), entry.done_on)


def set_introducers(case: Case, entry: Entry, by: User) -> None:
    tie(gather(case), TieKind.INTRODUCER, people_of(entry.values, "introducers"), entry.done_on)


def extend_probation(case: Case, entry: Entry, by: User) -> None:
    """Moves the end of probation. A correction counts from the end that held before."""
    known, months = application_of(case), _months(entry.values)
    ends_on = probation_ends_on(case)
    if known.is_extended and known.admitted_on:
        ends_on = add_months(known.admitted_on, PROBATION_MONTHS)
    known.probation_ends_on, known.is_extended = add_months(ends_on, months), True
    known.save(update_fields=["probation_ends_on", "is_extended"])


def end_probation(case: Case, entry: Entry, by: User) -> None:
    """Probation is cancelled: no member any longer."""
    person = person_of(case)
    stage = _open_stage(person)
    if stage and stage.kind != StageKind.ENDED:
        members.enter_stage(person, StageKind.ENDED, from_on=entry.done_on, by=by)


def assign_group(case: Case, entry: Entry, by: User) -> None:
    """Puts the new member into a group of the unit."""
    group, person = _group(case, entry.values), person_of(case)
    now = Affiliation.objects.filter(person=person, until_on=None).first()
    if group is None or (now and now.group_id == group.pk):
        return
    members.affiliate(person, case.organisation, group=group, from_on=entry.done_on, by=by)


# What a correction does.


def follow_again(carry_out: Effect, check: Check | None = None) -> Follow:
    """Other people, another group, another length: done again with what the correction says."""

    def follow(case: Case, former: Entry, entry: Entry, by: User) -> None:
        _require_same_outcome(former, entry)
        if check:
            check(case, entry.values, entry.done_on)
        carry_out(case, entry, by)

    return follow


def follow_day(kind: StageKind) -> Follow:
    """Another day of a stage, while nothing was built on it."""

    def follow(case: Case, former: Entry, entry: Entry, by: User) -> None:
        _require_same_outcome(former, entry)
        known, field = gather(case), FIELDS[kind]
        before: date | None = getattr(known, field)
        on = _day_of(kind, case, entry)
        if before and on != before:
            _move(case, kind, before, on, by)
        setattr(known, field, on)
        known.save(update_fields=[field])
        if kind == StageKind.PROBATIONARY:
            _set_probation_end(known)

    return follow


def follow_nothing(case: Case, former: Entry, entry: Entry, by: User) -> None:
    """An end stands: only words may change."""
    _require_same_outcome(former, entry)
    if former.done_on != entry.done_on:
        raise errors.EffectStands(person_of(case).name, StageKind.ENDED.label, former.done_on)


EFFECTS: dict[str, tuple[Effect, Check | None, Follow]] = {
    "become-applicant": (become_applicant, check_applicant, follow_day(StageKind.APPLICANT)),
    "become-activist": (become_activist, None, follow_day(StageKind.ACTIVIST)),
    "set-contacts": (set_contacts, check_contacts, follow_again(set_contacts, check_contacts)),
    "become-candidate": (become_candidate, None, follow_day(StageKind.CANDIDATE)),
    "set-introducers": (set_introducers, check_introducers, follow_again(set_introducers, check_introducers)),
    "become-probationary": (become_probationary, check_admission, follow_day(StageKind.PROBATIONARY)),
    "assign-group": (assign_group, check_group, follow_again(assign_group, check_group)),
    "become-full": (become_full, check_full, follow_day(StageKind.FULL)),
    "extend-probation": (extend_probation, check_extension, follow_again(extend_probation)),
    "end-probation": (end_probation, None, follow_nothing),
}


# Who, when.


def person_of(case: Case) -> Person:
    """Whom the case is about. Raises NobodyNamed."""
    if case.person is None:
        raise errors.NobodyNamed
    return case.person


def voted_on(case: Case) -> date:
    """The day on which the branch meeting last passed something in this case. Raises NoAdmissionVote."""
    passed = [entry.done_on for entry in standing_entries(case) if entry.meeting_id and entry.outcome == "passed"]
    if not passed:
        raise errors.NoAdmissionVote
    return passed[-1]


def probation_ends_on(case: Case) -> date:
    """The day on which probation ends, from the case, else from the stage on record."""
    known = application_of(case)
    if known.probation_ends_on:
        return known.probation_ends_on
    stage = Stage.objects.filter(person=case.person, kind=StageKind.PROBATIONARY).order_by("-from_on").first()
    if stage is None:
        raise errors.NoAdmissionVote
    return add_months(stage.from_on, PROBATION_MONTHS)


def _become(kind: StageKind, case: Case, entry: Entry, by: User) -> Application:
    known, on = gather(case), _day_of(kind, case, entry)
    if not _is_already(person_of(case), kind):
        if kind == StageKind.PROBATIONARY:
            _give_way(person_of(case), on)
        members.enter_stage(person_of(case), kind, from_on=on, by=by)
    setattr(known, FIELDS[kind], on)
    known.save(update_fields=[FIELDS[kind]])
    return known


def _day_of(kind: StageKind, case: Case, entry: Entry) -> date:
    """From which day the step makes a person this."""
    if kind == StageKind.PROBATIONARY:
        return voted_on(case)
    return probation_ends_on(case) if kind == StageKind.FULL else entry.done_on


def _set_probation_end(known: Application) -> None:
    if known.admitted_on and not known.is_extended:
        known.probation_ends_on = add_months(known.admitted_on, PROBATION_MONTHS)
        known.save(update_fields=["probation_ends_on"])


def _is_already(person: Person, kind: StageKind) -> bool:
    """Recorded as this, or as more, since the person last left."""
    kinds = list(Stage.objects.filter(person=person).order_by("from_on").values_list("kind", flat=True))
    if StageKind.ENDED in kinds:
        kinds = kinds[len(kinds) - kinds[::-1].index(StageKind.ENDED) :]
    return calculations.is_at_least(kinds, kind)


def _give_way(person: Person, on: date) -> None:
    """A stage that began on the very day of the vote lasted no day: it gives way, or the case could never go on."""
    row = Stage.objects.select_for_update().filter(person=person, until_on=None, from_on=on).first()
    if row is None or row.kind in (*MEMBER_STAGES, StageKind.ENDED):
        return
    row.delete()
    Stage.objects.filter(person=person, until_on=on).update(until_on=None)


def _move(case: Case, kind: StageKind, before: date, on: date, by: User) -> None:
    """Gives the stage that the step began another day, if it is the last one and the day fits."""
    person = person_of(case)
    row = Stage.objects.select_for_update().filter(person=person, kind=kind, from_on=before).first()
    if row is None:
        return  # recorded otherwise, before the case
    earlier = Stage.objects.select_for_update().filter(person=person, until_on=before).first()
    if row.until_on is not None or on > today() or (earlier and on <= earlier.from_on):
        raise errors.EffectStands(person.name, row.get_kind_display(), before)
    if earlier:
        earlier.until_on = on
        earlier.save(update_fields=["until_on"])
    row.from_on = on
    row.save(update_fields=["from_on"])
    trail.record(
        "development.stage_moved", person, by=by, organisation_id=case.organisation_id,
        right=policy.under_which_right(by, "cases.act", case.organisation),
        changed={"kind": kind, "from_on": on}, details={"from_on": before.isoformat(), "to": on.isoformat()},
    )  # fmt: skip


def _open_stage(person: Person) -> Stage | None:
    return Stage.objects.filter(person=person, until_on=None).first()


def _require_same_outcome(former: Entry, entry: Entry) -> None:
    if former.outcome != entry.outcome:
        raise errors.OutcomeStands


def _check_full_members(case: Case, chosen: list[Person], on: date) -> None:
    full = Stage.objects.filter(holds_on(on), person__in=chosen, kind=StageKind.FULL)
    known = set(full.values_list("person_id", flat=True))
    for person in chosen:
        if person.pk == case.person_id:
            raise errors.OneselfNamed(person.name)
        if person.pk not in known:
            raise errors.NotAFullMember(person.name, on)


def _months(values: Values) -> int:
    months = values.get("months")
    if not isinstance(months, int) or isinstance(months, bool) or not 6 <= months <= 12:
        raise errors.ExtensionTooLong(months if months is not None else 0)
    return months


def _group(case: Case, values: Values) -> Group | None:
    name = str(values.get("group") or "").strip()
    if not name:
        return None
    group = Group.objects.filter(organisation=case.organisation, name=name, until_on=None).first()
    if group is None:
        raise errors.GroupUnknown(name, case.organisation.short_name)
    return group
