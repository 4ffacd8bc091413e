"""The tables of a unit on two days, one figure over the years and among the units below, and what few people hide."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from guben.figures import discretion
from guben.figures.discretion import TOO_FEW, shown_explanation
from guben.figures.explanations import explain
from guben.house import charts
from guben.jobs import actions as jobs
from guben.jobs.models import Job
from guben.members.models import Person
from guben.organisations.actions import move
from guben.organisations.models import Placement
from guben.rollup.freshness import keeping
from guben.rollup.freshness.logic import logic_of
from guben.rulebook.queries import library
from guben.rulebook_engine.aggregates import Figure
from guben.rulebook_engine.entries import Words
from guben.statistics import published, queries, told
from guben.statistics.hiding import hidden_from
from guben.statistics.keeping import keep_reckoning, kept_reckoning
from guben.statistics.models import KeptReckoning, Standing
from guben.statistics.queries import Days, Reading
from guben.statistics.subjects import Line
from guben.statistics.told import difference
from tests.cast import BRANCH, CITY, OTHER_VILLAGE, PEOPLE, SMALL_BRANCH, STREET, TODAY, TOWN, VILLAGE, Cast, sign_in

pytestmark = [pytest.mark.usefixtures("rules"), pytest.mark.one_database]
TOTAL, WOMEN = "bulletin-members_total", "bulletin-make-up_women"
YEAR_END = date(2025, 12, 31)


@pytest.fixture(autouse=True)
def _no_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures are drawn in tests of their own."""
    monkeypatch.setattr(charts, "draw", lambda _spec: '<svg viewBox="0 0 1 1"></svg>')


def get(client: Client, page: str, *args: str, **query: Any) -> Any:
    return client.get(reverse(f"statistics:{page}", args=args), query)


def row_of(response: Any, key: str) -> Any:
    return next(row for table in response.context["yearly"] for row in table.rows if row.line.key == key)


def test_the_tables_count_the_members_of_two_days(client: Client, cast: Cast) -> None:
    response = get(sign_in(client, cast.organiser), "tables", at=CITY)

    row = row_of(response, TOTAL)
    joined_since = sum(joined > YEAR_END for *_, joined, _group, _standing in PEOPLE)
    assert (row.now.value, row.then.value) == (len(PEOPLE), len(PEOPLE) - joined_since)
    assert joined_since == 1
    assert row.change == "+1"
    assert row_of(response, WOMEN).now.value == sum(sex == "2" for _, _, sex, *_ in PEOPLE)
    assert row_of(response, "bulletin-members_increase").now_words == "+1"


def test_published_numbers_stand_beside_ours_at_the_top_only(client: Client, cast: Cast) -> None:
    sign_in(client, cast.organiser)
    row = row_of(get(client, "tables", at=CITY, on="2025-12-31", beside="2024-12-31"), TOTAL)
    assert (row.published.words, row.published.ours) == ("10,128.6万名", "0.0万名")
    assert row_of(get(client, "tables", at=TOWN), TOTAL).published is None


def test_published_numbers_and_doubts_are_told_in_the_readers_language() -> None:
    files = published.days_in(published.FOLDER).values()
    numbers = [one for file in files for one in published.read_published(file)]
    assert {one.doubt for one in numbers if one.doubt} == set(published.DOUBTS)
    (total,) = {one for one in numbers if one.value == Decimal("10128.6")}
    shown = published.Beside(total, "")
    with override("zh-hans"):
        assert shown.words == "10,128.6万名"
    with override("en"):
        assert shown.words == "101,286,000"


def test_a_figure_is_told_over_the_years_and_of_the_units_below(client: Client, cast: Cast) -> None:
    context = get(sign_in(client, cast.organiser), "figure", TOTAL, at=CITY).context

    assert [unit.unit.code for unit in context["page"]] == [TOWN, STREET]
    assert [unit.value for unit in context["page"]] == [18, 7]
    assert [point.name for point in context["points"]][-2:] == ["2025年末", "2026-06-30"]
    assert [point.figure.value for point in context["points"]][-2:] == [24, 25]
    assert context["spread"].units == 4


