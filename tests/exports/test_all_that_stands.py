"""The sheet of all that a roll holds: what stands in its further columns, and that an import reads it too."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from guben.audit.models import Entry
from guben.exports import actions, rows
from guben.exports.columns import headers
from guben.exports.plans import Plan
from guben.imports.actions import import_members, read
from guben.imports.columns import FURTHER_COLUMNS
from guben.imports.layout import header_for
from guben.members.models import Affiliation, Contact, Holding, Stage, Standing
from guben.organisations.models import Post
from tests.cast import BRANCH, TOWN, sign_in
from tests.command import guben

pytestmark = pytest.mark.django_db
ALL = Plan(columns="all", format="csv")
WENT, CALLED = date(2025, 9, 1), date(2026, 5, 4)


def sheet(unit: Any, by: Any, plan: Plan = ALL) -> dict[str, dict[str, str]]:
    file = io.BytesIO()
    actions.write(plan, unit, file, by=by)
    return {row["姓名"]: row for row in csv.DictReader(io.StringIO(file.getvalue().decode("utf-8-sig")))}


@pytest.fixture
def away(cast):
    """Ning Yuanxing works elsewhere, was spoken to twice, and came by all five steps."""
    person = cast.people["宁远行"]
    Standing.objects.filter(person=person).update(from_on=WENT, place="南江市", contact_person=cast.people["柏守田"])
    for day in (CALLED, date(2025, 12, 1), date(2026, 7, 9)):  # the last lies ahead
        Contact.objects.create(person=person, contacted_on=day, way="call", recorded_by=cast.secretary)
    for kind, day in (("applicant", 2011), ("activist", 2012), ("candidate", 2013)):
        Stage.objects.create(person=person, kind=kind, from_on=date(day, 3, 1), until_on=date(day + 1, 3, 1))
    Affiliation.objects.filter(person=person).update(from_on=date(2020, 2, 3))
    return person


def test_it_has_forty_columns_and_none_that_an_import_takes_for_another():
    found = headers(ALL)
    assert len(found) == len(set(found)) == 40
    assert [header for header in FURTHER_COLUMNS if header_for(header, "members") not in ("", header)] == []
    assert headers(Plan(columns="all", extra=True)) == found


def test_a_row_tells_of_the_unit_and_of_each_step(cast, away):
    row = sheet(cast.branch, cast.secretary)["宁远行"]
    assert (row["党支部代码"], row["组织类别"], row["所属领域"]) == (BRANCH, "党支部", "农村")
    assert (row["上级组织"], row["上级组织代码"]) == (cast.village.name, cast.village.code)
    steps = ("申请入党日期", "确定积极分子日期", "确定发展对象日期", "组织关系转入日期")
    assert [row[step] for step in steps] == ["2011-03-01", "2012-03-01", "2013-03-01", "2020-02-03"]
    where = ("在册情况", "在册情况从哪天起", "去向", "联系人", "最近联系日期")
    assert [row[header] for header in where] == ["流动外出", "2025-09-01", "南江市", "柏守田", "2026-05-04"]
    assert (row["年龄"], row["党内职务"], row["任职日期"]) == ("36", "", "")


def test_posts_stand_in_the_words_of_the_sources_whoever_reads(cast):
    secretary = cast.people["柏守田"]
    post = Post.objects.create(organisation=cast.town, kind="committee_member", from_on=date(2026, 1, 1))
    held = Holding.objects.create(person=secretary, post=post, from_on=date(2026, 2, 1))
    first = Holding.objects.exclude(pk=held.pk).get(person=secretary)
    with translation.override("en"):
        row = sheet(cast.branch, cast.secretary)["柏守田"]
    assert row["党内职务"] == f"{cast.branch.short_name}书记、{cast.town.short_name}委员"
    assert row["任职日期"] == first.from_on.isoformat()
    Holding.objects.filter(pk=held.pk).update(until_on=cast.today)
    assert sheet(cast.branch, cast.secretary)["柏守田"]["党内职务"] == f"{cast.branch.short_name}书记"


def test_numbers_stay_masked_and_the_columns_are_noted(client: Client, cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    sign_in(client, cast.clerk)
    page = client.get("/exports/").content.decode()
    assert "全部在册内容" in page
    assert all(header in page for header in FURTHER_COLUMNS)
    answer = client.post("/exports/", {"at": TOWN, "what": "members", "columns": "all", "format": "csv"})
    assert "全部在册内容" in client.get(answer.url).content.decode()
    entry = Entry.objects.get(action="exports.members")
    assert entry.details["columns"] == headers(ALL)


def test_more_people_ask_no_more_questions_until_a_thousand(cast, monkeypatch):
    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            list(rows.rows_of(ALL, cast.branch, cast.secretary, cast.today))
        return len(found)

    asked()  # what is remembered from then on
    at_once = asked()
    monkeypatch.setattr(rows, "AT_ONCE", 3)  # nine people: three parts
    assert asked() == at_once + 2 * 3


def test_an_import_says_which_of_its_columns_it_does_not_read(cast):
    file = io.BytesIO()
    actions.write(ALL, cast.branch, file, by=cast.secretary)
    result = import_members(read(file.getvalue(), "", "members"), cast.branch, cast.secretary, dry_run=True)
    assert (result.faults, result.unchanged) == ((), 9)
    (note,) = [str(note) for note in result.notes if "这几列没有读" in str(note)]
    assert [header for header in FURTHER_COLUMNS if header not in note] == []
    assert "是不是" not in str(result.notes)


def test_the_command_writes_it(cast, away, tmp_path):
    place = tmp_path / "all.csv"
    guben("--as", "secretary", "export", "members", "--at", BRANCH, "--all", "--json", "--out", place)
    (line,) = [row for row in csv.DictReader(place.open(encoding="utf-8-sig")) if row["姓名"] == "宁远行"]
    assert line["去向"] == "南江市"
