"""All rulebooks together: what is in force on a day, and the checks that need more than one file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import TypeVar

from guben.rulebook_engine.crosschecks import impossible_line, overlapping
from guben.rulebook_engine.entries import Duty, Entry, Indicator, Limit, Role, Rulebook, Standard
from guben.rulebook_engine.errors import Mistake, RulebookErrors, did_you_mean
from guben.rulebook_engine.procedure_checks import wrong_was
from guben.rulebook_engine.procedures import Procedure
from guben.rulebook_engine.publications import Publication, PublishedAsItHappens
from guben.rulebook_engine.yearly import YearlyTable

Kind = TypeVar("Kind", bound=Entry)


class Library:
    """The rules of several rulebooks.

    Raises:
        RulebookErrors: two rules share a key, editions overlap, or a standard's indicator is not in force with it.
    """

    def __init__(self, rulebooks: Iterable[Rulebook]) -> None:
        self.rulebooks = tuple(rulebooks)
        self._editions: defaultdict[str, list[Entry]] = defaultdict(list)
        self._rows: defaultdict[str, list[Indicator]] = defaultdict(list)
        self._procedures: dict[str, tuple[Procedure, ...]] = {}
        for rulebook in self.rulebooks:
            for entry in rulebook.entries:
                self._editions[entry.key].append(entry)
        for editions in self._editions.values():
            editions.sort(key=lambda entry: entry.from_on)
        for table in (entry for entry in self if isinstance(entry, YearlyTable)):
            for indicator in table.indicators.values():
                self._rows[indicator.key].append(indicator)
        mistakes = [
            *overlapping([*self]),
            *self._wrong_rows(),
            *self._without_indicator(),
            *self._without_role(),
            *self._without_earlier_step(),
        ]
        if mistakes:
            raise RulebookErrors(mistakes)

    def __iter__(self) -> Iterator[Entry]:
        for editions in self._editions.values():
            yield from editions

    def editions(self, key: str) -> tuple[Entry, ...]:
        """All editions of a rule, or of a row of a yearly table, oldest first; none for an unknown key."""
        known: Sequence[Entry] = self._editions.get(key, ()) or self._rows.get(key, ())
        return tuple(known)

    def get(self, key: str, on: date) -> Entry | None:
        """The edition of a rule, or of a row of a yearly table, in force on a day."""
        return next((entry for entry in self.editions(key) if entry.in_force(on)), None)

    def in_force(self, on: date, kinds: Collection[str] = ()) -> list[Entry]:
        """All entries in force on a day, or those of some kinds ("duty", "standard", …)."""
        return [entry for entry in self if entry.in_force(on) and (not kinds or entry.kind in kinds)]

    def duties(self, on: date) -> list[Duty]:
        return self._of(Duty, on)

    def indicators(self, on: date) -> list[Indicator]:
        return self._of(Indicator, on)

    def standards(self, on: date) -> list[Standard]:
        return self._of(Standard, on)

    def limits(self, on: date) -> list[Limit]:
        return self._of(Limit, on)

    def roles(self, on: date) -> list[Role]:
        return self._of(Role, on)

    def publications(self, on: date) -> list[Publication | PublishedAsItHappens]:
        """What must be made public, by a day or as it happens."""
        return [*self._of(Publication, on), *self._of(PublishedAsItHappens, on)]

    def tables(self, on: date) -> list[YearlyTable]:
        return self._of(YearlyTable, on)

    def rows(self, on: date) -> list[Indicator]:
        """The rows of all yearly tables that have a formula, as the indicators they are to an engine."""
        return [one for editions in self._rows.values() for one in editions if one.in_force(on)]

    def procedures(self, on: date) -> list[Procedure]:
        return self._of(Procedure, on)

    def procedure(self, key: str, on: date) -> Procedure | None:
        """The edition of a procedure in force on a day."""
        found = self.get(key, on)
        return found if isinstance(found, Procedure) else None

    def editions_of(self, key: str) -> tuple[Procedure, ...]:
        """All editions of a procedure, oldest first; always the same tuple, for which its plans are kept."""
        if key not in self._procedures:
            self._procedures[key] = tuple(one for one in self.editions(key) if isinstance(one, Procedure))
        return self._procedures[key]

    def indicator_of(self, standard: Standard, on: date) -> Indicator:
        """The indicator that a standard draws its line on."""
        found = self.get(standard.indicator, on)
        if not isinstance(found, Indicator):
            raise LookupError(f"No indicator '{standard.indicator}' in force on {on}.")
        return found

    def _of(self, kind: type[Kind], on: date) -> list[Kind]:
        return [entry for entry in self if isinstance(entry, kind) and entry.in_force(on)]

    def _without_indicator(self) -> Iterator[Mistake]:
        keys = tuple(entry.key for entry in self if isinstance(entry, Indicator))
        for entry in self:
            if not isinstance(entry, Standard):
                continue
            if entry.indicator not in keys:
                yield _mistake(entry, f"No indicator '{entry.indicator}'.{did_you_mean(entry.indicator, keys)}")
                continue
            if not _covered(entry, self._editions[entry.indicator]):
                sentence = f"The indicator '{entry.indicator}' is not in force as long as the standard '{entry.key}'."
                yield _mistake(entry, sentence)
            for indicator in self._editions[entry.indicator]:
                if isinstance(indicator, Indicator) and (sentence := impossible_line(entry, indicator)):
                    yield _mistake(entry, sentence)

    def _wrong_rows(self) -> Iterator[Mistake]:
        for key in self._rows.keys() & self._editions.keys():
            yield _mistake(self._editions[key][0], f"The key '{key}' already names a row of a table: choose another.")
        for table in (entry for entry in self if isinstance(entry, YearlyTable)):
            if table.adds_up_to and table.adds_up_to not in self._rows:
                yield _mistake(table, f"No row '{table.adds_up_to}'.{did_you_mean(table.adds_up_to, [*self._rows])}")

    def _without_role(self) -> Iterator[Mistake]:
        roles = tuple(dict.fromkeys(entry.key for entry in self if isinstance(entry, Role)))
        for entry in self:
            if roles and isinstance(entry, Duty | PublishedAsItHappens) and entry.answerable not in roles:
                yield _mistake(entry, f"No role '{entry.answerable}'.{did_you_mean(entry.answerable, roles)}")

    def _without_earlier_step(self) -> Iterator[Mistake]:
        for key in self._editions:
            for procedure, _, sentence in wrong_was(self.editions_of(key)):
                yield _mistake(procedure, sentence)
            oldest = next(iter(self.editions_of(key)), None)
            for step in oldest.step if oldest else ():
                if oldest and step.was:
                    yield _mistake(oldest, f"No earlier edition has a step '{step.was[0]}'.")


def _covered(entry: Entry, editions: list[Entry]) -> bool:
    """Whether the editions, oldest first, leave no day of the entry without one."""
    day, end = entry.from_on, entry.until_on or date.max
    for edition in editions:
        if edition.from_on <= day:
            day = max(day, edition.until_on or date.max)
    return day >= end


def _mistake(entry: Entry, sentence: str) -> Mistake:
    return Mistake(entry.place.file, entry.place.line, entry.place.column, sentence)
