"""`guben report bulletin`: the tables of any unit from records and snapshots, beside what was published."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from guben.figures.queries import evaluate_live
from guben.figures.snapshots import freeze
from guben.organisations.models import Organisation, Placement
from guben.rollup import runs
from guben.rulebook.queries import library
from guben.rulebook_engine.facts import catalogue
from guben.rulebook_engine.plan_of_run import plan
from tests.cast import BRANCH, CITY, TODAY, TOWN, Cast
from tests.command import guben, refused

pytestmark = pytest.mark.usefixtures("rules")
TOTAL = ("members.total", "党员总数")


@pytest.fixture
def frozen(cast: Cast, tmp_path: Path) -> Path:
    freeze(TODAY, tmp_path / "frozen")
    return tmp_path / "frozen"


def made_up(folder: Path, on: date | None = None, **more: float) -> Path:
    """The snapshot as if its records were invented, perhaps of another day."""
    manifest = folder / "manifest.json"
    content = json.loads(manifest.read_text(encoding="utf-8")) | {"generated": {"seed": 1, **more}}
    if on:
        content["on"] = on.isoformat()
    manifest.write_text(json.dumps(content), encoding="utf-8")
    return folder


def rows_of(*words: object) -> dict[tuple[str, str], dict[str, Any]]:
    found = guben("report", "bulletin", *words, "--json").document["rows"]
    rows = {(row["table"], row["row"]): row for row in found}
    assert len(rows) == len(found)
    return rows


def test_every_row_is_the_figure_of_its_indicator(cast: Cast) -> None:
    for code in (CITY, TOWN, BRANCH):
        unit = Organisation.objects.get(code=code)
        figures = {
            row.indicator.key: row.figure
            for row in evaluate_live(unit, TODAY, library().rows(TODAY))
            if row.unit.id == unit.pk
        }
        told = {row["key"]: row for row in rows_of("--at", code).values() if row["formula"]}
        assert len(told) > 40
        for key, row in told.items():
            value = figures[key].value
            assert row["value"] == (value * 100 if row["unit"] == "%" and value is not None else value), key
            assert (row["numerator"], row["denominator"]) == (figures[key].numerator, figures[key].denominator)


@pytest.mark.one_database
def test_a_snapshot_tells_the_same(frozen: Path) -> None:
    for at in ((), ("--at", BRANCH)):  # without a unit it is the top
        live, then = rows_of(*at), rows_of(*at, "--snapshot", frozen)
        changes = [name for name, row in live.items() if row["meaning"] == "比一年前"]
        assert {name: row for name, row in live.items() if name not in changes} == {
            name: row for name, row in then.items() if name not in changes
        }
        assert then[changes[0]]["value"] is None
        assert "2025-06-30" in then[changes[0]]["note"]


@pytest.mark.one_database
def test_the_change_in_a_year_is_told_of_the_day_a_year_before(cast: Cast) -> None:
    now, before = rows_of("--at", TOWN), rows_of("--at", TOWN, "--on", "2025-06-30")
    more = now["members.total", "比上年净增"]

    assert more["value"] == now[TOTAL]["value"] - before[TOTAL]["value"]
    assert before[TOTAL]["value"] > 0
    assert now["members.total", "增幅"]["value"] == pytest.approx(100 * more["value"] / before[TOTAL]["value"])


@pytest.mark.one_database
def test_days_stand_side_by_side(cast: Cast) -> None:
    both = rows_of("--at", TOWN, "--on", "2025-12-31", "--on", "2026-06-30")
    alone = rows_of("--at", TOWN, "--on", "2025-12-31")

    (then,) = both[TOTAL]["years"]
    assert (then["on"], then["value"]) == ("2025-12-31", alone[TOTAL]["value"])


@pytest.mark.one_database
def test_published_numbers_stand_beside_invented_records_of_the_country(frozen: Path) -> None:
    rows = rows_of("--snapshot", made_up(frozen, date(2024, 12, 31)))

    assert (rows[TOTAL]["published"], rows[TOTAL]["printed"], rows[TOTAL]["printed_in"]) == (
        100_271_000,
        "10027.1",
        "万名",
    )
    assert rows[TOTAL]["equal"] is False
    assert rows["admissions.structure", "女党员"]["published_confidence"] == "secondary"
    assert rows["awards", "颁发光荣在党50年纪念章"]["value"] is None
    assert rows["awards", "颁发光荣在党50年纪念章"]["published"] == 894_000
    for elsewhere in (("--snapshot", frozen, "--at", TOWN), ("--on", "2024-12-31", "--at", CITY)):
        assert {row["published"] for row in rows_of(*elsewhere).values()} == {None}


@pytest.mark.one_database
def test_a_smaller_country_says_its_scale_and_is_not_compared(frozen: Path, tmp_path: Path) -> None:
    folder = made_up(frozen, date(2024, 12, 31), of_members=0.5, of_organisations=0.25)
    document = guben("report", "bulletin", "--snapshot", folder, "--json").document
    assert {row["published"] for row in document["rows"]} == {row["equal"] for row in document["rows"]} == {None}
    assert document["scale"] == {"members": 0.5, "organisations": 0.25}
    total = next(row for row in document["rows"] if row["row"] == "党员总数")
    assert (total["rounded"], total["printed_in"]) == (str(total["value"]), "名")
    assert "党员是公布数的50%，基层组织是公布数的25%" in document["note"]
    said = guben("report", "bulletin", "--snapshot", folder).out
    assert document["note"] in said
    assert "rows equal what was published" not in said
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("table,row,value,unit\nmembers.total,党员总数,1,名\n", "utf-8")
    assert "0 / 1 rows equal" in guben("report", "bulletin", "--snapshot", folder, "--published", sheet).out


@pytest.mark.one_database
def test_two_snapshots_stand_side_by_side_and_tell_the_change(frozen: Path, tmp_path: Path) -> None:
    freeze(date(2025, 6, 30), tmp_path / "earlier")
    live = rows_of("--at", TOWN)
    changes = [name for name, row in live.items() if row["meaning"] == "比一年前"]
    assert any(live[name]["value"] for name in changes)
    for order in ((tmp_path / "earlier", frozen), (frozen, tmp_path / "earlier")):  # the newer one rules
        both = rows_of("--at", TOWN, "--snapshot", order[0], "--snapshot", order[1])
        assert {name: both[name]["value"] for name in changes} == {name: live[name]["value"] for name in changes}
        (then,) = both[TOTAL]["years"]
        assert (then["on"], both[TOTAL]["value"] - then["value"]) == (
            "2025-06-30",
            both["members.total", "比上年净增"]["value"],
        )
    Placement.objects.filter(organisation__code=TOWN).update(name="中共别处委员会")
    freeze(date(2025, 6, 30), tmp_path / "other")
    two = ("report", "bulletin", "--at", TOWN, "--snapshot", frozen, "--snapshot", tmp_path / "other")
    assert "中共别处委员会" not in guben(*two).err  # a real unit that was renamed
    for folder in (frozen, tmp_path / "other"):
        made_up(folder)
    assert "but 中共别处委员会 on 2025-06-30" in refused(guben(*two))


@pytest.mark.one_database
def test_what_a_run_worked_out_is_shown_without_counting_again(cast: Cast, frozen: Path, tmp_path: Path) -> None:
    keys = [one.key for one in library().rows(TODAY)]
    runs.run(frozen, tmp_path / "result", plan(library(), TODAY, catalogue, keys), runs.How("duckdb"))
    for at in ((), ("--at", TOWN), ("--at", BRANCH)):
        counted = rows_of(*at, "--snapshot", frozen)
        (frozen / "member").rename(frozen / "away")
        assert rows_of(*at, "--result", tmp_path / "result") == counted
        (frozen / "away").rename(frozen / "member")
    one = ("report", "bulletin", "--row", "bulletin-make-up_women", "--at", TOWN, "--json")
    opened, raw = (
        guben(*one, *words).document for words in (("--result", tmp_path / "result"), ("--snapshot", frozen))
    )
    assert opened == raw
    result = ("report", "bulletin", "--at", CITY, "--result", tmp_path / "result")
    assert "members.view" in refused(guben(*result, "--as", cast.statistician.username))
    assert "not both" in refused(guben(*result, "--snapshot", frozen))
    assert "leave --on away" in refused(guben(*result, "--on", "2026-06-30"))


@pytest.mark.one_database
def test_ones_own_sheet_is_compared_as_it_was_rounded(cast: Cast, tmp_path: Path) -> None:
    total = rows_of("--at", CITY)[TOTAL]["value"]
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(
        f"table,row,value,unit\nmembers.total,党员总数,{total},名\nmembers.age,35岁以下,0.1,万名\n", "utf-8"
    )
    rows = rows_of("--at", CITY, "--published", sheet)

    assert rows[TOTAL]["equal"] is True
    assert rows["members.age", "35岁以下"]["equal"] is False
    told = guben("report", "bulletin", "--at", CITY, "--published", sheet)
    assert "1 / 2 rows equal" in told.out
    sheet.write_text("table,row\n", "utf-8")
    assert guben("report", "bulletin", "--at", CITY, "--published", sheet).code == 0
    sheet.write_text("table,row,value,unit\na,b,c,d\n", "utf-8")
    assert "sheet.csv:2" in refused(guben("report", "bulletin", "--at", CITY, "--published", sheet))


def test_a_row_opens_to_the_units_below_and_to_its_records(cast: Cast, frozen: Path) -> None:
    key = "bulletin-make-up_women"
    for more in ((), ("--snapshot", frozen)):
        town = guben("report", "bulletin", "--row", key, "--at", TOWN, *more, "--json").document
        assert town["value"] == rows_of("--at", TOWN)["members.sex_ethnic_education", "女党员"]["value"]
        assert {one["code"]: one["value"] for one in town["below"]} == {
            code: rows_of("--at", code)["members.sex_ethnic_education", "女党员"]["value"]
            for code in Organisation.objects.filter(parent=cast.town).values_list("code", flat=True)
        }
        branch = guben("report", "bulletin", "--row", key, "--at", BRANCH, *more, "--json").document
        assert len(branch["records"]) == branch["value"] > 0
        assert "'2'" in branch["condition"]


@pytest.mark.one_database
def test_whoever_sees_no_persons_sees_no_small_numbers(cast: Cast) -> None:
    shown = rows_of("--at", BRANCH, "--as", cast.statistician.username)
    full = rows_of("--at", BRANCH)
    hidden = [name for name, row in shown.items() if row["value"] is None and full[name]["value"] is not None]

    assert ("members.sex_ethnic_education", "女党员") in hidden
    assert ("orgs.total", "支部") not in hidden
    one = ("report", "bulletin", "--row", "bulletin-make-up_women", "--as", cast.statistician.username)
    assert "人数太少" in refused(guben(*one, "--at", BRANCH))
    all_ = ("report", "bulletin", "--row", "bulletin-members_total", "--at", CITY, "--json")
    assert guben(*all_, "--as", cast.statistician.username).document["records"] == []


@pytest.mark.one_database
def test_a_workbook_holds_every_row(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "tables.xlsx"
    assert (
        guben("report", "bulletin", "--at", CITY, "--on", "2026-06-30", "--on", "2025-12-31", "--xlsx", file).code == 0
    )
    head, *body = openpyxl.load_workbook(file).worksheets[0].iter_rows(values_only=True)

    rows = rows_of("--at", CITY)
    assert [(line[1], line[6]) for line in body] == [(name[1], row["value"]) for name, row in rows.items()]
    assert head[2] == "2026-06-30"
    assert "2025-12-31" in head


@pytest.mark.one_database
def test_what_cannot_be_told_is_refused_in_a_sentence(cast: Cast, frozen: Path, tmp_path: Path) -> None:
    for words in (
        ("--at", "nowhere"),
        ("--at", CITY, "--on", "1066-01-01"),
        ("--at", CITY, "--on", "1949-10-01"),
        ("--snapshot", tmp_path / "none"),
        ("--snapshot", frozen, "--on", "2026-06-30"),
        ("--snapshot", frozen, "--at", "it's nowhere"),
        ("--at", CITY, "--row", "bulletin-age"),
        ("--at", CITY, "--row", "bulletin-awards_units"),
        ("--at", CITY, "--xlsx", tmp_path / "none" / "x.xlsx"),
        ("--at", CITY, "--published", tmp_path / "none.csv"),
    ):
        refused(guben("report", "bulletin", *words))
    refused(guben("report", "bulletin", "--snapshot", frozen, "--at", CITY, "--as", cast.secretary.username))
    (frozen / "member" / "0000.parquet").write_bytes(b"")
    assert "member/0000.parquet" in refused(guben("report", "bulletin", "--snapshot", frozen))
