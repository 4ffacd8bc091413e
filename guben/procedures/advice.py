"""What higher apps say beside a step: warnings that do not forbid it, unless the rule has the step heed them. Each app
registers what it has to say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from guben.procedures.models import Case
from guben.rulebook_engine.facts import catalogue
from guben.rulebook_engine.procedures import Step

Advice = Callable[[Case, str, date], str]  # case, step, day: a sentence, empty where there is nothing to say
_advice: dict[str, Advice] = {}


def register(name: str, advice: Advice) -> None:
    """Adds what is said; one of the same name takes the place of the earlier one."""
    _advice[name] = advice
    catalogue.publish_warnings(name)


def on_step(case: Case, step: str, on: date) -> tuple[str, ...]:
    """All that is to be said beside a step of a case."""
    return tuple(said for one in _advice.values() if (said := one(case, step, on)))


def heeded(case: Case, step: Step, on: date) -> str:
    """The first warning that the step heeds; empty where none of them has anything to say."""
    named = (_advice[name] for name in step.heeds if name in _advice)
    return next((said for one in named if (said := one(case, step.key, on))), "")
