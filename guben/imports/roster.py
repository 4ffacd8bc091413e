"""The understood rows of a member sheet by column; a row by itself is made where it is held against the records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from guben.imports import columns as c
from guben.imports.table import Table
from guben.members.choices import HAN, MEMBER_STAGES, StageKind, StandingKind
from guben.organisations.models import Group, Organisation

TEXTS = {
    "name": c.NAME,
    "sex": c.SEX,
    "id_number": c.ID_NUMBER,
    "ethnicity": c.ETHNIC,
    "education": c.SCHOOLING,
    "occupation": c.WORK,
    "stage": c.STAGE,
    "phone": c.PHONE,
    "standing": c.STANDING,
    "degree": c.DEGREE,
    "stratum": c.STRATUM,
    "professional_post": c.EXPERT,
    "home": c.HOME,
    "domicile": c.DOMICILE,
}
DAYS = {"born_on": c.BORN, "joined_on": c.JOINED, "full_on": c.FULL}
AS_READ = (*(name for name in TEXTS if name not in ("stage", "standing", "ethnicity")), "born_on",
           "is_migrant_worker", "service_correction")  # fmt: skip
Stages = tuple[tuple[str, date], ...]


def stages_of(stage: str, joined_on: date | None, full_on: date | None, today: date) -> Stages:
    """The stages a row tells of, first to last. Older records know only the day of admission."""
    if stage not in MEMBER_STAGES or joined_on is None:
        return ((stage, today),)
    if stage == StageKind.FULL and full_on:
        return (("probationary", joined_on), ("full", full_on))
    return ((stage, joined_on),)


@dataclass(frozen=True, slots=True)
class Roster:
    """A column for each field of `MemberRow`, in the order of the table's rows; rows with a fault are there too, with
    what was understood of them. Empty cells are None or empty and change nothing."""

    table: Table
    columns: Mapping[str, Sequence[Any]]

    def __getitem__(self, name: str) -> Sequence[Any]:
        return self.columns[name]

    def row(self, index: int) -> MemberRow:
        """One row by itself."""
        return MemberRow(self.table, index, **{name: values[index] for name, values in self.columns.items()})

    def good(self) -> list[int]:
        """The rows without a fault so far."""
        faults = self.table.faults
        return [index for index in range(self.table.size) if index not in faults]

    def new_people(self, rows: Sequence[int], today: date) -> dict[str, Sequence[Any]]:
        """Some rows as people to register, by column: the fields of `members.actions.NewPerson`."""
        chosen = {name: list(map(values.__getitem__, rows)) for name, values in self.columns.items()}
        told = zip(chosen["stage"], chosen["joined_on"], chosen["full_on"], strict=True)
        stages = [stages_of(*about, today) for about in told]
        units, count = chosen["unit"], len(rows)
        since = [max(told[0][1], unit.founded_on) for told, unit in zip(stages, units, strict=True)]
        return {
            **{name: chosen[name] for name in AS_READ},
            "organisation_id": [unit.pk for unit in units],
            "group_id": [group and group.pk for group in chosen["group"]],
            "stages": stages,
            "affiliated_on": since,
            "standing_from": since,
            "ethnicity": [code or HAN for code in chosen["ethnicity"]],
            "standing": [kind or StandingKind.HOME.value for kind in chosen["standing"]],
            "place": [""] * count,
            "contact_row": [None] * count,
        }


@dataclass(slots=True, eq=False)
class MemberRow:
    """A row whose cells were understood; empty cells are None or empty and change nothing."""

    table: Table
    index: int
    name: str
    sex: str
    born_on: date | None
    id_number: str
    ethnicity: str
    education: str
    occupation: str
    stage: str
    unit: Organisation | None
    group: Group | None
    joined_on: date | None
    full_on: date | None
    phone: str
    standing: str
    degree: str
    stratum: str
    professional_post: str
    is_migrant_worker: bool | None
    service_correction: int | None
    home: str
    domicile: str
    not_standing: tuple[str, ...]  # what the sheet says the member is not

    @property
    def number(self) -> int:
        """The row's number in the sheet."""
        return self.table.numbers[self.index]

    @property
    def good(self) -> bool:
        return self.index not in self.table.faults

    def fault(self, header: str, kind: str, message: str) -> None:
        self.table.fault(self.index, header, kind, message)

    def check(self, header: str, kind: str, message: str) -> None:
        self.table.check(self.index, header, kind, message)

    def tells_day(self, header: str) -> bool:
        """Did the cell tell the day, not the month alone?"""
        checks = self.table.checks.get(self.index, ())
        return not any(check.column == header and check.kind == "month" for check in checks)

    def stages(self, today: date) -> Stages:
        """The stages the row tells of, first to last."""
        return stages_of(self.stage, self.joined_on, self.full_on, today)
