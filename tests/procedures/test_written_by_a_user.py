"""The hall of the manual: installed as a user would, begun and run to its end over the pages."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from guben.procedures.models import Case, Entry
from tests.cast import BRANCH, Cast, sign_in
from tests.command import guben
from tests.procedures import cases

MANUAL = Path(__file__).parents[2] / "docs" / "writing-a-procedure.md"
pytestmark = pytest.mark.usefixtures("rules")


def test_the_hall_of_the_manual_runs_to_its_end(cast: Cast, client: Client, tmp_path: Path) -> None:
    file = tmp_path / "hall.toml"
    found = re.search(r"```toml\n(.*?)```", MANUAL.read_text(encoding="utf-8"), re.S)
    assert found
    file.write_text(found.group(1), encoding="utf-8")
    answer = guben("rules", "install", str(file))
    assert answer.code == 0, answer.err

    cases.set_day(date(2026, 6, 1))
    address = f"{reverse('procedures:start')}?at={BRANCH}&procedure=hall-use"
    sign_in(client, cast.secretary).post(address, {"title": "村民议事", "begun_on": "2026-06-01"})
    case = Case.objects.get()

    def take(who: str, step: str, outcome: str, on: date, **fields: str) -> int:
        cases.set_day(on)
        sent = {"step": step, "after": Entry.objects.count(), "outcome": outcome, "done_on": on.isoformat()} | fields
        address = reverse("procedures:take", args=[case.pk])
        return sign_in(client, cast.users[who]).post(address, sent).status_code

    day = {"f-day": "2026-06-20"}
    assert take("secretary", "request", "done", date(2026, 6, 1), **day) == 422, "the plan is missing"
    paper = {"key": "plan", "dated_on": "2026-06-01", "kept_where": "文件柜"}
    client.post(reverse("procedures:hand_in", args=[case.pk]), paper)
    assert take("secretary", "request", "done", date(2026, 6, 1), **day) == 302
    assert take("secretary", "review", "agreed", date(2026, 6, 2)) == 403
    assert take("clerk", "review", "agreed", date(2026, 6, 2)) == 302
    assert take("clerk", "notice", "posted", date(2026, 6, 2), **{"place-1": "镇公告栏"}) == 302
    assert take("clerk", "notice", "clear", date(2026, 6, 8)) == 422, "it hangs until the evening of the fifth day"
    assert take("clerk", "notice", "clear", date(2026, 6, 9)) == 302
    assert take("clerk", "handing-over", "done", date(2026, 6, 9)) == 302
    assert take("clerk", "return", "done", date(2026, 6, 9)) == 422, "not before the next day"
    assert take("clerk", "return", "done", date(2026, 6, 10)) == 302
    case.refresh_from_db()
    assert (case.ended_on, case.step) == (date(2026, 6, 10), "")
