"""The diagnosis of a large tree is worked out as a job, kept in the database, and told to be old when it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from guben.audit.remembering import _kept
from guben.figures import actions, queries
from guben.figures.keeping import keep_diagnosis
from guben.figures.models import KeptDiagnosis
from guben.figures.queries import diagnose, kept_diagnosis
from guben.figures.trials import silent
from guben.jobs import actions as jobs
from guben.jobs.models import Job
from guben.organisations.actions import change_site
from guben.organisations.models import Site
from tests.cast import CITY, TODAY, TOWN, Cast, sign_in

pytestmark = pytest.mark.usefixtures("rules")


@pytest.fixture(autouse=True)
def _large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four units are a large tree here, and every look is that of another process."""
    monkeypatch.setattr(queries, "LARGE_TREE", 3)
    _kept.clear()


def other_process() -> None:
    _kept.clear()


def test_what_is_kept_is_what_was_worked_out(cast: Cast) -> None:
    found = keep_diagnosis(cast.city, TODAY, silent)
    other_process()

    kept = kept_diagnosis(cast.city, TODAY)

    assert kept is not None
    assert kept.is_fresh
    assert kept.diagnosis.findings == found.findings
    assert kept.diagnosis.quiet == found.quiet
    assert len(found.findings) > 5


def test_another_process_works_nothing_out_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    found = keep_diagnosis(cast.city, TODAY, silent)
    other_process()
    monkeypatch.setattr(queries, "worked_out", lambda *_: pytest.fail("worked out again"))

    assert diagnose(cast.city, TODAY).findings == found.findings


def test_an_act_makes_it_old_and_figures_are_never_taken_from_it(client: Client, cast: Cast) -> None:
    keep_diagnosis(cast.city, TODAY, silent)
    site = Site.objects.get(organisation=cast.community)
    change_site(site, tenure="owned", by=cast.operator)

    kept = kept_diagnosis(cast.city, TODAY)
    assert kept is not None
    assert not kept.is_fresh
    assert "community-site-not-owned" in {one.rule.key for one in kept.diagnosis.findings}
    assert "community-site-not-owned" not in {one.rule.key for one in diagnose(cast.city, TODAY).findings}
    page = sign_in(client, cast.organiser).get(reverse("figures:diagnosis")).content.decode()
    assert "之后又有登记" in page
    assert "again=1" in page


def test_the_page_of_a_large_tree_waits_for_a_job_and_then_shows_it(client: Client, cast: Cast) -> None:
    sign_in(client, cast.organiser)
    first: Any = client.get(reverse("figures:diagnosis"))
    assert first.status_code == 302
    job = Job.objects.get()
    assert client.get(reverse("figures:diagnosis"))["Location"] == first["Location"]
    assert Job.objects.count() == 1
    assert "要算一会儿" in client.get(first["Location"]).content.decode()

    assert jobs.run(job.pk)
    other_process()

    after = client.get(first["Location"])
    assert after["Location"] == f"{reverse('figures:diagnosis')}?at={CITY}&on={TODAY}"
    page = client.get(after["Location"]).content.decode()
    for finding in diagnose(cast.city, TODAY).findings:
        assert f'id="finding-{finding.rule.key}"' in page
    assert "之后又有登记" not in page


def test_asking_again_for_what_is_fresh_starts_no_job(client: Client, cast: Cast) -> None:
    keep_diagnosis(cast.city, TODAY, silent)

    assert sign_in(client, cast.organiser).get(reverse("figures:diagnosis") + "?again=1").status_code == 200
    assert not Job.objects.exists()


def test_a_job_whose_owner_lost_the_right_says_so(client: Client, cast: Cast) -> None:
    job = actions.start_diagnosis(cast.town, TODAY, by=cast.clerk)
    cast.clerk.grants.update(until_on=TODAY - timedelta(days=1))

    assert jobs.run(job.pk)

    job.refresh_from_db()
    assert job.state == "failed"
    assert not KeptDiagnosis.objects.exists()


def test_small_trees_are_worked_out_at_once(client: Client, cast: Cast) -> None:
    address = f"{reverse('figures:diagnosis')}?at={cast.street.code}"

    assert sign_in(client, cast.organiser).get(address).status_code == 200
    assert sign_in(client, cast.clerk).get(f"{reverse('figures:diagnosis')}?at={TOWN}").status_code == 302
