"""Registering people: the numbers are sealed, the rights hold, what is known elsewhere stays there."""

import time
from dataclasses import replace
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from guben.audit.models import Entry
from guben.members import actions, errors, lookups, queries, sealed
from guben.members.models import Affiliation, Person, Stage, Standing
from tests.cast import TODAY
from tests.members.numbers import id_number

pytestmark = pytest.mark.django_db
BORN = date(1991, 4, 5)
NUMBER = id_number(BORN, "2")


def row(unit, **changes):
    new = actions.NewPerson(
        name="覃小满",
        organisation_id=unit.pk,
        stages=(("probationary", date(2019, 7, 1)), ("full", date(2020, 7, 1))),
        id_number=NUMBER,
        phone="138 0000 5678",
        education="20",
        occupation="farmer",
    )
    return replace(new, **changes)


def test_a_person_is_registered_with_everything_that_hangs_on_it(cast):
    person = actions.register_person(row(cast.branch, group_id=cast.groups[0].pk), by=cast.secretary)
    person.refresh_from_db()
    assert (person.sex, person.born_on) == ("2", BORN)
    assert person.pinyin.startswith("qinxiaoman")
    assert person.id_number_mask == "990000************"
    assert person.phone_mask == "138****5678"
    assert list(Stage.objects.filter(person=person).values_list("kind", "from_on", "until_on")) == [
        ("probationary", date(2019, 7, 1), date(2020, 7, 1)),
        ("full", date(2020, 7, 1), None),
    ]
    affiliation = Affiliation.objects.get(person=person)
    assert (affiliation.organisation, affiliation.group, affiliation.from_on) == (
        cast.branch,
        cast.groups[0],
        date(2019, 7, 1),
    )
    assert Standing.objects.get(person=person).kind == "home"
    assert person.name in {entry.name for entry in queries.roll_of(cast.branch, TODAY)}


def test_numbers_are_sealed_and_differ_each_time_and_the_history_holds_none(cast):
    person = actions.register_person(row(cast.branch), by=cast.secretary)
    other = actions.register_person(
        row(cast.branch, name="陈立夏", id_number=id_number(BORN, "2", 2)), by=cast.secretary
    )
    assert NUMBER.encode() not in bytes(person.id_number_cipher)
    assert b"13800005678" not in bytes(person.phone_cipher)
    assert bytes(person.phone_cipher) != bytes(other.phone_cipher)
    assert person.phone_index == other.phone_index
    assert sealed.clear_value(person, "id_number") == NUMBER
    entry = Entry.objects.get(action="members.registered", object_id=str(person.pk))
    assert "id_number" in entry.fields
    assert NUMBER not in str(entry.details)
    assert entry.right == f"members.change secretary@{cast.branch.code}"


@pytest.mark.parametrize(
    ("user", "refusal"),
    [("stranger", Http404), ("neighbour", Http404), ("member", PermissionDenied), ("inspector", PermissionDenied)],
)
def test_only_who_may_change_members_there_registers(cast, user, refusal):
    with pytest.raises(refusal):
        actions.register_person(row(cast.branch), by=cast.users[user])
    assert not Person.objects.filter(name="覃小满").exists()


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"name": " "}, errors.NameMissing),
        ({"name": "<script>"}, errors.NameUnclear),
        ({"id_number": NUMBER[:-1]}, errors.IdNumberLength),
        ({"sex": "1"}, errors.IdNumberOtherSex),
        ({"id_number": ""}, errors.BirthDayMissing),
        ({"phone": "1380000"}, errors.PhoneUnclear),
        ({"education": "99"}, errors.UnknownCode),
        ({"standing": "somewhere"}, errors.UnknownCode),
        ({"stages": ()}, errors.StagesMissing),
        ({"stages": (("full", date(2026, 7, 1)),)}, errors.DayInFuture),
        ({"stages": (("full", date(2005, 7, 1)),)}, errors.TooYoung),
        ({"affiliated_on": date(2011, 1, 1)}, errors.BeforeFounding),
        ({"affiliated_on": date(2026, 7, 1)}, errors.DayInFuture),
        ({"group_id": 987654}, errors.GroupElsewhere),
        ({"organisation_id": 987654}, errors.UnitUnknown),
    ],
)
def test_a_wrong_row_is_refused_with_its_reason(cast, changes, error):
    with pytest.raises(error):
        actions.register_person(row(cast.branch, **changes), by=cast.organiser)
    assert not Person.objects.filter(name="覃小满").exists()


