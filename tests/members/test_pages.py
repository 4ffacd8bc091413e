"""The pages of people: who may open which, what they show, and what they never show."""

import io
from datetime import date, timedelta

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from guben.audit.models import Entry
from guben.members import actions, lookups, sealed
from guben.members.models import Contact, Holding, Person, Standing
from guben.organisations.models import Post
from tests.cast import TODAY, sign_in
from tests.members.numbers import id_number

pytestmark = pytest.mark.django_db
BORN = date(1991, 4, 5)
NUMBER = id_number(BORN, "2")
PHONE = "13800005678"


@pytest.fixture
def numbered(cast):
    """A member of the branch whose numbers are known."""
    return actions.register_person(
        actions.NewPerson(
            name="覃小满",
            organisation_id=cast.branch.pk,
            stages=(("full", date(2020, 7, 1)),),
            id_number=NUMBER,
            phone=PHONE,
        ),
        by=cast.secretary,
    )


def get(client, who, name, *args, **query):
    return sign_in(client, who).get(reverse(f"members:{name}", args=args), query)


def text_of(response):
    return response.content.decode()


def person_pages(cast):
    one = cast.people["宁远行"].pk
    return [
        ("person", one),
        ("change", one),
        ("stage", one),
        ("affiliate", one),
        ("stand", one),
        ("contact", one),
    ]


def test_the_secretary_and_the_clerk_above_open_everything_about_a_person(cast, client):
    for who in (cast.secretary, cast.clerk, cast.organiser):
        for name, pk in person_pages(cast):
            assert get(client, who, name, pk).status_code == 200, (who, name)


@pytest.mark.parametrize("who", ["neighbour", "stranger", "statistician", "auditor", "administrator"])
def test_a_person_is_not_there_for_who_may_not_see_members(cast, client, who):
    for name, pk in person_pages(cast):
        assert get(client, cast.users[who], name, pk).status_code == 404, name
    assert get(client, cast.users[who], "person", 987654).status_code == 404


def test_an_inspector_reads_and_changes_nothing(cast, client):
    for name, pk in person_pages(cast):
        assert get(client, cast.inspector, name, pk).status_code == (200 if name == "person" else 403), name


def test_signed_out_one_is_led_to_sign_in(cast, client):
    for name, pk in person_pages(cast):
        assert get(client, None, name, pk).status_code == 302
    for name in ("list", "structure", "roster", "export", "register"):
        assert get(client, None, name).status_code == 302


def test_a_member_reads_the_own_record_and_no_other(cast, client):
    own, other = cast.people["单小禾"], cast.people["柏守田"]
    assert get(client, cast.member, "person", own.pk).status_code == 200
    assert get(client, cast.member, "change", own.pk).status_code == 403
    assert get(client, cast.member, "person", other.pk).status_code == 404
    assert get(client, cast.member, "list").headers["Location"] == own.get_absolute_url()


def test_the_statistician_sees_figures_and_no_person(cast, client):
    listed = get(client, cast.statistician, "list")
    assert listed.headers["Location"] == reverse("members:structure")
    page = text_of(get(client, cast.statistician, "structure", at=cast.city.code))
    assert "党员结构" in page
    assert not any(name in page for name in cast.people)
    assert reverse("members:list") + "?" not in page
    for name in ("roster", "export", "register"):
        assert get(client, cast.statistician, name, at=cast.city.code).status_code == 403


@pytest.mark.parametrize("who", ["auditor", "administrator", "stranger"])
def test_who_has_no_business_here_gets_403_on_the_lists(cast, client, who):
    for name in ("list", "roster", "export", "structure", "register"):
        assert get(client, cast.users[who], name).status_code == 403, name


def test_the_list_of_another_branch_is_not_there(cast, client):
    for name in ("list", "roster", "export", "structure", "register"):
        assert get(client, cast.secretary, name, at=cast.neighbour_branch.code).status_code == 404, name


def test_the_list_shows_the_branch_and_finds_by_pinyin_and_initials(cast, client):
    page = text_of(get(client, cast.secretary, "list"))
    assert "柏守田" in page
    assert "俞大坝" not in page
    for text in ("shanxiaohe", "dan", "sxh", "小禾"):
        assert "单小禾" not in text_of(get(client, cast.secretary, "list", text="zengw"))
        Person.objects.filter(name="单小禾").update(pinyin="shanxiaohe danxiaohe", initials="sxh dxh")
        found = text_of(get(client, cast.secretary, "list", text=text))
        assert "单小禾" in found, text
        assert "柏守田" not in found.split('id="results"')[1], text


