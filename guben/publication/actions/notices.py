"""Posting notices and taking them down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import IntegrityError, models, transaction
from django.db.models.functions import Length

from guben.access import policy as access
from guben.access.roles import rights_of, title_of
from guben.accounts.installation import now, today
from guben.accounts.models import User
from guben.members.models import Person
from guben.organisations.models import Organisation
from guben.publication import errors, policy, queries, sealed
from guben.publication.actions.words import Said, given, locked, record, refuse_wrong_day
from guben.publication.choices import Audience
from guben.publication.models import Notice

MOST_DAYS = 365
ANSWER_DAYS = 10
TRIES = 8
POST = "notices.post"
Lines = Sequence[tuple[str, str]]


@transaction.atomic
def post(  # noqa: PLR0913 - a notice states this much
    unit: Organisation,
    *,
    title: str,
    text: str,
    audience: str,
    by: User,
    lines: Lines = (),
    on: date | None = None,
    working_days: int = 5,
    objections_to: str = "discipline_officer",
    objections_at: Organisation | None = None,
    answer_days: int = ANSWER_DAYS,
    places: Iterable[str] = (),
    person: Person | None = None,
    names: Iterable[str] = (),
    channel: str = "",
    source: str = "",
) -> Notice:
    """Hangs a notice for so many working days. `names` are the people it speaks of besides `person`: for an audience
    wider than the unit they are masked with 某, as is everybody on the unit's roll; what is kept is what was shown.

    Raises:
        Http404, PermissionDenied: no `notices.post` at the unit.
        DomainError: see `errors`.

    Source: 党务公开条例 Art. 7-8, 15; 个人信息保护法 Art. 6; M4.5.
    """
    access.require(by, POST, unit)
    day, posted_on = today(), on or today()
    refuse_wrong_day(unit, posted_on, day)
    _refuse_wrong_term(audience, working_days, answer_days, objections_to)
    said = Said(title, text, [(label, value) for label, value in lines if str(value).strip()], list(places))
    said.check()
    if audience != Audience.UNIT:
        said.mask(queries.names_to_mask(unit, said.everything(), person, names))
    values = {
        "organisation": unit,
        "signed_as": unit.name,
        "title": said.title,
        "text": said.text,
        "lines": [list(line) for line in said.lines],
        "person": person,
        "audience": audience,
        "working_days": working_days,
        "posted_on": posted_on,
        "term_ends_on": queries.calendar().last_day_of(posted_on, working_days),
        "places": said.places,
        "objections_to": objections_to,
        "objections_at": objections_at or unit,
        "answer_days": answer_days,
        "channel": channel.strip(),
        "source": source.strip(),
        "posted_at": now(),
        "posted_by": by,
    }
    notice = _numbered(values, posted_on)
    record("publication.posted", notice, by, POST, {"audience": audience, "days": working_days})
    return notice


@transaction.atomic
def take_down(notice: Notice, reason: str, *, by: User) -> Notice:
    """Takes a notice down before its term is over: it stays in the file, and no result follows from it.

    Raises:
        Http404, PermissionDenied: no `notices.post` at the unit.
        DomainError: see `errors`.
    """
    access.require(by, POST, notice.organisation)
    row = locked(notice)
    if row.taken_down_on:
        raise errors.AlreadyTakenDown
    if row.term_ends_on < today():
        raise errors.TermIsOver(row.term_ends_on)
    row.taken_down_on, row.taken_down_reason = today(), given(reason)
    row.save(update_fields=["taken_down_on", "taken_down_reason"])
    record("publication.taken_down", row, by, POST, changed={"taken_down_reason": row.taken_down_reason})
    return row


def _refuse_wrong_term(audience: str, working_days: int, answer_days: int, role: str) -> None:
    if audience not in Audience.values:
        raise ValueError(audience)
    if not (1 <= working_days <= MOST_DAYS and 1 <= answer_days <= MOST_DAYS):
        raise errors.TermTooShort
    if policy.RECEIVE not in rights_of(role):
        raise errors.NobodyAnswers(title_of(role))


def _numbered(values: dict[str, object], day: date) -> Notice:
    """A notice under the day's next number; who comes second at the same moment tries the one after."""
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                return Notice.objects.create(number=_next_number(day), check_code=sealed.new_code(), **values)
        except IntegrityError:
            if attempt == TRIES - 1:
                raise
    raise AssertionError


def _next_number(day: date) -> str:
    start = f"{day:%Y-%m%d}-"
    rows: models.QuerySet[Notice] = Notice.objects.filter(posted_on=day, number__startswith=start)
    last = rows.order_by(Length("number").desc(), "-number").values_list("number", flat=True).first()
    return f"{start}{(int(last.removeprefix(start)) if last else 0) + 1:03d}"
