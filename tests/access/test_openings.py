"""The auditor sees who opened whose number, when and why; the number itself is nowhere."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from openpyxl import load_workbook

from guben.access import openings
from guben.audit.models import Entry
from guben.members import actions, sealed
from tests.cast import Cast, sign_in

PHONE = "13800138000"
PAGE = "/account/openings/"


@pytest.fixture
def opened(cast: Cast) -> Cast:
    """The secretary looked twice, the neighbour thirteen times, and the member at her own."""
    for name in ("邬春桥", "乐长亭", "单小禾"):
        sealed.put(cast.people[name], "phone", PHONE)
        cast.people[name].save(update_fields=["phone_cipher", "phone_index", "phone_mask"])
        cast.people[name].refresh_from_db()
    for _ in range(2):
        actions.unmask(cast.people["邬春桥"], "phone", "办理转接核对", by=cast.secretary)
    for _ in range(13):
        actions.unmask(cast.people["乐长亭"], "phone", "=HYPERLINK(联系本人)", by=cast.neighbour)
    actions.unmask(cast.people["单小禾"], "phone", "核对自己的号码", by=cast.member)
    return cast


def test_the_unusual_ones_stand_first(opened: Cast) -> None:
    rows = openings.readers(openings.found(opened.auditor))
    assert [(row.user.username, row.count, row.is_unusual) for row in rows] == [
        ("neighbour", 13, True),
        ("secretary", 2, False),
        ("member", 1, False),
    ]


def test_the_page_names_reason_unit_and_record_but_neither_number_nor_person(opened: Cast, client: Client) -> None:
    html = sign_in(client, opened.auditor).get(PAGE).content.decode()
    for words in ("办理转接核对", "柳溪村第一党支部", f"人员{opened.people['邬春桥'].pk}", "反常", "（本人）"):
        assert words in html
    for words in (PHONE, PHONE[-4:], "邬春桥", "乐长亭"):
        assert words not in html


def test_it_is_filtered_by_who_unit_reason_and_days(opened: Cast, client: Client) -> None:
    sign_in(client, opened.auditor)

    def count(query: str) -> int:
        return client.get(f"{PAGE}?{query}").context["page"].paginator.count

    assert count("") == 16
    assert count("who=neighbour") == 13
    assert count("unit=柳溪") == 3
    assert count("text=自己") == 1
    assert count("first=2999-01-01") == 0
    assert count("last=1999-01-01") == 0
    assert "没有符合的记录" in client.get(f"{PAGE}?who=nobody").content.decode()


def test_it_is_taken_as_a_workbook_in_which_nothing_is_a_formula(opened: Cast, client: Client) -> None:
    answer = sign_in(client, opened.auditor).get(f"{PAGE}file/?who=neighbour")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet.max_row == 14
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert not [cell.value for cell in cells if PHONE in str(cell.value)]
    assert Entry.objects.get(action="access.openings_taken").details == {"rows": 13}


def test_an_auditor_of_a_town_sees_the_town(opened: Cast) -> None:
    from guben.access.models import Grant

    Grant.objects.filter(user=opened.auditor).update(organisation=opened.town)
    assert {entry.user.username for entry in openings.found(opened.auditor)} == {"secretary", "member"}


@pytest.mark.parametrize("who", ["organiser", "secretary", "administrator", "security", "inspector", "stranger"])
def test_nobody_else_reads_it(opened: Cast, client: Client, who: str) -> None:
    for address in (PAGE, f"{PAGE}file/"):
        assert sign_in(client, opened.users[who]).get(address).status_code == 403


def test_the_page_costs_the_same_for_many(opened: Cast, client: Client, django_assert_max_num_queries: object) -> None:
    sign_in(client, opened.auditor).get(PAGE)
    with django_assert_max_num_queries(9):  # type: ignore[operator]
        client.get(PAGE)
