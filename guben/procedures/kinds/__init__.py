"""The kinds of steps: a small closed set, each with its template and what it checks beyond the common checks."""

from __future__ import annotations

from guben.procedures.kinds.base import Kind
from guben.procedures.kinds.notices import NoticeStep
from guben.procedures.kinds.plain import Document, Examination, Form, Review, Talk, TrainingStep, Wait
from guben.procedures.kinds.votes import Vote
from guben.rulebook_engine.procedures import Step

KINDS: dict[str, Kind] = {
    one.key: one
    for one in (Form(), Talk(), Document(), Review(), Vote(), NoticeStep(), TrainingStep(), Wait(), Examination())
}


def kind_of(step: Step) -> Kind:
    return KINDS[step.kind]
