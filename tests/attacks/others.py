"""What belongs to the street next door, for those who hold rights in the town, in a branch, or nowhere.

Every address of the rights table is asked with the neighbour's ids, with ids that nobody has, and with ids that can't be.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from typing import Any

from django.apps import apps
from django.db import connection
from django.http import HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from guben.access.models import Grant
from guben.dues.models import Balance, Payment
from guben.establishments.models import Establishment, Workplace
from guben.exports.plans import Plan
from guben.jobs.models import Job
from guben.members import sealed
from guben.members.models import Holding, ReserveEntry
from guben.organisations.models import Act, Group, Site
from tests.access import test_rights_table as table
from tests.access.test_rights_table import Row
from tests.cast import BRANCH, COMMUNITY, NEIGHBOUR_BRANCH, PEOPLE, STREET, TODAY, VILLAGE, Cast

OUTSIDERS = ("clerk", "secretary", "member", "stranger")
THEIRS = [name for name, code, *_ in PEOPLE if code == NEIGHBOUR_BRANCH]
PHONES = [f"1390000{number:04}" for number in range(7001, 7001 + len(THEIRS))]
NUMBERS = [f"44000019790115{number:03}X" for number in range(801, 801 + len(THEIRS))]
PLACES = ("滨河", "临江", STREET, "滨河五金厂", "滨河讲义")
NOWHERE = "990000109099"
NOBODY = 987_654
IMPOSSIBLE = ("99999999999999999999", "0", "-1")
WORDS = [*THEIRS, *PHONES, *NUMBERS, *PLACES]
TOKENS = r'name="csrfmiddlewaretoken" value="[^"]*"|"X-CSRFToken": *"[^"]*"|编号[0-9A-F]{4}-\d{8}-\d{4}'
NOT_COUNTED = {"Session", "Use", "Entry", "UserSession", "SignIn", "NightlyRun"}


def furnish(cast: Cast) -> None:
    """Telephones and numbers for the neighbours, so that there is something to find."""
    for name, phone, number in zip(THEIRS, PHONES, NUMBERS, strict=True):
        person = cast.people[name]
        sealed.put(person, "phone", phone)
        sealed.put(person, "id_number", number)
        person.save()


def _job(cast: Cast, kind: str, state: str = "done", **arguments: Any) -> uuid.UUID:
    words = {"at": NEIGHBOUR_BRANCH, "dry_run": True, "name": "滨河讲义.xlsx", "upload": "滨河讲义.xlsx", **arguments}
    job = Job.objects.create(
        kind=kind, title="滨河讲义", owner=cast.neighbour, organisation=cast.neighbour_branch, state=state,
        arguments=words, result={"rows": 1, "accepted": 0, "updated": 0, "unchanged": 0, "rejected_rows": 1},
    )  # fmt: skip
    return uuid.UUID(str(job.pk))


def _firm(cast: Cast) -> int:
    facts = {"name": "滨河五金厂", "kind": "non_public_enterprise", "from_on": date(2020, 1, 1)}
    return Establishment.objects.get_or_create(organisation=cast.community, **facts)[0].pk


def _workplace(cast: Cast) -> int:
    person = cast.people["苗江月"]
    at = {"establishment_id": _firm(cast), "from_on": date(2021, 1, 1)}
    return Workplace.objects.get_or_create(person=person, **at)[0].pk


def _payment(cast: Cast) -> int:
    balance = Balance.objects.get_or_create(person=cast.people["苗江月"], year=2026, band="farmers", due_01=100)[0]
    who = {"organisation": cast.neighbour_branch, "recorded_at": timezone.now(), "recorded_by": cast.neighbour}
    return Payment.objects.create(balance=balance, amount_cents=100, paid_on=TODAY, **who).pk


def _reserve(cast: Cast) -> int:
    more = {"from_on": TODAY, "reason": "滨河讲义", "decided_by": "支委会"}
    place = {"organisation": cast.neighbour_branch, "post_kind": "secretary"}
    return ReserveEntry.objects.get_or_create(person=cast.people["区海生"], **place, defaults=more)[0].pk


def _group(cast: Cast) -> int:
    facts = {"name": "滨河小组", "from_on": date(2020, 1, 1)}
    return Group.objects.get_or_create(organisation=cast.neighbour_branch, **facts)[0].pk


def _batch(cast: Cast) -> uuid.UUID:
    meeting = cast.meetings[-1]
    meeting.batch = meeting.batch or uuid.uuid4()
    meeting.recorded_by = cast.neighbour
    meeting.save(update_fields=["batch", "recorded_by"])
    return meeting.batch


def _rule(cast: Cast) -> Any:
    """A rule that the street issued for itself, not in force yet."""
    from guben.rulebook.models import Edition
    from tests.rulebook.local import issued

    key = f"street-{Edition.objects.count()}"
    return issued(cast, key=key, by=cast.organiser, unit=cast.street, from_on=date(2026, 8, 1))


def _notice(cast: Cast) -> Any:
    from guben.publication import actions

    words = {"title": "滨河讲义", "text": "滨河讲义", "audience": "unit", "objections_to": "secretary"}
    return actions.post(cast.neighbour_branch, by=cast.neighbour, **words)


def _objection(cast: Cast) -> int:
    from guben.publication import actions

    facts = {"text": "滨河讲义", "way": "letter", "by": cast.neighbour}
    return actions.receive_objection(_notice(cast), **facts).objection.pk


def _publication(cast: Cast) -> int:
    from guben.publication import actions

    words = {"title": "滨河讲义", "text": "滨河讲义", "audience": "unit"}
    return actions.publish(cast.neighbour_branch, by=cast.neighbour, **words).pk


FOREIGN: dict[Callable[[Cast], Any], Callable[[Cast], Any]] = {
    table.the_member: lambda cast: cast.people["苗江月"].pk,
    table.the_meeting: lambda cast: cast.meetings[-1].pk,
    table.the_post: lambda cast: cast.posts[7].pk,
    table.the_site: lambda cast: Site.objects.get(organisation=cast.community).pk,
    table.the_holding: lambda cast: Holding.objects.get(post=cast.posts[7]).pk,
    table.the_grant: lambda cast: Grant.objects.get(user=cast.neighbour).pk,
    table.the_act: lambda cast: Act.objects.get(organisation=cast.neighbour_branch).pk,
    table.the_group: _group,
    table.the_firm: _firm,
    table.the_workplace: _workplace,
    table.the_payment: _payment,
    table.the_reserve: _reserve,
    table.the_secretary: lambda cast: cast.neighbour.pk,
    table.the_batch: _batch,
    table.the_notice: lambda cast: _notice(cast).pk,
    table.an_objection: _objection,
    table.a_publication: _publication,
    table.the_job: lambda cast: _job(cast, "imports.members"),
    table.the_check: lambda cast: _job(cast, "imports.members"),
    table.a_stopped_check: lambda cast: _job(cast, "imports.members", "stopped"),
    table.an_export: lambda cast: _job(cast, "exports.sheet", **Plan().as_arguments()),
    table.the_diagnosis: lambda cast: _job(cast, "figures.diagnosis", on=str(TODAY)),
    table.the_trial: lambda cast: _job(cast, "figures.what_if"),
}


def foreign_args(row: Row, cast: Cast) -> list[Any] | None:
    """The arguments of an address with the neighbour's ids; None where it holds none."""
    if row.args in FOREIGN:
        return [FOREIGN[row.args](cast)]
    given = row.args(cast)
    if not any(value in (BRANCH, VILLAGE) for value in given):
        return None
    return [NEIGHBOUR_BRANCH if value == BRANCH else COMMUNITY if value == VILLAGE else value for value in given]


