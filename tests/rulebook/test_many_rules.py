"""Rules of many organisations together: none of them slows or breaks a page of another."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guben.duties.queries import items
from guben.figures.queries import diagnose
from guben.rulebook.burden import burden_of
from guben.rulebook.models import Edition
from guben.rulebook.queries import installed_files, library
from guben.rulebook.sources import RuleFile, read_all
from guben.rulebook_engine.library import Library
from tests.cast import NEIGHBOUR_BRANCH, STREET, TOWN, Cast
from tests.rulebook.local import KEY, amended, issued

pytestmark = pytest.mark.usefixtures("rules")
MANY = 650  # duties: two thousand columns and more

HEAD = """
[rulebook]
key = "many-{at}"
title = {{ zh = "许多", en = "Many" }}
issued-by = "{at}"
source = "文"
confidence = "verified"
from = 2020-01-01
"""
DUTY = """
[[duty]]
key = "many-{number}-{at}"
title = {{ zh = "第{number}件", en = "No. {number}" }}
who = "kind = 'branch' and members > {number} - 10000"
every = "month"
evidence = {{ record = "meeting", is = "form = 'lecture' and present <> {number}", where = "present > 0" }}
answerable = "secretary"
minutes = 1
"""
LINE = """
[[indicator]]
key = "figure-{number}-{at}"
title = {{ zh = "第{number}个数", en = "No. {number}" }}
value = "count(age > {number})"
over = "member"

[[standard]]
key = "line-{number}-{at}"
title = {{ zh = "第{number}条线", en = "No. {number}" }}
indicator = "figure-{number}-{at}"
holds = "value <= 1000 + {number}"
who = "members > {number} - 10000"
line = {{ zh = "线", en = "Line" }}
severity = "low"
remedy = {{ zh = "办", en = "Act" }}
"""


def many(at: str, part: str, number: int = MANY) -> Library:
    text = HEAD.format(at=at) + "".join(part.format(number=n, at=at) for n in range(number))
    return read_all([*installed_files(), RuleFile("many.toml", text)])


def test_hundreds_of_duties_are_counted_and_asked_of_a_branch(cast: Cast) -> None:
    rules = many(TOWN, DUTY)

    burden = burden_of(cast.town, cast.today, rules)
    assert burden.issuers[TOWN] == pytest.approx(MANY * 12 * 1 / 60 * 3 / burden.units)
    owed = items([cast.branch], cast.today, first=date(2026, 6, 1), rules=rules)
    assert sum(item.duty.issued_by == TOWN for item in owed) == MANY


def test_hundreds_of_lines_are_tried(cast: Cast) -> None:
    found = diagnose(cast.branch, cast.today, rules=many(TOWN, LINE, 400))

    assert sum(rule.issued_by == TOWN for rule in found.quiet) == 400


def test_rules_of_others_are_not_even_asked(cast: Cast) -> None:
    rules = many(TOWN, DUTY, 50)
    with CaptureQueriesContext(connection) as asked:
        items([cast.units[NEIGHBOUR_BRANCH]], cast.today, first=date(2026, 6, 1), rules=rules)
        burden = burden_of(cast.units[STREET], cast.today, rules)

    assert not any("10000" in query["sql"] for query in asked)
    assert TOWN not in burden.issuers


def test_past_periods_keep_the_edition_of_their_days(cast: Cast) -> None:
    edition = issued(cast, from_on=cast.today)
    Edition.objects.filter(pk=edition.pk).update(from_on=date(2026, 1, 1))
    edition.refresh_from_db()
    amended(cast, edition, every="quarter", from_on="2026-07-01")

    found = items([cast.branch], date(2026, 12, 31), first=date(2026, 1, 1), rules=library())
    asked = [item.period.label for item in found if item.duty.key == KEY]
    assert asked == [f"2026-{month:02}" for month in range(1, 7)] + ["2026-Q3", "2026-Q4"]
