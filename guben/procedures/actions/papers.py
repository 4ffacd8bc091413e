"""Papers of a case: originals received, files handed in, papers produced; each may be withdrawn and none is deleted."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import translation

from guben.access import policy
from guben.accounts.installation import current, now, today
from guben.accounts.models import User
from guben.kit import documents
from guben.procedures import errors, papers, storage
from guben.procedures.actions.locking import locked, note
from guben.procedures.choices import PaperState
from guben.procedures.models import Case, Entry, Paper
from guben.procedures.numbering import take as take_number
from guben.procedures.places import ACT, acting
from guben.procedures.printing import check_for
from guben.procedures.rules import paper_of, rules, say, step_of
from guben.procedures.standing import Standing, of
from guben.publication.sealed import new_code
from guben.rulebook_engine.procedures import PaperKind

File = tuple[str, bytes]


@transaction.atomic
def hand_in(
    case: Case,
    key: str,
    *,
    by: User,
    dated_on: date | None = None,
    kept_where: str = "",
    file: File | None = None,
) -> Paper:
    """Takes in a paper: the original and where it is kept, or a file (name, content), or both.

    Raises:
        Http404: the case is not this user's to see.
        WrongPerson, CaseEnded, UnknownPaper, PaperWhereMissing, FileRefused, InFuture.
    """
    case = locked(case, by)
    day = today()
    standing = of(case, day)
    if case.ended_on is not None:
        raise errors.CaseEnded(case.ended_on)
    kind = _kind(standing, key)
    _require(standing, by)
    dated = dated_on or day
    if dated > day:
        raise errors.InFuture(dated, day)
    where = kept_where.strip().replace("\0", "")[:120]
    if file is None and not where:
        raise errors.PaperWhereMissing
    stored = None
    if file is not None:
        name, content = file
        stored = storage.store(case.pk, storage.kind_of(name, content), content)
    paper = Paper.objects.create(
        case=case,
        step=standing.current.step.key if standing.current else "",
        key=kind.key,
        state=PaperState.UPLOADED if stored else PaperState.RECEIVED,
        dated_on=dated,
        kept_where=where,
        file=stored.name if stored else "",
        digest=stored.digest if stored else "",
        made_at=now(),
        made_by=by,
    )
    note(
        "cases.paper_received",
        case,
        by,
        changed={"digest": paper.digest, "kept_where": where},
        details={"paper": kind.key, "dated_on": str(dated)},
    )
    return paper


@transaction.atomic
def issue_paper(case: Case, key: str, *, by: User, entry: Entry | None = None, dated_on: date | None = None) -> Paper:
    """Produces a paper from the case, numbers it by unit and year (a notice and a letter that have a number keep it),
    gives it a code to check it by, and keeps it as it was issued. One that was issued is issued anew only after it was
    withdrawn, with the reason, or is out of date because what it tells of was corrected.

    Raises:
        Http404: the case is not this user's to see.
        WrongPerson, UnknownPaper, NoTemplate, PaperNotFitting, PaperIssued, InFuture.
    """
    case = locked(case, by)
    day = today()
    standing = of(case, day)
    kind = _kind(standing, key)
    _require(standing, by)
    template = papers.find(kind.template) if kind.template else None
    if template is None:
        raise errors.NoTemplate(say(kind.title))
    entry = entry or _entry_of(standing, key)
    if entry is not None and not template.fits(entry):
        raise errors.PaperNotFitting
    _refuse_second(standing, kind, entry)
    dated = dated_on or (entry.done_on if entry else day)
    if dated > day:
        raise errors.InFuture(dated, day)
    unit = entry.acted_at if entry else standing.actor or case.organisation
    with translation.override(papers.SPOKEN):
        told = template.data(case, entry)
    number = str(told.get("number") or _number(kind, unit.pk, unit.code, unit.short_name, dated))[:60]
    filled = {**told, "number": number, "dated_on": dated.isoformat()}
    code = None if template.checks_itself else new_code()
    try:
        content = _pdf(template.document, filled, kind.title.zh, number, code)
    except documents.NoSuchTemplate as error:
        raise errors.NoTemplate(say(kind.title)) from error
    stored = storage.store(case.pk, "pdf", content)
    paper = Paper.objects.create(
        case=case,
        entry=entry,
        step=entry.step if entry else (standing.current.step.key if standing.current else ""),
        key=kind.key,
        number=number,
        state=PaperState.PRODUCED,
        dated_on=dated,
        file=stored.name,
        digest=stored.digest,
        check_code=code,
        made_at=now(),
        made_by=by,
    )
    note(
        "cases.paper_issued",
        case,
        by,
        unit=unit,
        changed={"digest": paper.digest},
        details={"paper": kind.key, "paper_number": number},
    )
    return paper


@transaction.atomic
def withdraw_paper(paper: Paper, reason: str, *, by: User) -> Paper:
    """Withdraws a paper: it stays in the file, marked, and counts no longer.

    Raises:
        Http404: the case is not this user's to see.
        WrongPerson, PaperWithdrawn, ReasonMissing, PaperInUse.
    """
    case = locked(paper.case, by)
    standing = of(case, today())
    _require(standing, by)
    text = reason.strip().replace("\0", "")
    if not text:
        raise errors.ReasonMissing
    row = Paper.objects.select_for_update(no_key=True).get(pk=paper.pk)
    if row.withdrawn_at:
        raise errors.PaperWithdrawn
    _refuse_used(row, standing)
    row.withdrawn_at, row.withdrawn_reason = now(), text[:200]
    row.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    note("cases.paper_withdrawn", case, by, changed={"reason": text}, details={"paper": row.key})
    return row


def _refuse_used(row: Paper, standing: Standing) -> None:
    """A step that was taken needed it, and there is no other one."""
    others = [one for one in standing.records.papers_of(row.key) if one.pk != row.pk]
    if others:
        return
    for entry in standing.records.standing:
        stated = step_of(standing.rules.edition(standing.case.procedure, entry.edition), entry.step)
        if stated and row.key in stated.needs:
            raise errors.PaperInUse(say(stated.title))


def _refuse_second(standing: Standing, kind: PaperKind, entry: Entry | None) -> None:
    """Nobody has two papers of one thing in hand."""
    for paper in standing.records.papers_of(kind.key):
        if paper.state == PaperState.PRODUCED and paper.entry_id == (entry.pk if entry else None):
            raise errors.PaperIssued(say(kind.title), paper.number)


def _kind(standing: Standing, key: str) -> PaperKind:
    """The paper as the edition of the day, or the newest that knows it, states it."""
    found = paper_of(standing.procedure, key) or rules().paper(standing.case.procedure, key)
    if found is None:
        raise errors.UnknownPaper(key)
    return found


def _require(standing: Standing, by: User) -> None:
    """Who takes the step, or may act at one of the case's units."""
    case, at = standing.case, standing.current
    if at is not None and acting(by, at.step, at.actor, case):
        return
    units = [case.organisation, *([case.host] if case.host else [])]
    if not any(policy.may(by, ACT, unit) for unit in units):
        raise errors.WrongPerson(at.who if at else case.organisation.short_name, at.article if at else "")


def _entry_of(standing: Standing, key: str) -> Entry | None:
    """The last entry of a step that produces the paper."""
    for entry in reversed(standing.records.standing):
        stated = step_of(standing.rules.edition(standing.case.procedure, entry.edition), entry.step)
        if stated and key in stated.produces:
            return entry
    return None


def _number(kind: PaperKind, unit_pk: int, code: str, unit: str, on: date) -> str:
    """The number by unit and year, among all papers numbered alike. A rule may word it: {unit}, {code}, {year},
    {number}."""
    pattern = kind.number or "{code}-{year}-{number:04d}"
    series = f"paper:{unit_pk}:{on.year}:{hashlib.sha256(pattern.encode()).hexdigest()[:12]}"
    number = take_number(series)
    try:
        return pattern.format(unit=unit[:36], code=code, year=on.year, number=number)[:60]
    except (KeyError, ValueError, IndexError):
        return f"{pattern[:40]}{on.year}-{number}"


def _pdf(document: str, data: Mapping[str, Any], title: str, number: str, code: str | None) -> bytes:
    check = check_for(code) if code else None
    return documents.pdf(
        document, data, title=title, number=number, lang=papers.SPOKEN, demo=current().is_demo, check=check
    )
