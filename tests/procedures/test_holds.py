"""Stopping a case for a while and letting it go on, over the pages."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from guben.audit.models import Entry as History
from guben.procedures.models import Held
from tests.cast import Cast, sign_in
from tests.procedures import cases

pytestmark = pytest.mark.usefixtures("rules", "procedures")


def test_a_case_is_stopped_and_goes_on_with_reasons_that_stay_on_its_page(cast: Cast, client: Client) -> None:
    case = cases.hall(cast, begun_on=date(2026, 6, 1))
    hold, release = (reverse(f"procedures:{name}", args=[case.pk]) for name in ("hold", "release"))
    sign_in(client, cast.secretary)
    assert hold in client.get(case.get_absolute_url()).content.decode()
    assert client.get(release).status_code == 302, "nothing to release"

    for wrong in ({"reason": ""}, {"until_on": "2099-01-01"}, {"until_on": "2026-06-30"}, {"until_on": "x"}):
        answer = client.post(hold, {"reason": "查举报", "until_on": "2026-08-01"} | wrong)
        assert answer.status_code == 422, wrong
    assert client.post(hold, {"reason": "查举报", "until_on": "2026-08-01"}).status_code == 302
    shown = client.get(case.get_absolute_url()).content.decode()
    for words in ("这件暂停办理", "查举报", release, "暂停记录"):
        assert words in shown, words
    assert hold not in shown
    assert client.post(hold, {"reason": "再停", "until_on": "2026-08-01"}).status_code == 302
    assert Held.objects.get().reason == "查举报"

    assert client.post(release, {"reason": ""}).status_code == 422
    assert client.post(release, {"reason": "举报不实"}).status_code == 302
    row = Held.objects.get()
    assert (row.ended_on, row.ended_reason, row.ended_by) == (cast.today, "举报不实", cast.secretary)
    shown = client.get(case.get_absolute_url()).content.decode()
    assert "举报不实" in shown
    assert "这件暂停办理" not in shown
    assert {"cases.held", "cases.released"} <= set(History.objects.values_list("action", flat=True))
    sign_in(client, cast.inspector)
    assert client.get(hold).status_code == 403
    assert hold not in client.get(case.get_absolute_url()).content.decode()
