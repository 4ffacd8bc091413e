"""What a unit and a person of the demo are before they become rows: plain values, filled in step by step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as column
from datetime import date, timedelta

DAY = date(2026, 6, 30)  # the demo's today (演示日)
KEPT_FROM = date(2024, 7, 1)
YEAR_AGO = date(2025, 6, 30)

Progress = Callable[[str, int, int], None]


@dataclass(slots=True, eq=False)
class PersonPlan:
    """One person to be: on the roll of a unit, or on the way there."""

    name: str
    sex: str
    born_on: date
    age: int
    stage: str
    joined_on: date
    ethnicity: str = "01"
    education: str = ""
    occupation: str = ""
    since: date = date.min  # in the unit
    standing: str = "home"
    standing_since: date = date.min
    place: str = ""
    contact_person: PersonPlan | None = None
    group: int | None = None
    leads: float | None = None  # how often a leader comes to the own branch's meetings
    came_from: UnitPlan | None = None
    stages: list[tuple[str, date]] = column(default_factory=list)  # told by a case of development
    applied_on: date | None = None
    id: int = 0

    @property
    def full_on(self) -> date | None:
        return None if self.stage != "full" else self.joined_on.replace(year=self.joined_on.year + 1)


@dataclass(slots=True, eq=False)
class UnitPlan:
    """One unit to be. `setting` names the profile of its people; units without one have no members of their own."""

    code: str
    parent: UnitPlan | None
    name: str
    short_name: str
    kind: str
    field: str
    territory: str = ""
    setting: str = ""
    founded_on: date = date(1995, 7, 1)
    kept_from: date | None = KEPT_FROM
    size: int = 0
    weight: float = 0.0
    ageing: bool = False
    weak: bool = False
    diligence: float = 0.96
    theme_on: int = 10
    seats: int = 0
    term_months: int = 36
    elected_on: date | None = None
    ends_on: date | None = None  # dissolved
    people: list[PersonPlan] = column(default_factory=list)  # members first, then those on the way
    former: list[PersonPlan] = column(default_factory=list)  # who came from here to where they now are
    team: list[PersonPlan] = column(default_factory=list)
    groups: list[int] = column(default_factory=list)
    recorder: int = 0  # the user who keeps its records
    clerk: int = 0  # the town's clerk, who records for it
    id: int = 0

    @property
    def members(self) -> list[PersonPlan]:
        return [person for person in self.people if person.stage in ("full", "probationary")]

    @property
    def full(self) -> list[PersonPlan]:
        return [person for person in self.people if person.stage == "full"]

    @property
    def is_branch(self) -> bool:
        return self.kind in ("branch", "joint_branch", "temporary_branch")


def ago(days: int) -> date:
    """So many days before the demo's day."""
    return DAY - timedelta(days=days)
