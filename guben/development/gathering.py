"""What an application says, gathered from the fields that were filled in at the steps of its case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from guben.development import errors
from guben.development.choices import Channel, Recommended, TieKind
from guben.development.models import Application, Tie
from guben.members.models import Person
from guben.procedures.models import Case, Entry
from guben.procedures.records import standing_of

CHANNEL_WORDS = {
    "工作单位": Channel.WORKPLACE,
    "居住地": Channel.RESIDENCE,
    "党群服务中心": Channel.SERVICE_CENTRE,
    "流动在外": Channel.AWAY,
    "能人": Channel.ABLE,
    "共青团": Channel.LEAGUE,
}
RECOMMENDED_WORDS = {
    "党员推荐": Recommended.MEMBERS,
    "共青团推优": Recommended.LEAGUE,
    "其他群团组织推优": Recommended.MASS,
}


def standing_entries(case: Case) -> tuple[Entry, ...]:
    """The entries that stand, each correction in the place of what it corrects."""
    return standing_of(case.entries.order_by("number"))


def application_of(case: Case) -> Application:
    """What is known of the application; written on the first step that asks."""
    found = Application.objects.filter(case=case).first()
    return found or Application.objects.create(case=case, applied_on=case.begun_on)


def gather(case: Case) -> Application:
    """Brings channel, recommendation and declared relatives up to what the steps say now."""
    known = application_of(case)
    relatives: list[Person] | None = None
    since = known.applied_on
    for entry in standing_entries(case):
        values = entry.values
        if "channel" in values:
            known.channel = _code(values["channel"], CHANNEL_WORDS, Channel, Channel.OTHER)
        if "recommended_by" in values:
            known.recommended_by = _code(values["recommended_by"], RECOMMENDED_WORDS, Recommended, "")
        if "relatives" in values:
            relatives, since = people_of(values, "relatives"), entry.done_on
    known.save(update_fields=["channel", "recommended_by"])
    if relatives is not None:
        tie(known, TieKind.RELATIVE, relatives, since)
    return known


def tie(application: Application, kind: TieKind, people: Sequence[Person], on: date) -> None:
    """These people are this to the applicant from a day; who was before, and is no longer, is so until then."""
    wanted = {person.pk for person in people}
    now = {row.person_id: row for row in application.ties.filter(kind=kind, until_on=None)}
    for pk, row in now.items():
        if pk in wanted:
            continue
        if row.from_on >= on:
            row.delete()
        else:
            row.until_on = on
            row.save(update_fields=["until_on"])
    Tie.objects.bulk_create(
        Tie(application=application, person_id=pk, kind=kind, from_on=on) for pk in sorted(wanted - now.keys())
    )


def ids_of(values: Mapping[str, Any], key: str) -> list[int]:
    """The ids of people in a field; none where it is empty."""
    found = values.get(key)
    many: Iterable[Any] = found if isinstance(found, list | tuple) else [] if found in (None, "") else [found]
    try:
        return list(dict.fromkeys(int(one) for one in many))
    except (TypeError, ValueError):
        raise errors.PersonUnknown from None


def people_of(values: Mapping[str, Any], key: str) -> list[Person]:
    """The people of a field in its order. Raises PersonUnknown."""
    ids = ids_of(values, key)
    known = Person.objects.in_bulk(ids)
    if len(known) != len(ids):
        raise errors.PersonUnknown
    return [known[pk] for pk in ids]


def _code(value: object, words: Mapping[str, str], codes: Any, otherwise: str) -> str:
    text = str(value or "").strip()
    return text if text in codes.values else words.get(text, otherwise if text else "")
