"""Every night the history is summed up and proved; a fault makes the night's run fail, and the doctor says so."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from guben.audit import trail
from guben.audit.models import Checkpoint, Entry
from guben.figures.doctor import check_all
from guben.jobs import schedule
from guben.jobs.models import NightlyRun
from tests import cast as the_cast

NAME = "audit.prove_history"


@pytest.fixture
def _written(settings: Any, tmp_path: Path, transactional_db: None) -> None:
    settings.DATA = tmp_path
    cast = the_cast.build()
    with transaction.atomic():
        trail.record("x.done", cast.branch, by=cast.clerk, organisation_id=cast.branch.pk)


def night(days: int = 0) -> datetime:
    return timezone.localtime().replace(hour=4) + timedelta(days=days)


@pytest.mark.usefixtures("_written")
def test_the_night_takes_a_checkpoint_and_finds_what_was_changed() -> None:
    assert NAME in schedule.run_due(night())
    assert Checkpoint.objects.count() == 1
    run = NightlyRun.objects.get(name=NAME)
    assert not run.failed
    Entry.objects.update(action="x.else")
    assert NAME in schedule.run_due(night(1))
    run = NightlyRun.objects.get(name=NAME)
    assert run.failed
    faults = {check.name: check.faults for check in check_all()}
    assert faults["history: as it was written"]
    assert any(NAME in fault for fault in faults["night: last works done"])
