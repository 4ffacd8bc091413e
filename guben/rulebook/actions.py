"""Installing rulebook files, all of a set or nothing; and the rules that an organisation issues, amends and ends."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.utils import timezone

from guben.access import policy
from guben.accounts.installation import today
from guben.accounts.models import User
from guben.audit import trail
from guben.kit.days import add_months
from guben.organisations.models import Organisation
from guben.rulebook import errors
from guben.rulebook.checking import check, edition_of
from guben.rulebook.composing import editions_of, redated, renew, titles_of
from guben.rulebook.mistakes import in_words
from guben.rulebook.models import Draft, Edition, Rulebook
from guben.rulebook.queries import installed_files
from guben.rulebook.sources import RuleFile, read_all, without_renewed
from guben.rulebook_engine.entries import NATIONAL
from guben.rulebook_engine.entries import Rulebook as RulebookFile

ISSUE = "rules.issue"
MOST_DRAFTS = 200


@dataclass(frozen=True, slots=True)
class Written:
    """What a draft says: its text, how it was asked for, its days and its paper."""

    form: str
    title: str
    text: str
    from_on: date
    paper: str
    until_on: date | None = None
    examples: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def install(sources: Sequence[RuleFile], *, by: User) -> int:
    """Installs or renews rulebooks; returns how many changed. National files need the operator's right.

    They are checked together with what stays installed: what does not fit would break every page that reads rules.

    Raises:
        PermissionDenied: the user may not install rules.
        BrokenRulebook: a file has a mistake, or does not fit the others; nothing was changed.
        IssuedByHand: the rule was issued by its organisation, which alone amends it.
    """
    if not policy.may_anywhere(by, "rules.install"):
        raise PermissionDenied("rules.install")
    library = read_all([*sources, *without_renewed(installed_files(), sources)])
    _refuse_issued(library.rulebooks[: len(sources)])
    changed = 0
    for source, book in zip(sources, library.rulebooks, strict=False):
        digest = hashlib.sha256(f"{source.text}\0{source.examples}".encode()).hexdigest()
        row = Rulebook.objects.filter(key=book.key, issued_by=book.issued_by).first()
        if row and row.digest == digest:
            continue
        row = row or Rulebook(key=book.key, issued_by=book.issued_by)
        row.file_name, row.text, row.examples, row.digest = source.name, source.text, source.examples, digest
        row.save()
        trail.record(
            "rules.installed", row, by=by, organisation_id=None, right="rules.install", details={"key": book.key}
        )
        changed += 1
    return changed


def _refuse_issued(books: Sequence[RulebookFile]) -> None:
    """A file must not take the place of a rule's editions."""
    for book in books:
        if (
            book.issued_by != NATIONAL
            and Edition.objects.filter(key=book.key, organisation__code=book.issued_by, withdrawn_at=None).exists()
        ):
            raise errors.IssuedByHand(book.key, book.issued_by)


@transaction.atomic
def keep_draft(
    unit: Organisation, written: Written, *, by: User, draft: Draft | None = None, version: int = 0, amends: str = ""
) -> Draft:
    """Keeps a draft, new or changed. It is checked already, so that what is found again can be issued.

    Raises:
        PermissionDenied, Http404: the user may not issue rules at the unit.
        StaleDraft: somebody else changed it meanwhile.
        DraftMistakes, KeyHeld, …: it could not become a rule.
    """
    _require(by, unit)
    if draft is not None:
        draft = _current_draft(draft.pk, version, by)
        unit = draft.organisation
    elif Draft.objects.filter(organisation=unit).count() >= MOST_DRAFTS:
        raise errors.TooManyDrafts(MOST_DRAFTS)
    else:
        draft = Draft(organisation=unit, version=0, amends=amends)
    for name in ("form", "title", "text", "examples", "from_on", "until_on", "paper"):
        setattr(draft, name, getattr(written, name))
    draft.fields, draft.version, draft.kept_by = dict(written.fields), draft.version + 1, by
    _check_days(draft)
    check(draft)
    draft.save()
    trail.record(
        "rules.drafted", draft, by=by, organisation_id=unit.pk, right=_right(by, unit), details={"title": draft.title}
    )
    return draft


@transaction.atomic
def start_amendment(last: Edition, *, by: User) -> Draft:
    """A draft of the next edition that says what the last one says, from the first day of next month.

    Raises:
        PermissionDenied, Http404: the user may not issue rules there.
        TooManyDrafts: there are too many already.
    """
    unit, now = last.organisation, today()
    _require(by, unit)
    if Draft.objects.filter(organisation=unit).count() >= MOST_DRAFTS:
        raise errors.TooManyDrafts(MOST_DRAFTS)
    from_on = max(add_months(now.replace(day=1), 1), last.from_on + timedelta(days=1))
    draft = Draft.objects.create(
        organisation=unit,
        amends=last.key,
        form=last.form,
        title=titles_of(last.text)[0],
        fields={**last.fields, "paper": ""},
        text=redated(last, from_on).text,
        examples=last.examples,
        from_on=from_on,
        kept_by=by,
    )
    trail.record(
        "rules.drafted", draft, by=by, organisation_id=unit.pk, right=_right(by, unit), details={"title": draft.title}
    )
    return draft


@transaction.atomic
def drop_draft(draft: Draft, *, by: User) -> None:
    """Throws a draft away."""
    draft = _current_draft(draft.pk, 0, by)
    unit = draft.organisation
    trail.record(
        "rules.draft_dropped",
        draft,
        by=by,
        organisation_id=unit.pk,
        right=_right(by, unit),
        details={"title": draft.title},
    )
    draft.delete()


