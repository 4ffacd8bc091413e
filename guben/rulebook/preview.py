"""What a draft would bring about: in words, on how many units, at what cost, and what it says otherwise than before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language

from guben.accounts.installation import today
from guben.kit.days import add_months
from guben.rulebook.checking import check, edition_of, read
from guben.rulebook.composing import redated
from guben.rulebook.models import Draft
from guben.rulebook.queries import library
from guben.rulebook.reach import Reach, reach_of
from guben.rulebook.sources import RuleFile
from guben.rulebook.workings import Difference, differences, workings
from guben.rulebook_engine.entries import Entry, Standard
from guben.rulebook_engine.library import Library


@dataclass(frozen=True, slots=True)
class Preview:
    """One entry of a draft. `before` is the edition it takes the place of."""

    rule: Entry
    workings: list[tuple[str, str]]
    reach: Reach | None
    before: Entry | None
    changes: list[Difference]


def preview(draft: Draft) -> list[Preview]:
    """Each entry of the draft as its reader will meet it.

    Raises:
        DomainError: the draft no longer fits what is in force.
    """
    alone, whole = check(draft)
    return [_of(rule, draft, whole) for rule in alone.entries]


def _of(rule: Entry, draft: Draft, whole: Library) -> Preview:
    day = max(draft.from_on, today())
    found = whole.get(rule.key, day) or rule
    before = next((one for one in reversed(whole.editions(rule.key)) if one.from_on < draft.from_on), None)
    name = ""
    if isinstance(found, Standard):
        name = whole.indicator_of(found, day).title.say(get_language() or "zh")
    reach = reach_of(found, draft.organisation, day, whole)
    changes = differences(before, found) if before else []
    return Preview(found, workings(found, name), reach, before, changes)


def as_if_in_force(draft: Draft) -> RuleFile:
    """The draft as if it had held for a year and a half, so that it can be tried on the records there are."""
    alone = read(draft.text, "draft.toml")
    own = {entry.key for entry in alone.indicators}
    used = [library().editions(one.indicator) for one in alone.standards if one.indicator not in own]
    earliest = max((editions[0].from_on for editions in used if editions), default=date.min)
    return redated(edition_of(draft), max(add_months(today(), -18), earliest))
