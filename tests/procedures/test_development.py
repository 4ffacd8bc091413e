"""The shipped procedure of development, by its two editions: which rules a case goes by, and what never changes."""

from __future__ import annotations

from datetime import date

import pytest

from guben.members.models import Affiliation, Person, Stage
from guben.organisations.models import Organisation
from guben.procedures import actions, errors, proving, standing
from guben.procedures.models import Case
from guben.procedures.places import Places
from tests.cast import TOWN, Cast
from tests.procedures import cases
from tests.procedures.cases import take

pytestmark = pytest.mark.usefixtures("rules")
KEY = "development"


@pytest.fixture
def applicant(cast: Cast) -> Person:
    person = Person.objects.create(
        name="向新苗", sex="2", born_on=date(2000, 5, 1), education="20", occupation="farmer"
    )
    Affiliation.objects.create(person=person, organisation=cast.branch, from_on=date(2023, 1, 1))
    Stage.objects.create(person=person, kind="applicant", from_on=date(2023, 1, 1))
    return person


def begun(cast: Cast, person: Person, on: date) -> Case:
    case = actions.begin(KEY, cast.branch, by=cast.secretary, person=person, begun_on=on)
    actions.hand_in(case, "application", by=cast.secretary, kept_where="支部", dated_on=on)
    return case


def applied(cast: Cast, person: Person, on: date) -> Case:
    case = begun(cast, person, on)
    take(case, "application", on, cast.secretary, values={"channel": "能人"})
    values = {"talked_by": [cast.people["柏守田"].pk], "summary": "动机端正。"}
    take(case, "talk", on, cast.secretary, values=values)
    take(case, "activist", on, cast.secretary, values={"recommended_by": "党员推荐"})
    case.refresh_from_db()
    return case


def test_a_case_keeps_the_edition_of_each_step_and_goes_on_by_the_new_one(cast: Cast, applicant: Person) -> None:
    town = cases.user(cast, "town-officer", "organisation_officer", TOWN)
    case = applied(cast, applicant, date(2024, 3, 4))
    assert case.number.startswith("2024-FZ-")
    assert {entry.edition for entry in case.entries.all()} == {"2014"}
    take(case, "activist-filing", date(2024, 3, 6), town)
    take(case, "contacts", date(2024, 3, 7), cast.secretary, values={"contacts": [cast.people["邬春桥"].pk]})
    for day in (date(2024, 9, 1), date(2025, 3, 1)):
        take(case, "cultivation", day, cast.secretary, "kept", values={"opinion": "好"})
    before, after = standing.of(case, date(2026, 5, 1)), standing.of(case, date(2026, 6, 1))
    assert before.procedure.edition_label != after.procedure.edition_label
    assert before.current is not None
    assert after.current is not None
    with pytest.raises(errors.TooEarly, match="第十"):
        take(case, "cultivation", date(2025, 3, 3), cast.secretary, "ready", values={"opinion": "好"})
    entry = take(case, "cultivation", date(2026, 6, 1), cast.secretary, "ready", values={"opinion": "好"})
    assert entry.edition == after.procedure.edition_label
    assert proving.prove(cast.today).wrong == 0


def test_who_approves_is_the_nearest_committee_above(cast: Cast, applicant: Person) -> None:
    case = applied(cast, applicant, date(2026, 6, 1))
    assert case.actor == cast.town
    with pytest.raises(errors.WrongPerson, match="青石镇党委"):
        take(case, case.step, date(2026, 6, 2), cast.secretary)


def test_nobody_is_admitted_past_the_chain(cast: Cast, applicant: Person) -> None:
    """Recommendation, pre-review, notice, vote: none of them can be passed over."""
    case = applied(cast, applicant, date(2026, 6, 1))
    at = cases.meeting(cast, date(2026, 6, 15))
    for step, outcome in (("pre-review", "agreed"), ("candidate-notice", "posted"), ("vote", "passed"),
                          ("approval", "agreed")):  # fmt: skip
        with pytest.raises(errors.NotItsTurn):
            take(case, step, date(2026, 6, 15), cast.secretary, outcome, meeting=at)
    assert case.entries.count() == 3


def test_one_person_has_one_case(cast: Cast, applicant: Person) -> None:
    begun(cast, applicant, date(2026, 6, 1))
    with pytest.raises(errors.OpenCaseExists):
        begun(cast, applicant, date(2026, 6, 2))
    with pytest.raises(errors.NotHere):
        actions.begin(KEY, cast.town, by=cases.user(cast, "town-secretary", "secretary", TOWN), person=applicant)


def test_where_no_committee_stands_higher_the_approver_files_itself(cast: Cast, applicant: Person) -> None:
    case = applied(cast, applicant, date(2026, 6, 1))
    rules = standing.of(case, cast.today).procedure
    assert Places([case.organisation], cast.today).of(case, rules, "filer") == cast.city
    Organisation.objects.filter(pk=cast.city.pk).update(kind="work_committee")
    assert Places([case.organisation], cast.today).of(case, rules, "filer") == cast.town
