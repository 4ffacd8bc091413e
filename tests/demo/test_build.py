"""A small city in the database: consistent records, invented numbers, users without passwords."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Count, F, Q
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from guben.access.models import Grant
from guben.accounts import installation
from guben.accounts.models import User
from guben.accounts.operator import acting_user
from guben.audit import sentences
from guben.audit.models import Entry
from guben.demo import errors
from guben.demo.cast import USERNAMES
from guben.demo.city import build
from guben.demo.plan import DAY
from guben.demo.shape import SMALL
from guben.meetings.models import Absence, Meeting
from guben.meetings.queries import with_present
from guben.members import sealed
from guben.members.models import Affiliation, Holding, Person, Stage, Standing
from guben.members.queries.rolls import roll_counts
from guben.organisations.models import Organisation, Placement, Site
from guben.publication import policy
from guben.publication.models import Notice, Objection, Publication

MEMBERS = 1_800


def quiet(words: str, done: int, total: int) -> None:
    """Nobody watches."""


def every_meeting() -> Iterable[Any]:
    return with_present(Meeting.objects.all())


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, int]]:
    """One small city for all tests of this module; each test's own transaction lies inside this one."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build(3, acting_user(), quiet, SMALL, MEMBERS)
        transaction.set_rollback(True)


@pytest.fixture
def city(built: dict[str, int], db: None) -> dict[str, int]:
    return built


def test_it_says_how_many_rows_it_wrote(city: dict[str, int]) -> None:
    assert city["units"] == Organisation.objects.count()
    assert city["people"] == Person.objects.count()
    assert city["meetings"] == Meeting.objects.count()
    entry = Entry.objects.get(action="demo.built")
    assert entry.details["members"] == MEMBERS
    assert sentences.detail_of(entry.action, entry.details) == "种子3，党员1800人"


def test_it_is_a_demo_whose_day_stands_still(city: dict[str, int]) -> None:
    row = installation.current()
    assert (row.is_demo, row.demo_sign_in, row.demo_root_code) == (True, True, "990000")
    assert installation.today() == DAY
    assert not installation.roster_imports_open()


def test_the_boards_show_what_was_made_public(city: dict[str, int], client: Client) -> None:
    committees = Organisation.objects.filter(kind__in=["committee", "work_committee"], dissolved_on=None)
    told = Publication.objects.filter(rule="publish-dues-accounts", counts_on=date(2025, 12, 31))
    assert told.values("organisation").distinct().count() >= committees.count() * 0.8
    early = Q(published_on__lt=F("organisation__founded_on")) | Q(published_on__gt=DAY)
    assert not Publication.objects.filter(early).exists()
    hanging = Notice.objects.filter(policy.hangs(DAY), audience="public")
    for code in ("990001", hanging.exclude(organisation__code="990001").first().organisation.code):
        page = client.get(reverse("publication:board", args=[code])).content.decode()
        assert "看公示" in page
        assert "办的实事" in page
    notice = Notice.objects.get(title="七一慰问困难党员名单")
    assert all(value.endswith("某") for _label, value in notice.lines)
    assert Objection.objects.filter(notice=notice, decided_on=None).count() == 1


def test_a_second_city_is_refused(city: dict[str, int]) -> None:
    with pytest.raises(errors.NotEmpty):
        build(3, acting_user(), quiet, SMALL, MEMBERS)


def test_everybody_belongs_to_exactly_one_branch_today(city: dict[str, int]) -> None:
    open_ = Affiliation.objects.filter(until_on=None)
    assert open_.count() == Person.objects.count() == open_.values("person").distinct().count()
    assert set(open_.values_list("organisation__kind", flat=True)) <= {"branch", "joint_branch"}
    assert not open_.filter(organisation__dissolved_on__isnull=False).exists()
    assert Stage.objects.filter(until_on=None, kind__in=["full", "probationary"]).count() == MEMBERS


@pytest.mark.parametrize("model", [Stage, Affiliation, Standing, Holding, Grant])
def test_no_span_ends_before_it_begins(city: dict[str, int], model: type[Stage]) -> None:
    assert not model.objects.filter(until_on__lte=F("from_on")).exists()


def test_the_people_of_today_have_spans_without_gaps(city: dict[str, int]) -> None:
    members = Person.objects.filter(stages__kind__in=["full", "probationary"], stages__until_on=None)
    assert not members.exclude(standings__until_on__isnull=True, standings__isnull=False).exists()
    assert not Affiliation.objects.filter(until_on__gt=DAY).exists()


