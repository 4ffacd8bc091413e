"""What was written down of a case, and what of it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from guben.procedures.choices import TAKEN_BACK
from guben.procedures.models import Case, Count, Entry, Held, Paper
from guben.rulebook_engine.roads import Done


@dataclass(frozen=True, slots=True)
class Records:
    """The entries of a case in their order, with those that stand; papers, holds and counts."""

    entries: tuple[Entry, ...]
    standing: tuple[Entry, ...]
    papers: tuple[Paper, ...]
    holds: tuple[Held, ...]

    @property
    def done(self) -> tuple[Done, ...]:
        return tuple(map(done_of, self.standing))

    @property
    def by_number(self) -> Mapping[int, Entry]:
        return {entry.number: entry for entry in self.entries}

    def papers_of(self, key: str) -> list[Paper]:
        """The papers of a kind that count: neither withdrawn nor out of date."""
        return [paper for paper in self.papers if paper.key == key and paper.counts]

    def in_place_of(self, paper: Paper) -> Paper | None:
        """What was issued after a paper that counts no longer, and counts."""
        return next((one for one in self.papers_of(paper.key) if one.pk > paper.pk), None)

    def with_entry(self, entry: Entry) -> Records:
        """These, and an entry that was written since."""
        entries = (*self.entries, entry)
        return replace(self, entries=entries, standing=standing_of(entries))

    def hold_on(self, on: date) -> Held | None:
        """What holds the case on a day."""
        return next((one for one in self.holds if holds(one, on)), None)

    def latest(self, step: str) -> list[Entry]:
        """The entries of a step since the case came to it last, oldest first."""
        found: list[Entry] = []
        for entry in reversed(self.standing):
            if entry.step != step:
                break
            found.append(entry)
        return found[::-1]


def holds(one: Held, on: date) -> bool:
    return one.from_on <= on < min(one.until_on, one.ended_on or one.until_on)


def done_of(entry: Entry) -> Done:
    return Done(entry.step, entry.outcome, entry.done_on, entry.edition, entry.number)


def standing_of(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries that stand, in order: a correction takes the place of what it corrects."""
    places: dict[int, int] = {}  # by an entry's key, the number of the entry whose place it takes
    found: dict[int, Entry] = {}
    for entry in entries:
        place = places.get(entry.corrects_id or 0, entry.number)
        places[entry.pk] = place
        found[place] = entry
    return tuple(found[place] for place in sorted(found) if found[place].outcome != TAKEN_BACK)


def records_of(case: Case) -> Records:
    """All that was written of a case, in three queries."""
    entries = tuple(
        Entry.objects.filter(case=case)
        .select_related("recorded_by", "acted_at", "meeting__organisation", "notice")
        .order_by("number")
    )
    papers = tuple(Paper.objects.filter(case=case).select_related("made_by", "outdated_by").order_by("pk"))
    held = tuple(Held.objects.filter(case=case).select_related("recorded_by", "ended_by").order_by("pk"))
    return Records(entries, standing_of(entries), papers, held)


def live_counts(case: Case, step: str) -> Sequence[Count]:
    """The counts of a step that wait for their entry."""
    return list(
        Count.objects.filter(case=case, step=step, entry=None, set_aside_at=None)
        .select_related("teller", "meeting")
        .order_by("pk")
    )