def names_in(response):
    return {row.person.name for row in response.context["rows"]}


def test_filters_narrow_the_list_and_live_in_the_address(cast, client):
    cases = {
        "standing": ("away", {"宁远行"}),
        "age": ("60+", {"敖石匠", "慕老根", "曾望川"}),
        "stage": ("probationary", {"阮新芽"}),
        "education": ("70", {"曾望川"}),
        "occupation": ("professional", {"单小禾"}),
    }
    for field, (value, expected) in cases.items():
        assert names_in(get(client, cast.secretary, "list", **{field: value})) == expected, field
    response = get(client, cast.secretary, "list", age="60+", sex="2")
    assert names_in(response) == set()
    assert "没有符合的党员" in text_of(response)
    assert "60岁及以上" in text_of(response)


def test_an_unreadable_filter_is_left_out(cast, client):
    assert len(names_in(get(client, cast.secretary, "list", age="old", page="x", on="never"))) == 9


def test_contact_overdue_is_flagged_and_filtered(cast, client):
    away, home = cast.people["宁远行"], cast.people["柏守田"]
    assert names_in(get(client, cast.secretary, "list", contact="overdue")) == {"宁远行", "慕老根"}
    Contact.objects.create(person=away, contacted_on=TODAY - timedelta(days=3), way="visit", recorded_by=cast.secretary)
    assert names_in(get(client, cast.secretary, "list", contact="overdue")) == {"慕老根"}
    assert "逾期" not in text_of(get(client, cast.secretary, "person", home.pk))
    assert "逾期未联系" in text_of(get(client, cast.secretary, "person", cast.people["慕老根"].pk))


def test_the_list_of_an_earlier_day_shows_who_was_there(cast, client):
    assert "阮新芽" not in names_in(get(client, cast.secretary, "list", on="2026-01-01"))
    assert "阮新芽" in names_in(get(client, cast.secretary, "list", on="2099-01-01"))


def test_the_list_takes_at_most_twelve_queries_however_many_there_are(cast, client, django_assert_max_num_queries):
    sign_in(client, cast.organiser)
    client.get(reverse("members:list"))  # the first page of a session also writes the session
    with django_assert_max_num_queries(12):
        assert client.get(reverse("members:list")).status_code == 200
    with django_assert_max_num_queries(12):
        assert client.get(reverse("members:list"), {"contact": "overdue", "at": cast.town.code}).status_code == 200
    with django_assert_max_num_queries(12):
        assert client.get(reverse("members:structure")).status_code == 200


def test_numbers_are_masked_everywhere(cast, client, numbered):
    pages = [
        get(client, cast.secretary, "list"),
        get(client, cast.secretary, "list", text=NUMBER),
        get(client, cast.secretary, "person", numbered.pk),
        get(client, cast.secretary, "change", numbered.pk),
        get(client, cast.secretary, "roster"),
        get(client, cast.secretary, "structure"),
    ]
    for response in pages:
        shown = text_of(response).replace(f'value="{NUMBER}"', "")  # what the reader typed stays in the field
        assert response.status_code == 200
        assert NUMBER not in shown.replace(f"text={NUMBER}", "").replace(f">{NUMBER}<", "")
        assert PHONE not in shown
    assert "138****5678" in text_of(pages[0])
    assert "990000************" in text_of(pages[2])
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(get(client, cast.secretary, "export").content))
    cells = [str(cell) for row in sheet.get_sheet_by_index(0).to_python() for cell in row]
    assert "990000************" in cells
    assert "138****5678" in cells
    assert not any(NUMBER in cell or PHONE in cell for cell in cells)


def test_an_exact_number_finds_within_and_tells_one_sentence_about_others(cast, client, numbered):
    assert names_in(get(client, cast.secretary, "list", text=NUMBER)) == {"覃小满"}
    assert names_in(get(client, cast.secretary, "list", text=PHONE)) == {"覃小满"}
    elsewhere = text_of(get(client, cast.neighbour, "list", text=NUMBER))
    assert "已在其他组织登记，请走转接。" in elsewhere
    assert "覃小满" not in elsewhere
    assert "柳溪村" not in elsewhere
    assert Entry.objects.filter(action=lookups.LOOKED_UP, user=cast.neighbour).count() == 1


