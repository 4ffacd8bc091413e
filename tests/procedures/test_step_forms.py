"""The form of a step: its papers come with it, groups are chosen, and the worst that can be sent changes nothing."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from guben.kit.errors import DomainError
from guben.meetings.models import Meeting
from guben.members.models import Affiliation, Stage
from guben.procedures import actions, effects, errors
from guben.procedures.models import Case, Entry, Paper
from tests.cast import BRANCH, SMALL_BRANCH, Cast, sign_in
from tests.procedures import cases

pytestmark = pytest.mark.usefixtures("rules", "procedures")

PDF = b"%PDF-1.7 plan"
GROUPS = """
[rulebook]
key        = "test-procedures"
title      = { zh = "试验程序", en = "Procedures to try" }
source     = "试验办法"
confidence = "proposed"
from       = 2000-01-01

[[procedure]]
key     = "grouping"
title   = { zh = "编组", en = "Grouping" }
who     = "kind = 'branch'"
subject = "person"
article = "第二十九条"

[[procedure.step]]
key    = "group"
kind   = "form"
title  = { zh = "编入党小组", en = "Into a group" }
by     = ["secretary"]
effect = "test-fails"
field  = [{ key = "group", title = { zh = "党小组", en = "Group" }, type = "group", required = false }]
"""


def address(case: Case, name: str = "take") -> str:
    return reverse(f"procedures:{name}", args=[case.pk])


@pytest.fixture
def planless(cast: Cast) -> Case:
    """A hall's case that lacks its plan, since 2026-06-02."""
    case = cases.hall(cast, begun_on=date(2026, 6, 1))
    cases.take(case, "ask", date(2026, 6, 2), cast.secretary, values={"people": 3, "when": cast.today})
    case.refresh_from_db()
    return case


def test_a_missing_paper_comes_with_its_step(cast: Cast, client: Client, planless: Case) -> None:
    sign_in(client, cast.secretary)
    shown = client.get(planless.get_absolute_url()).content.decode()
    assert 'enctype="multipart/form-data"' in shown
    assert "补上材料：活动方案" in shown
    assert 'href="#id_paper-plan"' in shown

    sent = {"step": "hand-in", "after": "1", "outcome": "done", "done_on": "2026-06-03"}
    for without in ({}, {"paper-plan": " "}, {"paper-plan-file": SimpleUploadedFile("a.exe", b"MZ")}):
        answer = client.post(address(planless), sent | without)
        assert answer.status_code == 422
        assert not Paper.objects.exists()
    answer = client.post(address(planless), sent | {"paper-plan": "文件柜", "paper-plan-on": "2026-06-02"})
    assert answer.status_code == 302
    paper = Paper.objects.get()
    assert (paper.kept_where, paper.dated_on, paper.entry) == (
        "文件柜", date(2026, 6, 2), Entry.objects.get(step="hand-in")
    )  # fmt: skip


def test_a_paper_stays_when_its_step_is_refused(cast: Cast, client: Client, planless: Case) -> None:
    """A chosen file can't be shown again, so it is kept: the page asks for it no longer."""
    sign_in(client, cast.secretary)
    sent = {"step": "hand-in", "after": "1", "outcome": "done"}
    file = {"paper-plan-file": SimpleUploadedFile("plan.pdf", PDF), "paper-plan-on": "2026-06-03"}
    answer = client.post(address(planless), sent | {"done_on": "2026-06-01"} | file)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="2026-06-01"' in shown
    assert "已收下“活动方案”。" in shown
    assert "补上材料" not in shown
    assert Paper.objects.get().digest
    assert client.post(address(planless), sent | {"done_on": "2026-06-03"}).status_code == 302
    assert Paper.objects.count() == 1


def test_a_step_stands_on_no_paper_of_a_later_day(cast: Cast, planless: Case) -> None:
    actions.hand_in(planless, "plan", by=cast.secretary, kept_where="柜", dated_on=date(2026, 6, 5))
    with pytest.raises(errors.PaperLater, match="第四条：“活动方案”落款6月5日"):
        cases.take(planless, "hand-in", date(2026, 6, 4), cast.secretary)
    entry = cases.take(planless, "hand-in", date(2026, 6, 5), cast.secretary)
    with pytest.raises(errors.PaperLater):
        actions.correct(entry, done_on=date(2026, 6, 4), reason="早一天", by=cast.secretary)


def test_a_group_is_chosen_and_what_an_effect_refuses_names_the_article(cast: Cast, client: Client) -> None:
    def refuse(_case: object, values: object, _on: date) -> None:
        raise DomainError(f"说不通：{values}")

    effects.register("test-fails", lambda case, entry, by: None, check=refuse)
    cases.install(GROUPS)
    person = cast.people["单小禾"]
    case = actions.begin("grouping", cast.branch, by=cast.secretary, person=person)
    sign_in(client, cast.secretary)
    shown = client.get(case.get_absolute_url()).content.decode()
    assert 'value="第二党小组"' in shown
    sent = {"step": "group", "after": "0", "outcome": "done", "done_on": cast.today.isoformat()}
    answer = client.post(address(case), sent | {"f-group": "没有的组"})
    assert "这个组织没有这个党小组" in answer.content.decode()
    with pytest.raises(errors.FieldWrong, match="第二十九条：“党小组”"):
        cases.take(case, "group", cast.today, cast.secretary, values={"group": "没有的组"})
    with pytest.raises(DomainError, match="^第二十九条：说不通：{'group': '第二党小组'}$"):
        cases.take(case, "group", cast.today, cast.secretary, values={"group": "第二党小组"})


