"""The pages of the tree and of a unit's own records, through the browser's door."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from guben.audit.models import Entry
from guben.members.models import Affiliation
from guben.organisations import actions
from guben.organisations.actions import NewUnit
from guben.organisations.models import Group, Organisation, Post, Site, Team
from tests.cast import (
    BRANCH,
    CITY,
    COMMUNITY,
    FOUNDED,
    NEIGHBOUR_BRANCH,
    OTHER_VILLAGE,
    STREET,
    TODAY,
    TOWN,
    VILLAGE,
    Cast,
    sign_in,
)


def page(client: Client, who: Any, name: str, /, *args: Any, **query: Any) -> Any:
    return sign_in(client, who).get(reverse(f"organisations:{name}", args=args), query)


def post(client: Client, who: Any, name: str, /, *args: Any, **data: Any) -> Any:
    return sign_in(client, who).post(reverse(f"organisations:{name}", args=args), data)


def queries_of(client: Client, who: Any, name: str, *args: Any) -> int:
    """How many queries a page takes, once one is signed in."""
    page(client, who, name, *args)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(reverse(f"organisations:{name}", args=args)).status_code == 200
    return len(queries)


def text(response: Any) -> str:
    """The words of a page, with single blanks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


class TestTree:
    def test_it_opens_at_the_readers_top_with_its_first_level(self, client: Client, cast: Cast) -> None:
        body = page(client, cast.organiser, "tree").content.decode()
        assert "中共示范市委员会" in body
        assert "中共青石镇委员会" in body
        assert "中共柳溪村总支部委员会" not in body

    def test_a_clerk_sees_her_town_and_no_other(self, client: Client, cast: Cast) -> None:
        body = page(client, cast.clerk, "tree").content.decode()
        assert "中共青石镇委员会" in body
        assert "示范市" not in text(page(client, cast.clerk, "tree")).split("组织 6月30日")[-1]
        assert "临江街道" not in body

    def test_the_counts_name_the_day_and_what_is_seen(self, client: Client, cast: Cast) -> None:
        assert "您能看的组织5个，其中支部3个" in text(page(client, cast.clerk, "tree"))

    def test_who_may_see_nothing_is_told_what_comes_next(self, client: Client, cast: Cast) -> None:
        assert "没有您能看的组织" in text(page(client, cast.stranger, "tree"))

    def test_the_next_level_comes_as_a_part_and_as_a_page(self, client: Client, cast: Cast) -> None:
        url = reverse("organisations:children", args=[TOWN])
        sign_in(client, cast.clerk)
        part = client.get(url, headers={"HX-Request": "true"}).content.decode()
        whole = client.get(url).content.decode()
        assert "柳溪村总支部" in part and "<html" not in part
        assert "柳溪村总支部" in whole and "<h1" in whole

    def test_a_wide_level_comes_a_hundred_at_a_time(self, client: Client, cast: Cast) -> None:
        rows = [
            NewUnit(code=f"W{n:03d}", name=f"第{n}支部", short_name=f"第{n}", kind="branch", field="rural",
                    parent_code=STREET, founded_on=date(2020, 1, 1))
            for n in range(130)
        ]  # fmt: skip
        actions.found_many(rows, by=cast.organiser)
        first = page(client, cast.organiser, "children", STREET).content.decode()
        assert "第98支部" in first and "第129支部" not in first
        assert "from=100" in first
        assert "第129支部" in page(client, cast.organiser, "children", STREET, **{"from": 100}).content.decode()

    def test_another_day_shows_the_tree_of_that_day(self, client: Client, cast: Cast) -> None:
        actions.move(cast.village, parent=cast.street, effective_on=date(2026, 5, 1), by=cast.organiser)
        now = page(client, cast.organiser, "children", STREET).content.decode()
        before = page(client, cast.organiser, "children", STREET, on="2026-04-30").content.decode()
        assert "柳溪村总支部" in now
        assert "柳溪村总支部" not in before
        assert "4月30日" in before

    def test_a_filter_without_a_reload_also_changes_the_line_below_the_title(self, client: Client, cast: Cast) -> None:
        url = reverse("organisations:tree")
        part = (
            sign_in(client, cast.clerk).get(url, {"on": "2026-04-01"}, headers={"HX-Request": "true"}).content.decode()
        )
        assert "<html" not in part
        assert re.search(r'id="tree-scope" hx-swap-oob="true">\s*4月1日', part)

    def test_a_day_to_come_is_refused_in_words(self, client: Client, cast: Cast) -> None:
        assert "2026-07-01还没有到" in text(page(client, cast.organiser, "tree", on="2026-07-01"))

    @pytest.mark.parametrize(
        ("query", "found", "not_found"),
        [
            ({"q": "柳溪"}, "中共柳溪村第一支部委员会", "中共山口村支部委员会"),
            ({"q": OTHER_VILLAGE}, "中共山口村支部委员会", "中共柳溪村第一支部委员会"),
            ({"kind": "work_committee"}, "中共临江街道工作委员会", "中共青石镇委员会"),
            ({"field": "urban_community"}, "中共滨河社区第一支部委员会", "中共柳溪村第一支部委员会"),
            ({"q": "柳溪", "kind": "general_branch"}, "中共柳溪村总支部委员会", "中共柳溪村第一支部委员会"),
        ],
    )
    def test_filters_find(self, client: Client, cast: Cast, query: dict[str, str], found: str, not_found: str) -> None:
        body = text(page(client, cast.organiser, "tree", **query))
        assert found in body
        assert not_found not in body

    def test_the_past_is_searched_by_its_names(self, client: Client, cast: Cast) -> None:
        actions.rename(
            cast.branch,
            name="中共东风支部委员会",
            short_name="东风支部",
            effective_on=date(2026, 5, 1),
            by=cast.organiser,
        )
        assert "没有符合的组织" in text(page(client, cast.organiser, "tree", q="柳溪村第一"))
        assert "柳溪村第一支部" in text(page(client, cast.organiser, "tree", q="柳溪村第一", on="2026-04-01"))

    def test_the_search_stays_within_reach(self, client: Client, cast: Cast) -> None:
        assert "没有符合的组织" in text(page(client, cast.clerk, "tree", q="滨河"))

    def test_the_size_of_the_tree_does_not_change_the_number_of_queries(self, client: Client, cast: Cast) -> None:
        few = queries_of(client, cast.organiser, "tree")
        rows = [
            NewUnit(code=f"Q{n:03d}", name=f"第{n}支部", short_name=f"第{n}", kind="branch", field="rural",
                    parent_code=CITY, founded_on=date(2020, 1, 1))
            for n in range(80)
        ]  # fmt: skip
        actions.found_many(rows, by=cast.organiser)
        assert queries_of(client, cast.organiser, "tree") == few <= 12


