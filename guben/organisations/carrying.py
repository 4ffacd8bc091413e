"""A merger or a split as the paper says it, and how higher apps carry over what is theirs.

An app registers a `Carrier` when Django starts. It counts what it will carry, says what stands in the way, and carries
it in the transaction of the act, writing through the act's journal so that it can be taken back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from guben.accounts.models import User
from guben.organisations.choices import ActKind
from guben.organisations.journal import Journal
from guben.organisations.models import Group, Organisation, Post


@dataclass(frozen=True, slots=True, kw_only=True)
class Heir:
    """A unit that goes on: one of those that exist (`unit`), or one that the act founds."""

    unit: Organisation | None = None
    code: str = ""
    name: str = ""
    short_name: str = ""
    kind: str = ""
    field: str = ""
    territory: str = ""

    @property
    def title(self) -> str:
        return self.unit.name if self.unit else self.name

    @property
    def becomes(self) -> str:
        """The kind of unit it is from the day on."""
        return self.unit.kind if self.unit else self.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Reform:
    """What the paper says. Heirs are named by their number in `heirs`; what has no heir ends.

    A source that is also an heir keeps what is not given to another heir; all others are dissolved.
    """

    kind: ActKind
    sources: tuple[Organisation, ...]
    heirs: tuple[Heir, ...]
    parent: Organisation | None
    on: date
    paper: str = ""
    note: str = ""
    people: Mapping[int, int] = field(default_factory=dict)
    groups: Mapping[int, int] = field(default_factory=dict)
    posts: Mapping[int, int] = field(default_factory=dict)  # a source's id: the heir that gets its posts
    sites: Mapping[int, int] = field(default_factory=dict)
    below: Mapping[int, int] = field(default_factory=dict)
    grants: bool = False

    @property
    def staying(self) -> dict[int, int]:
        """The sources that go on, with their number among the heirs."""
        here = {unit.pk for unit in self.sources}
        return {heir.unit.pk: number for number, heir in enumerate(self.heirs) if heir.unit and heir.unit.pk in here}

    @property
    def ending(self) -> list[Organisation]:
        return [unit for unit in self.sources if unit.pk not in self.staying]

    @property
    def leaving(self) -> list[int]:
        """The people of a split who go to another unit than one that stays."""
        stays = set(self.staying.values())
        return [] if len(self.heirs) == 1 else [pk for pk, number in self.people.items() if number not in stays]

    def heir_of_person(self, person_id: int, source_id: int) -> int | None:
        """In a merger everybody goes to the one heir; in a split each as the paper says."""
        if len(self.heirs) == 1:
            return 0
        return self.people.get(person_id)


class AboutSomebody(Protocol):
    """A row of a unit, which may be about a person."""

    organisation_id: int
    person_id: int | None


@dataclass(slots=True)
class Carrying:
    """The act under way: who the heirs are as units, and what already became of groups and posts."""

    reform: Reform
    units: list[Organisation]
    by: User
    journal: Journal
    groups: dict[int, Group] = field(default_factory=dict)  # by the former group's id
    posts: dict[int, Post] = field(default_factory=dict)  # by the former post's id
    ended_posts: set[int] = field(default_factory=set)
    holdings: dict[int, int] = field(default_factory=dict)  # by the former holding's id

    def heir(self, row: AboutSomebody, source_id: int) -> Organisation:
        """Where goes what a unit had in hand: to the heir of the person it is about, if the unit is the row's own, else
        to the one that gets the unit's posts, else to the first."""
        number: int | None = None
        if row.person_id is not None and source_id == row.organisation_id:
            number = self.reform.heir_of_person(row.person_id, source_id)
        return self.units[self.reform.posts.get(source_id, 0) if number is None else number]


@dataclass(frozen=True, slots=True)
class Count:
    """One line of the preview."""

    title: str
    number: int
    words: str = ""


class Carrier(Protocol):
    """What a higher app does in a merger or a split."""

    def counts(self, reform: Reform) -> list[Count]: ...

    def problems(self, reform: Reform) -> list[str]: ...

    def carry(self, carrying: Carrying) -> None: ...


_carriers: list[Carrier] = []


def register(carrier: Carrier) -> None:
    """Adds a carrier; one of the same class takes the place of the earlier one."""
    _carriers[:] = [*(one for one in _carriers if type(one) is not type(carrier)), carrier]


def carriers() -> list[Carrier]:
    return list(_carriers)
