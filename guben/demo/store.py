"""The tables that the demo writes, and how its plans become rows of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from random import Random
from zoneinfo import ZoneInfo

from django.conf import settings

from guben.access.models import Grant
from guben.accounts.models import User
from guben.demo import standings
from guben.demo.calculations import id_number, phone_number
from guben.demo.plan import DAY, PersonPlan, UnitPlan
from guben.demo.sites import SitePlan
from guben.demo.writing import Rows
from guben.dues.choices import MONTHS
from guben.dues.models import Balance, Decision, Payment, Publication, due_field
from guben.establishments.models import Cover, Establishment, Instructor, Workplace
from guben.kit.days import add_months
from guben.kit.names import name_keys
from guben.meetings.models import Absence, Meeting
from guben.members import sealed
from guben.members.models import Affiliation, Contact, Holding, Person, Stage, Standing
from guben.organisations.models import Group, Post, Site, Team

UNUSABLE = "!demo"  # begins with the mark of a password that never fits
ZONE = ZoneInfo(settings.TIME_ZONE)
_NUMBERS = "一二三四五六七八"


@lru_cache(maxsize=4096)
def moment(day: date, hour: int = 17, minute: int = 20) -> datetime:
    """A moment of a day in the installation's time zone."""
    return datetime.combine(day, time(hour, minute), ZONE)