class TestExport:
    def test_the_workbook_holds_the_units_of_the_day_and_the_history_knows(self, client: Client, cast: Cast) -> None:
        actions.move(cast.village, parent=cast.street, effective_on=date(2026, 5, 1), by=cast.organiser)
        response = post(client, cast.organiser, "export", TOWN, on="2026-04-30")
        rows = list(load_workbook(BytesIO(response.content)).active.values)  # type: ignore[union-attr]
        assert [row[0] for row in rows[1:]] == [TOWN, VILLAGE, BRANCH, "99000010120102", OTHER_VILLAGE]
        entry = Entry.objects.get(action="organisations.exported")
        assert entry.details == {"on": "2026-04-30", "rows": 5}

    @pytest.mark.parametrize(("who", "status"), [("member", 403), ("neighbour", 404), ("stranger", 404)])
    def test_not_for_everybody(self, client: Client, cast: Cast, who: str, status: int) -> None:
        assert post(client, getattr(cast, who), "export", BRANCH).status_code == status


class TestActForms:
    def test_a_new_unit(self, client: Client, cast: Cast) -> None:
        data = {
            "name": "中共新塘村支部委员会", "short_name": "新塘村", "code": "990000101203", "kind": "branch",
            "field": "rural", "territory": "village", "founded_on": "2026-05-01", "kept_from": "2026-06-01", "paper": "",
        }  # fmt: skip
        response = post(client, cast.clerk, "found", TOWN, **data)
        assert response.status_code == 302
        assert response.url == reverse("home:unit", args=["990000101203"])
        unit = Organisation.objects.get(code="990000101203")
        assert (unit.parent, unit.kept_from) == (cast.town, date(2026, 6, 1))

    def test_a_refusal_stands_beside_its_field_and_nothing_typed_is_lost(self, client: Client, cast: Cast) -> None:
        data = {"name": "中共新塘村支部委员会", "short_name": "新塘村", "code": VILLAGE, "kind": "branch",
                "field": "rural", "founded_on": "2026-05-01"}  # fmt: skip
        response = post(client, cast.clerk, "found", TOWN, **data)
        assert response.status_code == 422
        assert "已由“中共柳溪村总支部委员会”使用" in response.context["form"].errors["code"][0]
        assert 'value="中共新塘村支部委员会"' in response.content.decode()

    @pytest.mark.parametrize("code", ["../x", "a/b", "a?b", " ", "<b>"])
    def test_a_code_that_is_no_part_of_an_address_is_refused(self, client: Client, cast: Cast, code: str) -> None:
        facts = {"name": "新支部", "short_name": "新", "kind": "branch", "field": "rural", "founded_on": str(TODAY)}
        answer = post(client, cast.organiser, "found", TOWN, code=code, **facts)
        assert answer.status_code == 422
        assert not Organisation.objects.filter(name="新支部").exists()

    def test_a_code_used_elsewhere_is_refused_without_naming_its_unit(self, client: Client, cast: Cast) -> None:
        data = {"name": "甲", "short_name": "甲", "code": COMMUNITY, "kind": "branch", "field": "rural",
                "founded_on": "2026-05-01"}  # fmt: skip
        response = post(client, cast.clerk, "found", TOWN, **data)
        assert response.context["form"].errors["code"] == [f"代码{COMMUNITY}已有别的组织使用。换一个代码。"]

    def test_another_name(self, client: Client, cast: Cast) -> None:
        form = page(client, cast.clerk, "rename", OTHER_VILLAGE).context["form"]
        data = {key: value for key, value in form.initial.items() if value} | {"name": "中共山口村新支部委员会"}
        assert post(client, cast.clerk, "rename", OTHER_VILLAGE, **data).status_code == 302
        assert Organisation.objects.get(code=OTHER_VILLAGE).name == "中共山口村新支部委员会"

    def test_moving_searches_the_new_parent_within_reach(self, client: Client, cast: Cast) -> None:
        body = page(client, cast.organiser, "move", VILLAGE, q="临江").content.decode()
        assert f'value="{STREET}"' in body
        assert "它之下的2个组织一起转" in body
        assert STREET not in page(client, cast.clerk, "move", VILLAGE, q="临江").content.decode()

    def test_neither_itself_nor_what_is_below_nor_a_branch_is_offered(self, client: Client, cast: Cast) -> None:
        body = page(client, cast.organiser, "move", VILLAGE, q="99").content.decode()
        assert f'value="{COMMUNITY}"' in body
        for code in (VILLAGE, BRANCH, TOWN, NEIGHBOUR_BRANCH):
            assert f'value="{code}"' not in body

    def test_moving_there(self, client: Client, cast: Cast) -> None:
        data = {"parent": STREET, "effective_on": "2026-05-01", "paper": "示党复7号"}
        assert post(client, cast.organiser, "move", VILLAGE, **data).status_code == 302
        assert Organisation.objects.get(code=VILLAGE).parent == cast.street

    def test_a_parent_out_of_reach_reads_like_none(self, client: Client, cast: Cast) -> None:
        sentences = [
            post(client, cast.clerk, "move", VILLAGE, parent=code, effective_on="2026-05-01")
            .context["form"]
            .errors["parent"]
            for code in (STREET, "000")
        ]
        assert sentences[0] == sentences[1]

    def test_dissolving_says_what_stands_in_the_way(self, client: Client, cast: Cast) -> None:
        assert "之下还有2个组织" in text(page(client, cast.clerk, "dissolve", VILLAGE))
        body = page(client, cast.clerk, "dissolve", BRANCH).content.decode()
        assert "还有9人在这里" in body
        assert "btn-danger-outline" not in body

    def test_dissolving(self, client: Client, cast: Cast) -> None:
        Affiliation.objects.filter(organisation=cast.other_village).delete()
        cast.other_village.posts.all()
        for one in Post.objects.filter(organisation=cast.other_village):
            one.holdings.all().delete()
        assert "btn-danger-outline" in page(client, cast.clerk, "dissolve", OTHER_VILLAGE).content.decode()
        assert post(client, cast.clerk, "dissolve", OTHER_VILLAGE, effective_on="2026-06-01").status_code == 302
        assert Organisation.objects.get(code=OTHER_VILLAGE).dissolved_on == date(2026, 6, 1)
        assert page(client, cast.clerk, "history", OTHER_VILLAGE).status_code == 200
        assert page(client, cast.clerk, "rename", OTHER_VILLAGE).status_code == 422

    def test_the_day_records_begin(self, client: Client, cast: Cast) -> None:
        assert post(client, cast.secretary, "keep_from", BRANCH, day="2026-04-01").status_code == 302
        assert Organisation.objects.get(code=BRANCH).kept_from == date(2026, 4, 1)

    @pytest.mark.parametrize("name", ["rename", "move", "dissolve"])
    @pytest.mark.parametrize(
        ("who", "status"),
        [
            ("clerk", 200),
            ("secretary", 403),
            ("member", 403),
            ("statistician", 403),
            ("neighbour", 404),
            ("stranger", 404),
        ],
    )
    def test_the_level_above_decides(self, client: Client, cast: Cast, name: str, who: str, status: int) -> None:
        assert page(client, getattr(cast, who), name, BRANCH).status_code == status

    def test_the_menu_offers_what_one_may_do(self, client: Client, cast: Cast) -> None:
        mine = page(client, cast.secretary, "team", BRANCH).content.decode()
        above = page(client, cast.clerk, "team", BRANCH).content.decode()
        assert reverse("organisations:keep_from", args=[BRANCH]) in mine
        assert reverse("organisations:dissolve", args=[BRANCH]) not in mine
        assert reverse("organisations:dissolve", args=[BRANCH]) in above
        assert reverse("organisations:found", args=[BRANCH]) not in above


