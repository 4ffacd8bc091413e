"""Today in its three faces: what each eye sees, what may be done, and in how few queries."""

from __future__ import annotations

from datetime import date

import pytest
from django.db.models import Q
from django.urls import reverse

from guben.duties.models import Reminder
from guben.home import side, superior_day, unit_page
from guben.meetings.models import Meeting
from guben.members.choices import MEMBER_STAGES
from guben.members.models import Affiliation
from guben.members.queries import structure_of
from guben.organisations import queries as organisations
from guben.organisations.choices import TEAM_POSTS
from guben.organisations.models import Organisation, Post, Site, Team
from tests.cast import TODAY, hold, sign_in

MOST_QUERIES = 12


@pytest.fixture
def city(cast, rules):
    return cast


def page(client, who, **query):
    return sign_in(client, who).get(reverse("home:today"), query)


def text(response):
    return response.content.decode()


def test_a_secretary_sees_first_what_is_late_with_why_and_one_button(client, city):
    response = page(client, city.secretary)
    late = response.context["late"]
    assert [row.due_on for row in late] == sorted(row.due_on for row in late)
    assert "1月支部委员会会议" in [row.title for row in late]
    assert all(row.rule and row.article and row.url for row in late)
    assert "为什么" in text(response)


def test_the_button_leads_to_an_entry_that_is_filled_in(client, city):
    row = next(r for r in page(client, city.secretary).context["late"] if r.title == "1月支部委员会会议")
    response = client.get(row.url)
    assert response.context["chosen_form"] == "committee"
    assert response.context["wanted_period"] == "2026-01"


def test_a_member_sees_the_duties_and_no_button_nor_names(client, city):
    response = page(client, city.member)
    assert response.context["late"]
    assert not any(row.url for row in response.context["late"])
    assert "宁远行" not in text(response)


def test_the_secretary_is_told_whom_to_contact(client, city):
    rows = page(client, city.secretary).context["late"]
    assert "联系宁远行" in [row.title for row in rows]


def test_a_clerk_sees_branches_by_duties(client, city):
    grid = page(client, city.clerk).context["grid"]
    assert [row.unit.short_name for row in grid.rows] == ["柳溪村第一党支部", "柳溪村第二党支部", "山口村党支部"]
    assert {column.rule for column in grid.columns} >= {"branch-member-meeting", "theme-day"}


def test_a_branch_of_five_without_a_committee_is_not_required_to_hold_its_meeting(client, city):
    grid = page(client, city.clerk).context["grid"]
    row = next(row for row in grid.rows if row.unit == city.small_branch)
    cells = {cell.column.rule: cell for cell in row.cells if cell.column.section == "month"}
    assert cells["branch-committee-meeting"].look == "exempt"
    assert cells["theme-day"].look == "soon"


def test_a_unit_without_books_counts_as_nothing_and_says_what_it_lacks(client, city):
    Organisation.objects.filter(pk=city.other_village.pk).update(kept_from=None)
    context = page(client, city.clerk).context
    row = next(row for row in context["grid"].rows if row.unit == city.other_village)
    assert "书记" in row.band
    assert context["figures"].unkept == 1
    assert all(column.owed <= 2 for column in context["grid"].columns)


def test_a_meeting_below_its_quorum_leaves_the_duty_open(client, city):
    hold(
        city,
        city.other_village,
        "member_meeting",
        date(2026, 6, 12),
        by=city.clerk,
        absent=("牟青山", "麻二妹", "桑满仓"),
    )
    grid = page(client, city.clerk).context["grid"]
    row = next(row for row in grid.rows if row.unit == city.other_village)
    cell = next(c for c in row.cells if c.column.rule == "branch-member-meeting" and c.column.section == "quarter")
    assert (cell.look, cell.tag) == ("soon", "不算")
    assert "一半" in cell.reason


def test_filters_live_in_the_address(client, city):
    assert len(page(client, city.clerk, q="山口").context["grid"].rows) == 1
    assert page(client, city.clerk, month="2026-04").context["month_name"] == "4月"


def test_a_superior_sees_the_level_below_worst_first(client, city):
    context = page(client, city.organiser).context
    rates = [row.rate for row in context["rows"] if row.rate is not None]
    assert {row.unit.code for row in context["rows"]} == {city.town.code, city.street.code}
    assert rates == sorted(rates)
    assert context["total"].owed == sum(row.owed for row in context["rows"])


def test_a_statistician_sees_figures_and_no_person(client, city):
    for where in (city.units["990000"], city.town, city.branch):
        shown = text(page(client, city.statistician, at=where.code))
        assert not any(name in shown for name in city.people)


def test_no_link_leads_a_statistician_to_a_closed_door(client, city):
    hold(city, city.branch, "theme_day", date(2026, 6, 5), by=city.secretary)
    shown = text(page(client, city.statistician, at=city.town.code))
    duties = text(client.get(reverse("home:unit_duties", args=[city.branch.code])))
    assert 'href="/meetings/' not in shown
    assert "记录1" not in duties