@transaction.atomic
def issue(draft: Draft, *, version: int, by: User) -> Edition:
    """Issues the draft as it was read: from its day it holds at and below its organisation, and the draft is gone.

    Raises:
        PermissionDenied, Http404: the user may not issue rules there.
        StaleDraft: it was changed or issued since it was read.
        PaperMissing, TooEarly, StillToCome, DraftMistakes, KeyHeld, …: it does not fit what is in force.
    """
    _one_at_a_time()
    draft = _current_draft(draft.pk, version, by)
    unit = draft.organisation
    if not draft.paper:
        raise errors.PaperMissing
    _check_days(draft)
    check(draft)
    edition = edition_of(draft)
    edition.issued_by = by
    edition.save(force_insert=True)
    renew(edition.key, unit)
    draft.delete()
    trail.record(
        "rules.amended" if draft.amends else "rules.issued",
        edition,
        by=by,
        organisation_id=unit.pk,
        right=_right(by, unit),
        details={"key": edition.key, "from": edition.from_on.isoformat(), "paper": edition.paper},
    )
    return edition


@transaction.atomic
def end(key: str, unit: Organisation, *, until_on: date, paper: str, by: User) -> Edition:
    """Ends a rule: from the day it no longer holds; the days before keep it.

    Raises:
        PermissionDenied, Http404: the user may not issue rules there.
        NotFromThePage, StillToCome, AlreadyEnded, TooEarly, EndsTooEarly, DraftMistakes.
    """
    _require(by, unit)
    _one_at_a_time()
    edition = _last_edition(key, unit)
    now = today()
    if edition.from_on > now:
        raise errors.StillToCome(edition.from_on)
    if edition.until_on and edition.until_on <= now:
        raise errors.AlreadyEnded(edition.until_on)
    if until_on < now:
        raise errors.TooEarly(until_on, now)
    if until_on <= edition.from_on:
        raise errors.EndsTooEarly(edition.from_on)
    edition.until_on, edition.end_paper = until_on, paper
    edition.save(update_fields=["until_on", "end_paper"])
    _renew_and_check(key, unit)
    trail.record(
        "rules.ended",
        edition,
        by=by,
        organisation_id=unit.pk,
        right=_right(by, unit),
        details={"key": key, "until": until_on.isoformat(), "paper": paper},
    )
    return edition


@transaction.atomic
def withdraw(edition: Edition, *, by: User) -> None:
    """Takes back an edition before its first day; the one before goes on as if it had not been issued.

    Raises:
        PermissionDenied, Http404: the user may not issue rules there.
        AlreadyInForce, AlreadyWithdrawn, DraftMistakes (another rule needs it).
    """
    _require(by, edition.organisation)
    _one_at_a_time()
    edition = (
        Edition.objects.select_for_update(of=("self",), no_key=True).select_related("organisation").get(pk=edition.pk)
    )
    unit = edition.organisation
    if edition.withdrawn_at:
        raise errors.AlreadyWithdrawn
    if edition.from_on <= today():
        raise errors.AlreadyInForce(edition.from_on)
    edition.withdrawn_at = timezone.now()
    edition.save(update_fields=["withdrawn_at"])
    _renew_and_check(edition.key, unit)
    trail.record(
        "rules.withdrawn",
        edition,
        by=by,
        organisation_id=unit.pk,
        right=_right(by, unit),
        details={"key": edition.key, "from": edition.from_on.isoformat()},
    )


def _require(by: User, unit: Organisation) -> None:
    policy.require(by, ISSUE, unit)
    if unit.dissolved_on and unit.dissolved_on <= today():
        raise errors.IssuerGone(unit.name)


def _right(by: User, unit: Organisation) -> str:
    return policy.under_which_right(by, ISSUE, unit)


def _one_at_a_time() -> None:
    """Acts on rules wait for each other, for each is checked against all the others."""
    Rulebook.objects.select_for_update(no_key=True).order_by("pk").first()


def _current_draft(pk: int | None, version: int, by: User) -> Draft:
    """The draft as it stands, held for this act; `version` 0 takes any.

    Raises:
        StaleDraft: it is gone, or was changed since the page was opened.
    """
    draft = (
        Draft.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation")
        .filter(pk=pk or 0)
        .first()
    )
    if draft is None:
        raise errors.StaleDraft
    _require(by, draft.organisation)
    if version and draft.version != version:
        raise errors.StaleDraft
    return draft


def _check_days(draft: Draft) -> None:
    now = today()
    if draft.from_on < now:
        raise errors.TooEarly(draft.from_on, now)
    if draft.until_on and draft.until_on <= draft.from_on:
        raise errors.EndsTooEarly(draft.from_on)
    if not draft.amends:
        return
    last = _last_edition(draft.amends, draft.organisation)
    if last.from_on >= draft.from_on and last.from_on > now:
        raise errors.StillToCome(last.from_on)
    if last.from_on >= draft.from_on:
        raise errors.TooEarly(draft.from_on, last.from_on + timedelta(days=1))


def _last_edition(key: str, unit: Organisation) -> Edition:
    editions = editions_of(key, unit)
    if not editions:
        installed = Rulebook.objects.filter(key=key, issued_by=unit.code).first()
        if installed:
            raise errors.NotFromThePage(key)
        raise Http404
    return editions[-1]


def _renew_and_check(key: str, unit: Organisation) -> None:
    """What is left must fit together: a line may still stand on a figure that goes."""
    renew(key, unit)
    try:
        read_all(installed_files())
    except errors.BrokenRulebook as broken:
        raise errors.DraftMistakes([in_words(mistake.sentence) for mistake in broken.mistakes]) from broken
