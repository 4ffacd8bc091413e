"""Whether a produced paper counts: in force, withdrawn, or out of date because what it tells of was corrected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.utils.translation import gettext as _

from guben.procedures import papers
from guben.procedures.choices import TAKEN_BACK
from guben.procedures.models import Paper
from guben.procedures.rules import Rules

State = Literal["in_force", "over", "withdrawn", "corrected", "taken_back"]


@dataclass(frozen=True, slots=True)
class Validity:
    """What the state of a paper is, in a word, and why it counts no longer."""

    state: State
    why: str = ""

    @property
    def is_in_force(self) -> bool:
        return self.state == "in_force"

    @property
    def word(self) -> str:
        """For a chip."""
        return {
            "in_force": _("有效"),
            "over": _("已失效"),
            "withdrawn": _("已撤回"),
            "corrected": _("已更正，作废"),
            "taken_back": _("作废"),
        }[self.state]


def validity_of(paper: Paper) -> Validity:
    """As the records of its case say, without asking the database."""
    if paper.withdrawn_at is not None:
        return Validity("withdrawn", paper.withdrawn_reason)
    correction = paper.outdated_by
    if correction is None:
        return Validity("in_force")
    return Validity("taken_back" if correction.outcome == TAKEN_BACK else "corrected", correction.reason)


def validity_on(paper: Paper, on: date, known: Rules) -> Validity:
    """The same with what its kind says: a letter may run out by itself."""
    found = validity_of(paper)
    if not found.is_in_force:
        return found
    kind = known.paper(paper.case.procedure, paper.key)
    template = papers.find(kind.template) if kind else None
    why = template.over(paper, on) if template and template.over else ""
    return Validity("over", why) if why else found