def test_units_of_one_kind_are_compared(client: Client, cast: Cast) -> None:
    sign_in(client, cast.organiser)
    assert get(client, "figure", WOMEN, at=VILLAGE).context["kinds"] == []
    Placement.objects.filter(organisation__code=SMALL_BRANCH).update(field="school")
    for like, codes in (("", [BRANCH, SMALL_BRANCH]), ("school", [SMALL_BRANCH]), ("x", [BRANCH, SMALL_BRANCH])):
        context = get(client, "figure", TOTAL, at=VILLAGE, like=like).context
        assert [unit.unit.code for unit in context["page"]] == codes
        assert [(one.key, one.count, one.is_chosen) for one in context["kinds"]] == [
            ("rural", 1, False), ("school", 1, like == "school"),
        ]  # fmt: skip
        assert context["page"][0].length == 1


def test_a_column_of_the_spread_leads_to_the_branches_that_it_counts(client: Client, cast: Cast) -> None:
    sign_in(client, cast.organiser)
    context = get(client, "figure", TOTAL, at=CITY).context
    named = []
    for one in context["bins"]:
        found = client.get(one.url).context
        assert len(found["branches"]) == found["branch_count"] == one.count
        named += [(branch.unit.code, branch.now.value) for branch in found["branches"]]
    assert sum(value for _code, value in named) == 25
    assert BRANCH in dict(named)
    for number in ("99", "-1", "x"):
        assert "branches" not in get(client, "figure", TOTAL, at=CITY, bin=number).context
    hidden = get(sign_in(client, cast.statistician), "figure", WOMEN, at=CITY, bin="0").context
    assert "branches" not in hidden


def test_a_unit_below_leads_down_to_the_branch_and_its_records(client: Client, cast: Cast) -> None:
    sign_in(client, cast.organiser)
    codes = [CITY]
    while units := list(get(client, "figure", TOTAL, at=codes[-1]).context["page"]):
        codes.append(units[0].unit.code)
    assert codes == [CITY, TOWN, VILLAGE, BRANCH]
    why = client.get(reverse("figures:why", args=[TOTAL, BRANCH]))
    assert why.status_code == 200
    assert "9" in why.content.decode()


def test_before_the_unit_was_there_nothing_is_told(client: Client, cast: Cast) -> None:
    sign_in(client, cast.organiser)
    beside = get(client, "tables", at=CITY, beside="2000-12-31")
    assert row_of(beside, TOTAL).then is None
    assert "2000-12-31还没有示范市委" in beside.content.decode()
    assert "2000-06-30还没有示范市委" in get(client, "table", "bulletin-age", at=CITY, on="2000-06-30").content.decode()
    assert get(client, "figure", TOTAL, at=CITY, on="2000-06-30").status_code == 200


@pytest.mark.parametrize(("on", "words"), [("2027-01-01", "还没到"), ("1900-01-01", "太早"), ("gestern", "")])
def test_a_day_that_is_none_is_told_and_today_is_used(client: Client, cast: Cast, on: str, words: str) -> None:
    response = get(sign_in(client, cast.organiser), "tables", at=BRANCH, on=on)
    assert response.context["on"] == TODAY
    assert words in response.content.decode()
    assert response.context["form"].problems


def test_last_year_stands_on_that_days_tree_or_on_todays(client: Client, cast: Cast) -> None:
    move(cast.units[OTHER_VILLAGE], parent=cast.units[STREET], effective_on=date(2026, 3, 1), by=cast.organiser)
    sign_in(client, cast.organiser)

    def below(**query: str) -> list[tuple[Any, Any]]:
        return [
            (one.now.value, one.then.value) for one in get(client, "figure", TOTAL, at=CITY, **query).context["page"]
        ]

    assert below() == [(13, 17), (12, 7)]
    assert below(tree=Standing.TODAY) == [(13, 12), (12, 12)]


@pytest.mark.parametrize("page", ["table", "figure"])
def test_an_unknown_table_or_figure_is_not_found(client: Client, cast: Cast, page: str) -> None:
    assert get(sign_in(client, cast.organiser), page, "no-such-thing", at=CITY).status_code == 404


def test_who_sees_no_persons_is_not_shown_few(client: Client, cast: Cast) -> None:
    sign_in(client, cast.statistician)
    women = row_of(get(client, "tables", at=BRANCH), WOMEN)
    assert women.now is TOO_FEW
    assert women.now_words == "很少"
    assert row_of(get(client, "tables", at=CITY), TOTAL).now.value == 25
    figure = get(client, "figure", WOMEN, at=BRANCH)
    assert reverse("figures:why", args=[WOMEN, BRANCH]) not in figure.content.decode()
    assert figure.context["spread"] is None
    assert row_of(get(sign_in(client, cast.organiser), "tables", at=BRANCH), WOMEN).now.value == 4


