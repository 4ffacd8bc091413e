"""The pages of dues: a clerk's two minutes, a member's own account, sums that tell about nobody, and the command."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guben.access.models import Grant
from guben.cli.main import main
from guben.dues import actions, queries
from guben.dues.actions import Wanted
from guben.dues.models import Balance, Payment, Publication
from guben.members.models import Affiliation
from tests.cast import BRANCH, CITY, NEIGHBOUR_BRANCH, TODAY, TOWN, Cast, sign_in

pytestmark = pytest.mark.django_db
PAGE = f"/dues/{BRANCH}/"


@pytest.fixture
def kept(cast: Cast) -> Cast:
    """The branch keeps dues: everybody a yuan a month, three months paid by one."""
    members = queries.roll(cast.branch, TODAY)
    every = [Wanted(line.person_id, "farmers", 100) for line in members]
    actions.set_standards(cast.branch, 2026, every, from_month=1, by=cast.secretary)
    pk = cast.people["柏守田"].pk
    actions.collect(cast.branch, 2026, [pk], through=3, paid_on=TODAY, by=cast.secretary)
    return cast


def ticked(html: str) -> set[int]:
    return {int(pk) for pk in re.findall(r'name="people" value="(\d+)"[^>]* checked', html)}


def test_who_has_not_paid_is_ticked_and_one_form_notes_them_all(kept: Cast, client: Client) -> None:
    sign_in(client, kept.clerk)
    page = client.get(PAGE).content.decode()
    assert len(ticked(page)) == 9
    paying = ticked(page) - {kept.people["宁远行"].pk}
    answer = client.post(f"{PAGE}collect/", {"people": list(paying), "through": 6, "paid_on": "2026-06-30"})
    assert answer.status_code == 302
    assert ticked(client.get(PAGE).content.decode()) == {kept.people["宁远行"].pk}
    assert "连续5个月没交" in client.get(PAGE).content.decode()


def test_a_wrong_form_says_why_and_keeps_what_was_ticked(kept: Cast, client: Client) -> None:
    sign_in(client, kept.clerk)
    pk = kept.people["柏守田"].pk
    answer = client.post(f"{PAGE}collect/", {"people": [pk], "through": 6, "paid_on": "2026-07-09"})
    assert answer.status_code == 422
    assert "还没有到" in answer.content.decode()
    assert ticked(answer.content.decode()) == {pk}
    stranger = kept.people["苗江月"].pk
    answer = client.post(f"{PAGE}collect/", {"people": [stranger], "through": 6, "paid_on": "2026-06-30"})
    assert answer.status_code == 422
    assert Payment.objects.count() == 1


def test_standards_are_set_in_one_table(cast: Cast, client: Client) -> None:
    sign_in(client, cast.secretary)
    boss, away = cast.people["柏守田"].pk, cast.people["宁远行"].pk
    page = client.get(f"{PAGE}standards/").content.decode()
    assert "月收入只用来算，不保存" in page
    given: dict[str, Any] = {"from_month": 6}
    for line in queries.lines_of(cast.branch, 2026, TODAY):
        given |= {f"band_{line.member.person_id}": "farmers"}
    given |= {f"cents_{boss}": "0.5", f"band_{away}": "wages", f"cents_{away}": "4,000.00"}
    answer = client.post(f"{PAGE}standards/", given)
    assert answer.status_code == 302
    assert dict(Balance.objects.values_list("person", "due_01")) == {boss: 50, away: 4_000}
    answer = client.post(f"{PAGE}standards/", given | {f"cents_{boss}": "很多"})
    assert answer.status_code == 422
    assert "看不懂这个金额" in answer.content.decode()


def test_the_publication_can_be_printed_and_noted(kept: Cast, client: Client) -> None:
    sign_in(client, kept.secretary)
    page = client.get(f"{PAGE}publication/").content.decode()
    assert "107.00" in page  # eight members a whole year, one from February
    assert client.post(f"{PAGE}publication/", {"published_on": "2026-06-30", "way": "公开栏"}).status_code == 302
    assert Publication.objects.get().way == "公开栏"


def test_a_member_reads_the_own_account_and_no_other(kept: Cast, client: Client) -> None:
    own, other = kept.people["单小禾"].pk, kept.people["柏守田"].pk
    sign_in(client, kept.member)
    assert client.get("/dues/")["Location"] == f"/dues/members/{own}/"
    page = client.get(f"/dues/members/{own}/").content.decode()
    assert "12.00" in page
    assert "记一笔交款" not in page
    assert client.get(f"/dues/members/{other}/").status_code == 404
    assert client.get(f"/dues/members/{own}/pay/").status_code == 403


def test_a_payment_is_noted_and_taken_back_on_the_account(kept: Cast, client: Client) -> None:
    sign_in(client, kept.secretary)
    pk = kept.people["敖石匠"].pk
    given = {"kind": "extra", "amount_cents": "1500", "paid_on": "2026-06-01", "note": "自愿"}
    assert client.post(f"/dues/members/{pk}/pay/", given).status_code == 302
    assert "全部上交中央" in client.get(f"/dues/members/{pk}/").content.decode()
    row = Payment.objects.get(kind="extra")
    assert client.post(f"/dues/payments/{row.pk}/correct/", {"reason": "记错了"}).status_code == 302
    assert "冲销" in client.get(f"/dues/members/{pk}/").content.decode()
    assert client.post(f"/dues/payments/{row.pk}/correct/", {"reason": "再来"}).status_code == 422


def test_a_statistician_gets_sums_but_none_of_very_few(kept: Cast, client: Client) -> None:
    sign_in(client, kept.statistician)
    page = client.get(f"/dues/?at={TOWN}").content.decode()
    assert "柳溪村党总支" in page
    assert client.get(PAGE).status_code == 403
    rest = Affiliation.objects.filter(organisation=kept.branch).exclude(person__name__in=["柏守田", "邬春桥"])
    rest.update(until_on="2026-06-01")
    page = client.get(f"/dues/?at={BRANCH}").content.decode()
    assert "不到5名党员" in page
    assert "24.00" not in page


def test_the_branchs_page_takes_a_fixed_number_of_queries(kept: Cast, client: Client) -> None:
    sign_in(client, kept.secretary)
    client.get(PAGE)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(PAGE)
    assert len(few) <= 16, "\n".join(one["sql"][:120] for one in few)
    sign_in(client, kept.organiser)
    with CaptureQueriesContext(connection) as city:
        client.get(f"/dues/?at={CITY}")
    assert len(city) <= 14


@pytest.mark.parametrize("year", ["1999", "2099", "abcd", "²026", "2026'--", ""])
def test_a_year_that_is_not_kept_is_this_year(kept: Cast, client: Client, year: str) -> None:
    sign_in(client, kept.secretary)
    assert "2026年党费" in client.get(PAGE, {"year": year}).content.decode()


def test_the_command_says_the_same(kept: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dues", "show", "--at", BRANCH, "--year", "2026", "--json"]) == 0
    branch = json.loads(capsys.readouterr().out)
    assert branch["sums"]["paid_cents"] == 300
    assert len(branch["members"]) == 9
    assert main(["dues", "show", "--at", CITY, "--json"]) == 0
    city = json.loads(capsys.readouterr().out)
    assert city["sums"]["paid_cents"] == sum(one["sums"]["paid_cents"] for one in city["units"]) == 300
    assert main(["dues", "show", "--at", CITY, "--year", "1990"]) == 1
    assert "out of reach" in capsys.readouterr().err
    assert main(["--as", "neighbour", "dues", "show", "--at", BRANCH]) == 1
    assert main(["--as", "statistician", "dues", "show", "--at", BRANCH, "--json"]) == 0
    assert "members" not in json.loads(capsys.readouterr().out)


def test_findings_about_dues_open_for_who_keeps_them_only(kept: Cast, rules: None, client: Client) -> None:
    for who, status in (("secretary", 200), ("inspector", 403), ("member", 403)):
        sign_in(client, kept.users[who])
        assert client.get(f"/diagnosis/dues-three-months/{BRANCH}/").status_code == 200
        assert client.get(f"/diagnosis/dues-three-months/{BRANCH}/records/").status_code == status, who


def test_a_clerk_of_one_branch_sees_nothing_of_another(kept: Cast, client: Client) -> None:
    sign_in(client, kept.secretary)
    assert client.get(f"/dues/{NEIGHBOUR_BRANCH}/").status_code == 404
    assert client.get(f"/dues/members/{kept.people['苗江月'].pk}/").status_code == 404
    Grant.objects.filter(user=kept.secretary).delete()
    assert client.get(PAGE).status_code == 404
