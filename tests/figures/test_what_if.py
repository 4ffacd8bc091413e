"""Trying a rule before it is in force: who would fall short, how many are missing, what it costs; and nothing changes."""

from __future__ import annotations

import json
import uuid
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from guben.audit.models import Entry
from guben.figures import snapshots
from guben.figures.actions import RESULT
from guben.jobs import files
from guben.jobs.models import Job
from guben.members.models import Holding
from guben.organisations.actions import found
from guben.organisations.models import Organisation, Post
from guben.rulebook.models import Rulebook
from guben.rulebook.sources import shipped_files
from tests.cast import BRANCH, CITY, FOUNDED, STREET, TODAY, TOWN, VILLAGE, Cast, sign_in
from tests.command import guben, refused

pytestmark = pytest.mark.usefixtures("rules")
HEAD = """
[rulebook]
key = "trial"
title = { zh = "试", en = "Trial" }
source = "试"
confidence = "proposed"
from = 2027-01-01
"""
RATIO = """
[[standard]]
key       = "full-time-organisers"
title     = { zh = "专职组织员不足", en = "Too few full-time organisers" }
indicator = "full-time-organisers-per-town"
holds     = "value >= LINE"
line      = { zh = "线", en = "Line" }
severity  = "medium"
reports   = "figure"
remedy    = { zh = "补", en = "Appoint" }
opens     = "territory = 'town' and full_time_organisers = 0"
"""
MEETING = """
[[duty]]
key        = "branch-member-meeting"
title      = { zh = "支部党员大会", en = "Branch members' meeting" }
who        = "kind in ('branch', 'joint_branch')"
every      = "month"
evidence   = { record = "meeting", is = "form = 'member_meeting'", where = "present * 2 >= entitled" }
answerable = "secretary"
minutes    = 60
"""
THIRD, FOURTH = "990000103", "990000104"


@pytest.fixture
def towns(cast: Cast) -> Cast:
    """Four towns of which three have a full-time organiser: 75%."""
    for code, name in ((THIRD, "白露镇党委"), (FOURTH, "清明镇党委")):
        found(
            parent=cast.city, by=cast.operator, code=code, name=f"中共{name}", short_name=name, kind="committee",
            field="rural", territory="town", founded_on=FOUNDED,
        )  # fmt: skip
    people = iter(cast.people.values())
    for code in (TOWN, THIRD, FOURTH):
        unit = Organisation.objects.get(code=code)
        post = Post.objects.create(organisation=unit, kind="organiser_full_time", is_full_time=True, from_on=FOUNDED)
        Holding.objects.create(post=post, person=next(people), from_on=FOUNDED)
    return cast


def file(tmp_path: Path, text: str, name: str = "trial.toml") -> Path:
    place = tmp_path / name
    place.write_text(HEAD + text, encoding="utf-8")
    return place


def asked(place: Path, *words: object) -> dict[str, Any]:
    return guben("rules", "what-if", place, "--at", CITY, "--json", *words).document  # type: ignore[no-any-return]


def test_the_ratio_lists_who_would_fall_short_and_how_many_persons_are_missing(towns: Cast, tmp_path: Path) -> None:
    tried = asked(file(tmp_path, RATIO.replace("LINE", "0.80")))

    (row,) = tried["rows"]
    assert (row["code"], row["became"]) == (CITY, "newly_short")
    assert (row["after"]["numerator"], row["after"]["denominator"]) == (3, 4)
    assert (row["before"]["missing"], row["after"]["missing"]) == (None, 1)
    assert [one["code"] for one in row["lacking"]] == [STREET]
    assert tried["totals"]["persons_missing_before"] == 0
    assert tried["totals"]["persons_missing_after"] == 1
    assert tried["totals"]["newly_short"] == 1
    (rule,) = tried["rules"]
    assert (rule["what"], rule["counted"], rule["missing_after"]) == ("changed", "persons", 1)


