"""Establishments: their codes, their steps, who covers them, who works there, and members without a branch."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from guben.establishments import actions, errors, queries
from guben.establishments.calculations import next_step, partners
from guben.establishments.choices import STEP_SOURCES, STEP_WORDS, Step
from guben.establishments.models import Establishment, Instructor, Workplace
from guben.members.models import Affiliation, Person, Stage
from guben.organisations.models import Organisation, Placement
from guben.rulebook.live import LiveEngine
from guben.rulebook_engine.facts import catalogue
from tests.cast import TODAY, Cast

pytestmark = pytest.mark.django_db
SINCE = date(2020, 1, 1)
CODE = "91110000600037341L"
FULL = ("柏守田", "邬春桥", "敖石匠")


def firm(cast: Cast, name: str = "青石五金厂", unit: Organisation | None = None, **facts: Any) -> Establishment:
    facts = {"kind": "non_public_enterprise", "staff_count": 60, **facts}
    return actions.register(unit or cast.village, from_on=SINCE, by=cast.clerk, name=name, **facts)


def link(cast: Cast, one: Establishment, *names: str, on: date = date(2021, 1, 1)) -> None:
    for name in names:
        actions.link(one, cast.people[name], from_on=on, by=cast.clerk)


def step(one: Establishment) -> Step:
    """The step as the pages say it; the facts must say the same."""
    row = queries.row_of(one, TODAY)
    table = catalogue.table("establishment")
    assert table is not None
    columns = ["record", "step", "members_known", "full_known", "covered", "has_instructor"]
    told = LiveEngine().select(table, columns, where=None, group_by_organisation=False, on=TODAY)
    (fact,) = [tuple(line[2:]) for line in told if line[1] == one.pk]
    assert fact == (row.step, row.members, row.full, int(row.is_covered), int(row.has_instructor))
    return row.step


def joint_branch(cast: Cast, kind: str = "joint_branch") -> Organisation:
    """The second branch, as if it had always been of this kind."""
    Organisation.objects.filter(pk=cast.small_branch.pk).update(kind=kind)
    Placement.objects.filter(organisation=cast.small_branch).update(kind=kind)
    return Organisation.objects.get(pk=cast.small_branch.pk)


@pytest.mark.parametrize(
    ("way", "full", "instructed", "expected"),
    [
        ("", 3, False, Step.FOUND),
        ("", 2, True, Step.JOIN),
        ("", 1, False, Step.JOIN),
        ("", 0, False, Step.SEND_INSTRUCTOR),
        ("", 0, True, Step.FIND_MEMBERS),
        ("own", 0, False, Step.COVERED),
        ("joint", 2, False, Step.COVERED),
        ("joint", 3, False, Step.SEPARATE),
    ],
)
def test_the_next_step_follows_from_what_is_known(way: str, full: int, instructed: bool, expected: Step) -> None:
    assert next_step(way, full, instructed) == expected


def test_every_step_has_its_words_and_its_source() -> None:
    assert set(STEP_WORDS) == set(STEP_SOURCES) == set(Step)


def test_partners_are_as_few_as_possible_and_at_most_five_together() -> None:
    assert partners(2, [(1, 1), (2, 2)]) == [2]
    assert partners(1, [(1, 1), (2, 0), (3, 1)]) == [1, 3]
    assert partners(0, [(key, 0) for key in range(9)]) == []
    assert len(partners(-9, [(key, 1) for key in range(9)])) == 4


def test_the_step_moves_with_the_members(cast: Cast) -> None:
    one = firm(cast)
    assert step(one) == Step.SEND_INSTRUCTOR
    actions.send_instructor(one, cast.people["柏守田"], from_on=SINCE, by=cast.clerk)
    assert step(one) == Step.FIND_MEMBERS
    link(cast, one, "柏守田")
    assert step(one) == Step.JOIN
    link(cast, one, "邬春桥", "敖石匠")
    assert step(one) == Step.FOUND
    actions.cover(one, cast.branch, from_on=date(2024, 1, 1), by=cast.clerk)
    assert step(one) == Step.COVERED
    actions.cover(one, joint_branch(cast), from_on=date(2025, 1, 1), by=cast.clerk)
    assert step(one) == Step.SEPARATE
    actions.uncover(one, on=TODAY, by=cast.clerk)
    assert step(one) == Step.FOUND


def test_a_probationary_member_is_known_and_makes_no_branch(cast: Cast) -> None:
    one = firm(cast)
    link(cast, one, "阮新芽", on=date(2026, 3, 1))
    assert step(one) == Step.SEND_INSTRUCTOR
    assert queries.row_of(one, TODAY).members == 1


@pytest.mark.parametrize("text", [CODE.lower(), f" {CODE[:9]} {CODE[9:]} "])
def test_a_code_is_kept_in_one_form(cast: Cast, text: str) -> None:
    assert firm(cast, uscc=text).uscc == CODE
    with pytest.raises(errors.CodeKnown) as known:
        firm(cast, "另一家", uscc=CODE)
    assert "青石五金厂" in str(known.value)


def test_a_code_known_elsewhere_does_not_tell_where(cast: Cast) -> None:
    actions.register(
        cast.community, from_on=SINCE, by=cast.organiser, name="滨河商会", kind="social_organisation", uscc=CODE
    )
    with pytest.raises(errors.CodeKnown) as known:
        firm(cast, uscc=CODE)
    assert "滨河" not in str(known.value)


@pytest.mark.parametrize("text", ["91110000600037341M", "911100006000373411", "12345", "I" * 18, "９" * 18, "x" * 5000])
def test_a_wrong_code_is_refused(cast: Cast, text: str) -> None:
    with pytest.raises(errors.CodeWrong):
        firm(cast, uscc=text)


def test_what_is_registered_wrongly_is_refused(cast: Cast) -> None:
    for error, facts in (
        (errors.NameMissing, {"name": "  "}),
        (errors.UnknownKind, {"kind": "bank"}),
        (errors.NotTerritorial, {"unit": cast.branch}),
    ):
        with pytest.raises(error):
            firm(cast, **facts)
    with pytest.raises(errors.DayInFuture):
        actions.register(cast.village, from_on=date(2026, 7, 1), by=cast.clerk, name="甲", kind="new_field")
    assert not Establishment.objects.exists()


def test_who_does_not_keep_the_place_changes_nothing(cast: Cast) -> None:
    one = firm(cast)
    for who, error in (
        (cast.statistician, PermissionDenied),
        (cast.inspector, PermissionDenied),
        (cast.neighbour, Http404),
    ):
        with pytest.raises(error):
            actions.register(cast.village, from_on=SINCE, by=who, name="甲", kind="new_field")
        with pytest.raises(error):
            actions.end(one, on=TODAY, by=who)
        with pytest.raises(error):
            actions.cover(one, cast.branch, from_on=TODAY, by=who)
        with pytest.raises(error):
            actions.link(one, cast.people["柏守田"], from_on=TODAY, by=who)


def test_only_members_within_reach_are_linked(cast: Cast) -> None:
    one = firm(cast)
    with pytest.raises(Http404):
        link(cast, one, "苗江月")
    Stage.objects.filter(person=cast.people["柏守田"]).delete()
    with pytest.raises(errors.NotAMember):
        link(cast, one, "柏守田")
    with pytest.raises(errors.NotAFullMember):
        actions.send_instructor(one, cast.people["阮新芽"], from_on=TODAY, by=cast.clerk)
    link(cast, one, "邬春桥")
    with pytest.raises(errors.LinkedAlready):
        link(cast, one, "邬春桥", on=date(2022, 1, 1))


def test_a_member_works_at_one_place_at_a_time(cast: Cast) -> None:
    one, other = firm(cast), firm(cast, "山口茶厂")
    link(cast, one, *FULL)
    link(cast, other, "柏守田", on=date(2024, 5, 1))
    assert queries.row_of(one, TODAY).full == 2
    assert queries.row_of(one, date(2024, 4, 30)).full == 3
    row = Workplace.objects.get(establishment=other)
    actions.unlink(row, on=TODAY, by=cast.clerk)
    with pytest.raises(errors.NothingOpen):
        actions.unlink(row, on=TODAY, by=cast.clerk)
    assert queries.row_of(other, TODAY).members == 0


def test_what_ends_takes_along_what_hangs_on_it(cast: Cast) -> None:
    one = firm(cast)
    link(cast, one, *FULL)
    actions.send_instructor(one, cast.people["柏守田"], from_on=SINCE, by=cast.clerk)
    actions.cover(one, cast.branch, from_on=SINCE, by=cast.clerk)
    actions.end(one, on=date(2026, 6, 1), by=cast.clerk)
    assert queries.rows_at(cast.clerk, cast.village, TODAY) == []
    assert [row.full for row in queries.rows_at(cast.clerk, cast.village, date(2026, 5, 31))] == [3]
    assert not Instructor.objects.filter(until_on=None).exists()
    for act in (actions.end, actions.uncover, actions.recall_instructor):
        with pytest.raises(errors.Ended):
            act(one, on=TODAY, by=cast.clerk)


def test_partners_stand_in_the_same_place_first(cast: Cast) -> None:
    one, near, far = firm(cast), firm(cast, "柳溪磨坊"), firm(cast, "山口茶厂", unit=cast.other_village)
    link(cast, one, "柏守田")
    link(cast, near, "邬春桥")
    link(cast, far, "牟青山", "麻二妹")
    row = queries.row_of(one, TODAY)
    assert [other.establishment.name for other in queries.neighbours(cast.clerk, row, TODAY)] == [
        "柳溪磨坊",
        "山口茶厂",
    ]
    link(cast, near, "敖石匠")
    assert [other.establishment.name for other in queries.neighbours(cast.clerk, row, TODAY)] == ["柳溪磨坊"]


def unplaced(user: Any, unit: Organisation | None = None) -> list[str]:
    return [row.person.name for row in queries.unplaced(user, unit, TODAY)]


def facts_unplaced() -> set[int]:
    table = catalogue.table("unplaced_member")
    assert table is not None
    rows = LiveEngine().select(table, ["record"], where=None, group_by_organisation=False, on=TODAY)
    return {row[1] for row in rows}


def test_nobody_drops_out_of_every_list(cast: Cast) -> None:
    assert unplaced(cast.organiser) == []
    Affiliation.objects.filter(person=cast.people["柏守田"]).update(until_on=date(2026, 3, 1))
    Affiliation.objects.filter(person=cast.people["敖石匠"]).update(organisation=cast.town)
    Affiliation.objects.filter(person=cast.people["葛铁蛋"]).update(until_on=date(2026, 2, 1))
    Organisation.objects.filter(pk=cast.small_branch.pk).update(dissolved_on=date(2026, 2, 1))
    Affiliation.objects.filter(person=cast.people["苗江月"]).delete()
    assert set(unplaced(cast.clerk, cast.town)) == {"柏守田", "敖石匠", "葛铁蛋"}
    assert set(unplaced(cast.organiser)) == {"柏守田", "敖石匠", "葛铁蛋", "苗江月"}
    assert unplaced(cast.neighbour) == []
    assert facts_unplaced() == {cast.people[name].pk for name in ("柏守田", "敖石匠", "葛铁蛋")}


def test_who_is_no_member_any_more_is_not_unplaced(cast: Cast) -> None:
    person = cast.people["柏守田"]
    Affiliation.objects.filter(person=person).update(until_on=date(2026, 3, 1))
    Stage.objects.filter(person=person, until_on=None).update(until_on=date(2026, 3, 1))
    Person.objects.create(name="路人", sex="1", born_on=date(1990, 1, 1))
    assert unplaced(cast.organiser) == []
    assert facts_unplaced() == set()
