"""What the software does not do: no beliefs, no positions, no sign-in device, no points, no ranking, no photographs."""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

NEVER = {
    "beliefs": r"belief|religio|faith|creed|thought|opinion|loyal|信仰|宗教|思想动态|忠诚",
    "positions": r"latitude|longitude|\blat\b|\blng\b|\blon\b|gps|geo(?!graph)|coordinate|position|checkin|check_in|"
    r"签到|打卡|定位|坐标|轨迹",
    "points": r"\bpoints?\b|积分|score_online|online_minutes|学习时长",
    "ranking": r"\brank|leaderboard|排名|排行|top_members",
    "photographs": r"photo|selfie|portrait|face|image|camera|照片|人脸|拍照",
    "profiles of people who are not members": r"resident|household|visitor|petitioner_profile",
}


def fields() -> list[tuple[str, str]]:
    found = []
    for model in apps.get_models():
        if not model.__module__.startswith("guben."):
            continue
        found.append((model._meta.label, str(model._meta.verbose_name)))
        for field in model._meta.get_fields():
            if isinstance(field, models.Field):
                found.append((f"{model._meta.label}.{field.name}", str(field.verbose_name)))
    return found


def addresses(patterns: list[URLPattern | URLResolver], before: str = "") -> list[tuple[str, str]]:
    found = []
    for pattern in patterns:
        address = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += addresses(pattern.url_patterns, address)
        else:
            found.append((address, str(pattern.name)))
    return found


@pytest.mark.parametrize("what", NEVER)
def test_no_column_holds_it(what: str) -> None:
    never = re.compile(NEVER[what], re.IGNORECASE)
    assert [name for name, words in fields() if never.search(name.split(".", 1)[1]) or never.search(words)] == []


@pytest.mark.parametrize("what", NEVER)
def test_no_address_serves_it(what: str) -> None:
    never = re.compile(NEVER[what], re.IGNORECASE)
    assert [found for found in addresses(get_resolver().url_patterns) if never.search(" ".join(found))] == []


@pytest.mark.parametrize("what", NEVER)
def test_no_rule_may_speak_of_it(what: str) -> None:
    from guben.rulebook_engine.facts import catalogue

    never = re.compile(NEVER[what], re.IGNORECASE)
    columns = [(table.name, column) for table in catalogue for column in table.all_columns]
    assert columns
    assert [
        f"{table}.{column.name}" for table, column in columns if never.search(column.name) or never.search(column.zh)
    ] == []


def test_no_fact_table_holds_a_name_a_number_or_a_telephone() -> None:
    from guben.rulebook_engine.facts import catalogue

    identifying = re.compile(r"name|phone|telephone|id_number|cipher|mask|index|address|pinyin|initials|email|^user")
    assert [
        f"{table.name}.{column.name}"
        for table in catalogue
        for column in table.all_columns
        if identifying.search(column.name)
    ] == []