def test_who_has_no_figures_or_no_grant_gets_a_plain_page(client, city):
    assert page(client, city.auditor).templates[0].name == "home/today_nothing.html"
    assert page(client, city.stranger).templates[0].name == "home/today_nothing.html"


@pytest.mark.parametrize("who", ["secretary", "clerk", "organiser"])
def test_each_face_takes_few_queries(client, city, django_assert_max_num_queries, who):
    page(client, city.users[who])
    with django_assert_max_num_queries(MOST_QUERIES):
        client.get(reverse("home:today"))


def test_the_unit_page_takes_few_queries(client, city, django_assert_max_num_queries):
    sign_in(client, city.secretary).get(city.branch.get_absolute_url())
    with django_assert_max_num_queries(MOST_QUERIES):
        client.get(city.branch.get_absolute_url())


def test_the_parts_beside_come_for_those_who_see_figures(client, city):
    address = reverse("home:today_aside") + f"?at={city.branch.code}"
    assert sign_in(client, city.secretary).get(address).status_code == 200
    assert sign_in(client, city.neighbour).get(address).status_code == 404
    assert sign_in(client, city.organiser).get(reverse("home:today_problems") + "?at=990000").status_code == 200


def remind(client, who, unit, rule="theme-day", period="2026-06"):
    data = {"units": [unit.code], "rule": rule, "period": period, "next": "/"}
    return sign_in(client, who).post(reverse("home:remind"), data, follow=True)


def test_a_reminder_goes_out_once_a_day_and_shows_at_the_branch(client, city):
    assert "已提醒1个支部" in text(remind(client, city.clerk, city.branch))
    assert "一天只提醒一次" in text(remind(client, city.clerk, city.branch))
    assert Reminder.objects.count() == 1
    row = next(r for r in page(client, city.secretary).context["week"] if r.rule == "theme-day")
    assert row.reminded_on == city.today


def test_the_phone_names_all_units_that_are_late_in_one_field(client, city):
    late = next(one for one in page(client, city.clerk).context["late_groups"] if len(one.codes) > 1)
    data = {"units": late.units, "rule": late.rule, "period": late.period}
    told = text(sign_in(client, city.clerk).post(reverse("home:remind"), data, follow=True))
    assert f"已提醒{len(late.codes)}个支部" in told
    asked = {"at": city.town.code, "form": "theme_day", "rule": late.rule, "period": late.period, "units": late.units}
    shown = client.get(reverse("meetings:record_many"), asked)
    assert [line.unit.code for line in shown.context["lines"]] == sorted(late.codes)


def test_a_unit_is_shown_beside_the_highest_superior_that_is_no_larger_than_a_town(client, city, monkeypatch):
    address = reverse("home:unit_aside", args=[city.branch.code])
    assert sign_in(client, city.secretary).get(address).context["structure"].also_name == ""  # sees nothing above
    beside = sign_in(client, city.organiser).get(address).context
    assert beside["structure"].also_name == city.units["990000"].short_name
    assert [dimension.key for dimension in beside["structure"].dimensions] == ["age", "education"]
    whole = structure_of(city.branch, city.today, also=city.units["990000"], coarse_beside=False)
    assert beside["structure"].dimensions == [one for one in whole.dimensions if one.key in {"age", "education"}]
    assert beside["structure"].total == whole.total
    monkeypatch.setattr(side, "TOWN", organisations.at_or_below(city.town).count())
    assert client.get(address).context["structure"].also_name == city.town.short_name
    monkeypatch.setattr(side, "TOWN", 0)
    assert client.get(address).context["structure"].also_name == city.branch.parent.short_name
    assert client.get(reverse("home:unit_aside", args=["990000"])).context["structure"].also_name == ""


def test_nothing_is_sent_for_what_was_done_and_by_who_may_not(client, city):
    remind(client, city.clerk, city.branch, "branch-member-meeting", "2026-Q2")
    remind(client, city.member, city.branch)
    assert not Reminder.objects.exists()


def test_many_are_recorded_at_once_and_taken_back(client, city):
    units = [city.branch.code, city.other_village.code]
    data = {
        "form": "theme_day",
        "period": "2026-06",
        "rule": "theme-day",
        "units": units,
        "held_on": "2026-06-25",
        "topic": "清理河道",
        f"count-{city.branch.pk}": "2",
        "next": "/",
    }
    response = sign_in(client, city.clerk).post(reverse("meetings:record_many"), data, follow=True)
    batch = response.context["batch"]
    assert (batch.saved, batch.settled) == (2, 2)
    client.post(reverse("meetings:withdraw_batch", args=[batch.uuid]), {"next": "/"})
    assert not Meeting.objects.filter(batch=batch.uuid, withdrawn_at=None).exists()