class Store:
    """All tables on their way. `close` sends what is left."""

    def __init__(self) -> None:
        self.people = Rows(
            Person, "name", "sex", "born_on", "ethnicity", "education", "occupation", "id_number_cipher",
            "id_number_index", "id_number_mask", "phone_cipher", "phone_index", "phone_mask", "pinyin", "initials", "user_id",
        )  # fmt: skip
        self.stages = Rows(Stage, "person_id", "kind", "from_on", "until_on")
        self.affiliations = Rows(Affiliation, "person_id", "organisation_id", "group_id", "from_on", "until_on")
        self.standings = Rows(Standing, "person_id", "kind", "from_on", "until_on", "contact_person_id", "place")
        self.contacts = Rows(Contact, "person_id", "contacted_on", "way", "note", "recorded_at", "recorded_by_id")
        self.teams = Rows(Team, "organisation_id", "elected_on", "term_months", "ends_on", "seats", "until_on")
        self.posts = Rows(
            Post, "organisation_id", "kind", "title", "is_full_time", "on_grassroots_work", "from_on", "until_on"
        )
        self.holdings = Rows(Holding, "person_id", "post_id", "from_on", "until_on")
        self.groups = Rows(Group, "organisation_id", "name", "from_on")
        self.sites = Rows(
            Site, "organisation_id", "name", "address", "area_m2", "tenure", "condition", "lease_ends_on", "checked_on", "from_on",
        )  # fmt: skip
        self.users = Rows(User, "username", "display_name", "password", "is_demo", "date_joined")
        self.grants = Rows(Grant, "user_id", "role", "organisation_id", "from_on", "holding_id", "granted_by_id")
        self.meetings = Rows(
            Meeting, "organisation_id", "group_id", "form", "held_on", "starts_at", "minutes_long", "chair_id", "topic",
            "minutes", "roll_count", "entitled_count", "unnamed_absent_count", "makes_up_on", "recorded_at",
            "recorded_on", "recorded_by_id", "recorded_for_unit",
        )  # fmt: skip
        self.absences = Rows(Absence, "meeting_id", "person_id", "reason", "entitled")
        self.balances = Rows(Balance, "person_id", "year", "band", *map(due_field, MONTHS))
        self.decisions = Rows(
            Decision, "balance_id", "from_month", "monthly_cents", "band", "paper", "recorded_at", "recorded_by_id"
        )
        self.payments = Rows(
            Payment, "balance_id", "kind", "amount_cents", "paid_on", "organisation_id", "corrects_id", "note",
            "recorded_at", "recorded_by_id",
        )  # fmt: skip
        self.publications = Rows(
            Publication, "organisation_id", "year", "published_on", "way", "recorded_at", "recorded_by_id"
        )
        self.establishments = Rows(
            Establishment, "organisation_id", "name", "uscc", "kind", "address", "staff_count", "from_on", "until_on"
        )
        self.covers = Rows(Cover, "establishment_id", "organisation_id", "from_on", "until_on")
        self.instructors = Rows(Instructor, "establishment_id", "person_id", "from_on", "until_on")
        self.workplaces = Rows(Workplace, "person_id", "establishment_id", "from_on", "until_on")

    def close(self) -> dict[str, int]:
        """Sends the rest, in the order in which the tables need each other, and counts the rows."""
        return {name: rows.close() for name, rows in vars(self).items() if isinstance(rows, Rows)}

    def flush(self) -> None:
        for rows in vars(self).values():
            if isinstance(rows, Rows):
                rows.flush()

    def add_person(self, person: PersonPlan, user_id: int | None = None) -> int:
        """The person's own row, with sealed numbers that belong to nobody."""
        serial = self.people.next_key
        number = sealed.seal("id_number", id_number(serial, person.born_on, person.sex))
        phone = sealed.seal("phone", phone_number(serial))
        keys = name_keys(person.name)
        person.id = self.people.add(
            person.name, person.sex, person.born_on, person.ethnicity, person.education, person.occupation,
            *number, *phone, keys.pinyin, keys.initials, user_id,
        )  # fmt: skip
        return person.id

    def add_history(self, unit: UnitPlan, person: PersonPlan) -> None:
        """Stage, affiliation and standing of a person whose row is there."""
        if person.stages:
            ends = [*(day for _kind, day in person.stages[1:]), None]
            for (kind, day), end in zip(person.stages, ends, strict=True):
                self.stages.add(person.id, kind, day, end)
        elif person.stage == "full":
            self.stages.add(person.id, "probationary", person.joined_on, person.full_on)
            self.stages.add(person.id, "full", person.full_on, None)
        else:
            self.stages.add(person.id, person.stage, person.joined_on, None)
        if person.came_from:
            first = max(person.joined_on, person.came_from.founded_on)
            self.affiliations.add(person.id, person.came_from.id, None, first, person.since)
        if person.applied_on and person.applied_on < person.since:
            self.affiliations.add(person.id, unit.id, None, person.applied_on, person.since)
        group = unit.groups[person.group] if person.group is not None else None
        self.affiliations.add(person.id, unit.id, group, person.since, None)

    def add_standing(self, person: PersonPlan) -> None:
        """Members only: at home first, then perhaps away."""
        first = min(person.joined_on, person.since)
        if person.standing == "home":
            self.standings.add(person.id, "home", first, None, None, "")
            return
        if first < person.standing_since:
            self.standings.add(person.id, "home", first, person.standing_since, None, "")
        helper = person.contact_person.id if person.contact_person else None
        self.standings.add(person.id, person.standing, person.standing_since, None, helper, person.place)

    def add_contacts(self, person: PersonPlan, days: Sequence[date], user_id: int, random: Random) -> None:
        for day in days:
            way, note = standings.contact_way(person, random), standings.contact_note(random)
            self.contacts.add(person.id, day, way, note, moment(min(DAY, day + timedelta(days=1))), user_id)

    def add_site(self, site: SitePlan) -> None:
        self.sites.add(
            site.unit.id, site.name, site.address, site.area_m2, site.tenure, site.condition, site.lease_ends_on,
            site.checked_on, site.from_on,
        )  # fmt: skip

    def add_groups(self, unit: UnitPlan, count: int) -> None:
        """So many groups in a branch, over which its members are spread evenly."""
        first = max(unit.founded_on, date(2018, 1, 1))
        unit.groups = [self.groups.add(unit.id, f"第{_NUMBERS[number]}党小组", first) for number in range(count)]
        for number, person in enumerate(unit.members):
            person.group = number % count

    def add_team(self, unit: UnitPlan) -> date:
        """The team's term and the one before; returns the first day of the earlier."""
        elected_on = unit.elected_on or unit.founded_on
        earlier = max(unit.founded_on, add_months(elected_on, -unit.term_months))
        if earlier < elected_on:
            self.teams.add(
                unit.id, earlier, unit.term_months, add_months(earlier, unit.term_months), unit.seats, elected_on
            )
        ends_on = add_months(elected_on, unit.term_months)
        self.teams.add(unit.id, elected_on, unit.term_months, ends_on, unit.seats, None)
        return earlier
