from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from guben.rulebook.models import Draft, Edition
from guben.rulebook.queries import library
from tests.cast import BRANCH, STREET, TOWN, VILLAGE, Cast, sign_in
from tests.cast import NEIGHBOUR_BRANCH as STREET_BRANCH
from tests.rulebook.local import DUTY, FIGURE, KEY, LINE, amended, drafted, issued
from tests.rulebook.test_issuing import TEXT, pasted

pytestmark = pytest.mark.usefixtures("rules")


def write(client: Client, kind: str, typed: dict[str, Any], at: str = TOWN, over: str = "") -> Any:
    return client.post(f"{reverse('rulebook:new')}?form={kind}&at={at}&over={over}", typed)


def test_a_duty_is_written_looked_at_and_issued(client: Client, cast: Cast) -> None:
    sign_in(client, cast.organiser)
    answer = write(client, "duty", DUTY)
    draft = Draft.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("rulebook:draft", args=[draft.pk]))

    page = client.get(reverse("rulebook:draft", args=[draft.pk])).content.decode()
    assert "会管到<strong>3</strong>个组织" in page
    assert "合计一年约<strong>18</strong>小时" in page
    assert "用去年以来的记录试算" in page
    client.post(reverse("rulebook:issue", args=[draft.pk]), {"version": draft.version})

    shown = client.get(reverse("rulebook:rule", args=[KEY])).content.decode()
    assert "还没施行" in shown
    assert "中共青石镇委员会 青党发〔2026〕12号" in shown
    assert "只管青石镇党委和它的下级" in shown


def test_a_draft_is_tried_on_the_records(client: Client, cast: Cast) -> None:
    sign_in(client, cast.organiser)
    draft = drafted(cast, "standard", FIGURE | LINE)
    trial = client.get(reverse("rulebook:draft", args=[draft.pk])).context["trial"]

    answer = client.post(reverse("figures:what_if"), {"at": TOWN, "text": trial, "on": "2026-06-30"})
    if answer.status_code == 422:  # only the units of one's own choice list may be named
        answer = client.post(f"{reverse('figures:what_if')}?at={TOWN}", {"at": TOWN, "text": trial, "on": "2026-06-30"})

    assert answer.status_code == 302


def test_mistakes_stand_beside_their_fields_and_nothing_is_kept(client: Client, cast: Cast) -> None:
    sign_in(client, cast.organiser)
    answer = write(client, "duty", {**DUTY, "title_zh": "", "minutes": "-3", "from_on": "2026-01-01"})

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"title_zh", "minutes"}
    answer = write(client, "duty", {**DUTY, "from_on": "2026-01-01"})
    assert "制度只往后管" in answer.context["form"].errors["from_on"][0]
    assert not Draft.objects.exists()


def test_a_file_is_uploaded_as_it_is_pasted(client: Client, cast: Cast) -> None:
    sign_in(client, cast.organiser)
    file = SimpleUploadedFile("x.toml", TEXT.format(key=f"old-{TOWN}").encode("utf-8-sig"))
    assert write(client, "text", {**pasted(""), "file": file}).status_code == 302
    assert Draft.objects.get().title == "题"
    for content in (b"\xff\xfe\x00", "题".encode("gb18030"), b"\x00" * 10, b"", b"x" * 200_000):
        answer = write(client, "text", {**pasted(""), "file": SimpleUploadedFile("x.toml", content)})
        assert answer.status_code == 422


def test_the_lines_of_a_pasted_file_are_named(client: Client, cast: Cast) -> None:
    sign_in(client, cast.organiser)
    answer = write(client, "text", pasted(TEXT.format(key=f"old-{TOWN}").replace("value <= 0.8", "worth <= 0.8")))

    fault = answer.context["form"].errors["text"][0]
    assert fault.startswith("第14行：事实表“organisation”里没有“worth”这一列。")
    assert "numerator" in fault


