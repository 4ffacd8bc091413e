"""Until a day's figures are worked out, superiors' pages show those of the day before, say so, and ask no records."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from guben.audit.remembering import newest_entry
from guben.duties import queries as duties
from guben.figures import queries
from guben.home import side, superior_day
from guben.kit.errors import DomainError
from guben.organisations.models import Organisation, Site
from guben.rollup.freshness import keeping, reading, settling, whole
from guben.rollup.freshness.logic import Logic, logic_of
from guben.rollup.models import KeptTree
from guben.rulebook.queries import library
from tests.cast import TODAY, Cast, sign_in
from tests.rollup.test_freshness import Acts, agrees, followed


@pytest.fixture
def yesterday(cast: Cast, rules: None, _large: None) -> KeptTree:
    """What is kept is of yesterday: it is the night, and nobody has begun today yet."""
    begun = keeping.begin(logic_of(library(), TODAY - timedelta(days=1)))
    assert begun is not None
    return begun


@pytest.fixture
def _superiors(monkeypatch: pytest.MonkeyPatch) -> None:
    """No page may ask the records of more than one unit."""
    monkeypatch.setattr(superior_day, "MOST_SUMMED", 0)
    monkeypatch.setattr(superior_day, "MOST_ASKED", 1)
    monkeypatch.setattr(queries, "LARGE_TREE", 1)

    def refuse(*_args: object, **_more: object) -> None:
        raise AssertionError("The records of a whole tree were asked.")

    monkeypatch.setattr(queries, "worked_out", refuse)
    monkeypatch.setattr(queries, "_findings_of_records", refuse)
    monkeypatch.setattr(duties, "summary_below", refuse)
    monkeypatch.setattr(side.members, "structure_of", refuse)


def pages_of(client: Client, unit: Organisation) -> dict[str, str]:
    at = f"?at={unit.code}"
    asked = {
        "today": reverse("home:today") + at,
        "fetched": reverse("home:today") + at + "&sum=1",
        "problems": reverse("home:today_problems") + at,
        "aside": reverse("home:unit_aside", args=[unit.code]),
        "handover": reverse("home:handover", args=[unit.code]),
    }
    return {name: client.get(address).content.decode() for name, address in asked.items()}


@followed
@pytest.mark.one_database
@pytest.mark.usefixtures("_superiors")
def test_until_the_day_is_worked_out_pages_show_the_day_before_and_say_so(
    client: Client, cast: Cast, yesterday: KeptTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, cast.organiser)
    said = "这是6月29日（周一）的数字"
    diagnosed = reverse("figures:diagnosis") + f"?at={cast.city.code}"
    for page in (*pages_of(client, cast.city).values(), client.get(diagnosed).content.decode()):
        assert said in page
        assert "今天的还没有算好" in page
    rule = next(one.rule.key for one in client.get(diagnosed).context["findings"] if len(one.units) > 1)
    assert said in client.get(reverse("figures:finding", args=[rule])).content.decode()
    assert reading.reading(TODAY) is None  # who does not say the day gets nothing
    assert queries.kept_by_others(cast.city, TODAY) is None
    assert reading.latest(TODAY - timedelta(days=2)) is None  # only today waits for its figures

    half = []

    def write(tree: KeptTree, rows: list[settling.Row]) -> None:
        half.append(said in client.get(reverse("home:today")).content.decode())
        written(tree, rows)

    written = whole.write
    monkeypatch.setattr(whole, "MOST_TOGETHER", 4)
    monkeypatch.setattr(whole, "write", write)
    assert keeping.tend(TODAY) == "9 units begun"
    assert half == [True, True, True]
    assert not any(said in page for page in pages_of(client, cast.city).values())
    assert "数字记到" in client.get(reverse("home:today")).content.decode()


@followed
@pytest.mark.one_database
@pytest.mark.usefixtures("_superiors")
def test_where_nothing_is_kept_yet_pages_say_so_and_ask_no_records(client: Client, cast: Cast) -> None:
    sign_in(client, cast.organiser)
    pages = pages_of(client, cast.city)
    assert all("还没有算好" in page for page in pages.values()), [
        name for name in pages if "还没有算好" not in pages[name]
    ]
    assert "后台" in pages["fetched"]
    answer = client.get(reverse("figures:finding", args=["secretary-vacant"]))
    assert answer.status_code == 302


@followed
@pytest.mark.one_database
def test_what_old_rules_gave_does_not_stand_in_for_a_day(cast: Cast, yesterday: KeptTree) -> None:
    assert reading.latest(TODAY) is not None
    KeptTree.objects.filter(pk=yesterday.pk).update(fingerprint="other")
    assert reading.latest(TODAY) is None


@followed
def test_what_is_recorded_while_a_day_is_begun_is_in_it(
    cast: Cast, yesterday: KeptTree, logic: Logic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each piece is followed by acts on units that were read before, and on others."""
    acts = Acts(cast, 3)
    waiting, written = acts.one_of_each(), whole.write

    def write(tree: KeptTree, rows: list[settling.Row]) -> None:
        written(tree, rows)
        for act in [waiting.pop() for _number in range(min(3, len(waiting)))]:
            with suppress(DomainError, IndexError):
                act()

    monkeypatch.setattr(whole, "MOST_TOGETHER", 3)
    monkeypatch.setattr(whole, "write", write)
    entries = newest_entry()
    kept = keeping.begin(logic)
    assert kept is not None
    assert newest_entry() > entries
    assert kept.seen == newest_entry()
    assert keeping.check(kept, logic) == []
    assert not KeptTree.objects.exclude(pk=kept.pk).exists()


@followed
def test_a_day_that_is_begun_is_begun_again_where_records_change_without_history(
    cast: Cast, yesterday: KeptTree, logic: Logic, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = whole.write

    def write(tree: KeptTree, rows: list[settling.Row]) -> None:
        written(tree, rows)
        Site.objects.filter(organisation=cast.community).update(tenure="owned")
        keeping.put_right([cast.community.pk])

    monkeypatch.setattr(whole, "MOST_TOGETHER", 4)
    monkeypatch.setattr(whole, "write", write)
    assert keeping.begin(logic) is None
    assert [one.pk for one in KeptTree.objects.all()] == [yesterday.pk]  # pages still have this one
    monkeypatch.setattr(whole, "write", written)
    assert keeping.tend(TODAY) == "9 units begun"
    assert agrees(cast.street)
