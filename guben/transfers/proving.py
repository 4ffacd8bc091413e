"""The proof that each member has exactly one responsible unit: no overlap, no gap, nobody in none (M3.7)."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, F, OuterRef, Q

from guben.members.choices import MEMBER_STAGES
from guben.members.models import Affiliation, Stage
from guben.members.spans import holds_on
from guben.procedures.models import Case
from guben.transfers.choices import TRANSFER_OUT
from guben.transfers.models import Inflow, Letter, Outflow

MOST_TOLD = 200


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that should not be: what kind, about whom (a key, never a name)."""

    kind: str
    person: int
    detail: str = ""


@dataclass(slots=True)
class Proof:
    """What was looked at and what is wrong; `faults` holds the first of them."""

    members: int = 0
    left: int = 0
    wrong: int = 0
    faults: list[Fault] = field(default_factory=list)
    milliseconds: int = 0

    def add(self, kind: str, person: int, detail: str = "") -> None:
        self.wrong += 1
        if len(self.faults) < MOST_TOLD:
            self.faults.append(Fault(kind, person, detail))

    @property
    def holds(self) -> bool:
        return self.wrong == 0


def prove(on: date) -> Proof:
    """Looks at every member. Whoever left on a receipt for a unit outside is in none here, and that is right."""
    begun, proof = time.monotonic(), Proof()
    proof.members = Stage.objects.filter(holds_on(on), kind__in=MEMBER_STAGES).count()
    _in_none(proof, on)
    _overlaps(proof)
    _gaps(proof)
    _unit_gone(proof, on)
    _moved(proof)
    _stays(proof)
    proof.milliseconds = round((time.monotonic() - begun) * 1000)
    return proof


def _in_none(proof: Proof, on: date) -> None:
    here = Affiliation.objects.filter(holds_on(on), person=OuterRef("person"))
    rows = Stage.objects.filter(holds_on(on), kind__in=MEMBER_STAGES).exclude(Exists(here))
    gone = Case.objects.filter(procedure=TRANSFER_OUT, ended_as="done", person=OuterRef("person"))
    for person, left in rows.annotate(left=Exists(gone)).values_list("person_id", "left").iterator():
        if left:
            proof.left += 1
        else:
            proof.add("in_none", person)


def _overlaps(proof: Proof) -> None:
    """Two affiliations that hold on one day. On the same day one may end and the next begin."""
    beside = (
        Affiliation.objects.filter(person=OuterRef("person"), from_on__gte=OuterRef("from_on"))
        .filter(from_on__lt=OuterRef("until_on"))
        .exclude(pk=OuterRef("pk"))
        .filter(Q(until_on=None) | Q(until_on__gt=F("from_on")))
    )
    rows = Affiliation.objects.filter(until_on__gt=F("from_on")).filter(Exists(beside))
    for pk, person in rows.values_list("pk", "person_id").iterator():
        proof.add("in_two", person, f"affiliation {pk}")
    ahead = Affiliation.objects.filter(person=OuterRef("person"), from_on__gt=OuterRef("from_on"))
    for pk, person in Affiliation.objects.filter(until_on=None).filter(Exists(ahead)).values_list("pk", "person_id"):
        proof.add("in_two", person, f"affiliation {pk}")


def _gaps(proof: Proof) -> None:
    """A day between two affiliations on which nobody answered, unless the member had left for outside."""
    after = Affiliation.objects.filter(person=OuterRef("person"), from_on__gt=OuterRef("until_on"))
    at_once = Affiliation.objects.filter(person=OuterRef("person"), from_on=OuterRef("until_on"))
    member = Stage.objects.filter(
        person=OuterRef("person"), kind__in=MEMBER_STAGES, from_on__lte=OuterRef("until_on")
    ).filter(Q(until_on=None) | Q(until_on__gt=OuterRef("until_on")))
    gone = Case.objects.filter(
        procedure=TRANSFER_OUT, ended_as="done", person=OuterRef("person"), ended_on=OuterRef("until_on")
    )
    rows = Affiliation.objects.filter(until_on__isnull=False).filter(Exists(after), Exists(member))
    for pk, person in rows.exclude(Exists(at_once)).exclude(Exists(gone)).values_list("pk", "person_id").iterator():
        proof.add("gap", person, f"affiliation {pk}")


def _unit_gone(proof: Proof, on: date) -> None:
    rows = Affiliation.objects.filter(until_on=None, organisation__dissolved_on__lte=on)
    for person, unit in rows.values_list("person_id", "organisation__code").iterator():
        proof.add("unit_gone", person, f"unit {unit}")


def _moved(proof: Proof) -> None:
    """A letter that was received belongs to a move that took place."""
    rows = Letter.objects.filter(received_on__isnull=False, void_on=None, case__host__isnull=False)
    moved = Affiliation.objects.filter(
        person=OuterRef("case__person"), organisation=OuterRef("case__host"), from_on__lte=OuterRef("received_on")
    )
    reformed = Affiliation.objects.filter(person=OuterRef("case__person"), from_on__gte=OuterRef("received_on"))
    for person, number in (
        rows.exclude(Exists(moved)).exclude(Exists(reformed)).values_list("case__person_id", "number")
    ):
        proof.add("moved_without", person or 0, number)


def _stays(proof: Proof) -> None:
    """Nobody is a guest where he or she belongs, or away from a unit that answers no longer."""
    home = Affiliation.objects.filter(
        person=OuterRef("person"), organisation=OuterRef("organisation"), until_on__isnull=True
    )
    for person in Inflow.objects.filter(ended_on=None).filter(Exists(home)).values_list("person_id", flat=True):
        proof.add("ended_stay", person or 0, "guest at home")
    for person in Outflow.objects.filter(ended_on=None).exclude(Exists(home)).values_list("person_id", flat=True):
        proof.add("ended_stay", person, "away from a former unit")
