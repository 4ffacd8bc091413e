"""Finding people among many: the ways an index can help find the same people, and a list is counted up to a bound."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from guben.kit.names import SURNAMES, name_keys
from guben.members.models import Person
from guben.members.queries import Filters, Listed, lists, members_at
from guben.members.queries.lists import named
from tests.cast import Cast

DAY = date(2026, 6, 30)
NAMES = ("王志", "单志强", "欧阳志强", "阿不都·志强", "志", "强志", "郑小王志", "Wang Li", "王%_", "wang")


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["志", "志强", "王志", "王", "小王", "·志", "王%", "欧阳志强", "强志强", "_志"])
def test_a_part_of_a_name_is_found_wherever_it_stands(text: str) -> None:
    for name in NAMES:
        Person.objects.create(name=name, sex="1", born_on=date(1980, 1, 1))
    found = set(Person.objects.filter(named(text)).values_list("name", flat=True))
    assert found == {name for name in NAMES if text in name}


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["shan", "danzhi", "szq", "dz", "ouyang", "wang", "hiqiang", "anzhi"])
def test_pinyin_is_found_by_the_beginning_of_each_reading(typed: str) -> None:
    for name in NAMES:
        keys = name_keys(name)
        Person.objects.create(name=name, sex="1", born_on=date(1980, 1, 1), pinyin=keys.pinyin, initials=keys.initials)
    found = set(Person.objects.filter(named(typed)).values_list("name", flat=True))
    readings = {name: [one for key in name_keys(name) for one in key.split()] for name in NAMES}
    assert found == {name for name in NAMES if any(one.startswith(typed) for one in readings[name])}


def test_no_surname_has_more_readings_than_are_looked_for() -> None:
    assert max(map(len, SURNAMES.values())) == 2


@pytest.mark.django_db
@pytest.mark.parametrize("most", [1, 2000])
def test_among_many_units_what_is_narrowed_down_is_counted_less_far(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    for name, worth in {"NEAR": 1, "MOST_NAMED": most, "MOST_NARROWED": most}.items():
        monkeypatch.setattr(lists, name, worth)
    for filters in (Filters(), Filters(sex="1"), Filters(text="a"), Filters(text="志"), Filters(text="nobody")):
        whole = [person.pk for person in members_at(cast.organiser, cast.town, DAY, filters)]
        listed = Listed(cast.organiser, cast.town, DAY, filters)
        bound = most if filters.set_ones() else 20_000
        assert (listed.count(), listed.has_more) == (min(len(whole), bound), len(whole) > bound)
        assert [person.pk for person in listed[0:2]] == whole[: min(2, bound)]
        assert [person.pk for person in listed[1:3]] == whole[1 : min(3, bound)]


@pytest.mark.django_db
def test_a_list_in_pages_shows_the_same_people_in_the_same_order(cast: Cast) -> None:
    for filters in (Filters(), Filters(standing="home"), Filters(text="a"), Filters(contact="overdue")):
        whole = [person.pk for person in members_at(cast.organiser, cast.town, DAY, filters)]
        listed = Listed(cast.organiser, cast.town, DAY, filters)
        assert listed.count() == len(whole) and not listed.has_more
        for size in (1, 2, 3, 50):  # pages begin and end within units and between them
            pages = [listed[first : first + size] for first in range(0, len(whole), size)]
            assert [person.pk for page in pages for person in page] == whole
        assert listed[len(whole) : len(whole) + 2] == []


@pytest.mark.django_db
def test_a_list_is_counted_and_opened_up_to_its_bound(cast: Cast, django_assert_num_queries) -> None:
    whole = [person.pk for person in members_at(cast.organiser, cast.town, DAY)]
    listed = Listed(cast.organiser, cast.town, DAY, most=2)
    assert listed.rows.count() > 2
    with django_assert_num_queries(1):
        assert (listed.count(), listed.has_more, len(listed)) == (2, True, 2)
    with django_assert_num_queries(1):
        people = listed[0:2]
    assert [person.pk for person in people] == whole[:2] and listed[2:4] == []
    assert people[0].get_deferred_fields() >= {"id_number_cipher", "home_cipher"}
    assert people[0].unit_name and people[0].stage


@pytest.mark.django_db
def test_what_postgresql_finds_people_by_is_there() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has indexes of its own.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename LIKE 'members_%'")
        known = {name for (name,) in cursor.fetchall()}
        cursor.execute("SET enable_seqscan = off")
        plans = []
        for text in ("志强", "danzhiqiang"):
            sql, values = Person.objects.filter(named(text)).values("pk").query.sql_with_params()
            cursor.execute(f"EXPLAIN {sql}", values)
            plans.append(" ".join(line for (line,) in cursor.fetchall()))
        cursor.execute("RESET enable_seqscan")
    assert {"person_name", "person_name_second", "person_name_third", "stage_person_kind", "affiliation_unit"} <= known
    assert "members_person_pinyin_9d27de8b" not in known
    assert all(name in plans[0] for name in ("person_name_second", "person_name_third", "person_name_long"))
    assert all(name in plans[1] for name in ("person_pinyin_other", "person_initials_other"))