def test_no_hidden_part_of_a_table_can_be_worked_out_from_the_others(client: Client, cast: Cast) -> None:
    """In each table that adds up, at each unit: none hidden, or two at least; and why a figure is what it is, neither."""
    seen = {}
    for code in cast.units:
        reading = Reading(cast.statistician, cast.units[code], TODAY)
        for table in reading.known.yearly:
            found = Days(reading, [table])
            hidden = [line.key for line in table.parts if found.figure(line, TODAY) is TOO_FEW]
            assert len(hidden) != 1, (code, table.key)
            for key in hidden[:1]:
                why = shown_explanation(explain(key, cast.units[code], TODAY), cast.statistician, cast.units[code])
                assert why.figure is TOO_FEW
            seen[code, table.key] = hidden
    assert any(seen.values())
    assert not all(seen.values())


def test_no_diagnosis_gives_away_what_the_statistics_hide(cast: Cast) -> None:
    """A rule draws its line at a figure that adds up rows of a table: where one row of it is hidden, so is the sum."""
    known = Reading(cast.statistician, cast.city, TODAY).known
    hidden = hidden_from(cast.statistician, cast.city, TODAY, Standing.THEN, known)
    drawn = {one.indicator for one in library().standards(TODAY)}
    asked = {one.key: one for table in known.others for one in table.indicators if one.key in drawn & hidden.keys()}
    told = {key: discretion.hidden_from(cast.statistician, cast.city, TODAY, [one])[key] for key, one in asked.items()}
    rows = [set(hidden[f"bulletin-age_{row}"]) for row in ("up-to-30", "31-35")]
    assert rows[0] | rows[1] <= told["share-35-or-under"]
    for key in told:
        assert set(hidden[key]) <= told[key], key


def test_what_is_hidden_does_not_hang_on_what_else_is_asked_for(cast: Cast) -> None:
    known = Reading(cast.statistician, cast.city, TODAY).known
    whole = hidden_from(cast.statistician, cast.city, TODAY, Standing.THEN, known)
    assert whole
    for table in known.tables:
        some = hidden_from(cast.statistician, cast.city, TODAY, Standing.THEN, known, table.indicators[:1])
        for one in table.indicators[:1]:
            assert some.get(one.key) == whole.get(one.key), one.key
        assert some.items() <= whole.items()


def test_shares_differ_by_percentage_points(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line("key", Words(zh="比例", en="share"), None, "share", 1)
    assert difference(line, Figure(0.3), Figure(0.288)) == "+1.2百分点"
    monkeypatch.setattr(told, "pgettext", lambda _context, _words: "pp")
    assert difference(line, Figure(0.288), Figure(0.3)) == '−1.2&nbsp;<abbr title="百分点">pp</abbr>'
    assert difference(line, Figure(0.3), Figure(0.3)) == "0"


def test_the_workbook_says_what_the_page_says(client: Client, cast: Cast) -> None:
    def sheet(who: Any) -> dict[tuple[Any, Any], Any]:
        content = get(sign_in(client, who), "tables", at=BRANCH, export="xlsx").content
        rows = openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
        return {(row[0], row[1]): row[2] for row in rows}

    women = ("党员的性别、民族和学历", "女党员")
    assert sheet(cast.organiser)[women] == 4
    assert sheet(cast.statistician)[women] == "人数太少，不单独显示"


def test_a_sheet_has_no_empty_column_and_numbers_are_read_as_on_the_page(client: Client, cast: Cast) -> None:
    sign_in(client, cast.organiser)
    share = "bulletin-make-up_women-share"
    for page, key, at in (("tables", "", BRANCH), ("table", "bulletin-make-up", CITY), ("figure", share, CITY)):
        content = get(client, page, *([key] if key else []), at=at, export="xlsx").content
        rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows())
        assert all(any(cell.value is not None for cell in column[1:]) for column in zip(*rows, strict=True))
        found = {cell.number_format for row in rows[1:] for cell in row if isinstance(cell.value, (int, float))}
        assert found == {"#,##0", "0.0%"}
    assert [cell.value for cell in rows[0]][2:] == ["女党员占比，2026-06-30", "分子", "分母", "2025-12-31"]


