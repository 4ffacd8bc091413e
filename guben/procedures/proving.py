"""Working out anew where every open case stands, and saying what differs from what is written down.

Cases and entries are read side by side in the order of the cases, never all at once, so that a million fit.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import F, Q

from guben.procedures.choices import TAKEN_BACK
from guben.procedures.models import Case, Entry
from guben.procedures.places import Places
from guben.procedures.placing import COLUMNS, Kept, columns
from guben.procedures.rules import Rules, rules
from guben.publication.models import Notice
from guben.rulebook_engine.plans import POSTED
from guben.rulebook_engine.roads import Done, Where, where

CHUNK, MOST_TOLD = 5_000, 1_000
CASE_COLUMNS = ("pk", "number", "procedure", "organisation_id", "host_id", "person_id", "begun_on", *COLUMNS)
ENTRY_COLUMNS = ("case_id", "number", "pk", "corrects_id", "step", "outcome", "done_on", "edition", "notice_id")
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One column of a case that says something else than its entries and the rules."""

    pk: int
    number: str
    column: str
    kept: str
    found: str


@dataclass(slots=True)
class Proof:
    """What was looked at, and what differs; `differences` holds the first of them."""

    cases: int = 0
    late: int = 0
    wrong: int = 0
    mended: int = 0
    unknown: list[str] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    milliseconds: int = 0


def prove(on: date, *, mend: bool = False, procedure: str = "", progress: Callable[[int], None] | None = None) -> Proof:
    """Checks every open case; with `mend` writes what was found, but ends no case and opens none."""
    begun, proof, known = time.monotonic(), Proof(), rules()
    places = Places([], on, everywhere=True)
    down = _taken_down()
    wrong: dict[int, dict[str, Any]] = {}
    for case, entries in _cases_with_entries(procedure):
        proof.cases += 1
        _check(case, entries, proof, known, places, on, down, wrong)
        if mend and len(wrong) >= CHUNK:
            proof.mended += _mend(wrong)
        if progress and proof.cases % 50_000 == 0:
            progress(proof.cases)
    if mend:
        proof.mended += _mend(wrong)
    proof.milliseconds = round((time.monotonic() - begun) * 1000)
    return proof


def _cases_with_entries(procedure: str) -> Iterator[tuple[Row, list[Row]]]:
    """Each open case with its entries, oldest first."""
    cases = Case.objects.filter(ended_on=None).order_by("pk")
    entries = Entry.objects.filter(case__ended_on=None).order_by("case_id", "number")
    if procedure:
        cases, entries = cases.filter(procedure=procedure), entries.filter(case__procedure=procedure)
    rows = entries.values_list(*ENTRY_COLUMNS).iterator(chunk_size=CHUNK)
    groups = groupby(rows, key=itemgetter(0))
    waiting: tuple[int, list[Row]] | None = None
    for case in cases.values_list(*CASE_COLUMNS).iterator(chunk_size=CHUNK):
        while waiting is None or waiting[0] < case[0]:
            group = next(groups, None)
            if group is None:
                break
            waiting = (group[0], list(group[1]))
        yield case, waiting[1] if waiting and waiting[0] == case[0] else []


def _check(  # noqa: PLR0913, PLR0917 - runs a million times
    case: Row,
    entries: list[Row],
    proof: Proof,
    known: Rules,
    places: Places,
    on: date,
    down: set[int],
    wrong: dict[int, dict[str, Any]],
) -> None:
    pk, number, key, organisation_id, host_id, person_id, begun_on, *kept = case
    editions = known.editions(key)
    if not editions:
        if key not in proof.unknown:
            proof.unknown.append(key)
        return
    standing = _standing(entries)
    done = [Done(row[4], row[5], row[6], row[7], row[1]) for row in standing]
    found = where(editions, begun_on, done, on, known.calendar)
    proof.late += found.late
    hangs = _hangs(found, standing, down)
    should = columns(found, Kept(organisation_id, host_id, person_id, kept[-1]), places, hangs=hangs)
    if list(should.values()) == kept:
        return
    proof.wrong += 1
    differing = {name: value for (name, value), old in zip(should.items(), kept, strict=True) if value != old}
    for name, value in differing.items():
        if len(proof.differences) < MOST_TOLD:
            old = kept[COLUMNS.index(name)]
            proof.differences.append(Difference(pk, number, name, str(old or ""), str(value or "")))
    if found.step is not None:
        wrong[pk] = differing


def _standing(entries: list[Row]) -> list[Row]:
    """As `records.standing_of`, over rows."""
    if not any(row[3] for row in entries):
        return entries
    by_key: dict[int, int] = {}
    found: dict[int, Row] = {}
    for row in entries:
        place = by_key.get(row[3] or 0, int(row[1]))
        by_key[row[2]] = place
        found[place] = row
    return [found[place] for place in sorted(found) if found[place][5] != TAKEN_BACK]


def _hangs(found: Where, standing: list[Row], down: set[int]) -> bool:
    """Does the notice of the step hang, or has it hung for its whole term? As `standing.hanging`, over rows."""
    if found.step is None or found.step.kind != "notice":
        return False
    for row in reversed(standing):
        if row[4] != found.step.key:
            return False
        if row[5] == POSTED and row[8]:
            return row[8] not in down
    return False


def _taken_down() -> set[int]:
    """The notices that were taken down before their term was over."""
    early = Notice.objects.filter(Q(taken_down_on__isnull=False) & Q(taken_down_on__lte=F("term_ends_on")))
    return set(early.values_list("pk", flat=True))


def _mend(wrong: dict[int, dict[str, Any]]) -> int:
    """Writes what was found into cases that are still open, in sets of equal changes."""
    groups: dict[tuple[tuple[str, Any], ...], list[int]] = {}
    for pk, values in wrong.items():
        groups.setdefault(tuple(values.items()), []).append(pk)
    count = 0
    for columns_, keys in groups.items():
        for start in range(0, len(keys), 500):
            chosen = Case.objects.filter(pk__in=keys[start : start + 500], ended_on=None)
            count += chosen.update(**dict(columns_))
    wrong.clear()
    return count
