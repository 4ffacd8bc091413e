"""A walk over every page, with faults on the way, and over commands and jobs: nothing that is logged names a person."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from guben.jobs import actions as jobs
from guben.jobs.models import Job
from guben.jobs.registry import _kinds, job
from guben.kit.logs import CoveringFormatter
from guben.members import sealed
from guben.members.models import Person
from tests.access.test_no_page_breaks import addresses, body_of, field_names, who_may
from tests.access.test_rights_table import ROWS
from tests.cast import TOWN, Cast, sign_in
from tests.command import guben
from tests.members.numbers import id_number


class Known:
    """Whatever is personal about the cast."""

    def __init__(self, cast: Cast) -> None:
        self.names = list(cast.people)
        self.numbers: list[str] = []
        for serial, person in enumerate(Person.objects.order_by("pk")):
            number, phone = id_number(person.born_on, person.sex), f"1380013{serial:04}"
            if not Person.objects.filter(id_number_index=sealed.index_of("id_number", number)).exists():
                sealed.put(person, "id_number", number)
                self.numbers.append(number)
            sealed.put(person, "phone", phone)
            person.save()
            self.numbers.append(phone)

    def found_in(self, text: str) -> list[str]:
        return [value for value in (*self.names, *self.numbers) if value in text]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything any logger says, written as the settings say."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(CoveringFormatter(django_settings.LOGGING["formatters"]["covered"]["format"]))
    root = logging.getLogger()
    level, handlers = root.level, root.handlers
    root.handlers = [handler]  # nobody else writes it all down once more
    root.setLevel(logging.DEBUG)
    yield out
    root.handlers = handlers
    root.setLevel(level)


@pytest.fixture
def known(cast: Cast) -> Known:
    return Known(cast)


def test_every_handler_that_writes_covers() -> None:
    logging_settings = django_settings.LOGGING
    assert {one["formatter"] for one in logging_settings["handlers"].values()} == {"covered"}
    assert logging_settings["formatters"]["covered"]["()"] == "guben.kit.logs.CoveringFormatter"
    assert logging_settings["loggers"]["django"]["handlers"] == []
    assert django_settings.DEBUG is False


@pytest.mark.one_database
def test_a_walk_over_every_page(cast: Cast, rules: None, known: Known, log: io.StringIO) -> None:
    client = Client(raise_request_exception=False)
    name, number = known.names[0], known.numbers[0]
    for row in ROWS:
        address, given = addresses(row, cast), row.data(cast)
        sign_in(client, cast.users[who_may(row)])
        answer = client.get(address, {**given, "q": name, "who": name, "text": number})
        html = body_of(answer).decode(errors="replace")
        client.get(f"{address}{name}/{number}/")
        client.post(address, {**dict.fromkeys(field_names(html), name), **given})
        client.post(address, {**dict.fromkeys(field_names(html), number), **given})
    text = log.getvalue()
    assert len(text.splitlines()) > 100
    assert known.found_in(text) == []


@pytest.mark.parametrize("error", [ValueError, KeyError, AssertionError])
def test_faults_of_the_software(
    cast: Cast, known: Known, log: io.StringIO, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def falls(*args: Any, **kwargs: Any) -> Any:
        raise error(f"{known.names} {known.numbers}") from LookupError(known.names[1])

    monkeypatch.setattr("guben.members.queries.Listed", falls)
    client = sign_in(Client(raise_request_exception=False), cast.organiser)
    answer = client.get(reverse("members:list"), {"text": known.names[2]})
    assert answer.status_code == 500
    assert known.found_in(answer.content.decode()) == []
    text = log.getvalue()
    assert f"{error.__name__}: " in text
    assert "falls" in text
    assert known.found_in(text) == []


def test_a_job_that_breaks(cast: Cast, known: Known, log: io.StringIO, settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path

    @job("tests.breaks")
    def breaks(one: Job, report: Any) -> dict[str, Any]:
        raise ValueError(f"{known.names} {known.numbers}")

    try:
        row = jobs.start("tests.breaks", "试", cast.clerk)
        jobs.run(row.pk)
    finally:
        _kinds.pop("tests.breaks")
    row.refresh_from_db()
    written = (tmp_path / "logs" / "jobs.log").read_text(encoding="utf-8")
    assert "ValueError: " in written
    assert known.found_in(written + log.getvalue() + row.message + row.log + str(row.result)) == []


def test_commands_say_it_on_standard_error_without_names(
    cast: Cast, rules: None, known: Known, log: io.StringIO, tmp_path: Path
) -> None:
    from guben.accounts.models import Installation

    Installation.objects.update(is_demo=False)
    roster = tmp_path / "roster.csv"
    rows = [f"{name},{known.numbers[0]},男,13800138000,1990-05-03" for name in known.names[:5]]
    roster.write_text("姓名,公民身份号码,性别,电话,出生日期\n" + "\n".join(rows), encoding="utf-8")
    said = [
        guben("doctor", "--all"),
        guben("keys", "list"),
        guben("due", "--at", TOWN, "--below"),
        guben("diagnose", "--at", TOWN),
        guben("evaluate", "--all", "--at", TOWN),
        guben("import", "members", roster, "--at", TOWN, "--dry-run"),
        guben("import", "members", roster, "--at", TOWN),
        guben("--as", known.names[0], "due", "--at", TOWN),
        guben("due", "--at", known.numbers[0]),
    ]
    told = [value for answer in said[:-2] for value in known.found_in(answer.err)]
    assert told == []
    assert known.found_in(log.getvalue()) == []