def missing_args(foreign: list[Any]) -> list[Any]:
    """The same arguments with an id that nobody has."""
    strange = {int: NOBODY, uuid.UUID: uuid.UUID(int=7)}
    return [strange.get(type(one), NOWHERE if one in (NEIGHBOUR_BRANCH, COMMUNITY) else one) for one in foreign]


def impossible(row: Row, foreign: list[Any], turn: int) -> Iterator[str]:
    """The address with an id that can't be, as far as it allows such a word."""
    with suppress(NoReverseMatch):
        yield reverse(row.name, args=[*foreign[:-1], IMPOSSIBLE[turn % len(IMPOSSIBLE)]])


def moved(words: str, to: str) -> str:
    """A query or a value with the neighbour's code in place of the branch's."""
    return words.replace(BRANCH, to).replace(VILLAGE, to)


def data_at(row: Row, cast: Cast, to: str) -> dict[str, Any]:
    return {name: moved(value, to) if isinstance(value, str) else value for name, value in row.data(cast).items()}


def told(answer: HttpResponse) -> list[str]:
    """The words of the neighbours that an answer holds. What was asked for is taken out first: an echo tells nothing."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    words = content.decode(errors="replace")
    words += answer.get("Location", "") + answer.get("Content-Disposition", "")
    return [word for word in WORDS if word in words.replace(NEIGHBOUR_BRANCH, "").replace(COMMUNITY, "")]


def plain(answer: HttpResponse, *ids: object) -> str:
    """An answer without tokens and without the ids that were asked for."""
    words = re.sub(TOKENS, "", answer.content.decode())
    words += answer.get("Location", "")
    for one in sorted(map(str, ids), key=len, reverse=True):
        words = words.replace(f"/{one}/", "/ID/") if len(one) < 9 else words.replace(one, "ID")
    return words


def counts() -> dict[str, int]:
    """How many rows each table holds, but for sessions, limits and the history (which notes refusals too)."""
    tables = {
        model._meta.db_table: model.__name__
        for model in apps.get_models()
        if model.__name__ not in NOT_COUNTED and model._meta.managed
    }
    asked = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM \"{table}\"" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return {tables[table]: number for table, number in cursor.fetchall()}
