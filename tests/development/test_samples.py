"""Samples: drawn by lot so that anybody draws the same, looked at by investigators, closed with a conclusion."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from django.utils import timezone

from guben.accounts.models import User
from guben.development import errors
from guben.development.actions import close_sample, draw_sample, record_finding
from guben.development.models import Sample, SampledCase
from guben.development.queries import lines_of
from guben.organisations.models import Organisation
from guben.procedures.models import Case, Entry
from tests.cast import BRANCH, CITY, TODAY, TOWN, Cast, sign_in
from tests.procedures.cases import user


def filled(cast: Cast, count: int, unit: Organisation | None = None, on: date = date(2026, 3, 1)) -> list[Case]:
    """Cases with one entry each."""
    unit, found = unit or cast.branch, []
    first = Case.objects.count()
    for number in range(first, first + count):
        case = Case.objects.create(
            number=f"2026-FZ-{number:06d}", procedure="development", title=f"第{number}件", organisation=unit,
            begun_on=on, begun_at=timezone.now(), begun_by=cast.secretary,
        )  # fmt: skip
        Entry.objects.create(
            case=case, number=1, step="application", outcome="done", edition="2014", done_on=on, recorded_on=on,
            recorded_at=timezone.now(), recorded_by=cast.secretary, acted_at=unit,
        )  # fmt: skip
        found.append(case)
    return found


def drawn(cast: Cast, **more: Any) -> Sample:
    asked: dict[str, Any] = {
        "seed": "六月", "size": 3, "from_on": date(2026, 1, 1), "until_on": TODAY, "investigators": [cast.inspector],
        "by": cast.organiser,
    } | more  # fmt: skip
    return draw_sample(asked.pop("unit", cast.city), **asked)


def numbers(sample: Sample) -> list[str]:
    return list(sample.cases.order_by("place").values_list("case__number", flat=True))


def test_the_same_seed_draws_the_same_cases_as_anybody_can_work_out(cast: Cast) -> None:
    cases = filled(cast, 12)
    lots = sorted(hashlib.sha256(f"六月:{case.number}".encode()).hexdigest() + case.number for case in cases)
    first, again, other = drawn(cast), drawn(cast), drawn(cast, seed="七月")

    assert numbers(first) == numbers(again) == [lot[64:] for lot in lots[:3]]
    assert numbers(first) != numbers(other)
    assert first.population == 12


def test_only_cases_with_a_step_in_those_days_are_drawn(cast: Cast) -> None:
    filled(cast, 4, on=date(2025, 12, 31))
    inside = filled(cast, 2, on=date(2026, 1, 1))
    sample = drawn(cast, size=50)

    assert sorted(numbers(sample)) == sorted(case.number for case in inside)
    assert sample.population == 2


def test_only_cases_at_and_below_the_unit_are_drawn(cast: Cast) -> None:
    filled(cast, 2, cast.neighbour_branch)
    mine = filled(cast, 2)
    assert sorted(numbers(drawn(cast, unit=cast.town, size=9))) == sorted(case.number for case in mine)


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"seed": " "}, errors.SeedUnclear),
        ({"seed": "长" * 41}, errors.SeedUnclear),
        ({"size": 0}, errors.SizeUnclear),
        ({"size": 501}, errors.SizeUnclear),
        ({"from_on": date(2026, 6, 1), "until_on": date(2026, 5, 31)}, errors.DaysUnclear),
        ({"until_on": date(2026, 7, 1)}, errors.DayInFuture),
        ({"investigators": []}, errors.InvestigatorMissing),
        ({"from_on": date(2020, 1, 1), "until_on": date(2020, 2, 1)}, errors.NothingToDraw),
    ],
)
def test_an_unclear_draw_is_refused(cast: Cast, more: dict[str, Any], error: type[Exception]) -> None:
    filled(cast, 2)
    with pytest.raises(error):
        drawn(cast, **more)
    assert not Sample.objects.exists()


def test_an_investigator_who_may_see_no_cases_there_is_refused(cast: Cast) -> None:
    filled(cast, 2)
    for who in (cast.statistician, cast.neighbour, cast.stranger):
        with pytest.raises(errors.InvestigatorSeesNothing):
            drawn(cast, investigators=[who])


def test_who_may_not_draw_is_refused(cast: Cast) -> None:
    filled(cast, 2)
    with pytest.raises(PermissionDenied):
        drawn(cast, unit=cast.branch, by=cast.secretary)
    with pytest.raises(Http404):
        drawn(cast, unit=cast.branch, by=cast.neighbour)


def row_of(sample: Sample) -> SampledCase:
    return sample.cases.order_by("place").first()  # type: ignore[return-value]


def test_a_finding_is_written_by_an_investigator_and_may_be_written_anew(cast: Cast) -> None:
    filled(cast, 5)
    sample = drawn(cast)
    record_finding(row_of(sample), found="in_order", note="", by=cast.inspector)
    record_finding(row_of(sample), found="flaw", note="缺签名", by=cast.inspector)

    row = row_of(sample)
    assert (row.found, row.note, row.found_by) == ("flaw", "缺签名", cast.inspector)


def test_others_write_no_findings(cast: Cast) -> None:
    filled(cast, 5)
    sample = drawn(cast)
    with pytest.raises(errors.NotAnInvestigator):
        record_finding(row_of(sample), found="in_order", note="", by=cast.organiser)
    with pytest.raises(Http404):
        record_finding(row_of(sample), found="in_order", note="", by=cast.neighbour)


def test_nobody_looks_into_the_own_work(cast: Cast) -> None:
    filled(cast, 5)
    sample = drawn(cast, unit=cast.branch, investigators=[cast.secretary, cast.inspector])
    with pytest.raises(errors.OwnWork):
        record_finding(row_of(sample), found="in_order", note="", by=cast.secretary)


@pytest.mark.parametrize(("found", "note"), [("flaw", " "), ("serious", ""), ("nonsense", "有"), ("", "")])
def test_a_problem_without_words_is_refused(cast: Cast, found: str, note: str) -> None:
    filled(cast, 3)
    sample = drawn(cast)
    with pytest.raises(errors.FindingUnclear):
        record_finding(row_of(sample), found=found, note=note, by=cast.inspector)


def test_a_sample_closes_when_all_is_looked_at_and_not_before(cast: Cast) -> None:
    filled(cast, 3)
    sample = drawn(cast, size=2)
    record_finding(row_of(sample), found="in_order", note="", by=cast.inspector)
    with pytest.raises(errors.NotAllFound):
        close_sample(sample, conclusion="都好", by=cast.organiser)
    for row in sample.cases.all():
        record_finding(row, found="serious", note="没有谈话", by=cast.inspector)
    with pytest.raises(errors.ConclusionMissing):
        close_sample(sample, conclusion=" ", by=cast.organiser)
    close_sample(sample, conclusion="补谈话", by=cast.organiser)

    with pytest.raises(errors.SampleClosed):
        record_finding(row_of(sample), found="in_order", note="", by=cast.inspector)
    with pytest.raises(errors.SampleClosed):
        close_sample(sample, conclusion="再来", by=cast.organiser)


def test_a_sample_shows_nobody_a_case_that_is_not_hers_to_see(cast: Cast, client: Client) -> None:
    """A case that went to another town after the draw: the town's inspector sees that it is there, and no more."""
    (case,) = filled(cast, 1)
    inspector: User = user(cast, "town-inspector", "inspector", TOWN)
    sample = drawn(cast, unit=cast.town, investigators=[inspector])
    Case.objects.filter(pk=case.pk).update(organisation=cast.neighbour_branch, title="转走的人")

    assert [line.is_visible for line in lines_of(inspector, sample)] == [False]
    assert "转走的人" not in sign_in(client, inspector).get(sample.get_absolute_url()).content.decode()
    assert client.get(f"/development/samples/{sample.pk}/cases/1/").status_code == 404
    with pytest.raises(Http404):
        record_finding(row_of(sample), found="in_order", note="", by=inspector)


