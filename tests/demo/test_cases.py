"""The cases of development in a small demo city: all stages, some late, some returned, some with quality problems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.db.models import F
from django.test import Client
from pytest_django import DjangoDbBlocker

from guben.accounts.models import User
from guben.accounts.operator import acting_user
from guben.audit.models import Entry as History
from guben.demo.city import build
from guben.demo.plan import DAY
from guben.demo.shape import SMALL
from guben.demo.store import moment
from guben.development.models import Application, Quota, Sample, Tie
from guben.development.queries.signals import RULES
from guben.figures.queries import diagnose
from guben.members.models import Contact, Person, Stage
from guben.organisations.models import Act, Organisation
from guben.procedures.models import Case, Count, Entry, Paper
from guben.procedures.standing import of
from guben.publication.models import Notice, Objection
from guben.transfers import proving
from guben.transfers.choices import PROCEDURES
from guben.transfers.models import BatchRow, GuestAttendance, Inflow, Letter, Outflow
from tests.cast import sign_in
from tests.development.rules import FILES
from tests.installed import install_shipped

MEMBERS = 3_000


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, int]]:
    """One small city with the shipped rules for all tests of this module."""
    with django_db_blocker.unblock(), transaction.atomic():
        install_shipped((*FILES, "transfer.toml"))
        yield build(3, acting_user(), lambda words, done, total: None, SMALL, MEMBERS)
        transaction.set_rollback(True)


@pytest.fixture
def city(built: dict[str, int], db: None) -> dict[str, int]:
    return built


def development() -> list[Case]:
    return list(Case.objects.filter(procedure="development").select_related("person", "application"))


def test_the_city_has_its_share_of_four_hundred_cases(city: dict[str, int]) -> None:
    assert len(development()) == city["cases"] == 40
    assert len({case.number for case in development()}) == 40


def test_the_cases_stand_at_many_steps_some_late_some_ended(city: dict[str, int]) -> None:
    cases = development()

    assert len({case.step for case in cases if not case.ended_on}) >= 8
    assert sum(bool(case.due_on and case.due_on < DAY and not case.ended_on) for case in cases) >= 3
    assert {case.ended_as for case in cases if case.ended_on} >= {"withdrawn"}
    assert Entry.objects.filter(outcome="returned").exists()


def test_where_each_open_case_stands_is_what_the_engine_says(city: dict[str, int]) -> None:
    for case in Case.objects.filter(ended_on=None):
        standing = of(case, DAY)
        assert standing.current is not None, case.number
        assert (standing.current.step.key, standing.due_on) == (case.step, case.due_on), case.number
        assert case.actor_id == (standing.actor.pk if standing.actor else None), case.number


def test_no_entry_skips_a_step_but_those_of_old_papers(city: dict[str, int]) -> None:
    for case in development():
        steps = [entry.step for entry in case.entries.order_by("number")]
        assert steps[0] == "application"
        assert [entry.number for entry in case.entries.order_by("number")] == list(range(1, len(steps) + 1))


def test_the_stage_of_each_person_is_the_one_the_case_made(city: dict[str, int]) -> None:
    for case in development():
        stages = dict(Stage.objects.filter(person=case.person).values_list("kind", "from_on"))
        known = case.application
        assert stages.get("activist") == known.activist_on, case.number
        assert stages.get("candidate") == known.candidate_on, case.number
        assert stages.get("probationary") == known.admitted_on, case.number
        assert stages.get("full") == known.full_on, case.number
        assert Stage.objects.filter(person=case.person, until_on=None).count() == 1


def test_nothing_tells_when_the_demo_was_built(city: dict[str, int]) -> None:
    morning, evening = moment(DAY, 0, 0), moment(DAY, 23, 59)
    for model, field in (
        (Entry, "recorded_at"), (Case, "begun_at"), (Paper, "made_at"), (Count, "entered_at"), (Notice, "posted_at"),
        (Objection, "recorded_at"), (Quota, "recorded_at"), (Sample, "drawn_at"), (Act, "recorded_at"), (History, "at"),
        (GuestAttendance, "recorded_at"), (Contact, "recorded_at"),
    ):  # fmt: skip
        told = model.objects.values_list(field, flat=True)
        assert told and max(told) <= evening, model
    assert set(History.objects.values_list("at", flat=True)) == {moment(DAY, 8)}
    for entry in Entry.objects.filter(recorded_at__gte=morning):
        assert entry.done_on == entry.recorded_on == DAY


def test_nobody_applied_before_eighteen(city: dict[str, int]) -> None:
    for known in Application.objects.select_related("case__person"):
        person = known.case.person
        assert person is not None
        assert (known.applied_on.year - person.born_on.year) >= 18


def test_each_vote_has_a_meeting_and_two_counts_that_agree(city: dict[str, int]) -> None:
    votes = Entry.objects.filter(step__in=["vote", "full-vote"]).select_related("meeting")

    assert votes.exists()
    for entry in votes:
        assert entry.meeting is not None
        assert entry.meeting.held_on == entry.done_on
        counts = list(Count.objects.filter(entry=entry).values_list("cast", "in_favour", "against", "abstained"))
        assert len(counts) == 2
        assert counts[0] == counts[1]
        assert counts[0][1] * 2 > entry.meeting.entitled_count
    assert not Count.objects.filter(cast__gt=F("meeting__entitled_count")).exists()


def test_papers_stand_where_a_step_needs_them(city: dict[str, int]) -> None:
    for entry in Entry.objects.filter(step__in=["political-review", "application-form", "application"]):
        assert Paper.objects.filter(entry=entry, key=entry.step).exists()


def test_a_notice_hangs_and_one_is_objected_to(city: dict[str, int]) -> None:
    hanging = Notice.objects.filter(posted_on__lte=DAY, term_ends_on__gte=DAY, person__isnull=False)

    assert hanging.exists()
    assert Objection.objects.filter(decided_on=None, notice__person__isnull=False).count() == 1


def test_the_diagnosis_names_what_s1_complains_of(city: dict[str, int]) -> None:
    top = Organisation.objects.get(parent=None)
    found = {one.rule.key: len(one.units) for one in diagnose(top, DAY, keys=RULES).findings}

    assert set(found) >= {"too-fast", "family-in-the-unit"}  # the whole city has all: test_full_city


def test_there_is_a_plan_a_sample_and_people_who_are_cultivated(city: dict[str, int]) -> None:
    assert Quota.objects.filter(is_current=True).count() > 3
    assert Sample.objects.get().cases.exclude(found="").exists()
    others = Case.objects.exclude(procedure__in=["development", *PROCEDURES])
    kinds = Counter(others.values_list("procedure", flat=True))
    assert set(kinds) == {"able-to-member", "member-to-able", "able-to-cadre"}


def test_only_members_of_the_unit_keep_contact(city: dict[str, int]) -> None:
    ties = Tie.objects.filter(kind__in=["contact", "introducer"]).select_related("application__case")

    for tie in ties:
        unit = tie.application.case.organisation_id
        assert tie.person.affiliations.filter(organisation=unit, until_on=None).exists()
        assert Stage.objects.filter(person=tie.person, kind="full", from_on__lte=tie.from_on).exists()


def test_the_board_opens_for_the_featured_secretary(city: dict[str, int], client: Client) -> None:
    page = sign_in(client, User.objects.get(username="secretary")).get("/development/")

    assert page.status_code == 200
    known = Person.objects.filter(cases__organisation__code=page.context["unit"].code, cases__ended_on=None)
    assert any(person.name in page.content.decode() for person in known)


def test_transfers_stand_in_all_states_and_each_member_has_one_unit(city: dict[str, int]) -> None:
    cases = Case.objects.filter(procedure__in=PROCEDURES)
    assert {case.step for case in cases.filter(ended_on=None)} == {"branch", "letter", "receiving", "accept", "receipt"}
    assert set(cases.exclude(ended_on=None).values_list("ended_as", flat=True)) == {
        "done",
        "refused",
        "lost",
        "withdrawn",
    }
    assert cases.filter(ended_on=None, due_on__lt=DAY).exists()
    assert Entry.objects.filter(case__in=cases, outcome="returned").exists()
    letters = Letter.objects.filter(void_on=None, received_on=None)
    assert letters.filter(valid_until__lt=DAY, case__ended_on=None).exists()
    assert set(BatchRow.objects.values_list("state", flat=True)) == {"sent", "failed"}
    for case in cases:
        current = of(case, DAY).current
        assert case.step == (current.step.key if current else "")
    assert proving.prove(DAY).holds


def test_members_away_stand_on_both_sides(city: dict[str, int]) -> None:
    assert Outflow.objects.filter(inflow=None).exists()
    assert Outflow.objects.exclude(inflow=None).exists()
    assert Inflow.objects.filter(outflow=None, home=None).exists()
    assert Inflow.objects.filter(outflow=None).exclude(home=None).exists()
    told = GuestAttendance.objects.filter(present=True, inflow__person__isnull=False)
    assert told.exists()
    assert not told.filter(contact=None).exists()