class TestTeam:
    def test_holders_stand_with_sex_year_education_and_since(self, client: Client, cast: Cast) -> None:
        body = text(page(client, cast.secretary, "team", BRANCH))
        assert re.search(r"书记 柏守田 男 1971 高中 兼职 2024-05-10", body)
        assert "无空缺，女1人" in body

    def test_a_vacant_post_is_flagged(self, client: Client, cast: Cast) -> None:
        assert "空缺1个" in text(page(client, cast.clerk, "team", OTHER_VILLAGE))

    def test_the_statistician_sees_that_it_is_filled_and_not_by_whom(self, client: Client, cast: Cast) -> None:
        body = page(client, cast.statistician, "team", BRANCH).content.decode()
        assert "有人任职" in body
        assert "柏守田" not in body and "1971" not in body

    def test_the_term_shows_how_far_it_has_come(self, client: Client, cast: Cast) -> None:
        body = text(page(client, cast.secretary, "team", BRANCH))
        assert "本届任期36个月，已过71%" in body
        assert "2027-05-10届满" in body

    @pytest.mark.parametrize(
        ("ends_on", "words"), [(date(2026, 8, 1), "还有32天届满"), (date(2026, 6, 20), "届满已10天")]
    )
    def test_an_end_that_is_near_or_past_is_said(self, client: Client, cast: Cast, ends_on: date, words: str) -> None:
        Team.objects.filter(organisation=cast.branch).update(ends_on=ends_on)
        assert words in text(page(client, cast.secretary, "team", BRANCH))

    def test_a_new_team_ends_the_old_one(self, client: Client, cast: Cast) -> None:
        data = {"elected_on": "2026-06-20", "term_months": "60", "seats": "5"}
        assert post(client, cast.secretary, "elect_team", BRANCH, **data).status_code == 302
        old, new = Team.objects.filter(organisation=cast.branch).order_by("elected_on")
        assert (old.until_on, new.ends_on, new.seats) == (date(2026, 6, 20), date(2031, 6, 20), 5)

    def test_a_team_before_the_one_in_office_is_refused(self, client: Client, cast: Cast) -> None:
        data = {"elected_on": "2024-05-10", "term_months": "36", "seats": "3"}
        response = post(client, cast.secretary, "elect_team", BRANCH, **data)
        assert response.status_code == 422
        assert "要晚于这一天" in response.context["form"].errors["elected_on"][0]

    def test_the_normal_term_is_offered(self, client: Client, cast: Cast) -> None:
        assert page(client, cast.clerk, "elect_team", OTHER_VILLAGE).context["form"].initial["term_months"] == 60
        assert page(client, cast.secretary, "elect_team", BRANCH).context["form"].initial["term_months"] == 36

    def test_a_post_is_set_up_vacant_and_taken_away(self, client: Client, cast: Cast) -> None:
        assert (
            post(client, cast.secretary, "add_post", BRANCH, kind="publicity", from_on="2026-06-01").status_code == 302
        )
        added = Post.objects.get(organisation=cast.branch, kind="publicity")
        assert post(client, cast.secretary, "close_post", added.pk, on="2026-06-10").status_code == 302
        added.refresh_from_db()
        assert added.until_on == date(2026, 6, 10)

    def test_a_post_that_is_held_stays(self, client: Client, cast: Cast) -> None:
        held = cast.posts[0]
        response = post(client, cast.secretary, "close_post", held.pk, on="2026-06-10")
        assert response.status_code == 422
        assert "柏守田" in text(response)
        held.refresh_from_db()
        assert held.until_on is None

    def test_a_group_is_set_up_and_ends_when_nobody_is_in_it(self, client: Client, cast: Cast) -> None:
        assert (
            post(client, cast.secretary, "add_group", BRANCH, name="第三党小组", from_on="2026-06-01").status_code
            == 302
        )
        third = Group.objects.get(name="第三党小组")
        assert post(client, cast.secretary, "close_group", third.pk, on="2026-06-10").status_code == 302
        assert post(client, cast.secretary, "close_group", cast.groups[0].pk, on="2026-06-10").status_code == 422

    def test_only_a_branch_has_groups(self, client: Client, cast: Cast) -> None:
        response = post(client, cast.clerk, "add_group", VILLAGE, name="第一党小组", from_on="2026-06-01")
        assert "不是党支部" in text(response)

    @pytest.mark.parametrize(
        ("who", "status"),
        [("secretary", 200), ("member", 403), ("inspector", 403), ("neighbour", 404), ("stranger", 404)],
    )
    def test_posts_and_groups_are_changed_by_those_who_may(
        self, client: Client, cast: Cast, who: str, status: int
    ) -> None:
        user = getattr(cast, who)
        assert page(client, user, "add_post", BRANCH).status_code == status
        assert page(client, user, "close_post", cast.posts[0].pk).status_code == status
        assert page(client, user, "close_group", cast.groups[0].pk).status_code == status
        assert page(client, user, "elect_team", BRANCH).status_code == status

    def test_in_at_most_twelve_queries(self, client: Client, cast: Cast) -> None:
        assert queries_of(client, cast.secretary, "team", BRANCH) <= 12


