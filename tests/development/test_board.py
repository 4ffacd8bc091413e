"""The board by stage: who stands where, what is late, and what is hidden from those who see figures but no persons."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from guben.development.queries import board_of, people_at, signals_at
from guben.members.models import Affiliation, Person, Stage
from guben.organisations.models import Organisation
from guben.procedures.models import Case
from tests.cast import BRANCH, CITY, SMALL_BRANCH, TODAY, TOWN, Cast, sign_in

pytestmark = pytest.mark.usefixtures("rules")


def on_the_way(cast: Cast, stage: str, unit: Organisation, name: str, since: date = date(2025, 9, 1)) -> Person:
    person = Person.objects.create(name=name, sex="1", born_on=date(1998, 1, 1), education="30")
    Stage.objects.create(person=person, kind=stage, from_on=since)
    Affiliation.objects.create(person=person, organisation=unit, from_on=since)
    return person


def case_of(cast: Cast, person: Person, unit: Organisation, due_on: date | None, step: str = "talk") -> Case:
    return Case.objects.create(
        number=f"2025-FZ-{person.pk}", procedure="development", person=person, title=person.name, organisation=unit,
        begun_on=date(2025, 9, 1), begun_at=timezone.now(), begun_by=cast.secretary, step=step, due_on=due_on,
    )  # fmt: skip


def numbers(board: object, code: str) -> dict[str, int | None]:
    line = next(line for line in [board.top, *board.lines] if line.unit.code == code)  # type: ignore[attr-defined]
    return {cell.stage: cell.count for cell in line.cells}


def test_every_stage_is_counted_where_the_people_are(cast: Cast) -> None:
    for number in range(3):
        on_the_way(cast, "applicant", cast.branch, f"甲{number}")
    on_the_way(cast, "activist", cast.neighbour_branch, "乙")
    board = board_of(cast.organiser, cast.city, TODAY)

    assert numbers(board, CITY) == {"applicant": 3, "activist": 1, "candidate": 0, "probationary": 1, "full": 0}
    assert numbers(board, TOWN)["applicant"] == 3
    assert numbers(board, TOWN)["activist"] == 0


def test_who_became_a_full_member_this_year_is_shown_until_it_is_over(cast: Cast) -> None:
    row = Stage.objects.get(person=cast.people["单小禾"], kind="full")
    Stage.objects.filter(pk=row.pk).update(from_on=date(2026, 1, 1))
    assert numbers(board_of(cast.organiser, cast.city, TODAY), CITY)["full"] == 1
    Stage.objects.filter(pk=row.pk).update(from_on=date(2025, 12, 31))
    assert numbers(board_of(cast.organiser, cast.city, TODAY), CITY)["full"] == 0


def test_a_branch_has_columns_with_its_people_the_latest_first(cast: Cast) -> None:
    slow, quick, none = (on_the_way(cast, "activist", cast.branch, name) for name in ("慢慢", "快快", "没有"))
    case_of(cast, slow, cast.branch, date(2026, 6, 1))
    case_of(cast, quick, cast.branch, date(2026, 7, 20))
    column = board_of(cast.secretary, cast.branch, TODAY).columns["activist"]

    assert [one.person.name for one in column] == ["慢慢", "快快", "没有"]
    assert [one.days for one in column] == [-29, 20, None]
    assert column[0].is_late
    assert none.pk == column[2].person.pk


def test_late_cases_are_counted_by_unit_and_due_today_is_not_late(cast: Cast) -> None:
    for name, unit, due_on in (
        ("一", cast.branch, date(2026, 6, 29)),
        ("二", cast.branch, TODAY),
        ("三", cast.small_branch, date(2026, 5, 1)),
    ):
        case_of(cast, on_the_way(cast, "applicant", unit, name), unit, due_on)
    board = board_of(cast.organiser, cast.village, TODAY)

    assert {line.unit.code: line.late for line in board.lines} == {BRANCH: 1, SMALL_BRANCH: 1}
    assert [one.person.name for one in board.late] == ["三", "一"]


def test_who_sees_no_persons_sees_no_small_numbers_and_no_cases(cast: Cast) -> None:
    for number in range(9):
        on_the_way(cast, "applicant", cast.branch, f"甲{number}")
    on_the_way(cast, "applicant", cast.neighbour_branch, "独一")
    board = board_of(cast.statistician, cast.city, TODAY)

    assert not board.sees_persons
    assert board.top.late is None
    assert board.late == []
    assert board.columns == {}
    assert numbers(board, TOWN)["applicant"] is None or numbers(board, CITY)["applicant"] is None
    assert numbers(board, CITY)["probationary"] is None
    assert numbers(board, CITY)["full"] is None


def test_without_the_rulebook_nothing_is_shown_to_who_sees_no_persons(cast: Cast) -> None:
    from guben.rulebook.models import Rulebook

    Rulebook.objects.all().delete()
    board = board_of(cast.statistician, cast.city, TODAY)
    assert set(numbers(board, CITY).values()) == {None}


def test_the_page_names_nobody_to_the_statistician(cast: Cast, client: Client) -> None:
    person = on_the_way(cast, "applicant", cast.branch, "不该见")
    case_of(cast, person, cast.branch, date(2026, 6, 1))
    page = sign_in(client, cast.statistician).get(f"/development/?at={TOWN}").content.decode()

    assert "不该见" not in page
    assert "逾期办件" not in page


def test_a_unit_in_which_nobody_was_admitted_for_two_years_is_warned(cast: Cast) -> None:
    found = signals_at(cast.organiser, cast.city, TODAY)

    assert found is not None
    assert next(one for one in found if one.key == "nobody-admitted").count == 3  # all but 第一党支部
    found = signals_at(cast.secretary, cast.branch, TODAY)
    assert found is not None
    assert [one.key for one in found] == []


def test_the_same_people_stand_on_the_page_of_their_stage(cast: Cast) -> None:
    person = on_the_way(cast, "candidate", cast.branch, "就一人")
    assert [one.person for one in people_at(cast.town, "candidate", TODAY)] == [person]
    assert not people_at(cast.street, "candidate", TODAY).exists()


def test_the_page_of_a_stage_asks_for_no_more_people_than_it_shows(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("guben.development.views.boards.PAGE", 2)
    names = ("没有", "待办", "慢慢", "快快")
    _none, open_, slow, quick = (on_the_way(cast, "activist", cast.branch, name) for name in names)
    case_of(cast, open_, cast.branch, None)
    case_of(cast, quick, cast.branch, date(2026, 7, 20))
    case_of(cast, slow, cast.branch, date(2026, 6, 1))
    signed_in = sign_in(client, cast.secretary)
    with CaptureQueriesContext(connection) as asked:
        pages = [signed_in.get(f"/development/stages/activist/?at={BRANCH}&page={number}").context for number in (1, 2)]

    assert [[one.person.name for one in page["people"]] for page in pages] == [["慢慢", "快快"], ["待办", "没有"]]
    assert pages[0]["page"].paginator.count == 4
    whole = [one["sql"] for one in asked if "born_on" in one["sql"] and "LIMIT" not in one["sql"]]
    assert not [sql for sql in whole if "members_affiliation" in sql]


def test_at_most_a_few_queries_whatever_the_size(cast: Cast, client: Client, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    for number in range(20):
        person = on_the_way(cast, "applicant", cast.branch, f"甲{number}")
        case_of(cast, person, cast.branch, date(2026, 6, 1))
    sign_in(client, cast.secretary).get(f"/development/?at={BRANCH}")
    with django_assert_max_num_queries(28):
        assert client.get(f"/development/?at={BRANCH}").status_code == 200


def test_the_board_as_a_sheet_needs_the_right_and_is_noted(cast: Cast, client: Client) -> None:
    from guben.audit.models import Entry

    assert sign_in(client, cast.statistician).post(f"/development/export/?at={CITY}").status_code == 403
    assert sign_in(client, cast.organiser).post(f"/development/export/?at={CITY}").status_code == 200
    assert Entry.objects.filter(action="development.exported").count() == 1


@pytest.mark.parametrize("query", ["at=", "at=nowhere", "at=%00", "at=" + "9" * 300])
def test_no_address_breaks_the_board(cast: Cast, client: Client, query: str) -> None:
    assert sign_in(client, cast.secretary).get(f"/development/?{query}").status_code in {200, 400, 404}
