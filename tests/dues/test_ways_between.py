"""From a person to the dues and back, and from the dues to the scales: what each reader is shown."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from guben.dues import actions, queries
from guben.dues.actions import Wanted
from guben.dues.scales import shipped
from guben.rulebook.views import dues_scales as page
from guben.rulebook_engine.scales import Scales
from tests.cast import TODAY, Cast, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(cast: Cast) -> Cast:
    """Everybody in the branch but one has a standard; one has paid three months."""
    members = [line for line in queries.roll(cast.branch, TODAY) if line.name != "阮新芽"]
    every = [Wanted(line.person_id, "farmers", 100) for line in members]
    actions.set_standards(cast.branch, 2026, every, from_month=1, by=cast.secretary)
    pk = cast.people["柏守田"].pk
    actions.collect(cast.branch, 2026, [pk], through=3, paid_on=TODAY, by=cast.secretary)
    return cast


def person_page(cast: Cast, client: Client, who: str, name: str) -> str:
    response = sign_in(client, cast.users[who]).get(cast.people[name].get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_of_a_person_tells_the_years_balance_to_who_keeps_the_dues(kept: Cast, client: Client) -> None:
    for who in ("secretary", "clerk", "organiser"):
        html = person_page(kept, client, who, "柏守田")
        assert "2026年党费" in html, who
        assert "12.00元" in html
        assert "3.00元" in html
        assert "2个月没交" in html  # April and May are over
        assert f"/dues/members/{kept.people['柏守田'].pk}/?year=2026" in html
    assert "没定标准" in person_page(kept, client, "secretary", "阮新芽")


def test_who_sees_the_person_and_not_the_dues_is_told_nothing_of_them(kept: Cast, client: Client) -> None:
    html = person_page(kept, client, "inspector", "柏守田")
    assert "2026年党费" not in html
    assert "看台账" not in html
    assert "12.00" not in html


def test_a_member_sees_the_own_balance(kept: Cast, client: Client) -> None:
    assert "2026年党费" in person_page(kept, client, "member", "单小禾")


def test_the_account_leads_back_and_to_the_scales(kept: Cast, client: Client) -> None:
    person = kept.people["柏守田"]
    html = sign_in(client, kept.clerk).get(f"/dues/members/{person.pk}/").content.decode()
    assert f'href="{person.get_absolute_url()}"' in html
    assert 'href="/rules/scales/"' in html
    for address in (f"/dues/{kept.branch.code}/", f"/dues/{kept.branch.code}/standards/", "/dues/"):
        assert 'href="/rules/scales/"' in client.get(address, follow=True).content.decode(), address


def test_the_scales_say_bands_issuer_source_dates_and_certainty(cast: Cast, client: Client) -> None:
    html = sign_in(client, cast.secretary).get("/rules/scales/").content.decode()
    for scale in shipped().scales:
        assert scale.title.say("zh") in html
        assert scale.article in html
    for words in (
        "3,000.00以上，到5,000.00（含）",
        "1.5%",
        "10,000.00以上",
        "每月0.20到1.00元",
        "按批复的数",
        "1,000.00元",
        "3个月",
    ):
        assert words in html, words
    for words in ("中央规定", "《关于中国共产党党费收缴、使用和管理的规定》", "2008-04-01起", "已与公布文本的转载核对"):
        assert html.count(words) == 1, words  # said once, because it is the same for all


def test_another_edition_is_told_and_the_one_of_the_day_is_shown(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = shipped()
    farmers = next(scale for scale in known.scales if scale.key == "farmers")
    ended = farmers.model_copy(update={"until_on": date(2026, 1, 1)})
    newer = {"from_on": date(2026, 1, 1), "least_cents": 30, "most_cents": 700, "confidence": "recalled"}
    scales = tuple(one for one in known.scales if one is not farmers)
    more = Scales(scales=(*scales, ended, farmers.model_copy(update=newer)), limits=known.limits)
    monkeypatch.setattr(page, "shipped", lambda: more)
    html = sign_in(client, cast.secretary).get("/rules/scales/").content.decode()
    assert "每月0.30到7.00元" in html
    assert "每月0.20到1.00元" in html.split("别的版本")[1]
    assert "凭记忆" in html
    assert html.count("中央规定") == 8  # not all the same any more: each says its own


def test_a_way_without_dues_is_not_offered(cast: Cast, client: Client) -> None:
    assert "去党费页" in sign_in(client, cast.statistician).get("/rules/scales/").content.decode()
    assert "去党费页" not in sign_in(client, cast.auditor).get("/rules/scales/").content.decode()
    assert sign_in(client, cast.stranger).get("/rules/scales/").status_code == 403
