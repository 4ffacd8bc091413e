"""Receiving, opening and deciding objections."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404

from guben.access import policy as access
from guben.accounts.installation import now, today
from guben.accounts.models import User
from guben.audit import trail
from guben.publication import errors, policy, queries, sealed
from guben.publication.actions.words import bare
from guben.publication.choices import Finding, Way
from guben.publication.models import Notice, Objection


@dataclass(frozen=True, slots=True)
class Received:
    """An objection with the receipt for its author, which is told once and kept nowhere."""

    objection: Objection
    receipt: str


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
    locked.answer_cipher = sealed.seal("answer", bare(answer))
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
        text_cipher=sealed.seal("text", bare(text)),
        author_cipher=sealed.seal("author", author.strip()[:200]),
        due_on=queries.calendar().add_working_days(day, locked.answer_days),
        recorded_at=now(),
        recorded_by=by,
    )
    return Received(objection, sealed.in_groups(receipt))


def _was_meant_for(notice: Notice, by: access.Someone, day: date) -> bool:
    if policy.is_about(by, notice):
        return False
    return Notice.objects.filter(policy.reader(by, day).hears(), pk=notice.pk).exists() and by.is_authenticated


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