class TestSites:
    SITE = {"name": "新活动室", "address": "二队", "area_m2": "35.5", "tenure": "rented", "lease_ends_on": "2026-09-01",
            "condition": "dangerous", "from_on": "2026-06-01"}  # fmt: skip

    def test_a_site_is_registered_and_what_is_wrong_with_it_stands_beside(self, client: Client, cast: Cast) -> None:
        assert post(client, cast.secretary, "add_site", BRANCH, **self.SITE).status_code == 302
        body = text(page(client, cast.secretary, "sites", BRANCH))
        assert "1处，共35.5平方米" in body
        assert "还有63天" in body and "危房" in body

    def test_an_area_of_nothing_is_refused(self, client: Client, cast: Cast) -> None:
        assert post(client, cast.secretary, "add_site", BRANCH, **{**self.SITE, "area_m2": "0"}).status_code == 422

    def test_a_site_that_was_bought_has_no_lease_any_more(self, client: Client, cast: Cast) -> None:
        site = actions.add_site(
            cast.branch, name="活动室", area_m2=Decimal(20), tenure="rented", lease_ends_on=TODAY, condition="sound",
            from_on=FOUNDED, by=cast.secretary,
        )  # fmt: skip
        data = {
            "name": "活动室",
            "area_m2": "20",
            "tenure": "owned",
            "lease_ends_on": "2026-06-30",
            "condition": "sound",
        }
        assert post(client, cast.secretary, "change_site", site.pk, **data).status_code == 302
        site.refresh_from_db()
        assert (site.tenure, site.until_on) == ("rented", TODAY)  # the days before keep what was known of them
        assert (site.later.tenure, site.later.lease_ends_on, site.later.from_on) == ("owned", None, TODAY)
        assert page(client, cast.secretary, "change_site", site.pk).context["site"] == site.later
        assert "停用的" not in text(page(client, cast.secretary, "sites", BRANCH))
        back = data | {"tenure": "borrowed", "on": "2020-01-01"}
        assert post(client, cast.secretary, "change_site", site.pk, **back).status_code == 422
        assert (
            post(
                client, cast.secretary, "change_site", site.pk, **data | {"area_m2": "21", "on": "2026-06-30"}
            ).status_code
            == 302
        )
        assert Site.objects.filter(organisation=cast.branch).count() == 2  # put right in place
        assert Entry.objects.filter(action="organisations.site_changed").last().fields == ["lease_ends_on", "tenure"]

    def test_a_closed_site_is_kept_and_cannot_be_changed(self, client: Client, cast: Cast) -> None:
        site = Site.objects.get(organisation=cast.village)
        assert post(client, cast.clerk, "close_site", site.pk, on="2026-06-01").status_code == 302
        assert "停用的1处" in text(page(client, cast.clerk, "sites", VILLAGE))
        assert post(client, cast.clerk, "close_site", site.pk, on="2026-06-02").status_code == 422

    @pytest.mark.parametrize(
        ("who", "status"), [("clerk", 200), ("secretary", 404), ("inspector", 403), ("stranger", 404)]
    )
    def test_not_for_everybody(self, client: Client, cast: Cast, who: str, status: int) -> None:
        site = Site.objects.get(organisation=cast.village)
        assert page(client, getattr(cast, who), "change_site", site.pk).status_code == status
        assert page(client, getattr(cast, who), "add_site", VILLAGE).status_code == status


