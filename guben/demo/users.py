"""Writes the demo's users with their grants: secretaries who keep their branch's records, clerks, and the featured ones."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from random import Random

from guben.demo import names
from guben.demo.cast import FEATURED, Featured, title_of
from guben.demo.plan import PersonPlan, UnitPlan
from guben.demo.store import UNUSABLE, Store, moment
from guben.demo.teams import SEATS

SINCE = date(2024, 7, 1)


class Users:
    """Makes one user for each person or office that needs one, and remembers whose it is."""

    def __init__(self, store: Store, by_id: int, *, featured: bool = True) -> None:
        self._store = store
        self._by_id = by_id
        self.featured = featured
        self.of_person: dict[int, int] = {}  # id(plan) -> user; the person's row comes later

    def _add(self, username: str, display_name: str, *, featured: bool = False) -> int:
        return self._store.users.add(username, display_name, UNUSABLE, featured, moment(SINCE))

    def for_person(self, person: PersonPlan, username: str, title: str = "") -> int:
        """The user of a person, made on first use; a featured one bears a title."""
        key = id(person)
        if key not in self.of_person:
            self.of_person[key] = self._add(username, f"{title} {person.name}".strip(), featured=bool(title))
        return self.of_person[key]

    def add_secretaries(self, units: Iterable[UnitPlan], vacant: Iterable[UnitPlan]) -> None:
        """The secretary of each unit keeps its records."""
        without = set(map(id, vacant))
        for unit in units:
            if unit.team and id(unit) not in without:
                unit.recorder = self.for_person(unit.team[0], f"s{unit.code}")

    def add_clerks(self, heads: Iterable[UnitPlan], random: Random) -> dict[int, int]:
        """One clerk for each unit that has branches to keep records for; the first is the featured one."""
        clerks: dict[int, int] = {}
        for number, head in enumerate(heads):
            if number == 0 and self.featured:
                clerks[id(head)] = self._add("town-clerk", title_of("town-clerk", head.territory), featured=True)
            else:
                clerks[id(head)] = self._add(f"c{head.code}", names.person_name("2", 33, random))
            self.grant(clerks[id(head)], "clerk", head)
        return clerks

    def grant(self, user: int, role: str, unit: UnitPlan, holding: int | None = None) -> None:
        self._store.grants.add(user, role, unit.id, max(SINCE, unit.founded_on), holding, self._by_id)

    def add_featured(self, places: dict[str, UnitPlan]) -> list[tuple[Featured, int]]:
        """The featured users but the town's clerk, without their grants: those wait for the holdings."""
        branch = places["branch"]
        posts = dict(zip(SEATS[branch.seats], branch.team, strict=False))
        plain = [person for person in branch.full if person.standing == "home" and person not in branch.team]
        made = []
        for entry in FEATURED:
            if entry.username == "town-clerk":
                continue
            if entry.place == "branch":
                person = posts.get(entry.post) if entry.post else plain.pop()
                if person is None:
                    continue
                made.append(
                    (entry, self.for_person(person, entry.username, title_of(entry.username, branch.territory)))
                )
            else:
                made.append(
                    (
                        entry,
                        self._add(
                            entry.username, title_of(entry.username, places[entry.place].territory), featured=True
                        ),
                    )
                )
        return made
