"""The demo's today moves forward and back; a real installation has no such page and no such verb."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from guben.accounts import installation
from guben.accounts.models import Installation
from guben.audit.models import Entry
from guben.demo import actions, errors
from tests.cast import TODAY, Cast, sign_in
from tests.command import guben

DAY = "/demo/day/"


@pytest.fixture
def demo(cast: Cast) -> Cast:
    Installation.objects.update(demo_sign_in=True)
    return cast


def test_in_an_open_demo_everybody_moves_the_day_and_comes_back_to_the_page(demo: Cast, client: Client) -> None:
    sign_in(client, demo.member)
    page = client.get("/").content.decode()
    assert "/demo/day/?next=/" in page
    assert "6-30</a>" in page
    answer = client.post(DAY, {"day": "2026-07-06", "next": "/meetings/"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/meetings/")
    assert installation.today() == date(2026, 7, 6)
    entry = Entry.objects.get(action="demo.day_moved")
    assert entry.details == {"before": "2026-06-30", "day": "2026-07-06"}
    client.post(DAY, {"day": "2026-07-06"})
    assert Entry.objects.filter(action="demo.day_moved").count() == 1, "a day that stays is no act"
    client.post(DAY, {"day": "2026-06-30"})
    assert installation.today() == TODAY


@pytest.mark.parametrize("typed", ["", "明天", "2026-02-30", "0001-01-01", "9999-12-31", "2019-12-31", "2040-01-01"])
def test_what_is_no_day_or_too_far_is_refused_and_stays_in_the_field(demo: Cast, client: Client, typed: str) -> None:
    answer = sign_in(client, demo.secretary).post(DAY, {"day": typed})
    assert answer.status_code == 422
    assert "没有移。" in answer.content.decode()
    assert f'value="{typed}"' in answer.content.decode() or not typed
    assert installation.today() == TODAY


def test_what_is_recorded_in_a_demo_carries_its_day_and_elsewhere_the_clock(demo: Cast) -> None:
    before = timezone.now()
    assert timezone.localtime(installation.now()).date() == TODAY
    Installation.objects.update(is_demo=False)
    assert before <= installation.now() <= timezone.now()


def test_it_leads_nowhere_else(demo: Cast, client: Client) -> None:
    answer = sign_in(client, demo.secretary).post(DAY, {"day": "2026-07-06", "next": "https://example.org/"})
    assert answer.headers["Location"] == DAY


def test_a_real_installation_has_no_such_page(demo: Cast, client: Client) -> None:
    Installation.objects.update(is_demo=False)
    for who in (demo.clerk, demo.secretary):
        assert sign_in(client, who).get(DAY).status_code == 404
        assert client.post(DAY, {"day": "2026-07-06"}).status_code == 404
        with pytest.raises(errors.NoDemoDay):
            actions.move_day(date(2026, 7, 6), by=who)
    assert "/demo/day/" not in client.get("/").content.decode()
    assert Installation.objects.get().demo_day == TODAY


def test_a_closed_demo_is_moved_by_who_manages_it(cast: Cast, client: Client) -> None:
    assert sign_in(client, cast.organiser).post(DAY, {"day": "2026-07-06"}).status_code == 403
    assert "/demo/day/" not in client.get("/").content.decode()
    assert sign_in(client, cast.administrator).post(DAY, {"day": "2026-07-06"}).status_code == 302
    assert installation.today() == date(2026, 7, 6)


def test_the_operators_setting_comes_first(demo: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUBEN_DEMO_DAY", "2027-01-01")
    answer = sign_in(client, demo.secretary).post(DAY, {"day": "2026-07-06"})
    assert answer.status_code == 422
    assert "GUBEN_DEMO_DAY" in answer.content.decode()
    assert Installation.objects.get().demo_day == TODAY


def test_the_command_moves_it_too(demo: Cast) -> None:
    answer = guben("demo", "day", "2026-07-06")
    assert (answer.code, answer.err) == (0, "")
    assert installation.today() == date(2026, 7, 6)
    assert guben("demo", "day", "soon").code == 2
    assert guben("demo", "day", "1999-01-01").code == 1