def test_the_pages_draw_find_and_close(cast: Cast, client: Client) -> None:
    filled(cast, 3)
    asked = {"seed": "六月", "size": "2", "from_on": "2026-01-01", "until_on": "2026-06-30"}
    page = sign_in(client, cast.organiser).post(f"/development/samples/draw/?at={CITY}", asked)
    assert page.status_code == 422
    page = client.post(f"/development/samples/draw/?at={CITY}", asked | {"investigators": [str(cast.inspector.pk)]})
    sample = Sample.objects.get()
    assert page["Location"] == sample.get_absolute_url()

    at = f"/development/samples/{sample.pk}/"
    assert client.post(f"{at}close/", {"conclusion": "好"}).status_code == 422
    sign_in(client, cast.inspector)
    assert client.post(f"{at}cases/1/", {"found": "flaw", "note": ""}).status_code == 422
    assert client.post(f"{at}cases/1/", {"found": "in_order"}).status_code == 302
    assert client.post(f"{at}cases/2/", {"found": "flaw", "note": "缺页"}).status_code == 302
    assert client.post(f"{at}cases/3/", {"found": "in_order"}).status_code == 404
    assert client.post(f"{at}close/", {"conclusion": "补一页"}).status_code == 302
    assert Sample.objects.get().closed_on == TODAY


def test_an_investigator_that_is_none_of_the_list_is_refused(cast: Cast, client: Client) -> None:
    filled(cast, 3)
    asked = {"seed": "六", "size": "2", "from_on": "2026-01-01", "until_on": "2026-06-30"}
    asked |= {"investigators": str(cast.stranger.pk)}
    assert sign_in(client, cast.organiser).post(f"/development/samples/draw/?at={BRANCH}", asked).status_code == 422