def test_members_belong_to_a_living_branch(cast):
    with pytest.raises(errors.NotABranch):
        actions.register_person(row(cast.town), by=cast.organiser)
    cast.small_branch.dissolved_on = TODAY
    cast.small_branch.save()
    with pytest.raises(errors.UnitDissolved):
        actions.register_person(row(cast.small_branch), by=cast.organiser)


def test_a_number_known_within_reach_is_named_and_one_elsewhere_is_not(cast):
    actions.register_person(row(cast.neighbour_branch), by=cast.neighbour)
    with pytest.raises(errors.AlreadyRegistered, match="滨河社区第一支部"):
        actions.register_person(row(cast.branch, name="冒名"), by=cast.organiser)
    with pytest.raises(errors.RegisteredElsewhere) as refused:
        actions.register_person(row(cast.branch, name="冒名"), by=cast.secretary)
    assert str(refused.value) == "已在其他组织登记，请走转接。"
    entry = Entry.objects.get(action=lookups.LOOKED_UP)
    assert (entry.user, entry.details) == (cast.secretary, {"found": True})


def test_looking_up_numbers_outside_the_reach_is_limited(cast, monkeypatch):
    monkeypatch.setattr(lookups, "LOOK_UPS_AN_HOUR", 3)
    for number in range(1, 4):
        assert lookups.look_up(cast.secretary, "id_number", id_number(BORN, "1", number)) == []
    with pytest.raises(errors.TooManyLookUps):
        lookups.look_up(cast.secretary, "id_number", id_number(BORN, "1", 9))


def test_many_are_registered_or_none(cast):
    rows = [
        row(cast.branch, name="甲一", id_number=id_number(BORN, "1", 1)),
        row(cast.small_branch, name="乙二", id_number=id_number(BORN, "1", 2)),
        row(cast.branch, name="丙三", id_number=id_number(BORN, "1", 3)[:-1]),
    ]
    with pytest.raises(errors.RowRefused, match="第4行丙三") as refused:
        actions.register_many(rows, by=cast.clerk, first_row=2)
    assert isinstance(refused.value.reason, errors.IdNumberLength)
    assert not Person.objects.filter(name="甲一").exists()
    people = actions.register_many(rows[:2], by=cast.clerk)
    assert [person.name for person in people] == ["甲一", "乙二"]
    assert Entry.objects.filter(action="members.registered").count() == 2


def test_the_same_number_twice_in_a_list_is_refused(cast):
    with pytest.raises(errors.RowRefused) as refused:
        actions.register_many([row(cast.branch), row(cast.branch, name="又一个")], by=cast.clerk)
    assert isinstance(refused.value.reason, errors.TwiceInTheList)


def test_a_list_tells_nothing_about_people_elsewhere(cast):
    actions.register_person(row(cast.neighbour_branch), by=cast.neighbour)
    with pytest.raises(errors.RowRefused) as refused:
        actions.register_many([row(cast.branch)], by=cast.clerk)
    assert isinstance(refused.value.reason, errors.RegisteredElsewhere)
    assert actions.check_numbers([NUMBER, id_number(BORN, "1")], by=cast.clerk) == {NUMBER: "elsewhere"}
    assert actions.check_numbers([NUMBER], by=cast.organiser) == {NUMBER: "within"}


def test_a_contact_person_in_a_list_is_of_the_same_unit(cast):
    away = row(cast.branch, standing="away", place="广州", contact_row=1)
    helper = row(cast.branch, name="联络员", id_number=id_number(BORN, "1", 7))
    person, contact = actions.register_many([away, helper], by=cast.clerk)
    assert Standing.objects.get(person=person).contact_person == contact
    with pytest.raises(errors.RowRefused) as refused:
        actions.register_many(
            [
                replace(away, id_number=id_number(BORN, "2", 8)),
                replace(helper, id_number=id_number(BORN, "2", 9), organisation_id=cast.small_branch.pk),
            ],
            by=cast.clerk,
        )
    assert isinstance(refused.value.reason, errors.ContactOutsideUnit)


def test_three_thousand_people_are_registered_in_seconds(cast):
    rows = [
        row(
            cast.branch,
            name=f"李{chr(0x4E00 + number)}{chr(0x5E00 + number)}",
            id_number=id_number(date(1950 + number % 50, 1 + number % 12, 1 + number % 28), "1", number % 400 + 1),
            phone=f"139{number:08d}",
            stages=(("full", date(2019, 1, 1)),),
        )
        for number in range(3000)
    ]
    start = time.process_time()
    people = actions.register_many(rows, by=cast.clerk)
    assert time.process_time() - start < 4  # seconds of the processor
    assert len(people) == 3000
    assert Person.objects.filter(initials__startswith="l").count() >= 3000
