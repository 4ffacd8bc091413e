"""The procedures that are installed, the official calendar, and how both are said in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language

from guben.kit.calendar import Calendar
from guben.procedures import errors
from guben.rulebook.calendars import calendar
from guben.rulebook.queries import library
from guben.rulebook_engine.entries import Words
from guben.rulebook_engine.library import Library
from guben.rulebook_engine.procedures import FormField, Outcome, PaperKind, Procedure, Step
from guben.rulebook_engine.roads import WITHDRAWN, outcomes


@dataclass(frozen=True, slots=True)
class Rules:
    """What is installed, read once."""

    library: Library
    calendar: Calendar

    def editions(self, key: str) -> tuple[Procedure, ...]:
        """All editions of a procedure, oldest first; none where it was uninstalled."""
        return self.library.editions_of(key)

    def procedure(self, key: str, on: date) -> Procedure:
        """The edition in force on a day. Raises UnknownProcedure."""
        found = self.library.procedure(key, on)
        if found is None:
            raise errors.UnknownProcedure(key)
        return found

    def edition(self, key: str, label: str) -> Procedure | None:
        """An edition by its label, else the newest one."""
        known = self.editions(key)
        return next((one for one in known if one.edition_label == label), known[-1] if known else None)

    def stated(self, key: str, label: str, step: str) -> Step | None:
        """A step as that edition states it, else as the newest one that has it; None where none has."""
        named = self.edition(key, label)
        editions = (named, *reversed(self.editions(key)))
        return next((found for one in editions if (found := step_of(one, step))), None)

    def paper(self, key: str, paper: str) -> PaperKind | None:
        """A kind of paper as the newest edition that has it states it; None where none has."""
        kinds = (paper_of(edition, paper) for edition in reversed(self.editions(key)))
        return next((kind for kind in kinds if kind), None)

    def all_editions(self) -> list[Procedure]:
        return [entry for entry in self.library if isinstance(entry, Procedure)]


def rules() -> Rules:
    """What is installed now. One query while nothing was installed since the last call."""
    return Rules(library(), calendar())


def say(words: Words | None) -> str:
    """The words in the reader's language."""
    return words.say(get_language() or "zh") if words else ""


def article_of(step: Step, procedure: Procedure) -> str:
    """The article a step stands on, as it is cited before a sentence."""
    return step.article or step.source or procedure.article or procedure.source


def step_of(procedure: Procedure | None, key: str) -> Step | None:
    return next((step for step in procedure.step if step.key == key), None) if procedure else None


def outcome_of(step: Step, key: str) -> Outcome | None:
    known = (*outcomes(step), WITHDRAWN)
    return next((one for one in known if one.key == key), None)


def paper_of(procedure: Procedure, key: str) -> PaperKind | None:
    return next((one for one in procedure.paper if one.key == key), None)


def paper_title(procedure: Procedure, key: str) -> str:
    """What a paper is called; its key where the edition knows it no longer."""
    kind = paper_of(procedure, key)
    return say(kind.title) if kind else key


def field_of(step: Step, key: str) -> FormField | None:
    return next((one for one in step.field if one.key == key), None)


def steps_of(procedure: Procedure) -> dict[str, Step]:
    return {step.key: step for step in procedure.step}
