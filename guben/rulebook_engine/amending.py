"""The installed rules with other editions over them, before anybody installs those: what would change, rule by rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeVar

from guben.rulebook_engine.entries import Duty, Entry, Indicator, Limit, Role, Rulebook, Standard
from guben.rulebook_engine.library import Library
from guben.rulebook_engine.procedures import Procedure
from guben.rulebook_engine.publications import PublishedAsItHappens
from guben.rulebook_engine.yearly import YearlyTable

What = Literal["added", "ended", "changed", "through"]
FIRST = date(1900, 1, 1)
DATES = {"place", "from_on", "until_on", "edition"}
Kind = TypeVar("Kind", bound=Entry)


@dataclass(frozen=True, slots=True)
class Change:
    """One rule before and after. `through` means that its own words stay and its indicator changes."""

    key: str
    what: What
    before: Entry | None
    after: Entry | None

    @property
    def rule(self) -> Entry:
        """The rule as it would be, or as it was where it ends."""
        rule = self.after or self.before
        assert rule is not None  # noqa: S101 - a change has one of the two
        return rule


def amended(installed: Sequence[Rulebook], given: Sequence[Rulebook]) -> Library:
    """The rules as if the given books were installed.

    A book that is installed already is renewed. A rule that an installed book holds under the same key and issuer ends
    where the given edition begins.

    Raises:
        RulebookErrors: they do not fit together; a superior's key is used again, for one.
    """
    renewed = {(book.key, book.issued_by) for book in given}
    begins: dict[tuple[str, str], date] = {}
    for entry in (entry for book in given for entry in book.entries):
        name = entry.key, entry.issued_by
        begins[name] = min(entry.from_on, begins.get(name, entry.from_on))
    kept = [_cut(book, begins) for book in installed if (book.key, book.issued_by) not in renewed]
    return Library([*given, *kept])


def _cut(book: Rulebook, begins: dict[tuple[str, str], date]) -> Rulebook:
    def cut(entries: tuple[Kind, ...]) -> tuple[Kind, ...]:
        return tuple(left for entry in entries if (left := _ended(entry, begins.get((entry.key, entry.issued_by)))))

    parts = {
        "duties": cut(book.duties),
        "indicators": cut(book.indicators),
        "standards": cut(book.standards),
        "limits": cut(book.limits),
        "roles": cut(book.roles),
        "procedures": cut(book.procedures),
        "occasions": cut(book.occasions),
        "tables": cut(book.tables),
    }
    return book.model_copy(update=parts)


def _ended(entry: Kind, on: date | None) -> Kind | None:
    """The entry until the day; None where nothing of it is left."""
    if on is None:
        return entry
    if entry.from_on >= on:
        return None
    return entry.model_copy(update={"until_on": min(on, entry.until_on or on)})


def changes(installed: Library, given: Sequence[Rulebook], on: date) -> list[Change]:
    """What the given books would change of the rules in force on the day, in the order of the books.

    The newest edition of each rule is the one that is tried, whenever it begins: a rule can be tried before its day.

    Raises:
        RulebookErrors: the books do not fit the installed ones.
    """
    proposed = amended(installed.rulebooks, given)
    renewed = {(book.key, book.issued_by) for book in given}
    old = (entry for book in installed.rulebooks if (book.key, book.issued_by) in renewed for entry in book.entries)
    touched = dict.fromkeys(entry.key for entry in (*(one for book in given for one in book.entries), *old))
    own = [change for key in touched if (change := _change(key, installed, proposed, on)) is not None]
    return [*own, *_through(own, installed, on)]


def _change(key: str, installed: Library, proposed: Library, on: date) -> Change | None:
    before = installed.get(key, on)
    editions = proposed.editions(key)
    if isinstance(before or next(iter(editions), None), Role | Limit | Procedure | PublishedAsItHappens | YearlyTable):
        return None  # nobody's duties or findings change by it
    if [_told(entry, dated=True) for entry in editions] == [
        _told(entry, dated=True) for entry in installed.editions(key)
    ]:
        return None
    after = editions[-1] if editions else None
    if before is None:
        return Change(key, "added", None, after) if after else None
    if after is None or (_told(after) == _told(before) and after.until_on not in (None, before.until_on)):
        return Change(key, "ended", before, None)
    return None if _told(after) == _told(before) else Change(key, "changed", before, after)


def _told(entry: Entry, *, dated: bool = False) -> dict[str, object]:
    """What an edition says; with its dates where they matter."""
    left_out = {"place"} if dated else DATES
    return {name: getattr(entry, name) for name in type(entry).model_fields if name not in left_out}


def _through(own: Sequence[Change], installed: Library, on: date) -> Iterator[Change]:
    """Standards that stay as they are on an indicator that does not."""
    keys = {change.key for change in own}
    moved = {change.key for change in own if isinstance(change.rule, Indicator) and change.after}
    for standard in installed.standards(on):
        if standard.indicator in moved and standard.key not in keys:
            yield Change(standard.key, "through", standard, standard)


@dataclass(frozen=True, slots=True)
class Side:
    """The rules of one side of a comparison, each as if it had always been in force."""

    duties: tuple[Duty, ...]
    standards: tuple[Standard, ...]
    indicators: tuple[Indicator, ...]


def sides(own: Sequence[Change], installed: Library, given: Sequence[Rulebook], on: date) -> tuple[Side, Side]:
    """The two sets of rules to compare, with the indicators that their standards need."""
    proposed = amended(installed.rulebooks, given)
    now = {entry.key: entry for entry in installed.in_force(on, ("indicator",))}
    then = {entry.key: entry for entry in proposed.in_force(on, ("indicator",))}
    for change in own:
        if isinstance(change.after, Indicator):
            then[change.key] = change.after
    for standard in (change.after for change in own):
        if isinstance(standard, Standard) and standard.indicator not in then:
            then[standard.indicator] = proposed.editions(standard.indicator)[-1]
    return _side([change.before for change in own], now), _side([change.after for change in own], then)


def _side(rules: Sequence[Entry | None], known: dict[str, Entry]) -> Side:
    standards = tuple(always(rule) for rule in rules if isinstance(rule, Standard))
    wanted = {rule.key: rule for rule in rules if isinstance(rule, Indicator)}
    for standard in standards:
        found = known[standard.indicator]
        if isinstance(found, Indicator):
            wanted.setdefault(found.key, found)
    duties = tuple(always(rule) for rule in rules if isinstance(rule, Duty))
    return Side(duties, standards, tuple(always(one) for one in wanted.values()))


def always(rule: Kind) -> Kind:
    """The rule as if it had always been in force."""
    return rule.model_copy(update={"from_on": FIRST, "until_on": None})