def test_a_lower_line_frees_who_was_short(towns: Cast, tmp_path: Path) -> None:
    Holding.objects.filter(post__organisation__code__in=(THIRD, FOURTH)).update(until_on=TODAY)

    (row,) = asked(file(tmp_path, RATIO.replace("LINE", "0.25")))["rows"]

    assert (row["became"], row["before"]["missing"], row["after"]["missing"]) == ("no_longer_short", 2, None)


def test_live_and_frozen_records_give_the_same_answer(towns: Cast, tmp_path: Path) -> None:
    place = file(tmp_path, RATIO.replace("LINE", "0.80") + MEETING)
    live = asked(place)
    taken = snapshots.take(TODAY, by=towns.operator, folder=tmp_path / "frozen")

    for words in (("--engine", "duckdb"), ("--snapshot", taken.folder), ("--snapshot", taken.folder, "--on", TODAY)):
        frozen = asked(place, *words)
        assert frozen.pop("engine") == "duckdb"
        assert frozen == {name: item for name, item in live.items() if name != "engine"}


def test_a_snapshot_of_last_year_is_tried_against_the_rules_of_today(towns: Cast, tmp_path: Path) -> None:
    last_year = TODAY - timedelta(days=365)
    Holding.objects.filter(post__kind="organiser_full_time").update(from_on=TODAY - timedelta(days=30))
    taken = snapshots.take(last_year, by=towns.operator, folder=tmp_path / "frozen")

    tried = asked(file(tmp_path, RATIO.replace("LINE", "0.80")), "--snapshot", taken.folder)

    assert (tried["on"], tried["rules_on"]) == (str(last_year), str(TODAY))
    (row,) = tried["rows"]
    assert (row["became"], row["before"]["missing"], row["after"]["missing"]) == ("still_short", 3, 4)


def test_a_duty_asked_for_more_often_costs_minutes_and_makes_units_late(cast: Cast, tmp_path: Path) -> None:
    tried = asked(file(tmp_path, MEETING))

    branches = [row for row in tried["rows"] if row["rule"] == "branch-member-meeting"]
    assert len(branches) == 4
    assert {(row["before"]["minutes"], row["after"]["minutes"]) for row in branches} == {(4 * 90, 12 * 60)}
    assert tried["totals"]["minutes_before"] == 4 * 360
    assert tried["totals"]["minutes_after"] == 4 * 720
    assert tried["totals"]["hours_more"] == 24.0
    assert sum(level["minutes_after"] for level in tried["levels"]) == 4 * 720
    assert {level["level"] for level in tried["levels"]} == {"village", "branch"}
    own = next(row for row in branches if row["code"] == BRANCH)
    assert own["after"]["state"] in ("done", "late")


def test_below_a_town_only_its_own_units_are_tried(cast: Cast, tmp_path: Path) -> None:
    place = file(tmp_path, MEETING)

    tried = guben("rules", "what-if", place, "--at", TOWN, "--json").document

    assert {row["code"][:9] for row in tried["rows"]} == {TOWN}
    assert len(tried["rows"]) == 3


def test_a_rule_that_is_added_and_one_that_ends(cast: Cast, tmp_path: Path) -> None:
    added = file(tmp_path, MEETING.replace("branch-member-meeting", "monthly-meeting"))
    tried = asked(added)
    assert [(rule["key"], rule["what"]) for rule in tried["rules"]] == [("monthly-meeting", "added")]
    assert tried["totals"]["minutes_before"] == 0

    shipped = next(one for one in shipped_files() if one.name == "organisational-life.toml").text
    start = shipped.index("[[duty]]\nkey", shipped.index("[[duty]]"))
    cut = shipped.index("[[duty]]", start + 1)
    shorter = tmp_path / "organisational-life.toml"
    shorter.write_text(shipped[:start] + shipped[cut:], encoding="utf-8")
    ended = asked(shorter)
    (rule,) = ended["rules"]
    assert rule["what"] == "ended"
    assert ended["totals"]["minutes_after"] == 0
    assert ended["totals"]["hours_more"] < 0


def test_files_that_are_installed_already_change_nothing(cast: Cast, tmp_path: Path) -> None:
    for shipped in shipped_files():
        place = tmp_path / shipped.name
        place.write_text(shipped.text, encoding="utf-8")
        assert asked(place)["rules"] == [], shipped.name


