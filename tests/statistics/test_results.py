"""Published results on the pages: the same numbers as live, for whom they are shown, and what happens when files go."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from guben.audit.models import Entry
from guben.audit.remembering import LARGE_TREE
from guben.figures import snapshots
from guben.figures.discretion import TOO_FEW
from guben.figures.models import Snapshot
from guben.house import charts
from guben.organisations.models import Organisation, Placement
from guben.rollup import hiding, runs
from guben.rollup.errors import NothingPublished, NotOurs
from guben.rollup.models import PublishedResult
from guben.rollup.publishing import publish, published_for, withdraw
from guben.rulebook.queries import library
from guben.rulebook_engine.facts import catalogue
from guben.rulebook_engine.frozen import MANIFEST, digest
from guben.rulebook_engine.plan_of_run import plan
from guben.statistics.queries import Reading
from guben.statistics.results import ResultReading
from tests.cast import BRANCH, CITY, OTHER_VILLAGE, STREET, TODAY, TOWN, USERS, VILLAGE, Cast, sign_in

pytestmark = [pytest.mark.usefixtures("rules"), pytest.mark.one_database]
TOTAL, WOMEN = "bulletin-members_total", "bulletin-make-up_women"
YEAR_END = "2025-12-31"


@pytest.fixture(autouse=True)
def _no_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts, "draw", lambda _spec: '<svg viewBox="0 0 1 1"></svg>')


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("published")


@pytest.fixture
def out(cast: Cast, folder: Path) -> Path:
    """A result of the cast's tree, worked out once."""
    frozen, made = folder / "frozen", folder / "out"
    if not made.exists():
        snapshots.freeze(TODAY, frozen)
        runs.run(frozen, made, plan(library(), TODAY, catalogue), runs.How("duckdb"))
    Snapshot.objects.create(
        on=TODAY, folder=str(frozen), manifest_digest=digest(frozen / MANIFEST), taken_by=cast.organiser,
        keep_until=TODAY,
    )  # fmt: skip
    return made


def another(out: Path, to: Path, **changed: Any) -> Path:
    """A copy of a result that says something else of itself."""
    shutil.copytree(out, to)
    file = to / (to / "current").read_text().strip() / MANIFEST
    file.write_text(json.dumps(json.loads(file.read_text()) | changed))
    return to


def get(client: Client, page: str, result: PublishedResult, *args: str, **query: Any) -> Any:
    return client.get(reverse(f"statistics:{page}", args=args), {"result": result.pk, **query})


def rows_of(response: Any) -> dict[str, Any]:
    return {row.line.key: row for table in response.context["yearly"] for row in table.rows}


def test_the_pages_show_what_is_told_live_and_ask_no_record(client: Client, cast: Cast, out: Path) -> None:
    result = publish(out, by=cast.organiser)
    sign_in(client, cast.organiser)
    live = rows_of(client.get(reverse("statistics:tables"), {"at": CITY}))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        shown = get(client, "tables", result)
    found = rows_of(shown)
    assert {key: row.now for key, row in found.items() if not row.line.of} == {
        key: row.now for key, row in live.items() if not row.line.of
    }
    assert found[TOTAL].now.value == 25
    assert found[TOTAL].published.words == "10,128.6万名"
    assert not [one["sql"] for one in asked if '"members_' in one["sql"] or "rollup_kept" in one["sql"]]
    assert f"result={result.pk}" in found[TOTAL].url

    codes = [CITY]
    while units := list(get(client, "figure", result, TOTAL, at=codes[-1]).context["page"]):
        assert [unit.value for unit in units] == sorted((unit.value for unit in units), reverse=True)
        codes.append(units[0].unit.code)
    assert codes == [CITY, TOWN, VILLAGE, BRANCH]
    page = get(client, "figure", result, TOTAL, at=BRANCH)
    assert [step.code for step in page.context["steps"]] == [CITY, TOWN, VILLAGE]
    assert "figures/why" not in page.content.decode()
    assert "export=xlsx" not in page.content.decode()  # no unit stands below, the sheet would be empty
    assert get(client, "table", result, "bulletin-age", at=BRANCH).context["above"].code == VILLAGE
    for sheet in (get(client, "tables", result, export="xlsx"), get(client, "figure", result, TOTAL, export="xlsx")):
        assert sheet.content[:2] == b"PK"
    assert get(client, "tables", result, at="nowhere").status_code == 404


def test_only_who_sees_the_whole_trees_figures_is_told_of_it(client: Client, cast: Cast, out: Path) -> None:
    result = publish(out, by=cast.organiser)
    told = set()
    for username, *_ in USERS:
        sign_in(client, cast.users[username])
        answers = {get(client, "tables", result).status_code, get(client, "figure", result, TOTAL).status_code}
        live = client.get(reverse("statistics:tables"))
        if answers == {200}:
            told.add(username)
        else:
            assert answers == {404}
        assert (username in told) == (live.status_code == 200 and "实时记录" in live.content.decode())
    assert told == {"organiser", "statistician", "inspector"}
    sign_in(client, cast.organiser)
    for number in ("0", "x", "-1", "9" * 30):
        assert client.get(reverse("statistics:tables"), {"result": number}).status_code == 404


