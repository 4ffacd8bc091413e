"""The pages of establishments: lists, one of them, the forms, names for those who see members only, the command."""

from __future__ import annotations

import io
import json
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from guben.cli.main import main
from guben.establishments import actions
from guben.establishments.models import Cover, Establishment
from guben.members.models import Affiliation
from tests.cast import BRANCH, CITY, NEIGHBOUR_BRANCH, VILLAGE, Cast, sign_in

pytestmark = pytest.mark.django_db
SINCE = date(2020, 1, 1)


@pytest.fixture
def firm(cast: Cast) -> Establishment:
    """A firm with one member."""
    one = actions.register(cast.village, from_on=SINCE, by=cast.clerk, name="青石五金厂", kind="non_public_enterprise")
    actions.link(one, cast.people["邬春桥"], from_on=SINCE, by=cast.clerk)
    return one


def test_a_clerk_registers_an_establishment_and_covers_it(cast: Cast, client: Client) -> None:
    sign_in(client, cast.clerk)
    given = {"name": "柳溪磨坊", "kind": "non_public_enterprise", "uscc": "123", "from_on": "2024-01-01"}
    answer = client.post(f"/establishments/add/{VILLAGE}/", given)
    assert answer.status_code == 422
    assert "校验位" in answer.content.decode()
    answer = client.post(f"/establishments/add/{VILLAGE}/", given | {"uscc": ""})
    one = Establishment.objects.get()
    assert answer["Location"] == f"/establishments/{one.pk}/"
    assert "派党建指导员" in client.get(answer["Location"]).content.decode()
    answer = client.post(f"/establishments/{one.pk}/cover/", {"organisation": BRANCH, "from_on": "2024-02-01"})
    assert answer.status_code == 302
    assert Cover.objects.get().organisation == cast.branch
    answer = client.post(
        f"/establishments/{one.pk}/cover/", {"organisation": NEIGHBOUR_BRANCH, "from_on": "2024-03-01"}
    )
    assert answer.status_code == 422
    assert client.post(f"/establishments/{one.pk}/uncover/", {"on": "2026-06-30"}).status_code == 302
    assert client.post(f"/establishments/{one.pk}/end/", {"on": "2026-06-30"}).status_code == 302
    assert "柳溪磨坊" not in client.get(f"/establishments/?at={VILLAGE}").content.decode()


def test_members_are_linked_by_name(cast: Cast, firm: Establishment, client: Client) -> None:
    sign_in(client, cast.clerk)
    page = client.get(f"/establishments/{firm.pk}/link/?q=牟").content.decode()
    assert "牟青山" in page
    assert "柏守田" not in page
    pk = cast.people["牟青山"].pk
    answer = client.post(f"/establishments/{firm.pk}/link/?q=牟", {"person": pk, "from_on": "2026-06-01"})
    assert answer.status_code == 302
    assert "牟青山" in client.get(f"/establishments/{firm.pk}/").content.decode()
    stranger = cast.people["苗江月"].pk
    answer = client.post(f"/establishments/{firm.pk}/link/", {"person": stranger, "from_on": "2026-06-01"})
    assert answer.status_code == 422


def test_names_open_only_for_who_sees_members(cast: Cast, firm: Establishment, client: Client) -> None:
    actions.send_instructor(firm, cast.people["敖石匠"], from_on=SINCE, by=cast.clerk)
    sign_in(client, cast.statistician)
    page = client.get(f"/establishments/{firm.pk}/").content.decode()
    assert "邬春桥" not in page
    assert "敖石匠" not in page
    assert "已知的党员人数太少，不单独显示。" in page
    assert client.get("/establishments/members-without-branch/").status_code == 403
    sign_in(client, cast.inspector)
    page = client.get(f"/establishments/{firm.pk}/").content.decode()
    assert "邬春桥" in page
    assert "不在这里了" not in page


def test_a_neighbour_learns_nothing(cast: Cast, firm: Establishment, client: Client) -> None:
    sign_in(client, cast.neighbour)
    for address in (
        f"/establishments/{firm.pk}/",
        f"/establishments/?at={VILLAGE}",
        f"/establishments/{firm.pk}/link/",
    ):
        assert client.get(address).status_code == 404, address
    assert "青石五金厂" not in client.get("/establishments/").content.decode()


def test_the_list_is_narrowed_and_exported(cast: Cast, firm: Establishment, client: Client) -> None:
    actions.register(cast.village, from_on=SINCE, by=cast.clerk, name="=1+1商会", kind="social_organisation")
    sign_in(client, cast.clerk)
    for query, shown in (
        ("step=join", ["青石五金厂"]),
        ("kind=social_organisation", ["=1+1商会"]),
        ("covered=yes", []),
    ):
        page = client.get(f"/establishments/?at={VILLAGE}&{query}").content.decode()
        assert [name for name in ("青石五金厂", "=1+1商会") if name in page] == shown
    answer = client.post(f"/establishments/export/?at={VILLAGE}")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows())
    assert {row[0].value for row in rows[1:]} == {"青石五金厂", "=1+1商会"}
    assert {row[0].data_type for row in rows} == {"s"}


def test_the_list_takes_a_fixed_number_of_queries(cast: Cast, firm: Establishment, client: Client) -> None:
    sign_in(client, cast.organiser)
    address = f"/establishments/?at={CITY}"
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(30):
        actions.register(cast.village, from_on=SINCE, by=cast.clerk, name=f"店{number}", kind="new_field")
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few) <= 12


def test_members_without_a_branch_are_listed_with_the_step(cast: Cast, client: Client) -> None:
    pk = cast.people["柏守田"].pk
    Affiliation.objects.filter(person=pk).update(until_on=date(2026, 3, 1))
    sign_in(client, cast.clerk)
    page = client.get("/establishments/members-without-branch/").content.decode()
    assert "柏守田" in page
    assert f"/members/{pk}/branch/" in page
    assert client.get(f"/members/{pk}/branch/").status_code == 200


def test_the_command_lists_the_steps(cast: Cast, firm: Establishment, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["coverage", "--at", CITY, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["total"], told["covered"]) == (1, 0)
    assert told["establishments"][0]["step"] == "join"
    assert "第五条" in told["establishments"][0]["source"]
    assert main(["--as", "neighbour", "coverage", "--at", VILLAGE]) == 1


def test_the_finding_leads_to_the_establishment(cast: Cast, firm: Establishment, rules: None, client: Client) -> None:
    sign_in(client, cast.clerk)
    page = client.get(f"/diagnosis/establishments-without-joint-branch/{VILLAGE}/records/").content.decode()
    assert f"/establishments/{firm.pk}/" in page