def test_who_is_a_member_already_is_not_offered_and_told_why(cast: Cast, client: Client) -> None:
    full, gone, other = cast.people["单小禾"], cast.people["敖石匠"], cast.people["阮新芽"]
    Affiliation.objects.filter(person=gone).update(organisation=cast.units[SMALL_BRANCH])
    address, asked = reverse("procedures:start"), {"at": BRANCH, "procedure": "development"}
    sign_in(client, cast.secretary)
    shown = client.get(address, asked | {"q": "单小禾"}).content.decode()
    assert f'value="{full.pk}"' not in shown
    assert "现在是“正式党员”。“发展党员”只给这样的人办：" in shown
    Affiliation.objects.create(
        person=gone, organisation=cast.branch, from_on=date(2020, 1, 1), until_on=date(2021, 1, 1)
    )
    assert "敖石匠</strong>：组织关系" in client.get(address, asked | {"q": "敖石匠"}).content.decode()
    Stage.objects.filter(person=other, until_on=None).update(kind="activist")
    assert "在名单里，直接选。" in client.get(address, asked | {"q": "阮新芽"}).content.decode()
    assert "没有叫“苗江月”的人" in client.get(address, asked | {"q": "苗江月"}).content.decode()  # of another town
    for odd in ("苗" * 5000, "%_"):
        assert client.get(address, asked | {"q": odd}).status_code == 200


def test_a_vote_leads_to_its_meeting_filled_in(cast: Cast, client: Client) -> None:
    case = cases.named(cast)
    sign_in(client, cast.secretary)
    shown = client.get(case.get_absolute_url()).content.decode()
    link = next(part for part in shown.split('"') if part.startswith(reverse("meetings:record"))).replace("&amp;", "&")
    form = client.get(link).content.decode()
    assert 'value="支部大会：单小禾"' in form
    assert f'value="{cast.today.isoformat()}"' in form
    back = f"{case.get_absolute_url()}?step=vote&recorded=1#step-title"
    assert f'name="next" value="{back.replace("&", "&amp;")}"' in form
    cases.meeting(cast, date(2026, 4, 8))
    sent = {
        "form": "member_meeting",
        "held_on": "2026-06-30",
        "topic": "支部大会：单小禾",
        "counts_for": "",
        "next": back,
    }
    answer = client.post(link, sent, follow=True)
    newest = Meeting.objects.order_by("-pk").first()
    assert newest is not None
    assert newest.held_on == cast.today
    assert f'<option value="{newest.pk}" selected>' in answer.content.decode()


DAYS = ("", "0001-01-01", "9999-12-31", "2026-02-30", "6月2日", "1" * 100_000)
NUMBERS = ("", "-1", "0", "1000000000000", "9" * 5000, "1e9", "🙂")
TEXTS = ("a\0b", "a\x07b", "字" * 100_000)


def test_the_worst_that_can_be_sent_is_refused_with_a_sentence(cast: Cast, client: Client) -> None:
    """Whatever is typed or forged: no step is taken, nothing breaks, and what was typed comes back."""
    hall, named = cases.hall(cast, begun_on=date(2026, 6, 1)), cases.named(cast)
    trial = cases.trial(cast, "邬春桥", begun_on=date(2026, 2, 20))
    ask = {
        "step": "ask",
        "after": "0",
        "outcome": "done",
        "done_on": "2026-06-02",
        "f-people": "30",
        "f-when": "2026-06-20",
    }
    name = {"step": "name", "after": "0", "outcome": "done", "done_on": "2026-03-01"}
    count = {
        "step": "vote",
        "meeting": "",
        "teller": "",
        "cast": "1",
        "in_favour": "1",
        "against": "0",
        "abstained": "0",
        "invalid": "0",
    }
    worst = [(hall, "take", ask | {"done_on": day}) for day in DAYS]
    worst += [(hall, "take", ask | {"f-when": day}) for day in DAYS if day != "9999-12-31"]
    worst += [(hall, "take", ask | {"f-people": number}) for number in NUMBERS]
    worst += [(hall, "take", ask | {"after": number}) for number in ("", "-1", "1000000000000")]
    worst += [(hall, "take", ask | {"outcome": odd}) for odd in ("", "agreed", *TEXTS)]
    others = (cast.people["苗江月"].pk, trial.person_id, 10**12, -1, "x")
    worst += [(trial, "take", name | {"f-mentors": one}) for one in others]
    worst += [(named, "count", count | {"teller": one, "meeting": one}) for one in others]
    worst += [(hall, "hand_in", {"key": "plan", "dated_on": "2026-06-02", "kept_where": text}) for text in TEXTS]
    before, sign = Entry.objects.count(), sign_in(client, cast.secretary)
    for case, view, sent in worst:
        answer = sign.post(address(case, view), sent)
        told = (view, [(key, str(value)[:20]) for key, value in sent.items()])
        assert answer.status_code == (400 if any("\0" in str(value) for value in sent.values()) else 422), told
    assert Entry.objects.count() == before
    assert Paper.objects.filter(case=hall).count() == 0
    shown = sign.post(address(hall), ask | {"f-people": "1000000000000"}).content.decode()
    assert 'value="1000000000000"' in shown
    assert 'value="2026-06-20"' in shown