def test_the_branches_are_spread_as_live(cast: Cast, out: Path) -> None:
    result, found = publish(out, by=cast.organiser), []
    for who in (cast.organiser, cast.statistician):
        live, reading = Reading(who, cast.city, TODAY), ResultReading(who, result, CITY)
        for one in live.known.indicators[:12]:
            found.append(reading.spread(TODAY, one))
            assert found[-1] == live.spread(TODAY, one), one.key
    assert any(found)
    assert not all(found)
    assert ResultReading(cast.organiser, result, BRANCH).spread(TODAY, live.known.indicators[0]) is None


def test_few_are_hidden_wherever_they_are_live(cast: Cast, out: Path) -> None:
    result = publish(out, by=cast.organiser)
    hidden = shown = 0
    for code, unit in cast.units.items():
        live, reading = Reading(cast.statistician, unit, TODAY), ResultReading(cast.statistician, result, code, True)
        wanted = live.known.indicators
        now, found = live.reckoned(TODAY, wanted), reading.reckoned(TODAY, wanted)
        assert now and found
        for one in (now.unit, *now.children):
            for key in now.figures:
                is_hidden = now.figure(key, one.id) is TOO_FEW
                assert (found.figure(key, reading._ids[one.code]) is TOO_FEW) == is_hidden, (code, one.code, key)
                hidden, shown = hidden + is_hidden, shown + (not is_hidden)
    assert hidden > 50
    assert shown > 50
    everything = ResultReading(cast.organiser, result, BRANCH).reckoned(TODAY, wanted)
    assert everything
    assert TOO_FEW not in [figure for units in everything.figures.values() for figure in units.values()]


def test_one_of_real_records_is_for_who_sees_the_persons_where_nothing_is_kept_of_what_is_hidden(
    client: Client, cast: Cast, out: Path, tmp_path: Path
) -> None:
    made = another(out, tmp_path / "out", guben="another")
    result = publish(made, by=cast.organiser)
    PublishedResult.objects.update(units=LARGE_TREE + 1)
    assert published_for(cast.statistician) == published_for(cast.organiser) == [result]
    data = next((made / (made / "current").read_text().strip() / hiding.FOLDER).glob("*/*.parquet"))
    data.write_bytes(data.read_bytes()[:40])
    assert get(sign_in(client, cast.statistician), "tables", result).status_code == 410
    shutil.rmtree(data.parents[1])
    assert published_for(cast.statistician) == []
    assert published_for(cast.organiser) == [result]
    PublishedResult.objects.update(is_generated=True)
    assert published_for(cast.statistician) == [result]


def test_invented_records_are_said_to_be_and_hide_nobody(client: Client, cast: Cast, out: Path, tmp_path: Path) -> None:
    result = publish(another(out, tmp_path / "out", generated={"seed": 1}), by=cast.organiser)
    page = get(sign_in(client, cast.statistician), "tables", result, at=BRANCH)
    assert f"演示数据：{TODAY}的汇总结果" in page.content.decode()
    assert f"{TODAY}汇总（演示数据）" in page.content.decode()
    assert rows_of(page)[WOMEN].now.value == 4
    assert rows_of(get(client, "tables", result))[TOTAL].published
    sheet = get(client, "tables", result, export="xlsx")
    assert "%E6%BC%94%E7%A4%BA%E6%95%B0%E6%8D%AE" in sheet["Content-Disposition"]


def test_a_country_of_another_size_stands_beside_no_published_numbers(
    client: Client, cast: Cast, out: Path, tmp_path: Path
) -> None:
    size = {"seed": 1, "of_members": 0.02, "of_organisations": 0.01}
    result = publish(another(out, tmp_path / "out", generated=size), by=cast.organiser)
    sign_in(client, cast.statistician)
    for page in (get(client, "tables", result), get(client, "table", result, "bulletin-members")):
        assert "党员是公布数的2%，基层组织是公布数的1%，所以旁边不放公布的数。" in page.content.decode()
        assert "全国公布" not in page.content.decode()
    assert not rows_of(get(client, "tables", result))[TOTAL].published
    below = get(client, "tables", result, at=TOWN)
    assert "公布数" not in below.content.decode()
    publish(another(out, tmp_path / "whole", on=YEAR_END, generated={"seed": 1}), by=cast.organiser)
    assert "公布数的2%" in get(client, "tables", result).content.decode()