def test_an_indicator_that_changes_moves_its_standards(cast: Cast, tmp_path: Path) -> None:
    older = """
    [[indicator]]
    key   = "share-45-or-over"
    title = { zh = "40岁及以上", en = "Aged 40 or over" }
    value = "share(age >= 30)"
    over  = "member"
    where = "stage in ('full', 'probationary')"
    scope = "subtree"
    unit  = "share"
    """
    tried = asked(file(tmp_path, older))

    whats = {rule["key"]: rule["what"] for rule in tried["rules"]}
    assert whats["share-45-or-over"] == "changed"
    assert whats["unit-growing-old"] == "through"
    assert any(row["became"] == "value" for row in tried["rows"] if row["rule"] == "share-45-or-over")


def test_the_command_says_in_words_what_changes(towns: Cast, tmp_path: Path) -> None:
    answer = guben("rules", "what-if", file(tmp_path, RATIO.replace("LINE", "0.80")), "--at", CITY)

    assert answer.code == 0
    assert "persons missing 0 -> 1" in answer.out
    assert "75.00% (3/4), missing 1" in answer.out


def test_trying_writes_nothing(towns: Cast, tmp_path: Path) -> None:
    before = (list(Rulebook.objects.values_list("key", "digest")), Entry.objects.count(), Job.objects.count())

    asked(file(tmp_path, RATIO.replace("LINE", "0.80") + MEETING))

    assert before == (list(Rulebook.objects.values_list("key", "digest")), Entry.objects.count(), Job.objects.count())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[duty]]\nkey = 'x'", "is missing"),
        (RATIO.replace("LINE", "0.8").replace("value >=", "valeu >="), "No column 'valeu'"),
        (MEETING.replace("answerable", 'issued-by = "990000101"\nanswerable'), "already used by 'national'"),
    ],
)
def test_a_file_with_mistakes_is_refused_with_its_places(cast: Cast, tmp_path: Path, text: str, said: str) -> None:
    assert said in refused(guben("rules", "what-if", file(tmp_path, text), "--at", CITY))


def test_a_rule_of_a_town_is_tried_in_its_own_subtree(cast: Cast, tmp_path: Path) -> None:
    own = MEETING.replace("branch-member-meeting", "town-meeting").replace(
        "answerable", f'issued-by = "{TOWN}"\nanswerable'
    )
    tried = asked(file(tmp_path, own))

    assert {row["code"][:9] for row in tried["rows"]} == {TOWN}


def test_who_may_not_see_the_figures_may_not_try_rules(cast: Cast, tmp_path: Path) -> None:
    place = file(tmp_path, MEETING)
    for who in ("auditor", "stranger", "neighbour"):
        refused(guben("rules", "what-if", place, "--at", TOWN, "--as", who))


# The page


def post(client: Client, who: object, query: str = "", **values: object) -> Any:
    data = {"at": CITY, "on": str(TODAY), **values}
    return sign_in(client, who).post(reverse("figures:what_if") + query, data)  # type: ignore[arg-type]


def test_a_pasted_rule_is_tried_and_its_answer_shown(client: Client, towns: Cast) -> None:
    response = post(client, towns.organiser, text=HEAD + RATIO.replace("LINE", "0.80"))

    assert response.status_code == 302
    page = client.get(response["Location"]).content.decode()
    assert "差1人" in page
    assert "临江街道党工委" in page
    assert "新增不达标" in page
    assert client.get(response["Location"] + "?became=no_longer_short").content.decode().count("没有符合") == 1
    sheet = client.get(response["Location"] + "?export=xlsx")
    assert sheet.content[:2] == b"PK"


def test_an_uploaded_file_is_tried_like_a_pasted_one(client: Client, towns: Cast) -> None:
    upload = SimpleUploadedFile("我们的.toml", (HEAD + RATIO.replace("LINE", "80.0 / 100")).encode())

    response = post(client, towns.organiser, file=upload)

    assert "差1人" in client.get(response["Location"]).content.decode()