def test_numbers_belong_to_nobody(city: dict[str, int]) -> None:
    for person in Person.objects.order_by("pk")[:200]:
        assert sealed.clear_value(person, "phone").startswith("190000")
        number = sealed.clear_value(person, "id_number")
        assert number[:2] == "99"
        assert number[6:14] == f"{person.born_on:%Y%m%d}"
        assert sealed.index_of("id_number", number) == person.id_number_index
    assert Person.objects.exclude(pinyin="").count() == Person.objects.count()


def test_meetings_add_up_and_none_lies_in_the_future(city: dict[str, int]) -> None:
    assert not Meeting.objects.filter(Q(held_on__gt=DAY) | Q(recorded_on__gt=DAY)).exists()
    assert not Meeting.objects.filter(recorded_on__lt=F("held_on")).exists()
    assert min(meeting.present for meeting in every_meeting()) >= 0
    assert not Meeting.objects.filter(entitled_count__gt=F("roll_count")).exists()
    assert not Meeting.objects.filter(held_on__lt=F("organisation__founded_on")).exists()
    assert not Meeting.objects.filter(organisation__kept_from=None).exists()
    twice = (
        Meeting.objects.exclude(form="talk").values("organisation", "form", "held_on", "group").annotate(n=Count("pk"))
    )
    assert not twice.filter(n__gt=1).exists()


def test_who_was_entitled_agrees_with_the_roll_of_that_day(city: dict[str, int]) -> None:
    units = list(Organisation.objects.filter(kind__in=["branch", "joint_branch"], dissolved_on=None).order_by("path"))
    for day in Meeting.objects.filter(form="member_meeting").dates("held_on", "day")[::9]:
        counts = roll_counts(units, day)
        for meeting in Meeting.objects.filter(form="member_meeting", held_on=day, organisation__in=units):
            told = counts[meeting.organisation_id]
            assert (meeting.roll_count, meeting.entitled_count) == (told.roll, told.entitled), meeting


def test_lately_the_absent_are_named(city: dict[str, int]) -> None:
    assert Absence.objects.filter(meeting__held_on__year=2026).count() > 100
    branch_meetings = Meeting.objects.filter(held_on__year=2026, form__in=["theme_day", "member_meeting"])
    assert branch_meetings.filter(unnamed_absent_count__gt=0).count() < branch_meetings.count() / 20


def test_some_meetings_are_late_short_or_recorded_for_the_unit(city: dict[str, int]) -> None:
    meetings = Meeting.objects.all()
    assert meetings.filter(makes_up_on__isnull=False).exists()
    assert any(meeting.present * 2 < meeting.entitled_count for meeting in every_meeting())
    assert 0.1 < meetings.filter(recorded_for_unit=True).count() / meetings.count() < 0.2


def test_the_tree_saw_a_move_a_new_name_and_an_end(city: dict[str, int]) -> None:
    actions = Entry.objects.filter(action__startswith="organisations.").values_list("action", flat=True).distinct()
    assert set(actions) == {
        "organisations.founded",
        "organisations.moved",
        "organisations.renamed",
        "organisations.dissolved",
    }
    moved = Organisation.objects.get(pk=Entry.objects.get(action="organisations.moved").object_id)
    placements = Placement.objects.filter(organisation=moved).order_by("from_on")
    assert [placement.until_on is None for placement in placements] == [False, True]
    assert placements[0].parent != placements[1].parent


def test_communities_rent_in_proportion_and_one_has_eight_square_metres(city: dict[str, int]) -> None:
    sites = Site.objects.filter(organisation__territory="community")
    assert sites.filter(tenure__in=["rented", "borrowed"]).count() == 3  # of 9, as 32 of 88
    assert sites.filter(area_m2=8).count() == 1
    assert Site.objects.filter(condition="dangerous").count() == 5
    assert set(Site.objects.filter(organisation__territory="village").values_list("tenure", flat=True)) == {"owned"}


def test_each_role_has_a_user_who_can_use_no_password(city: dict[str, int]) -> None:
    users = User.objects.filter(is_demo=True)
    assert set(users.values_list("username", flat=True)) == set(USERNAMES)
    assert not any(user.has_usable_password() for user in User.objects.all())
    roles = dict(Grant.objects.filter(user__in=users).values_list("user__username", "role"))
    assert roles["town-clerk"] == "clerk"
    assert roles["statistician"] == "statistician"
    assert len(roles) == len(USERNAMES)
    assert Person.objects.get(user__username="member").stages.filter(kind="full", until_on=None).exists()


def test_a_secretarys_grant_hangs_on_the_post(city: dict[str, int]) -> None:
    grants = Grant.objects.filter(role="secretary").select_related("holding__post")
    assert grants.count() > 50
    assert all(grant.holding and grant.holding.post.organisation_id == grant.organisation_id for grant in grants)