def test_another_days_result_stands_beside(client: Client, cast: Cast, out: Path, tmp_path: Path) -> None:
    """The copy keeps the meanings of its day: what counts by the day itself is not taken for another day's figure."""
    result = publish(out, by=cast.organiser)
    sign_in(client, cast.organiser)
    assert get(client, "tables", result).context["beside"] is None
    before = publish(another(out, tmp_path / "before", on=YEAR_END), by=cast.organiser)
    invented = publish(another(out, tmp_path / "invented", on="2024-12-31", generated={"seed": 1}), by=cast.organiser)

    page = get(client, "tables", result)
    assert page.context["beside"].isoformat() == YEAR_END
    total = rows_of(page)[TOTAL]
    assert (total.now.value, total.then.value, total.change) == (25, 25, "0")
    assert rows_of(page)["bulletin-age_31-35"].then_words == "—"
    figure = get(client, "figure", result, TOTAL, beside="2024-12-31").context
    assert figure["beside"].isoformat() == YEAR_END
    assert [unit.then.value for unit in figure["page"]] == [18, 7]
    assert [point.on.isoformat() for point in figure["points"]] == [YEAR_END, str(TODAY)]
    assert "规则在汇总以后改过" in get(client, "tables", before).content.decode()
    assert get(client, "tables", invented).context["beside"] is None


def test_units_of_an_invented_country_stand_beside_those_of_the_same_name(
    client: Client, cast: Cast, out: Path, tmp_path: Path
) -> None:
    """Each year's country is numbered anew: a code tells nothing of the year before."""
    invented = publish(another(out, tmp_path / "now", generated={"seed": 1}), by=cast.organiser)
    for code, other in ((TOWN, "elsewhere"), (STREET, TOWN), ("elsewhere", STREET), (VILLAGE, BRANCH + "0")):
        Organisation.objects.filter(code=code).update(code=other)
    Placement.objects.filter(organisation__code=OTHER_VILLAGE).update(name="中共另一村支部委员会")
    snapshots.freeze(TODAY, tmp_path / "frozen")
    runs.run(tmp_path / "frozen", tmp_path / "out", plan(library(), TODAY, catalogue), runs.How("duckdb"))
    before = another(tmp_path / "out", tmp_path / "before", on=YEAR_END, generated={"seed": 2})
    publish(before, by=cast.organiser)
    sign_in(client, cast.organiser)

    below = {one.unit.code: one for one in get(client, "figure", invented, TOTAL, at=CITY).context["page"]}
    assert {code: (one.now.value, one.then.value) for code, one in below.items()} == {TOWN: (18, 18), STREET: (7, 7)}
    found = {one.unit.code: one for one in get(client, "figure", invented, TOTAL, at=TOWN).context["page"]}
    assert (found[VILLAGE].now.value, found[VILLAGE].then.value) == (13, 13)
    assert found[OTHER_VILLAGE].then is None
    page = get(client, "tables", invented, at=VILLAGE)
    assert rows_of(page)[TOTAL].then.value == 13
    assert "各年的组织按名称对上" in page.content.decode()
    gone = get(client, "tables", invented, at=OTHER_VILLAGE)
    assert (gone.context["then"], rows_of(gone)[TOTAL].then_words) == (None, "—")


@pytest.mark.parametrize("harm", ["gone", "cut off", "another run"])
def test_a_result_that_is_gone_or_damaged_is_told(
    client: Client, cast: Cast, out: Path, tmp_path: Path, harm: str
) -> None:
    copy = another(out, tmp_path / "out", generated={"seed": 1})
    result = publish(copy, by=cast.organiser)
    sign_in(client, cast.organiser)
    assert get(client, "tables", result).status_code == 200
    run = Path(result.folder)
    if harm == "gone":
        shutil.rmtree(copy)
    elif harm == "cut off":
        for file in (run / "units").iterdir():
            file.write_bytes(file.read_bytes()[:100])
    else:
        (run / MANIFEST).write_text((run / MANIFEST).read_text() + " ")
    page = get(client, "tables", result)
    assert page.status_code == 410
    assert "汇总结果打不开" in page.content.decode()
    assert str(tmp_path) not in page.content.decode()
    assert client.get(reverse("statistics:tables")).status_code == 200


def test_publishing_and_withdrawing_are_acts_of_who_may_freeze_the_tree(
    client: Client, cast: Cast, out: Path, tmp_path: Path
) -> None:
    for who in ("clerk", "inspector", "administrator"):
        for act in (publish, withdraw):
            with pytest.raises(PermissionDenied):
                act(out, by=cast.users[who])
    first = publish(out, by=cast.statistician)
    assert publish(out, by=cast.statistician) == first
    Snapshot.objects.all().delete()
    with pytest.raises(NotOurs):
        publish(another(out, tmp_path / "foreign"), by=cast.statistician)
    (gone,) = withdraw(out, by=cast.organiser)
    assert gone == first
    with pytest.raises(NothingPublished):
        withdraw(out, by=cast.organiser)
    assert get(sign_in(client, cast.organiser), "tables", first).status_code == 404
    acts = Entry.objects.filter(action__startswith="rollup.").order_by("pk").values_list("action", "user__username")
    assert list(acts) == [("rollup.published", "statistician"), ("rollup.withdrawn", "organiser")]
    copy = another(out, tmp_path / "again", generated={"seed": 1})
    old = publish(copy, by=cast.organiser)
    file = copy / (copy / "current").read_text().strip() / MANIFEST
    file.write_text(file.read_text() + "\n")
    new = publish(copy, by=cast.organiser)
    assert list(PublishedResult.objects.filter(withdrawn_at=None)) == [new]
    assert old != new