def test_an_installed_rule_is_tried_with_another_line(client: Client, towns: Cast) -> None:
    query = "?rule=full-time-organisers"
    form = sign_in(client, towns.organiser).get(reverse("figures:what_if") + query).content.decode()
    assert 'value="0.70"' in form

    response = post(client, towns.organiser, query, **{"holds-0": "80%", "begins": "2027-01-01"})

    job = Job.objects.get(pk=response["Location"].rstrip("/").rpartition("/")[2])
    kept = json.loads(files.read(job.pk, RESULT) or b"")
    assert kept["totals"]["persons_missing_after"] == 1
    assert kept["rules"][0]["from"] == "2027-01-01"


def test_an_installed_duty_is_tried_more_often(client: Client, cast: Cast) -> None:
    values = {"every": "month", "times": "1", "minutes": "30", "due-after-days": "0", "begins": str(TODAY)}

    response = post(client, cast.organiser, "?rule=branch-member-meeting", **values)

    kept = json.loads(files.read(Job.objects.get().pk, RESULT) or b"")
    assert response.status_code == 302
    assert (kept["totals"]["minutes_before"], kept["totals"]["minutes_after"]) == (4 * 360, 4 * 360)
    assert kept["rules"][0]["what"] == "changed"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "选一个文件"),
        ({"text": "x"}, "第1行"),
        ({"text": HEAD + RATIO.replace("LINE", "0.8").replace("value >=", "valeu >=")}, "第13行第14列"),
        ({"text": "x" * 1_000_001}, "最多1"),
        ({"text": HEAD + MEETING, "on": "2199-01-01"}, "还没到"),
        ({"text": HEAD + MEETING, "at": "nowhere"}, "nowhere"),
        ({"file": SimpleUploadedFile("a.toml", b"\xff\xfe\x00")}, "UTF-8"),
    ],
)
def test_what_can_not_be_tried_is_told_on_the_page(
    client: Client, cast: Cast, values: dict[str, Any], said: str
) -> None:
    response = post(client, cast.organiser, **values)

    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Job.objects.exists()


@pytest.mark.parametrize("typed", ["", "abc", "-1", "80%%", "1e999", "0x10", "9" * 30])
def test_a_line_that_is_no_number_is_told_beside_the_field(client: Client, cast: Cast, typed: str) -> None:
    response = post(client, cast.organiser, "?rule=full-time-organisers", **{"holds-0": typed, "begins": str(TODAY)})

    assert response.status_code == 422
    assert not Job.objects.exists()


def test_an_answer_belongs_to_who_asked_and_goes_with_its_file(client: Client, towns: Cast) -> None:
    address = post(client, towns.organiser, text=HEAD + MEETING)["Location"]
    assert sign_in(client, towns.clerk).get(address).status_code == 404

    files.remove(uuid.UUID(address.rstrip("/").rpartition("/")[2]))
    gone = sign_in(client, towns.organiser).get(address)

    assert gone.status_code == 410
    assert "到期" in gone.content.decode()


def test_a_snapshot_may_be_chosen_on_the_page(client: Client, towns: Cast, tmp_path: Path) -> None:
    taken = snapshots.take(date(2026, 3, 31), by=towns.operator, folder=tmp_path / "frozen")

    response = post(client, towns.organiser, text=HEAD + RATIO.replace("LINE", "0.80"), snapshot=str(taken.pk))

    page = client.get(response["Location"]).content.decode()
    assert "2026-03-31" in page
    assert "用的是快照" in page


def test_the_clerk_tries_rules_in_the_own_town_only(client: Client, cast: Cast) -> None:
    assert post(client, cast.clerk, text=HEAD + MEETING, at=TOWN).status_code == 302
    assert post(client, cast.clerk, text=HEAD + MEETING, at=CITY).status_code == 422
    assert post(client, cast.clerk, text=HEAD + MEETING, at=BRANCH).status_code == 302
    assert post(client, cast.clerk, f"?at={CITY}", text=HEAD + MEETING).status_code == 404
    assert post(client, cast.clerk, f"?at={VILLAGE}", text=HEAD + MEETING, at=VILLAGE).status_code == 302
