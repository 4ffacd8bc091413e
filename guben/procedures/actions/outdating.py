"""Papers that were produced from what is corrected later: those that would read otherwise are marked, and stay."""

from __future__ import annotations

import json
from collections.abc import Iterable

from django.utils import translation

from guben.kit.errors import DomainError
from guben.procedures import papers
from guben.procedures.choices import TAKEN_BACK, PaperState
from guben.procedures.models import Case, Entry, Paper
from guben.procedures.rules import rules

Told = dict[int, str]


def told(case: Case, entry: Entry) -> Told:
    """What the papers that may rest on an entry say, before it is corrected: those produced since it was recorded."""
    found = Paper.objects.filter(
        case=case,
        state=PaperState.PRODUCED,
        withdrawn_at=None,
        outdated_by=None,
        made_at__gte=entry.recorded_at,
    ).select_related("entry")
    return _told(case, found)


def mark(case: Case, before: Told, correction: Entry) -> int:
    """Marks those that say something else after the correction, and those whose own entry was taken back."""
    there = Paper.objects.filter(pk__in=before).select_related("entry")
    after = _told(case, there)
    gone = correction.corrects_id if correction.outcome == TAKEN_BACK else None
    changed = [
        paper.pk
        for paper in there
        if after[paper.pk] != before[paper.pk] or (gone is not None and paper.entry_id == gone)
    ]
    return Paper.objects.filter(pk__in=changed).update(outdated_by=correction) if changed else 0


def _told(case: Case, found: Iterable[Paper]) -> Told:
    with translation.override(papers.SPOKEN):
        return {paper.pk: _words(case, paper) for paper in found}


def _words(case: Case, paper: Paper) -> str:
    """What the template would be filled with now; nothing where there is no such paper any more."""
    kind = rules().paper(case.procedure, paper.key)
    template = papers.find(kind.template) if kind else None
    if template is None:
        return ""
    try:
        return json.dumps(template.data(case, paper.entry), ensure_ascii=False, sort_keys=True, default=str)
    except DomainError:
        return ""
