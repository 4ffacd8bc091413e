"""Pages in traditional characters: the language is offered, rules are told in it, names stay as they are."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import translation

from guben.access.roles import title_of
from guben.accounts.models import User
from guben.house.templatetags.house import day, in_script
from guben.kit.chinese import traditional
from guben.members.models import Person
from guben.organisations.models import Organisation, Placement
from guben.organisations.queries import search_units
from guben.rulebook.conditions import condition
from guben.rulebook.naming import name_of
from guben.rulebook_engine.checking import check
from guben.rulebook_engine.describing import describe
from guben.rulebook_engine.engines import needed_table
from guben.rulebook_engine.entries import Words
from guben.rulebook_engine.facts import catalogue
from tests.cast import TODAY, Cast, sign_in

LOGIN = "/account/login/"


def hant(client: Client, user: User) -> Client:
    User.objects.filter(pk=user.pk).update(language="zh-hant")
    user.refresh_from_db()
    return sign_in(client, user)


@pytest.mark.parametrize("asked", ["zh-TW", "zh-HK,zh;q=0.9", "zh-Hant"])
def test_a_browser_that_asks_for_traditional_characters_gets_them(client: Client, db: None, asked: str) -> None:
    answer = client.get(LOGIN, headers={"Accept-Language": asked})
    assert answer["Content-Language"] == "zh-hant"
    assert '<html lang="zh-TW"' in answer.content.decode()


def test_the_switch_offers_the_two_other_languages(client: Client, db: None) -> None:
    for language, others in {
        "zh-hans": {"zh-hant", "en"},
        "zh-hant": {"zh-hans", "en"},
        "en": {"zh-hans", "zh-hant"},
    }.items():
        client.cookies["django_language"] = language
        page = client.get(LOGIN).content.decode()
        assert {code for code in ("zh-hans", "zh-hant", "en") if f'name="language" value="{code}"' in page} == others


def test_the_account_offers_all_three(client: Client, cast: Cast) -> None:
    page = hant(client, cast.secretary).get("/account/").content.decode()
    assert all(f'value="{code}"' in page for code in ("zh-hans", "zh-hant", "en"))
    assert "繁體中文" in page


def test_names_of_persons_and_units_are_never_converted(client: Client, cast: Cast) -> None:
    person = next(one for one in cast.people.values() if one.affiliations.filter(organisation=cast.branch).exists())
    Person.objects.filter(pk=person.pk).update(name="范后里")
    Organisation.objects.filter(pk=cast.branch.pk).update(name="里后范党支部", short_name="里后范支部")
    Placement.objects.filter(organisation=cast.branch).update(name="里后范党支部", short_name="里后范支部")
    assert traditional("范后里") != "范后里"  # the test could not fail otherwise
    client = hant(client, cast.secretary)
    assert "范后里" in client.get(f"/members/{person.pk}/").content.decode()
    for address in (f"/members/{person.pk}/", "/members/", f"/organisations/{cast.branch.code}/", "/"):
        answer = client.get(address)
        page = answer.content.decode()
        assert answer["Content-Language"] == "zh-hant"
        assert answer.status_code == 200 and ("里后范" in page or "范后里" in page), address
        assert traditional("范后里") not in page and traditional("里后范") not in page, address


def test_rules_roles_columns_and_days_are_told_in_traditional_characters(cast: Cast) -> None:
    member = needed_table("member", catalogue)
    joined = member.column("joined_on")
    assert joined is not None
    with translation.override("zh-hant"):
        assert title_of("secretary") == "書記"
        assert name_of(joined) == "入黨日期"
        assert day(TODAY).endswith("（週二）")
        assert in_script("《中国共产党支部工作条例》 第十六条") == "《中國共產黨支部工作條例》 第十六條"
    with translation.override("zh-hans"):
        assert (title_of("secretary"), name_of(joined)) == ("书记", "入党日期")


def test_a_rules_words_are_said_in_traditional_characters() -> None:
    words = Words(zh="主题党日", en="theme day")
    assert [words.say(lang) for lang in ("zh-hant", "zh-hans", "en")] == ["主題黨日", "主题党日", "theme day"]


def test_a_condition_is_described_in_traditional_characters() -> None:
    checked = check("joined_on is null or sex = '1'", needed_table("member", catalogue))
    assert describe(checked, "zh-hant").startswith("沒有入黨日期，或者性別是")


def test_what_is_typed_in_traditional_characters_is_understood(cast: Cast) -> None:
    member = needed_table("member", catalogue)
    with translation.override("zh-hant"):
        assert condition(member, "has_contact_person", "=", "沒有") == "has_contact_person = false"
        assert condition(member, "ethnicity", "=", "滿") == condition(member, "ethnicity", "=", "满")
    Organisation.objects.filter(pk=cast.branch.pk).update(name="东丰党支部")
    assert cast.branch in search_units(cast.organiser, "東豐黨支部")
    Organisation.objects.filter(pk=cast.branch.pk).update(name="東豐黨支部")
    assert cast.branch in search_units(cast.organiser, "东丰党支部")
