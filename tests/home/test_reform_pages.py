"""The pages of merger, split and correction: choose, preview, do; no half-done page and no old page does anything."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from guben.members.models import Affiliation
from guben.organisations import actions
from guben.organisations.models import Act, Organisation
from tests.cast import BRANCH, NEIGHBOUR_BRANCH, SMALL_BRANCH, TOWN, Cast, sign_in

MERGE, SPLIT = reverse("home:merge", args=[BRANCH]), reverse("home:split", args=[BRANCH])


@pytest.fixture
def page(cast: Cast, client: Client) -> Client:
    return sign_in(client, cast.clerk)


def merging(cast: Cast, **more: Any) -> dict[str, Any]:
    return {
        "with": [SMALL_BRANCH], "heir": "new", "name": "柳溪村联合党支部", "short_name": "联合支部", "code": "99000010120188",
        "kind": "branch", "field": "rural", "effective_on": "2026-06-01", "paper": "青党复〔2026〕8号", "note": "村改",
        f"posts_{cast.branch.pk}": "carry", "keep_groups": "on", "step": "preview",
    } | more  # fmt: skip


def test_the_first_page_offers_the_neighbours_and_no_stranger(page: Client) -> None:
    text = page.get(MERGE).content.decode()
    assert "柳溪村第二支部" in text
    assert "滨河社区" not in text
    assert page.get(MERGE, {"q": "滨河"}).content.decode().count("candidate-list") == 0
    assert page.get(MERGE, {"with": NEIGHBOUR_BRANCH}).content.decode().count('name="heir"') == 0


def test_choose_preview_do(page: Client, cast: Cast) -> None:
    form = page.get(MERGE, {"with": SMALL_BRANCH})
    assert 'name="heir"' in form.content.decode()
    preview = page.post(MERGE, merging(cast))
    assert preview.status_code == 200
    assert preview.context["problems"] == []
    assert not Organisation.objects.filter(code="99000010120188").exists()
    done = page.post(MERGE, merging(cast, step="do", stamp=preview.context["stamp"]))
    assert done.status_code == 302
    assert done["Location"] == "/organisations/99000010120188/"
    history = page.get(reverse("organisations:history", args=["99000010120188"])).content.decode()
    assert "由以下组织合并而来" in history
    assert "青党复〔2026〕8号" in history
    assert "并入" in page.get(reverse("organisations:history", args=[BRANCH])).content.decode()


def test_an_old_page_does_nothing(page: Client, cast: Cast) -> None:
    stamp = page.post(MERGE, merging(cast)).context["stamp"]
    Affiliation.objects.filter(person=cast.people["俞大坝"]).update(until_on="2026-05-01")
    answer = page.post(MERGE, merging(cast, step="do", stamp=stamp))
    assert answer.status_code == 422
    assert "又变过" in answer.content.decode()
    assert not Organisation.objects.filter(code="99000010120188").exists()
    for stamp in ("", "x", "0" * 20):
        assert page.post(MERGE, merging(cast, step="do", stamp=stamp)).status_code == 422


@pytest.mark.parametrize(
    "change",
    [
        {"effective_on": "x"}, {"effective_on": "2999-01-01"}, {"code": "坏 码"}, {"name": ""}, {"heir": "999999"},
        {"kind": "nonsense"}, {"paper": ""}, {"note": ""}, {"code": BRANCH},
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_done(page: Client, cast: Cast, change: dict[str, str]) -> None:
    answer = page.post(MERGE, merging(cast, **change))
    assert answer.status_code == 422
    assert Organisation.objects.count() == 9


def splitting(cast: Cast, **more: Any) -> dict[str, Any]:
    return {
        "stays": "on", "name_1": "柳溪村第三党支部", "short_1": "第三党支部", "code_1": "99000010120103", "all_posts": "0",
        f"group_{cast.groups[0].pk}": "0", f"group_{cast.groups[1].pk}": "1", "effective_on": "2026-06-01",
        "paper": "青党复〔2026〕9号", "note": "人多", "step": "fill",
    } | more  # fmt: skip


def chosen(answer: Any) -> dict[str, str]:
    return {field.name: field.value() for _row, field in answer.context["form"].rows()}


def test_a_split_by_groups_and_by_a_list_of_names(page: Client, cast: Cast) -> None:
    filled = page.post(SPLIT, splitting(cast, list_1="曾望川\n查无此人"))
    places = chosen(filled)
    assert filled.context["unknown"] == ["查无此人"]
    assert places[f"person_{cast.people['曾望川'].pk}"] == "1"
    assert places[f"person_{cast.people['柏守田'].pk}"] == "0"
    preview = page.post(SPLIT, splitting(cast) | chosen(page.post(SPLIT, splitting(cast))) | {"step": "preview"})
    assert preview.status_code == 200, preview.context["problems"]
    data = splitting(cast) | chosen(page.post(SPLIT, splitting(cast)))
    done = page.post(SPLIT, data | {"step": "do", "stamp": preview.context["stamp"]})
    assert done.status_code == 302
    assert Affiliation.objects.filter(organisation__code="99000010120103", until_on=None).count() == 4


def test_who_is_left_over_is_named(page: Client, cast: Cast) -> None:
    answer = page.post(SPLIT, splitting(cast, step="preview", all_posts="1"))
    assert answer.status_code == 422
    assert "没有分到组织" in answer.content.decode()
    assert all(line.number >= 0 for line in answer.context["counts"]), "what goes along does not end as well"


def test_a_wrong_rename_is_corrected_on_the_page(page: Client, cast: Cast) -> None:
    act = actions.rename(cast.branch, short_name="写错了", effective_on=cast.today, by=cast.clerk)
    url = reverse("organisations:correct", args=[act.pk])
    assert page.get(url).status_code == 200
    assert page.post(url, {"how": "undo", "reason": ""}).status_code == 422
    assert page.post(url, {"how": "redate", "reason": "错"}).status_code == 422
    assert page.post(url, {"how": "undo", "reason": "名称看错"}).status_code == 302
    text = page.get(reverse("organisations:history", args=[BRANCH])).content.decode()
    assert "已更正" in text
    assert "名称看错" in text
    assert Act.objects.get(corrects=act).kind == "correct"


def test_a_branch_secretary_finds_no_such_menu(cast: Cast, client: Client) -> None:
    sign_in(client, cast.secretary)
    assert "/merge/" not in client.get(f"/organisations/{BRANCH}/").content.decode()
    assert client.get(reverse("home:merge", args=[TOWN])).status_code == 404


STRANGE = ["abc", "-1", "\x00", "9999-12-31", "%' OR 1=1 --", "长" * 5000]


@pytest.mark.parametrize("value", STRANGE)
def test_no_strange_value_breaks_a_step_or_does_anything(page: Client, cast: Cast, value: str) -> None:
    """Every field of both forms in turn, and every step."""
    for url, data in ((MERGE, merging(cast)), (SPLIT, splitting(cast))):
        for number, name in enumerate(sorted({*data, "step", "stamp"} - {"note", "paper"})):
            step = ("preview", "do", "fill")[number % 3]
            answer = page.post(url, {**data, "step": step, "stamp": value, name: value})
            assert answer.status_code in (200, 400, 422), (step, name)
    assert Organisation.objects.count() == 9
    assert not Act.objects.exclude(kind="found").exists()