def test_look_ups_in_the_list_are_limited(cast, client, monkeypatch):
    monkeypatch.setattr(lookups, "LOOK_UPS_AN_HOUR", 1)
    get(client, cast.secretary, "list", text=id_number(BORN, "1", 4))
    assert "一小时内" in text_of(get(client, cast.secretary, "list", text=id_number(BORN, "1", 5)))


def test_an_export_is_written_down(cast, client):
    response = get(client, cast.secretary, "export", standing="away")
    assert response.status_code == 200
    entry = Entry.objects.get(action="members.exported")
    assert entry.details == {"count": 1, "on": "2026-06-30", "filters": {"standing": "away"}}
    assert get(client, cast.inspector, "export").status_code == 403


def test_the_roster_has_a_table_for_each_branch(cast, client):
    page = text_of(get(client, cast.clerk, "roster"))
    for words in ("柳溪村第一党支部，9人", "柳溪村第二党支部，4人", "山口村党支部，5人", "1971-03"):
        assert words in page


def test_the_structure_counts_and_links_to_the_people(cast, client):
    response = get(client, cast.secretary, "structure")
    charts = {chart.dimension.key: chart for chart in response.context["charts"]}
    ages = {bar.slice.key: bar.slice.count for bar in charts["age"].bars}
    assert ages == {"35-": 2, "36-45": 3, "46-54": 0, "55-59": 1, "60+": 3}
    link = charts["age"].bars[-1].url
    assert len(names_in(sign_in(client, cast.secretary).get(link))) == 3
    assert response.context["structure"].also_name == "柳溪村党总支"


def test_very_small_numbers_are_hidden_from_who_sees_no_persons(cast, client):
    response = get(client, cast.statistician, "structure", at=cast.branch.code)
    charts = {chart.dimension.key: chart for chart in response.context["charts"]}
    counts = {bar.slice.key: bar.slice.count for bar in charts["age"].bars}
    assert counts == {"35-": None, "36-45": None, "46-54": 0, "55-59": None, "60+": None}


def test_a_number_is_opened_with_a_reason_that_is_kept(cast, client, numbered):
    address = reverse("members:unmask", args=[numbered.pk])
    sign_in(client, cast.secretary)
    assert client.get(address).status_code == 405
    refused = client.post(address, {"field": "id_number", "reason": " "})
    assert refused.status_code == 422
    assert NUMBER not in text_of(refused)
    shown = client.post(address, {"field": "id_number", "reason": "办理转接核对"})
    assert NUMBER in text_of(shown)
    assert PHONE not in text_of(shown)
    assert "no-store" in shown.headers["Cache-Control"]
    entry = Entry.objects.get(action="members.unmasked")
    assert entry.details == {"field": "id_number", "reason": "办理转接核对"}
    assert entry.right == f"members.unmask secretary@{cast.branch.code}"


@pytest.mark.parametrize(("who", "status"), [("clerk", 403), ("inspector", 403), ("neighbour", 404), ("member", 404)])
def test_who_may_not_open_numbers_is_refused(cast, client, numbered, who, status):
    sign_in(client, cast.users[who])
    response = client.post(reverse("members:unmask", args=[numbered.pk]), {"field": "phone", "reason": "我想知道一下"})
    assert response.status_code == status
    assert PHONE not in text_of(response)
    assert not Entry.objects.filter(action="members.unmasked").exists()


def test_one_may_open_the_own_number(cast, client):
    own = cast.people["单小禾"]
    own.refresh_from_db()
    sealed.put(own, "phone", PHONE)
    own.save()
    sign_in(client, cast.member)
    response = client.post(reverse("members:unmask", args=[own.pk]), {"field": "phone", "reason": "核对自己的号码"})
    assert PHONE in text_of(response)


def test_a_person_is_registered_through_the_page(cast, client):
    sign_in(client, cast.secretary)
    address = reverse("members:register") + f"?at={cast.branch.code}"
    data = {
        "name": "覃小满",
        "id_number": NUMBER,
        "phone": PHONE,
        "ethnicity": "01",
        "education": "20",
        "stage": "full",
        "since_on": "2020-07-01",
        "joined_on": "2019-07-01",
        "group": cast.groups[1].pk,
    }
    wrong = client.post(address, data | {"id_number": NUMBER[:-1], "since_on": ""})
    assert wrong.status_code == 422
    assert 'value="覃小满"' in text_of(wrong)
    wrong = client.post(address, data | {"id_number": NUMBER[:-1]})
    assert wrong.status_code == 422
    assert "公民身份号码要18位，这里是17位" in text_of(wrong)
    done = client.post(address, data)
    person = Person.objects.get(name="覃小满")
    assert done.headers["Location"] == person.get_absolute_url()
    assert [stage.kind for stage in person.stages.all()] == ["probationary", "full"]


