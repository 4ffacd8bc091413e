"""Random samples (抽查): drawn by lot, looked at by investigators, closed with a conclusion."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from guben.access import policy
from guben.accounts.installation import now, today
from guben.accounts.models import User
from guben.audit import trail
from guben.development import calculations, errors
from guben.development.choices import PROCEDURE, Found
from guben.development.models import Investigator, Sample, SampledCase, Tie
from guben.members.models import Person
from guben.organisations.models import Organisation
from guben.procedures.models import Case, Entry

DRAW, SEE = "samples.draw", "cases.view"
MOST, SEED_ROOM, NOTE_ROOM = 500, 40, 500


@transaction.atomic
def draw_sample(
    unit: Organisation, *, seed: str, size: int, from_on: date, until_on: date, investigators: Sequence[User], by: User
) -> Sample:
    """Draws cases at and below a unit in which a step was taken from one day to another, both included. The same seed
    draws the same cases: those with the smallest SHA-256 of "seed:number".

    Raises:
        Http404, PermissionDenied: no `samples.draw` at the unit.
        errors.SeedUnclear, errors.SizeUnclear, errors.DaysUnclear, errors.DayInFuture, errors.NothingToDraw,
        errors.InvestigatorMissing, errors.InvestigatorSeesNothing.

    Source: M3.3 (investigators).
    """
    policy.require(by, DRAW, unit)
    seed = " ".join(seed.split())
    if not 0 < len(seed) <= SEED_ROOM:
        raise errors.SeedUnclear
    if isinstance(size, bool) or not 1 <= size <= MOST:
        raise errors.SizeUnclear(MOST)
    if until_on < from_on:
        raise errors.DaysUnclear
    if until_on > today():
        raise errors.DayInFuture(until_on, today())
    _check_investigators(unit, investigators)
    numbers = dict(_population(unit, from_on, until_on))
    if not numbers:
        raise errors.NothingToDraw
    sample = Sample.objects.create(
        organisation=unit, seed=seed, size=size, from_on=from_on, until_on=until_on, population=len(numbers),
        drawn_on=today(), drawn_at=now(), drawn_by=by,
    )  # fmt: skip
    chosen = calculations.drawn(seed, numbers, size)
    SampledCase.objects.bulk_create(
        SampledCase(sample=sample, case_id=numbers[number], place=place) for place, number in enumerate(chosen, start=1)
    )
    Investigator.objects.bulk_create(Investigator(sample=sample, user=user) for user in dict.fromkeys(investigators))
    _note("drawn", sample, by, {"seed": seed, "population": len(numbers), "size": len(chosen)})
    return sample


@transaction.atomic
def record_finding(row: SampledCase, *, found: str, note: str, by: User) -> SampledCase:
    """Writes what an investigator found in a case; until the sample is closed it may be written anew.

    Raises:
        Http404, PermissionDenied: the case is not the investigator's to see.
        errors.SampleClosed, errors.NotAnInvestigator, errors.OwnWork, errors.FindingUnclear.
    """
    row = SampledCase.objects.select_for_update(of=("self",)).select_related("sample__organisation").get(pk=row.pk)
    sample, case = row.sample, Case.objects.select_related("organisation", "person").get(pk=row.case_id)
    policy.require(by, SEE, case.organisation)
    if sample.closed_on:
        raise errors.SampleClosed(sample.closed_on)
    if not Investigator.objects.filter(sample=sample, user=by).exists():
        raise errors.NotAnInvestigator
    if has_own_part(case, by):
        raise errors.OwnWork(case.number)
    note = " ".join(note.split())[:NOTE_ROOM]
    if found not in Found.values or (found != Found.IN_ORDER and not note):
        raise errors.FindingUnclear
    row.found, row.note, row.found_on, row.found_at, row.found_by = found, note, today(), now(), by
    row.save(update_fields=["found", "note", "found_on", "found_at", "found_by"])
    _note("found", sample, by, {"number": case.number, "found": str(Found(found).label)}, changed={"note": note})
    return row


@transaction.atomic
def close_sample(sample: Sample, *, conclusion: str, by: User) -> Sample:
    """Closes a sample in which every case has a finding.

    Raises:
        Http404, PermissionDenied: no `samples.draw` at its unit.
        errors.SampleClosed, errors.NotAllFound, errors.ConclusionMissing.
    """
    sample = Sample.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=sample.pk)
    policy.require(by, DRAW, sample.organisation)
    if sample.closed_on:
        raise errors.SampleClosed(sample.closed_on)
    if left := sample.cases.filter(found="").count():
        raise errors.NotAllFound(left)
    conclusion = " ".join(conclusion.split())[:NOTE_ROOM]
    if not conclusion:
        raise errors.ConclusionMissing
    sample.closed_on, sample.closed_by, sample.conclusion = today(), by, conclusion
    sample.save(update_fields=["closed_on", "closed_by", "conclusion"])
    serious = sample.cases.filter(found=Found.SERIOUS).count()
    _note("sample_closed", sample, by, {"serious": serious}, changed={"conclusion": conclusion})
    return sample


def has_own_part(case: Case, user: User) -> bool:
    """Did this user take a step of the case, or is she the one it is about, or tied to that one?"""
    if Entry.objects.filter(case=case, recorded_by=user).exists():
        return True
    person = Person.objects.filter(user=user).first()
    if person is None:
        return False
    return person.pk == case.person_id or Tie.objects.filter(application__case=case, person=person).exists()


def _check_investigators(unit: Organisation, investigators: Sequence[User]) -> None:
    if not investigators:
        raise errors.InvestigatorMissing
    for user in investigators:
        if not user.is_active or not policy.may(user, SEE, unit):
            raise errors.InvestigatorSeesNothing(user.username)


def _population(unit: Organisation, from_on: date, until_on: date) -> list[tuple[str, int]]:
    """The cases with a step in those days, by their numbers."""
    rows = Case.objects.filter(
        policy.in_subtrees([unit.path], "organisation__path"),
        procedure=PROCEDURE,
        entries__done_on__gte=from_on,
        entries__done_on__lte=until_on,
    )
    return list(rows.distinct().values_list("number", "pk"))


def _note(
    act: str, sample: Sample, by: User, details: dict[str, object], changed: dict[str, object] | None = None
) -> None:
    action = "development.sample_drawn" if act == "drawn" else f"development.{act}"
    right = policy.under_which_right(by, SEE if act == "found" else DRAW, sample.organisation)
    trail.record(
        action, sample, by=by, organisation_id=sample.organisation_id, right=right, changed=changed or details,
        details=details,
    )  # fmt: skip
