"""Posting notices and taking them down, receiving and deciding objections, publishing and withdrawing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction
from django.db.models.functions import Length
from django.http import Http404
from django.utils import timezone

from guben.access import policy as access
from guben.access.roles import rights_of, title_of
from guben.accounts.installation import today
from guben.accounts.models import User
from guben.audit import trail
from guben.members.models import Person
from guben.organisations.models import Organisation
from guben.publication import calculations, catalogue, errors, policy, queries, sealed
from guben.publication.choices import Audience, Finding, Way
from guben.publication.models import Notice, Objection, Publication

MOST_WORDS = 10_000
MOST_DAYS = 365
ANSWER_DAYS = 10
MAKE_UP_DAYS = 366
TRIES = 8
POST, PUBLISH = "notices.post", "publication.publish"
Lines = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Received:
    """An objection with the receipt for its author, which is told once and kept nowhere."""

    objection: Objection
    receipt: str


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
    _refuse_wrong_day(unit, posted_on, day)
    _refuse_wrong_term(audience, working_days, answer_days, objections_to)
    said = _Said(title, text, [(label, value) for label, value in lines if str(value).strip()], list(places))
    said.check()
    if audience != Audience.UNIT:
        said.mask(queries.names_to_mask(unit, said.everything(), person, names))
    values = {
        "organisation": unit,
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
        "posted_at": timezone.now(),
        "posted_by": by,
    }
    notice = _numbered(values, posted_on)
    _record("publication.posted", notice, by, POST, {"audience": audience, "days": working_days})
    return notice


@transaction.atomic
def take_down(notice: Notice, reason: str, *, by: User) -> Notice:
    """Takes a notice down before its term is over: it stays in the file, and no result follows from it.

    Raises:
        Http404, PermissionDenied: no `notices.post` at the unit.
        DomainError: see `errors`.
    """
    access.require(by, POST, notice.organisation)
    locked = (
        Notice.objects.select_for_update(no_key=True, of=("self",)).select_related("organisation").get(pk=notice.pk)
    )
    if locked.taken_down_on:
        raise errors.AlreadyTakenDown
    if locked.term_ends_on < today():
        raise errors.TermIsOver(locked.term_ends_on)
    locked.taken_down_on, locked.taken_down_reason = today(), _reason(reason)
    locked.save(update_fields=["taken_down_on", "taken_down_reason"])
    _record("publication.taken_down", locked, by, POST, changed={"taken_down_reason": locked.taken_down_reason})
    return locked


@transaction.atomic
def receive_objection(
    notice: Notice, *, text: str, way: str, by: User, received_on: date | None = None, author: str = ""
) -> Received:
    """Records an objection that was brought, sent or told; `author` empty where it is unnamed.

    Raises:
        Http404, PermissionDenied: no `objections.receive` at the unit, or the notice is about oneself.
        DomainError: see `errors`.

    Source: 发展党员工作细则 (2026) on 公示; M4.5.
    """
    if not policy.may_receive(by, notice):
        access.require(by, policy.RECEIVE, notice.organisation)
        raise errors.AboutOneself
    day = received_on or today()
    if day > today():
        raise errors.NotYet(day, today())
    if way not in Way.values:
        raise ValueError(way)
    received = _receive(notice, text, author, day, way, by)
    _record_objection("publication.objection_received", received.objection, by, policy.RECEIVE)
    return received


@transaction.atomic
def object_to(notice: Notice, *, text: str, by: access.Someone, author: str = "") -> Received:
    """An objection on line, by whoever may read the notice while it hangs. Who wrote an unnamed one is kept nowhere:
    the history names the visitor without a name, also for whoever signs the objection.

    Raises:
        Http404: she may not read it, or it is about herself.
        DomainError: see `errors`.
    """
    day = today()
    if not policy.may_object(by, notice, day):
        raise errors.NoLongerOpen(notice.term_ends_on) if _was_meant_for(notice, by, day) else Http404
    received = _receive(notice, text, author, day, Way.ONLINE, None)
    _record_objection("publication.objection_received", received.objection, queries.visitor(), "")
    return received


@transaction.atomic
def open_objection(objection: Objection, *, by: User) -> queries.Opened:
    """What an objection says and who wrote it, for the one who answers it. Every opening stands in the history.

    Raises:
        Http404, PermissionDenied: she is not the one the notice names.
    """
    _require_decider(objection, by)
    _record_objection("publication.objection_opened", objection, by, policy.DECIDE)
    return queries.opened(objection)


@transaction.atomic
def decide_objection(
    objection: Objection, *, finding: str, answer: str, by: User, decided_on: date | None = None
) -> Objection:
    """Decides an objection with a finding and an answer; it cannot be decided anew.

    Raises:
        Http404, PermissionDenied: she is not the one the notice names.
        DomainError: see `errors`.
    """
    _require_decider(objection, by)
    locked = (
        Objection.objects.select_for_update(no_key=True, of=("self",)).select_related("notice").get(pk=objection.pk)
    )
    if locked.decided_on:
        raise errors.AlreadyDecided
    if finding not in Finding.values:
        raise ValueError(finding)
    day = decided_on or today()
    if not locked.received_on <= day <= today():
        raise errors.DecidedTooEarly(locked.received_on)
    locked.finding, locked.decided_on, locked.decided_by = finding, day, by
    locked.answer_cipher = sealed.seal("answer", _words(answer))
    locked.save(update_fields=["finding", "decided_on", "decided_by", "answer_cipher"])
    _record_objection(
        "publication.objection_decided", locked, by, policy.DECIDE, {"finding": finding, "decided_on": str(day)}
    )
    return locked


def _require_decider(objection: Objection, by: User) -> None:
    notice = objection.notice
    if policy.may_decide(by, notice, today()):
        return
    if policy.is_about(by, notice):
        raise errors.AboutOneself
    if access.may(by, policy.FILE, notice.organisation):
        raise PermissionDenied(policy.DECIDE)
    raise Http404


def _receive(notice: Notice, text: str, author: str, day: date, way: str, by: User | None) -> Received:
    locked = Notice.objects.select_for_update(no_key=True).get(pk=notice.pk)
    last = min(locked.term_ends_on, locked.taken_down_on or date.max)
    if not locked.posted_on <= day <= last:
        raise errors.OutsideTerm(locked.posted_on, last)
    receipt = sealed.new_code()
    number = locked.objections.count() + 1  # one at a time: the notice is locked
    objection = Objection.objects.create(
        notice=notice,
        number=f"{locked.number}-{number:02d}",
        receipt_hash=sealed.hash_of(receipt),
        received_on=day,
        way=way,
        text_cipher=sealed.seal("text", _words(text)),
        author_cipher=sealed.seal("author", author.strip()[:200]),
        due_on=queries.calendar().add_working_days(day, locked.answer_days),
        recorded_at=timezone.now(),
        recorded_by=by,
    )
    return Received(objection, sealed.in_groups(receipt))


def _was_meant_for(notice: Notice, by: access.Someone, day: date) -> bool:
    if policy.is_about(by, notice):
        return False
    return Notice.objects.filter(policy.reader(by, day).hears(), pk=notice.pk).exists() and by.is_authenticated


@dataclass(slots=True)
class _Said:
    """The words of a notice before they are kept."""

    title: str
    text: str
    lines: list[tuple[str, str]]
    places: list[str]

    def check(self) -> None:
        self.title, self.text = self.title.strip(), _words(self.text)
        if not self.title:
            raise errors.WordsMissing
        self.lines = [(str(label).strip()[:60], str(value).strip()[:500]) for label, value in self.lines][:40]
        self.places = [place.strip()[:120] for place in self.places if place.strip()][:10]
        if calculations.shows_number(self.everything()):
            raise errors.ShowsNumbers

    def everything(self) -> str:
        return "\n".join([self.title, self.text, *self.places, *(f"{label}\n{value}" for label, value in self.lines)])

    def mask(self, names: Iterable[str]) -> None:
        names = list(names)
        self.title, self.text = (calculations.with_masked(words, names) for words in (self.title, self.text))
        self.lines = [(label, calculations.with_masked(value, names)) for label, value in self.lines]
        self.places = [calculations.with_masked(place, names) for place in self.places]


def _words(text: str) -> str:
    bare = text.strip()
    if not bare:
        raise errors.WordsMissing
    if len(bare) > MOST_WORDS:
        raise errors.WordsTooLong(MOST_WORDS)
    return bare


def _reason(reason: str) -> str:
    if not reason.strip():
        raise errors.ReasonMissing
    return reason.strip()[:200]


def _refuse_wrong_day(unit: Organisation, day: date, now: date) -> None:
    if day > now:
        raise errors.NotYet(day, now)
    if day < unit.founded_on or (unit.dissolved_on and day >= unit.dissolved_on):
        raise errors.OutsideUnitsLife(day)


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


def _record(  # noqa: PLR0913 - what an entry of the history says
    action: str,
    target: Notice | Publication,
    by: User,
    right: str,
    details: dict[str, object] | None = None,
    changed: dict[str, object] | None = None,
) -> None:
    trail.record(
        action,
        target,
        by=by,
        organisation_id=target.organisation_id,
        right=access.under_which_right(by, right, target.organisation),
        changed=changed or {"title": target.title, "text": target.text},
        details={"number": getattr(target, "number", ""), **(details or {})},
    )


def _record_objection(
    action: str, objection: Objection, by: User, right: str, details: dict[str, object] | None = None
) -> None:
    trail.record(
        action,
        objection,
        by=by,
        organisation_id=objection.notice.organisation_id,
        right=access.under_which_right(by, right, objection.notice.objections_at) if right else "",
        details={"number": objection.number, **(details or {})},
    )


@transaction.atomic
def publish(  # noqa: PLR0913 - a publication states this much
    unit: Organisation,
    *,
    title: str,
    text: str,
    audience: str,
    by: User,
    rule: str = "",
    published_on: date | None = None,
    counts_on: date | None = None,
    until_on: date | None = None,
) -> Publication:
    """Makes something public, under a matter of the catalogue or besides it. `counts_on` says to which period it
    belongs where that is not the one of its day.

    Raises:
        Http404, PermissionDenied: no `publication.publish` at the unit.
        DomainError: see `errors`.

    Source: 党务公开条例 Art. 11, 14, 15; M4.5.
    """
    access.require(by, PUBLISH, unit)
    now = today()
    day = published_on or now
    counts = counts_on or day
    _refuse_wrong_day(unit, day, now)
    if audience not in Audience.values:
        raise ValueError(audience)
    if rule:
        _refuse_wrong_matter(unit, rule, audience, day)
    if counts > day or (day - counts).days > MAKE_UP_DAYS:
        raise errors.WrongPeriod
    if until_on and until_on <= day:
        raise errors.EndsTooEarly
    said = _Said(title, text, [], [])
    said.check()
    row = Publication.objects.create(
        organisation=unit,
        rule=rule,
        title=said.title,
        text=said.text,
        audience=audience,
        published_on=day,
        counts_on=counts,
        until_on=until_on,
        recorded_on=now,
        published_at=timezone.now(),
        published_by=by,
        recorded_for_unit=_comes_from_above(by, unit),
    )
    _record("publication.published", row, by, PUBLISH, {"rule": rule, "audience": audience, "day": str(day)})
    return row


@transaction.atomic
def withdraw_publication(publication: Publication, reason: str, *, by: User) -> Publication:
    """Withdraws a publication: it is shown no more, settles nothing, and stays in the file.

    Raises:
        Http404, PermissionDenied: no `publication.publish` at the unit.
        DomainError: see `errors`.
    """
    access.require(by, PUBLISH, publication.organisation)
    locked = (
        Publication.objects.select_for_update(no_key=True, of=("self",))
        .select_related("organisation")
        .get(pk=publication.pk)
    )
    if locked.withdrawn_on:
        raise errors.AlreadyWithdrawn
    locked.withdrawn_on, locked.withdrawn_reason = today(), _reason(reason)
    locked.save(update_fields=["withdrawn_on", "withdrawn_reason"])
    _record("publication.withdrawn", locked, by, PUBLISH, changed={"withdrawn_reason": locked.withdrawn_reason})
    return locked


def _refuse_wrong_matter(unit: Organisation, key: str, audience: str, day: date) -> None:
    matter = next((one for one in catalogue.rules_for(unit, day) if one.rule.key == key), None)
    if matter is None:
        raise errors.NotOwed
    if not policy.at_least_as_wide(audience, matter.rule.audience):
        raise errors.AudienceTooNarrow(str(Audience(matter.rule.audience).label))


def _comes_from_above(by: User, unit: Organisation) -> bool:
    """Published for the unit (代录): the right is held above it only."""
    return not any(
        grant.organisation_id == unit.pk and PUBLISH in rights_of(grant.role) for grant in access.grants_of(by)
    )
