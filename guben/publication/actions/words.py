"""What all acts of publication share: the words that are kept, the days refused, the entry in the history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from guben.access import policy as access
from guben.accounts.models import User
from guben.audit import trail
from guben.organisations.models import Organisation
from guben.publication import calculations, errors
from guben.publication.models import Notice, Publication

MOST_WORDS = 10_000
Row = TypeVar("Row", Notice, Publication)


@dataclass(slots=True)
class Said:
    """The words of a notice before they are kept."""

    title: str
    text: str
    lines: list[tuple[str, str]]
    places: list[str]

    def check(self) -> None:
        self.title, self.text = self.title.strip(), bare(self.text)
        if not self.title:
            raise errors.WordsMissing
        self.lines = [(str(label).strip()[:60], str(value).strip()[:500]) for label, value in self.lines][:40]
        self.places = [place.strip()[:120] for place in self.places if place.strip()][:10]
        if calculations.shows_number(self.everything()):
            raise errors.ShowsNumbers

    def everything(self) -> str:
        return "\n".join([self.title, self.text, *self.places, *(f"{label}\n{value}" for label, value in self.lines)])

    def mask(self, names: Iterable[str]) -> None:
        names = list(names)
        self.title, self.text = (calculations.with_masked(words, names) for words in (self.title, self.text))
        self.lines = [(label, calculations.with_masked(value, names)) for label, value in self.lines]
        self.places = [calculations.with_masked(place, names) for place in self.places]


def bare(text: str) -> str:
    """The words without what surrounds them; none, or too many, are refused."""
    words = text.strip()
    if not words:
        raise errors.WordsMissing
    if len(words) > MOST_WORDS:
        raise errors.WordsTooLong(MOST_WORDS)
    return words


def given(reason: str) -> str:
    """The reason as it is kept: without the full stop, since it is shown within a sentence."""
    words = reason.strip().rstrip("。. ")
    if not words:
        raise errors.ReasonMissing
    return words[:200]


def locked(row: Row) -> Row:
    """The row as it is now, and nobody else's until this act is done."""
    rows = type(row)._default_manager.select_for_update(no_key=True, of=("self",)).select_related("organisation")
    return rows.get(pk=row.pk)


def refuse_wrong_day(unit: Organisation, day: date, now: date) -> None:
    """A day to come, and one on which the unit was not."""
    if day > now:
        raise errors.NotYet(day, now)
    if day < unit.founded_on or (unit.dissolved_on and day >= unit.dissolved_on):
        raise errors.OutsideUnitsLife(day)


def record(  # noqa: PLR0913 - what an entry of the history says
    action: str,
    target: Notice | Publication,
    by: User,
    right: str,
    details: dict[str, object] | None = None,
    changed: dict[str, object] | None = None,
) -> None:
    """One entry of the history about a notice or a publication."""
    trail.record(
        action,
        target,
        by=by,
        organisation_id=target.organisation_id,
        right=access.under_which_right(by, right, target.organisation),
        changed=changed or {"title": target.title, "text": target.text},
        details={"number": getattr(target, "number", ""), **(details or {})},
    )