class TestALargeTree:
    @pytest.fixture(autouse=True)
    def _large(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(queries, "MOST_AT_ONCE", 3)

    def test_it_is_worked_out_by_a_job_and_then_shown_at_once(self, client: Client, cast: Cast) -> None:
        response = get(sign_in(client, cast.organiser), "tables", at=CITY)
        job = Job.objects.get(kind="statistics.reckoning")
        assert response["Location"] == reverse("statistics:worked_out", args=[job.pk])
        if job.state == "waiting":
            assert "统计" in client.get(response["Location"]).content.decode()
            assert jobs.run(job.pk)

        page = client.get(response["Location"], follow=True)

        assert page.redirect_chain[0][0].startswith(reverse("statistics:tables"))
        assert row_of(page, TOTAL).now.value == 25
        assert "算出" in page.content.decode()

    def test_what_is_kept_is_what_is_counted(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        keep_reckoning(cast.city, TODAY, Standing.THEN)
        for who in (cast.organiser, cast.statistician):
            kept = Reading(who, cast.city, TODAY)
            assert kept.is_large
            monkeypatch.setattr(queries, "MOST_AT_ONCE", 300)
            live = Reading(who, cast.city, TODAY)
            monkeypatch.setattr(queries, "MOST_AT_ONCE", 3)
            wanted = kept.known.indicators
            one, other = kept.reckoned(TODAY, wanted), live.reckoned(TODAY, wanted)
            assert one and other
            assert {key: dict(units) for key, units in one.figures.items()} == other.figures
            assert kept.spread(TODAY, wanted[0]) == live.spread(TODAY, wanted[0])

    def test_an_act_makes_it_old_and_the_page_says_so(self, client: Client, cast: Cast) -> None:
        for day in (TODAY, YEAR_END, date(2025, 6, 30), date(2024, 12, 31)):
            keep_reckoning(cast.city, day, Standing.THEN)
        assert kept_reckoning(cast.city, TODAY, Standing.THEN).whole.is_fresh  # type: ignore[union-attr]
        move(cast.units[OTHER_VILLAGE], parent=cast.units[STREET], effective_on=TODAY, by=cast.organiser)

        response = get(sign_in(client, cast.organiser), "tables", at=CITY)

        assert "按最新的记录重算" in response.content.decode()
        assert get(client, "tables", at=CITY, again="1").status_code == 302
        assert KeptReckoning.objects.count() == 4

    def test_what_follows_the_records_is_shown_at_once(
        self, client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(keeping, "LARGE_TREE", 0)
        for day in (YEAR_END, date(2025, 6, 30), date(2024, 12, 31)):
            keep_reckoning(cast.city, day, Standing.THEN)
        assert keeping.begin(logic_of(library(), TODAY))
        move(cast.units[OTHER_VILLAGE], parent=cast.units[STREET], effective_on=TODAY, by=cast.organiser)

        response = get(sign_in(client, cast.organiser), "tables", at=CITY)

        assert response.context["now"].is_followed
        assert response.context["now"].is_fresh
        assert row_of(response, TOTAL).now.value == 25
        followed = Days(
            Reading(cast.organiser, cast.city, TODAY), Reading(cast.organiser, cast.city, TODAY).known.yearly
        )
        reckoned = followed.on(TODAY)
        assert reckoned
        assert [reckoned.figure(TOTAL, unit.id).value for unit in reckoned.children] == [13, 12]  # type: ignore[union-attr]

    def test_nobody_elses_job_is_shown(self, client: Client, cast: Cast) -> None:
        get(sign_in(client, cast.organiser), "tables", at=CITY)
        job = Job.objects.get(kind="statistics.reckoning")
        assert client.get(reverse("statistics:worked_out", args=[job.pk])).status_code in (200, 302)
        other = sign_in(client, cast.statistician).get(reverse("statistics:worked_out", args=[job.pk]))
        assert other.status_code == 404


def test_persons_are_never_named(client: Client, cast: Cast) -> None:
    names = list(Person.objects.values_list("pk", flat=True))
    assert names
    text = get(sign_in(client, cast.organiser), "figure", TOTAL, at=BRANCH).content.decode()
    assert not any(name in text for name, unit, *_ in PEOPLE if unit == BRANCH and name != "柏守田")