class TestHistory:
    def test_placements_stand_with_their_papers_and_who_moved_them(self, client: Client, cast: Cast) -> None:
        actions.move(
            cast.village, parent=cast.street, effective_on=date(2026, 5, 1), paper="示党复7号", by=cast.organiser
        )
        body = text(page(client, cast.organiser, "history", BRANCH))
        assert "随柳溪村党总支改变隶属" in body
        assert "示党复7号" in body

    def test_entries_are_for_those_who_may_read_them(self, client: Client, cast: Cast) -> None:
        actions.keep_from(cast.branch, day=date(2026, 1, 1), by=cast.secretary)
        assert "2026-01-01起建账" in text(page(client, cast.clerk, "history", BRANCH))
        assert "谁做了什么" not in text(page(client, cast.member, "history", BRANCH))

    def test_the_dissolution_stands_on_top(self, client: Client, cast: Cast) -> None:
        Affiliation.objects.filter(organisation=cast.small_branch).delete()
        Post.objects.filter(organisation=cast.small_branch).first().holdings.all().delete()  # type: ignore[union-attr]
        actions.dissolve(cast.small_branch, effective_on=TODAY, note="并入第一支部", by=cast.clerk)
        assert "并入第一支部" in text(page(client, cast.clerk, "history", cast.small_branch.code))

    @pytest.mark.parametrize("name", ["team", "sites", "history", "children"])
    @pytest.mark.parametrize(
        ("who", "status"), [("member", 200), ("statistician", 200), ("neighbour", 404), ("stranger", 404), (None, 302)]
    )
    def test_who_sees_a_unit(self, client: Client, cast: Cast, name: str, who: str | None, status: int) -> None:
        user = getattr(cast, who) if who else None
        assert page(client, user, name, BRANCH).status_code == status


@pytest.mark.parametrize("name", ["found", "rename", "keep_from", "add_site", "add_post", "add_group", "elect_team"])
def test_no_form_is_shown_for_a_unit_that_is_no_more(client: Client, cast: Cast, name: str) -> None:
    Organisation.objects.filter(code=BRANCH).update(dissolved_on=TODAY)
    answer = page(client, cast.organiser, name, BRANCH)
    assert answer.status_code == 422
    assert "撤销，不能再变更" in text(answer)