def test_a_draft_is_found_again_and_changed(client: Client, cast: Cast) -> None:
    sign_in(client, cast.organiser)
    draft = drafted(cast, "standard", FIGURE | LINE)
    assert draft.title in client.get(reverse("rulebook:drafts")).content.decode()

    page = client.get(reverse("rulebook:edit_draft", args=[draft.pk])).content.decode()
    assert 'value="正式党员"' in page
    typed = FIGURE | LINE | {"line": "25", "version": draft.version}
    assert client.post(reverse("rulebook:edit_draft", args=[draft.pk]), typed).status_code == 302
    assert "0.25" in Draft.objects.get().text
    answer = client.post(reverse("rulebook:edit_draft", args=[draft.pk]), typed)  # the second of two at once
    assert answer.status_code == 422
    assert "刚被改过" in answer.content.decode()


def test_issuing_without_having_read_the_draft_is_refused(client: Client, cast: Cast) -> None:
    sign_in(client, cast.organiser)
    draft = drafted(cast)
    for version in ("", "0", "2", "x", "9" * 30):
        answer = client.post(reverse("rulebook:issue", args=[draft.pk]), {"version": version})
        assert answer.status_code == 422
    assert not Edition.objects.exists()


def test_a_draft_of_others_is_not_there(client: Client, cast: Cast) -> None:
    draft = drafted(cast)
    for who in (cast.secretary, cast.neighbour, cast.clerk, cast.administrator):
        sign_in(client, who)
        for name in ("draft", "edit_draft", "draft_file"):
            assert client.get(reverse(f"rulebook:{name}", args=[draft.pk])).status_code == 404
        for name in ("issue", "drop_draft"):
            assert client.post(reverse(f"rulebook:{name}", args=[draft.pk]), {"version": 1}).status_code == 404
    assert Draft.objects.count() == 1


def test_a_secretary_writes_for_the_own_branch_only(client: Client, cast: Cast) -> None:
    sign_in(client, cast.secretary)

    assert write(client, "duty", DUTY, at=BRANCH).status_code == 302
    for code in (VILLAGE, TOWN, STREET, "nothing"):
        assert write(client, "duty", DUTY, at=code).status_code == 404
    assert [draft.organisation.code for draft in Draft.objects.all()] == [BRANCH]


def test_a_local_rule_is_shown_to_those_it_binds_and_those_above(client: Client, cast: Cast) -> None:
    issued(cast, from_on=date(2026, 6, 30))
    for who in (cast.organiser, cast.clerk, cast.secretary, cast.member, cast.auditor):
        sign_in(client, who)
        assert client.get(reverse("rulebook:rule", args=[KEY])).status_code == 200
        assert KEY in client.get(reverse("rulebook:list")).content.decode()
    sign_in(client, cast.neighbour)
    for address in (
        reverse("rulebook:rule", args=[KEY]),
        reverse("rulebook:rule_file", args=[KEY]),
        reverse("rulebook:end", args=[KEY]),
    ):
        assert client.get(address).status_code == 404
    assert client.post(reverse("rulebook:amend", args=[KEY])).status_code == 404
    assert client.get(reverse("figures:why", args=[KEY, STREET_BRANCH])).status_code == 404
    assert KEY not in client.get(reverse("figures:what_if")).content.decode()
    assert client.get(reverse("figures:what_if"), {"rule": KEY}).status_code == 404
    assert KEY not in client.get(reverse("rulebook:list")).content.decode()
    assert "青石" not in client.get(f"{reverse('rulebook:list')}?state=all").content.decode()


def test_amending_opens_a_filled_form_and_the_page_compares_any_two_editions(client: Client, cast: Cast) -> None:
    sign_in(client, cast.organiser)
    edition = issued(cast, from_on=date(2026, 6, 30))
    answer = client.post(reverse("rulebook:amend", args=[KEY]), follow=True)
    assert "支部每月议一次安全" in answer.content.decode()
    draft = Draft.objects.get()
    assert (draft.amends, draft.paper) == (KEY, "")
    refused = client.post(reverse("rulebook:issue", args=[draft.pk]), {"version": draft.version})
    assert "还没有写文号" in refused.content.decode()
    client.post(reverse("rulebook:drop_draft", args=[draft.pk]))

    amended(cast, edition, minutes="45")
    amended(cast, edition, minutes="60", from_on="2026-10-01")
    page = client.get(reverse("rulebook:rule", args=[KEY]), {"old": "2026-06-30", "new": "2026-10-01"})
    assert [one.from_on for one in page.context["pair"]] == [date(2026, 6, 30), date(2026, 10, 1)]
    assert "<del>3</del>0" in page.content.decode()
    for old, new in (("x", "y"), ("2026-10-01", "2026-10-01"), ("2026-10-01", "2026-06-30")):
        page = client.get(reverse("rulebook:rule", args=[KEY]), {"old": old, "new": new})
        first, second = page.context["pair"]
        assert first.from_on < second.from_on


