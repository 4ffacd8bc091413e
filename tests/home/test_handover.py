"""Who takes over finds everything open, due and decided on one page, in few queries, within the own rights."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pypdf
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from guben.access.models import Grant
from guben.members import actions as members
from guben.members.models import Holding
from guben.organisations import actions
from guben.procedures.models import Case
from guben.rulebook.queries import library
from tests.cast import BRANCH, CITY, TODAY, TOWN, Cast, hold, sign_in

PAGE = reverse("home:handover", args=[BRANCH])


@pytest.fixture
def new_secretary(cast: Cast) -> Cast:
    """单小禾 takes over from 柏守田 on 20 June."""
    holding = Holding.objects.get(person__name="柏守田")
    day = date(2026, 6, 20)
    members.relieve(holding, until_on=day, by=cast.clerk)
    new = members.appoint(cast.people["单小禾"], holding.post, from_on=day, by=cast.clerk)
    Grant.objects.filter(user=cast.member).delete()
    Grant.objects.create(user=cast.member, role="secretary", organisation=cast.branch, from_on=day, holding=new)
    return cast


def text(client: Client, url: str = PAGE) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_today_leads_the_newcomer_to_the_page_and_names_the_predecessor(
    new_secretary: Cast, rules: None, client: Client
) -> None:
    today = text(sign_in(client, new_secretary.member), "/")
    assert "从柏守田接手" in today
    assert PAGE in today
    assert "看交接页" not in text(sign_in(client, new_secretary.clerk), "/")


def test_the_note_goes_after_a_month(new_secretary: Cast, rules: None, client: Client) -> None:
    Grant.objects.filter(user=new_secretary.member).update(from_on=TODAY - timedelta(days=31))
    assert "看交接页" not in text(sign_in(client, new_secretary.member), "/")


def test_everything_open_due_and_decided_is_on_the_page(new_secretary: Cast, rules: None, client: Client) -> None:
    actions.rename(
        new_secretary.branch, short_name="柳溪一支部", effective_on=date(2026, 6, 25), by=new_secretary.clerk
    )
    page = text(sign_in(client, new_secretary.member))
    for words in (
        "逾期", "上一任书记：柏守田", "宁远行", "研究积极分子培养", "更名", "2026-06-20以后变了什么", "此前一年谁做了什么",
        "要照着做的规定",
    ):  # fmt: skip
        assert words in page, words


def pdf_text(client: Client, code: str = BRANCH) -> str:
    answer = client.get(reverse("home:handover_pdf", args=[code]))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def test_the_pdf_tells_the_same_with_the_open_cases_and_lines_to_sign(
    new_secretary: Cast, rules: None, client: Client
) -> None:
    newcomer = new_secretary.people["宁远行"]
    Case.objects.create(
        number="2026-FZ-000001", procedure="development", person=newcomer, organisation=new_secretary.branch,
        begun_on=date(2026, 5, 1), begun_at=timezone.now(), begun_by=new_secretary.clerk, step="talk",
        due_on=date(2026, 6, 1), actor=new_secretary.branch, edition="2026",
    )  # fmt: skip
    told = pdf_text(sign_in(client, new_secretary.member))
    for words in (
        "工作交接清单", "逾期", "上一任书记：柏守田", "2026-FZ-000001", "宁远行", "2026-06-01", "要照着做的规定",
        "移交人", "接手人", "监交人", "1/",
    ):  # fmt: skip
        assert words in told, words
    assert "2026-FZ-000001" not in text(client)
    assert reverse("procedures:case", args=[Case.objects.get().pk]) in text(client)


def test_the_pdf_is_chinese_in_an_english_session_and_hides_what_the_page_hides(
    new_secretary: Cast, rules: None, client: Client
) -> None:
    sign_in(client, new_secretary.statistician)
    client.cookies["django_language"] = "en"
    told = pdf_text(client)
    assert "没办的事" in told
    for name in ("柏守田", "单小禾", "宁远行", "研究积极分子培养"):
        assert name not in told


def test_who_sees_no_people_reads_no_name(new_secretary: Cast, rules: None, client: Client) -> None:
    page = text(sign_in(client, new_secretary.statistician))
    for name in ("柏守田", "单小禾", "宁远行", "研究积极分子培养"):
        assert name not in page


@pytest.mark.parametrize(("code", "most"), [(BRANCH, 20), (TOWN, 24), (CITY, 23)])
def test_few_queries_whatever_the_size(cast: Cast, rules: None, client: Client, code: str, most: int) -> None:
    for number in range(12):
        hold(cast, cast.branch, "theme_day", date(2026, 6, 1 + number), by=cast.clerk)
    sign_in(client, cast.organiser)
    url = reverse("home:handover", args=[code])
    library()  # read once for all requests of a process
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    own = [one["sql"] for one in seen if one["sql"].startswith("SELECT") and '"django_session"' not in one["sql"]]
    assert len(own) - 1 <= most, "\n".join(sql[:160] for sql in own)  # the user is the one


def test_a_unit_without_anything_has_a_page_too(cast: Cast, rules: None, client: Client) -> None:
    facts: dict[str, Any] = {
        "code": "X9", "name": "新", "short_name": "新", "kind": "branch", "field": "rural", "founded_on": TODAY,
    }  # fmt: skip
    actions.found(parent=cast.village, by=cast.clerk, **facts)
    assert "没有" in text(sign_in(client, cast.clerk), reverse("home:handover", args=["X9"]))
    assert sign_in(client, cast.neighbour).get(PAGE).status_code == 404
    assert client.get(reverse("home:handover", args=["no-such"])).status_code == 404
