"""The pages of transfers: filters, nothing there, nonsense in the address, refusals beside their fields, few queries."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from guben.kit.tables import workbook_bytes
from guben.procedures.models import Case
from guben.transfers import actions
from guben.transfers.actions.batches import COLUMNS
from guben.transfers.models import Batch, Inflow, Outflow
from tests.cast import BRANCH, NEIGHBOUR_BRANCH, SMALL_BRANCH, Cast, hold, sign_in
from tests.transfers import moves
from tests.transfers.moves import NAME, take

FAR = "某省某县委组织部"


def test_the_list_is_filtered_and_forgives_nonsense(town: Cast, client: Client) -> None:
    sign_in(client, town.secretary)
    empty = client.get("/transfers/").content.decode()
    assert "没有转接" in empty
    late = moves.lettered(town, days=4)  # the receiving committee's ten working days are over
    ended = moves.request(town, "单小禾")
    take(ended, "branch", 2, town.secretary, "refused", reason="去向没有说清")
    shown = {
        "": 2, "state=open": 1, "state=ended": 1, "state=late": 1, "state=letter": 1, "direction=in": 0,
        "direction=out&state=open": 1, "state=没有的": 2, "direction=x&page=99999": 2, "page=-1": 2, "page=x": 2,
    }  # fmt: skip
    for query, number in shown.items():
        page = client.get(f"/transfers/?{query}")
        assert (page.status_code, len(page.context["rows"])) == (200, number), query
    assert late.number not in empty
    for at in ("x" * 300, NEIGHBOUR_BRANCH, "../.."):
        assert client.get(f"/transfers/?at={at}").status_code == 404, at
    sign_in(client, town.neighbour)
    assert len(client.get("/transfers/?direction=in").context["rows"]) == 2


def test_what_is_refused_stands_in_the_form_and_nothing_is_begun(town: Cast, client: Client) -> None:
    sign_in(client, town.secretary)
    person = town.people[NAME].pk
    good = {"person": person, "host": NEIGHBOUR_BRANCH, "receiver": "", "cause": "毕业", "on": "2026-06-01", "note": ""}
    bad: list[dict[str, Any]] = [
        {"host": BRANCH}, {"host": "没有的"}, {"host": ""}, {"receiver": FAR}, {"on": "2027-01-01"}, {"on": "0001-01-01"},
        {"on": "x"}, {"cause": "随便"}, {"person": 10**12}, {"person": "x"}, {"person": town.people["苗江月"].pk},
        {"note": "字" * 100_000}, {"host": "9" * 5000},
    ]  # fmt: skip
    for change in bad:
        assert client.post("/transfers/request/", good | change).status_code == 422, change
    assert not Case.objects.exists()
    assert client.post("/transfers/request/", good).status_code == 302
    again = client.post("/transfers/request/", good)
    assert (again.status_code, Case.objects.count()) == (422, 1)
    assert "在办" in again.content.decode()


def test_members_away_are_registered_on_both_boards_with_few_queries(
    town: Cast, client: Client, django_assert_max_num_queries: Any
) -> None:
    away = {
        "person": town.people[NAME].pk,
        "from_on": "2025-11-01",
        "place": "临江街道",
        "workplace": "",
        "expected_until": "",
        "contact_person": "",
    }
    here = {
        "name": NAME,
        "id_number": "",
        "home": BRANCH,
        "home_words": "",
        "from_on": "2026-01-10",
        "contact_person": "",
    }
    sign_in(client, town.secretary)
    for change in (
        {"person": 10**12},
        {"from_on": "9999-12-31"},
        {"place": ""},
        {"expected_until": "2025-10-01"},
        {"contact_person": "x"},
    ):
        assert client.post(f"/transfers/away/out/?at={BRANCH}", away | change).status_code == 422, change
    assert client.post(f"/transfers/away/out/?at={BRANCH}", away).status_code == 302
    sign_in(client, town.neighbour)
    for change in ({"name": ""}, {"id_number": "1"}, {"home": "没有的"}, {"home": ""}, {"from_on": "2026-13-01"}):
        assert client.post(f"/transfers/away/in/?at={NEIGHBOUR_BRANCH}", here | change).status_code == 422, change
    assert client.post(f"/transfers/away/in/?at={NEIGHBOUR_BRANCH}", here).status_code == 302
    assert Inflow.objects.get().outflow == Outflow.objects.get()
    meeting = hold(town, town.neighbour_branch, "member_meeting", date(2026, 6, 12), by=town.neighbour)
    answers = {f"guest-{Inflow.objects.get().pk}": "came"}
    assert client.post(f"/transfers/meetings/{meeting.pk}/guests/", answers).status_code == 302
    client.get(f"/transfers/away/?at={NEIGHBOUR_BRANCH}")  # the first page of a session writes the session
    with django_assert_max_num_queries(12):
        board = client.get(f"/transfers/away/?at={NEIGHBOUR_BRANCH}")
    assert (board.context["treatment"].invited_share, board.context["treatment"].guest_share) == (0.5, 0.5)
    sign_in(client, town.secretary)
    client.get(f"/transfers/away/?at={BRANCH}")
    with django_assert_max_num_queries(12):
        board = client.get(f"/transfers/away/?at={BRANCH}")
    (line,) = board.context["board"].out
    assert (line.last_contact_on, line.attended, line.should_transfer) == (date(2026, 6, 12), 1, True)
    assert board.context["board"].matched == 1
    assert client.post(f"/transfers/away/in/{10**12}/match/", {"outflow": "1"}).status_code == 404


def test_ones_own_page_shows_both_units_with_few_queries(
    town: Cast, client: Client, django_assert_max_num_queries: Any
) -> None:
    sign_in(client, town.member)
    actions.register_outflow(
        town.people["单小禾"], from_on=date(2026, 2, 1), place="临江", by=town.secretary,
        contact_person=town.people["柏守田"],
    )  # fmt: skip
    actions.register_inflow(
        town.neighbour_branch,
        name="单小禾",
        home_words="",
        home=town.branch,
        from_on=date(2026, 2, 9),
        by=town.neighbour,
    )
    moves.lettered(town, "单小禾")
    client.get("/transfers/me/")  # the first page of a session writes the session
    with django_assert_max_num_queries(12):
        page = client.get("/transfers/me/")
    mine = page.context["mine"]
    assert (mine.home.unit, mine.host.unit) == (town.branch, town.neighbour_branch)
    assert (mine.home.secretary, mine.host.secretary) == ("柏守田", "苗江月")
    assert [one.held_on for one, _word in mine.host.meetings] == [date(2026, 6, 10)]
    assert mine.cases[0][1].number in page.content.decode()


def test_a_list_is_uploaded_once_it_can_be_read(town: Cast, client: Client) -> None:
    sign_in(client, town.clerk)
    rest = {"title": "毕业生", "cause": "毕业", "valid_days": "90"}

    def send(content: bytes, **change: str) -> int:
        file = SimpleUploadedFile("名单.xlsx", content)
        return client.post("/transfers/batches/begin/", {**rest, **change, "file": file}).status_code

    good = workbook_bytes(COLUMNS, [["俞大坝", "", SMALL_BRANCH, NEIGHBOUR_BRANCH, ""]])
    assert [send(b"\0\xff nonsense"), send(workbook_bytes(["谁"], [["甲"]])), send(b"")] == [422, 422, 422]
    assert [send(good, valid_days="91"), send(good, valid_days="x"), send(good, cause="x")] == [422, 422, 422]
    assert not Batch.objects.exists()
    assert send(good) == 302
    batch = Batch.objects.get()
    for query in ("", "?state=failed", "?state=x", "?page=10000000000000"):
        assert client.get(f"/transfers/batches/{batch.pk}/{query}").status_code == 200, query