def test_a_rule_is_ended_and_an_edition_withdrawn_on_its_page(client: Client, cast: Cast) -> None:
    sign_in(client, cast.organiser)
    edition = issued(cast, from_on=date(2026, 6, 30))
    later = amended(cast, edition, minutes="45")
    end = reverse("rulebook:end", args=[KEY])
    assert client.post(end, {"until_on": "2026-08-01", "paper": "文"}).status_code == 422
    assert client.post(reverse("rulebook:withdraw", args=[later.pk])).status_code == 302
    assert client.post(end, {"until_on": "", "paper": ""}).status_code == 422
    assert client.post(end, {"until_on": "2026-08-01", "paper": "青党发〔2026〕30号"}).status_code == 302

    page = client.get(reverse("rulebook:rule", args=[KEY])).content.decode()
    assert "到2026-08-01为止" in page
    assert "废止文号 青党发〔2026〕30号" in page
    assert "撤回过" in page


def test_the_file_of_a_rule_is_read_by_the_engine_again(client: Client, cast: Cast) -> None:
    sign_in(client, cast.organiser)
    amended(cast, issued(cast), minutes="45")
    answer = client.get(reverse("rulebook:rule_file", args=[KEY]))

    assert answer.headers["Content-Disposition"] == f'attachment; filename="{KEY}.toml"'
    assert answer.content.decode().count("[[duty]]") == 2


def test_the_list_is_filtered_by_issuer_family_and_state_and_exported(client: Client, cast: Cast) -> None:
    sign_in(client, cast.organiser)
    issued(cast)
    address = reverse("rulebook:list")

    def keys(**asked: str) -> set[str]:
        return {one.rule.key for family in client.get(address, asked).context["families"] for one in family.rules}

    assert KEY not in keys()
    assert keys(state="to_come") == {KEY}
    assert keys(state="all", issuer="local") == {KEY}
    assert keys(state="all", family=TOWN) == {KEY}
    assert "theme-day" in keys(family="organisational-life", kind="duty")
    assert not keys(issuer="local")
    answer = client.get(address, {"export": "xlsx", "state": "all"})
    assert answer.headers["Content-Type"].endswith("spreadsheetml.sheet")


def test_an_expression_is_checked_while_it_is_written(client: Client, cast: Cast) -> None:
    sign_in(client, cast.organiser)
    address = reverse("rulebook:check_expression")

    assert "读得懂" in client.get(address, {"over": "member", "where_text": "age > 3"}).content.decode()
    assert "没有“agee”这一列" in client.get(address, {"over": "member", "where_text": "agee > 3"}).content.decode()
    wrong = client.get(address, {"over": "member", "wanted": "figure", "value_text": "age"}).content.decode()
    assert "mean(age)" in wrong
    assert "field-error" not in client.get(address, {"over": "nothing", "x": "age"}).content.decode()
    strange = client.get(address, {"over": "member", "x": "age > '<script>"}).content.decode()
    assert "<script>" not in strange


def test_every_kind_of_form_opens(client: Client, cast: Cast) -> None:
    sign_in(client, cast.organiser)
    for kind in ("duty", "line", "standard", "indicator", "text"):
        for over in ("", "post", "nothing"):
            answer = client.get(reverse("rulebook:new"), {"form": kind, "at": TOWN, "over": over})
            assert answer.status_code == 200
    assert client.get(reverse("rulebook:new"), {"form": "king"}).status_code == 302


def test_a_rule_of_a_branch_counts_in_no_other(client: Client, cast: Cast) -> None:
    sign_in(client, cast.secretary)
    write(client, "duty", {**DUTY, "from_on": "2026-06-30"}, at=BRANCH)
    draft = Draft.objects.get()
    client.post(reverse("rulebook:issue", args=[draft.pk]), {"version": 1})

    rule = library().get(f"safety-talk-{BRANCH}", cast.today)
    assert rule is not None
    assert rule.issued_by == BRANCH
