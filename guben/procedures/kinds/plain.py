"""Steps that somebody simply does: forms, talks, documents, reviews, training, waiting, examinations."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext as _

from guben.procedures import errors
from guben.procedures.kinds.base import Kind
from guben.procedures.taking import Taking
from guben.rulebook_engine.procedures import STAY

MOST_LENGTH = 10_000


class Form(Kind):
    """Somebody fills in."""

    key = "form"


class Talk(Kind):
    """Somebody talks with somebody, and notes it."""

    key = "talk"


class Document(Kind):
    """Papers are handed in or produced."""

    key = "document"


class Review(Kind):
    """A superior agrees, returns with reasons, or refuses. Nobody reviews what is about oneself."""

    key = "review"

    def check(self, taking: Taking) -> None:
        person = taking.case.person
        if person is not None and person.user_id == taking.by.pk:
            raise errors.AboutOneself(taking.article)


class TrainingStep(Kind):
    """Enough days or enough class-hours: either is enough where the rule states both."""

    key = "training"
    own_values: ClassVar[frozenset[str]] = frozenset({"days", "hours"})

    def check(self, taking: Taking) -> None:
        needed = taking.step.training
        given = {name: self._length(taking, name) for name in ("days", "hours")}
        taking.filled |= {name: length for name, length in given.items() if length}
        if needed is None or not taking.leads_on:
            return
        lines = {name: getattr(needed, name) for name in ("days", "hours") if getattr(needed, name)}
        if lines and not any(given[name] >= least for name, least in lines.items()):
            name, least = next(((n, x) for n, x in lines.items() if given[n]), next(iter(lines.items())))
            raise errors.TrainingTooShort(name, least, given[name], taking.article)

    def _length(self, taking: Taking, name: str) -> int:
        value: Any = taking.filled.get(name) or taking.values.get(name) or 0
        text = str(value)
        if isinstance(value, bool) or not (text.isascii() and text.isdigit()) or int(text) > MOST_LENGTH:
            raise errors.CountWrong(_("培训天数和学时写整数。"), taking.article)
        return int(text)


class Wait(Kind):
    """Nobody takes it: it passes on its day."""

    key = "wait"


class Examination(Kind):
    """Repeats while the case stands at the step; enough of them before it goes on."""

    key = "examination"

    def check(self, taking: Taking) -> None:
        entries = taking.records.latest(taking.step.key)
        if any(one.outcome == taking.outcome.key and one.done_on == taking.done_on for one in entries):
            raise errors.AlreadyTaken(str(taking.at.step.title.zh))
        rhythm = taking.step.every
        there = taking.at.road_step.examined
        if rhythm and taking.outcome.good and taking.outcome.to != STAY and there < rhythm.at_least:
            raise errors.ExaminedTooSeldom(rhythm.months, rhythm.at_least, there, taking.article)
