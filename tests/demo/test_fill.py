"""An imported tree filled with invented people: whole, thin, and taken up again where it stopped."""

from __future__ import annotations

from datetime import date

import pytest
from django.http import Http404

from guben.accounts.installation import current
from guben.accounts.models import Installation, User
from guben.accounts.operator import acting_user
from guben.audit.models import Entry
from guben.demo import errors
from guben.demo.cast import USERNAMES
from guben.demo.fill import fill_tree
from guben.meetings.models import Meeting
from guben.members.models import Affiliation, Person
from guben.organisations.actions import NewUnit, found_many
from guben.organisations.models import Organisation, Post, Site, Team

FOUNDED = date(2000, 1, 1)


def quiet(words: str, done: int, total: int) -> None:
    """Nobody watches."""


def new_unit(code: str, parent: str, kind: str, field: str, territory: str) -> NewUnit:
    return NewUnit(
        code=code, name=f"甲{code}", short_name=f"甲{code}", kind=kind, field=field, territory=territory,
        parent_code=parent, founded_on=FOUNDED,
    )  # fmt: skip


@pytest.fixture
def top(db: None) -> Organisation:
    rows = [
        new_unit("980000", "", "committee", "agency", "province"),
        new_unit("980100", "980000", "committee", "agency", "county"),
    ]
    for town in ("980100001", "980100002"):
        rows.append(new_unit(town, "980100", "committee", "rural", "town"))
        rows += [new_unit(f"{town}{number:03d}", town, "branch", "rural", "village") for number in range(1, 6)]
        rows.append(new_unit(f"{town}101", town, "branch", "urban_community", "community"))
    return found_many(rows, by=acting_user())[0]


def test_every_village_gets_members_a_team_a_site_and_a_year_of_meetings(top: Organisation) -> None:
    counts = fill_tree(top, 1, acting_user(), quiet)
    for unit in Organisation.objects.filter(territory__in=["village", "community"]):
        assert 6 <= Affiliation.objects.filter(organisation=unit, until_on=None).count() <= 40
        assert Team.objects.filter(organisation=unit, until_on=None).count() == 1
        assert Site.objects.filter(organisation=unit).count() == 1
        assert unit.kept_from == date(2025, 7, 1)
        assert Meeting.objects.filter(organisation=unit, form="theme_day").exists()
    assert counts["people"] == Person.objects.count()
    assert Entry.objects.get(action="demo.filled").details["units"] == counts["units"]
    assert Meeting.objects.earliest("held_on").held_on >= date(2025, 7, 1)


def test_committees_are_led_from_a_branch_of_their_office(top: Organisation) -> None:
    fill_tree(top, 1, acting_user(), quiet)
    town = Organisation.objects.get(code="980100001")
    team = Post.objects.filter(organisation=town, holdings__until_on=None, kind="secretary")
    leader = Person.objects.get(holdings__post=team.get())
    home = leader.affiliations.get(until_on=None).organisation
    assert (home.parent, home.field, home.kind) == (town, "agency", "branch")
    assert Post.objects.filter(organisation__code="980100", kind="department_staff").exists()


def test_the_size_of_a_village_can_be_given(top: Organisation) -> None:
    fill_tree(top, 1, acting_user(), quiet, members_per_unit=7)
    village = Organisation.objects.get(code="980100002003")
    stages = Person.objects.filter(affiliations__organisation=village, stages__kind__in=["full", "probationary"])
    assert stages.filter(stages__until_on=None).distinct().count() == 7


def test_a_second_run_adds_nobody(top: Organisation) -> None:
    fill_tree(top, 1, acting_user(), quiet)
    people, units = Person.objects.count(), Organisation.objects.count()
    again = fill_tree(top, 1, acting_user(), quiet)
    assert again["units"] == 0
    assert (Person.objects.count(), Organisation.objects.count()) == (people, units)


def test_an_interrupted_run_is_taken_up_again(top: Organisation) -> None:
    fill_tree(Organisation.objects.get(code="980100002"), 1, acting_user(), quiet)
    fill_tree(top, 2, acting_user(), quiet)
    empty = Organisation.objects.filter(kind="branch").exclude(affiliations__isnull=False)
    assert list(empty) == []
    assert Person.objects.values("id_number_index").distinct().count() == Person.objects.count()


def test_the_featured_users_act_in_the_filled_tree(top: Organisation) -> None:
    fill_tree(top, 1, acting_user(), quiet)
    users = dict(User.objects.filter(is_demo=True).values_list("username", "grants__organisation__territory"))
    assert set(users) == set(USERNAMES)
    assert users["organiser"] == "province"
    assert users["town-clerk"] == "town"
    assert users["secretary"] == "community"
    assert current().demo_root_code == "980000"


def test_real_people_keep_invented_ones_out(top: Organisation) -> None:
    Person.objects.create(name="真人", sex="1", born_on=date(1980, 1, 1))
    with pytest.raises(errors.NotADemo):
        fill_tree(top, 1, acting_user(), quiet)
    assert not Installation.objects.filter(is_demo=True).exists()


def test_a_stranger_fills_nothing(top: Organisation) -> None:
    with pytest.raises(Http404):
        fill_tree(top, 1, User.objects.create(username="stranger"), quiet)
    assert not Person.objects.exists()