def test_above_the_branches_one_is_chosen_first(cast, client):
    page = text_of(get(client, cast.clerk, "register"))
    assert "柳溪村第二党支部" in page
    assert "滨河社区" not in page


def test_contact_is_recorded_through_the_page(cast, client):
    away = cast.people["宁远行"]
    address = reverse("members:contact", args=[away.pk])
    sign_in(client, cast.secretary)
    refused = client.post(address, {"contacted_on": "2026-07-01", "way": "visit"})
    assert refused.status_code == 422
    assert "还没有到" in text_of(refused)
    refused = client.post(address, {"contacted_on": "2010-07-01", "way": "visit"})
    assert "才入党" in text_of(refused)
    done = client.post(address + "?next=/", {"contacted_on": "2026-06-29", "way": "telephone", "note": "在东莞，平安"})
    assert done.headers["Location"] == "/"
    assert Contact.objects.get(person=away).way == "telephone"
    elsewhere = client.post(address + "?next=https://example.org/", {"contacted_on": "2026-06-28", "way": "telephone"})
    assert elsewhere.headers["Location"] == away.get_absolute_url()


def test_standing_and_contact_person_are_changed_through_the_page(cast, client):
    person, helper = cast.people["仇月初"], cast.people["邬春桥"]
    address = reverse("members:stand", args=[person.pk])
    sign_in(client, cast.secretary)
    data = {"kind": "away", "from_on": "2026-06-01", "contact_person": helper.pk, "place": "东莞"}
    assert client.post(address, data).headers["Location"] == person.get_absolute_url()
    standing = Standing.objects.get(person=person, until_on=None)
    assert (standing.kind, standing.contact_person, standing.from_on) == ("away", helper, date(2026, 6, 1))
    foreign = client.post(address, data | {"contact_person": cast.people["俞大坝"].pk})
    assert foreign.status_code == 422


def test_a_vacant_post_is_filled_and_left_through_the_pages(cast, client):
    post = Post.objects.get(organisation=cast.other_village, kind="secretary")
    address = reverse("members:appoint", args=[post.pk])
    assert get(client, cast.secretary, "appoint", post.pk).status_code == 404
    assert get(client, cast.inspector, "appoint", post.pk).status_code == 403
    page = text_of(get(client, cast.clerk, "appoint", post.pk))
    assert "牟青山" in page
    assert "苗江月" not in text_of(get(client, cast.clerk, "appoint", post.pk, q="苗江月")).replace(
        'value="苗江月"', ""
    )
    person = cast.people["牟青山"]
    done = client.post(address, {"person": person.pk, "from_on": "2026-06-01"})
    assert done.headers["Location"] == reverse("organisations:team", args=[cast.other_village.code])
    holding = Holding.objects.get(post=post)
    assert holding.person == person
    again = client.post(address, {"person": cast.people["桑满仓"].pk, "from_on": "2026-06-02"})
    assert again.status_code == 422
    assert "由牟青山担任" in text_of(again)
    leaving = reverse("members:relieve", args=[holding.pk])
    assert client.post(leaving, {"until_on": "2026-06-01"}).status_code == 422
    client.post(leaving, {"until_on": "2026-06-20"})
    holding.refresh_from_db()
    assert holding.until_on == date(2026, 6, 20)


def test_a_person_moves_between_branches_in_reach_and_not_beyond(cast, client):
    person = cast.people["池秀莲"]
    address = reverse("members:affiliate", args=[person.pk])
    sign_in(client, cast.clerk)
    assert client.post(address, {"branch": cast.neighbour_branch.code, "from_on": "2026-06-01"}).status_code == 404
    client.post(address, {"branch": cast.branch.code, "from_on": "2026-06-01"})
    assert [str(row.organisation.code) for row in person.affiliations.order_by("from_on")] == [
        cast.small_branch.code,
        cast.branch.code,
    ]
    assert get(client, cast.secretary, "person", person.pk).status_code == 200


def test_a_stage_is_entered_through_the_page(cast, client):
    person = cast.people["阮新芽"]
    address = reverse("members:stage", args=[person.pk])
    sign_in(client, cast.secretary)
    assert client.post(address, {"kind": "applicant", "from_on": "2026-06-01"}).status_code == 422
    client.post(address, {"kind": "full", "from_on": "2026-06-29"})
    assert person.stages.get(until_on=None).kind == "full"