def test_a_refused_branch_keeps_its_row_with_the_reason(client, city):
    hold(city, city.branch, "theme_day", date(2026, 6, 25), by=city.secretary)
    data = {
        "form": "theme_day",
        "period": "2026-06",
        "rule": "theme-day",
        "held_on": "2026-06-25",
        "topic": "清理河道",
        "units": [city.branch.code, city.other_village.code],
    }
    response = sign_in(client, city.clerk).post(reverse("meetings:record_many"), data)
    assert response.status_code == 422
    assert [line.unit for line in response.context["lines"]] == [city.branch]
    assert "已经记过" in response.context["lines"][0].refusal
    assert Meeting.objects.filter(organisation=city.other_village, form="theme_day").exists()


def test_on_the_first_day_one_day_is_set_for_all(client, city):
    Organisation.objects.filter(path__startswith=city.town.path).update(kept_from=None)
    response = page(client, city.clerk)
    assert response.context["first_day"]
    client.post(reverse("home:keep_from"), {"at": city.town.code, "day": "2026-04-01", "next": "/"})
    assert set(Organisation.objects.filter(path__startswith=city.town.path).values_list("kept_from", flat=True)) == {
        date(2026, 4, 1)
    }


def test_only_who_may_change_the_unit_sets_the_day(client, city):
    answer = sign_in(client, city.member).post(reverse("home:keep_from"), {"at": city.branch.code, "day": "2026-04-01"})
    assert answer.status_code == 403


def test_above_many_units_the_page_comes_before_their_sum(client, city, monkeypatch):
    monkeypatch.setattr(superior_day, "MOST_SUMMED", 3)
    signed_in = sign_in(client, city.organiser)

    first = signed_in.get(reverse("home:today"))
    assert first.context["waits"] and not first.context["rows"]
    assert "正在汇总全部下级" in text(first)
    for whole in (
        signed_in.get(reverse("home:today"), {"sum": "1"}),
        signed_in.get(reverse("home:today"), headers={"HX-Request": "true"}),
    ):
        assert whole.context["rows"] and not whole.context["waits"]


def test_the_search_form_keeps_what_is_typed_out_of_the_address(client, city):
    signed_in = sign_in(client, city.clerk)
    assert 'method="post" role="search"' in text(signed_in.get(reverse("home:search")))
    assert "柏守田" in text(signed_in.post(reverse("home:search"), {"q": "柏"}))


def test_search_finds_units_and_members_within_reach(client, city):
    shown = text(sign_in(client, city.clerk).get(reverse("home:search"), {"q": "柏"}))
    assert "柏守田" in shown
    assert "柏守田" not in text(sign_in(client, city.neighbour).get(reverse("home:search"), {"q": "柏"}))
    assert "柏守田" not in text(sign_in(client, city.statistician).get(reverse("home:search"), {"q": "柏守"}))


def test_all_places_stand_on_one_page(client, city):
    assert "今日" in text(sign_in(client, city.clerk).get(reverse("home:more")))


@pytest.mark.django_db
def test_the_numbers_of_a_unit_are_those_of_its_rows(cast):
    now = Q(from_on__lte=TODAY) & (Q(until_on=None) | Q(until_on__gt=TODAY))
    seen = set()
    for unit in cast.units.values():
        told = unit_page.counted(unit, TODAY)
        here = [one.person for one in Affiliation.objects.filter(now, organisation=unit)]
        stages = [stage.kind for one in here for stage in one.stages.filter(now)]
        posts = list(Post.objects.filter(now, organisation=unit, kind__in=TEAM_POSTS))
        numbers = unit_page.tab_counts(told)
        assert numbers["members"] == sum(kind in MEMBER_STAGES for kind in stages)
        assert numbers["probationary"] == stages.count("probationary")
        assert numbers["team"] == len(posts)
        assert unit_page.filled_posts(told) == sum(post.holdings.filter(now).exists() for post in posts)
        sites = list(Site.objects.filter(now, organisation=unit).order_by("-area_m2"))
        assert numbers["sites"] == len(sites)
        site, team = unit_page.main_site_of(told), unit_page.team_of(told)
        assert (site and (site.name, site.area_m2, site.lease_ends_on, site.checked_on)) == (
            (sites[0].name, float(sites[0].area_m2), sites[0].lease_ends_on, sites[0].checked_on) if sites else None
        )
        kept = Team.objects.filter(organisation=unit, until_on=None).first()
        assert (team and (team.elected_on, team.ends_on, team.seats)) == (
            kept and (kept.elected_on, kept.ends_on, kept.seats)
        )
        seen |= {name for name, number in numbers.items() if number} | {bool(site), bool(team)}
    assert seen >= {"members", "team", "sites", True, False}
