"""What rules may say about cases of development, on rows that are odd on purpose."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from guben.development.facts import ADMISSIONS, CASE
from guben.development.models import Application, Tie
from guben.figures.listing import listed_records
from guben.figures.queries import diagnose
from guben.figures.snapshots import freeze
from guben.members.models import Affiliation, Person, Stage
from guben.organisations.models import Organisation
from guben.procedures.models import Case, Entry
from guben.rulebook.live import rows, select
from tests.cast import TODAY, Cast


def facts(on: date = TODAY, **which: str) -> dict[str, dict[str, Any]]:
    """The rows by the name of the person."""
    names = [column.name for column in CASE.stored_columns]
    found = rows(select(["record", *names], CASE, on, None), None)
    cases = {case.pk: case for case in Case.objects.select_related("person")}
    return {cases[row[0]].person.name: dict(zip(names, row[1:], strict=True)) for row in found}  # type: ignore[union-attr]


def a_case(
    cast: Cast,
    name: str,
    unit: Organisation | None = None,
    *,
    education: str = "30",
    days: tuple[tuple[str, date], ...] = (),
    ties: tuple[tuple[str, str], ...] = (),
    **known: Any,
) -> Case:
    unit = unit or cast.branch
    person = Person.objects.create(name=name, sex="1", born_on=date(1990, 1, 1), education=education)
    Affiliation.objects.create(person=person, organisation=unit, from_on=date(2020, 1, 1))
    Stage.objects.create(person=person, kind="applicant", from_on=date(2020, 1, 2))
    case = Case.objects.create(
        number=f"N{person.pk}", procedure="development", person=person, title=name, organisation=unit,
        begun_on=known.get("applied_on", date(2022, 1, 1)), begun_at=timezone.now(), begun_by=cast.secretary,
        ended_as=known.pop("ended_as", ""),
    )  # fmt: skip
    application = Application.objects.create(case=case, **({"applied_on": date(2022, 1, 1)} | known))
    for number, (step, on) in enumerate(days, start=1):
        Entry.objects.create(
            case=case, number=number, step=step, outcome="done", edition="2014", done_on=on, recorded_on=on,
            recorded_at=timezone.now(), recorded_by=cast.secretary, acted_at=unit,
        )  # fmt: skip
    for kind, who in ties:
        Tie.objects.create(application=application, person=cast.people[who], kind=kind, from_on=date(2022, 1, 1))
    return case


ADMITTED = {"admitted_on": date(2025, 1, 1)}


def test_a_relative_counts_who_was_a_member_of_the_unit_when_the_applicant_was_admitted(cast: Cast) -> None:
    a_case(cast, "有亲", ties=(("relative", "柏守田"),), **ADMITTED)
    a_case(cast, "别处", ties=(("relative", "苗江月"),), **ADMITTED)
    a_case(cast, "后来", ties=(("relative", "阮新芽"),), **ADMITTED)  # a member since 2026 only
    found = facts()

    assert {name: bool(row["has_relative"]) for name, row in found.items()} == {
        "有亲": True,
        "别处": False,
        "后来": False,
    }


def test_a_contact_person_is_no_relative(cast: Cast) -> None:
    a_case(cast, "无亲", ties=(("contact", "柏守田"), ("introducer", "柏守田")), **ADMITTED)
    assert not facts()["无亲"]["has_relative"]


def test_admissions_by_one_introducer_are_counted_in_the_unit(cast: Cast) -> None:
    for name in ("一", "二", "三"):
        a_case(cast, name, ties=(("introducer", "柏守田"), ("introducer", "邬春桥")), **ADMITTED)
    a_case(cast, "四", ties=(("introducer", "曾望川"),), **ADMITTED)
    a_case(cast, "别处", cast.neighbour_branch, ties=(("introducer", "柏守田"),), **ADMITTED)
    a_case(cast, "还没", ties=(("introducer", "柏守田"),))

    counts = {name: row["introducer_admissions"] for name, row in facts().items()}
    assert counts == {"一": 3, "二": 3, "三": 3, "四": 1, "别处": 1, "还没": None}


def test_who_applied_earlier_and_waits_is_passed_over_unless_withdrawn(cast: Cast) -> None:
    a_case(cast, "接收", education="70", **ADMITTED)
    a_case(cast, "等着", education="20")
    a_case(cast, "一样", education="70")
    a_case(cast, "退了", education="20", ended_as="withdrawn")
    a_case(cast, "后来", education="20", applied_on=date(2025, 1, 1))
    a_case(cast, "别处", cast.neighbour_branch, education="20")
    a_case(cast, "不知", education="")
    found = facts()

    assert {name for name, row in found.items() if row["passed_over"]} == {"等着", "一样", "不知"}
    assert {name for name, row in found.items() if row["abler_than_admitted"]} == {"等着"}
    assert {name for name, row in facts(date(2024, 12, 31)).items() if row["passed_over"]} == set()


def test_days_in_the_wrong_order_and_steps_on_one_day(cast: Cast) -> None:
    first, second, third = date(2023, 1, 1), date(2023, 2, 1), date(2023, 3, 1)
    a_case(cast, "顺", days=(("a", first), ("b", second), ("c", second)))
    a_case(cast, "倒", days=(("a", second), ("b", first), ("c", third)))
    a_case(cast, "一天", days=(("a", first), ("b", first), ("c", first), ("a", first)))
    a_case(cast, "没有")
    found = facts()

    assert {name: bool(row["out_of_order"]) for name, row in found.items()} == {
        "顺": False, "倒": True, "一天": False, "没有": False,
    }  # fmt: skip
    assert {name: row["same_day_steps"] for name, row in found.items()} == {"顺": 2, "倒": 1, "一天": 3, "没有": 0}


def test_a_corrected_day_counts_no_longer(cast: Cast) -> None:
    case = a_case(cast, "改过", days=(("a", date(2023, 2, 1)), ("b", date(2023, 1, 1))))
    wrong = case.entries.get(number=2)
    Entry.objects.create(
        case=case, number=3, step="b", outcome="done", edition="2014", done_on=date(2023, 3, 1), corrects=wrong,
        recorded_on=TODAY, recorded_at=timezone.now(), recorded_by=cast.secretary, acted_at=cast.branch,
    )  # fmt: skip
    assert not facts()["改过"]["out_of_order"]


def test_what_came_later_is_not_known_on_an_earlier_day(cast: Cast) -> None:
    a_case(cast, "人", activist_on=date(2023, 1, 1), candidate_on=date(2024, 6, 1), **ADMITTED)
    row = facts(date(2024, 6, 1))["人"]

    assert (row["activist_on"] is not None, row["candidate_on"] is not None, row["admitted_on"]) == (True, True, None)
    assert facts(date(2021, 12, 31)) == {}


def test_a_case_without_an_application_has_a_row(cast: Cast) -> None:
    case = a_case(cast, "光")
    Application.objects.filter(case=case).delete()
    row = facts()["光"]
    assert (row["channel"], row["introducers"], row["passed_over"]) == ("", 0, 0)


def admissions(on: date = TODAY) -> dict[str, str]:
    names = {unit.pk: unit.code for unit in Organisation.objects.all()}
    return {names[row[0]]: str(row[1]) for row in rows(select(["organisation", "last_on"], ADMISSIONS, on, None), None)}


def test_the_last_admission_is_that_of_the_unit_to_which_the_person_came(cast: Cast) -> None:
    assert admissions()[cast.branch.code] == "2026-02-14"
    row = Affiliation.objects.get(person=cast.people["阮新芽"])
    row.until_on = date(2026, 5, 1)
    row.save()
    Affiliation.objects.create(person=row.person, organisation=cast.small_branch, from_on=date(2026, 5, 1))

    assert admissions()[cast.branch.code] == "2026-02-14"
    assert admissions()[cast.small_branch.code] == "2011-06-06"


def test_a_unit_whose_books_begin_later_counts_whom_it_had(cast: Cast) -> None:
    Affiliation.objects.filter(person=cast.people["区海生"]).update(from_on=date(2024, 1, 1))
    assert admissions()[cast.neighbour_branch.code] == "2021-06-28"


@pytest.mark.usefixtures("rules")
def test_the_findings_lead_to_the_cases(cast: Cast) -> None:
    for name in ("一", "二"):
        a_case(cast, name, ties=(("relative", "柏守田"),), **ADMITTED)
    found = {one.rule.key: one for one in diagnose(cast.city, TODAY, keys=["family-in-the-unit"]).findings}
    assert [figure.unit.short_name for figure in found["family-in-the-unit"].units] == [
        "柏溪村" and cast.branch.short_name
    ]

    ids = sorted(case.pk for case in Case.objects.all())
    assert [record.title for record in listed_records("development_case", ids, TODAY, cast.organiser)] == ["一", "二"]
    assert listed_records("development_case", ids, TODAY, cast.neighbour) == []
    assert listed_records("development_case", ids, TODAY, cast.statistician) == []


def test_a_snapshot_knows_no_case_by_its_number(cast: Cast, tmp_path: Any) -> None:
    import duckdb

    case = a_case(cast, "一")
    _digest, counts = freeze(TODAY, tmp_path / "snapshot")
    assert counts["development_case"] == 1
    found = duckdb.sql(
        f"SELECT record FROM read_parquet('{tmp_path}/snapshot/development_case/0000.parquet')"
    ).fetchall()
    assert found[0][0] != case.pk
