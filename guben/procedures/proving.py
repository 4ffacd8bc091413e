"""Working out anew where every open case stands, and saying what differs from what is written down.

Cases are read in chunks with what was done in them, never all at once, so that a million fit. Where there are very
many, several processes share them. PostgreSQL tells all entries of a case as one text; cases that differ by their days
alone are replayed once (`rulebook_engine.shapes`).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from multiprocessing import get_context
from typing import Any

from django.db import connection
from django.db.models import Count, F, Max, Min, Q

from guben.accounts.database import is_postgres
from guben.procedures.choices import TAKEN_BACK
from guben.procedures.models import Case, Entry
from guben.procedures.places import Places
from guben.procedures.placing import COLUMNS, Kept, columns
from guben.procedures.rules import Rules, rules
from guben.procedures.sharing import prove_share
from guben.publication.models import Notice
from guben.rollup.freshness import keeping
from guben.rulebook_engine.plans import POSTED
from guben.rulebook_engine.roads import Done, Where, where
from guben.rulebook_engine.shapes import Shapes

CHUNK, MOST_TOLD = 10_000, 1_000
LARGE = 100_000  # open cases from which several processes share the work
CASE_COLUMNS = ("pk", "number", "procedure", "organisation_id", "host_id", "person_id", "begun_on", *COLUMNS)
ENTRY_COLUMNS = ("case_id", "number", "pk", "corrects_id", "step", "outcome", "done_on", "edition", "notice_id")
Row = tuple[Any, ...]
Step = tuple[Done, int | None]  # what was done, and the notice that was posted with it


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


def prove(
    on: date, *, mend: bool = False, procedure: str = "", progress: Callable[[int], None] | None = None, jobs: int = 0
) -> Proof:
    """Checks every open case; with `mend` writes what was found, but ends no case and opens none. `jobs` says how many
    processes share the work: by itself several where there are very many cases on a server."""
    begun = time.monotonic()
    spans = _spans(procedure, jobs)
    if len(spans) == 1:
        proof = prove_span(on, spans[0], procedure, mend=mend, progress=progress)
    else:
        proof = Proof()
        with ProcessPoolExecutor(len(spans), mp_context=get_context("spawn")) as pool:
            parts = [pool.submit(prove_share, on, span, procedure, mend=mend) for span in spans]
            for part in parts:
                _join(proof, part.result())
                if progress:
                    progress(proof.cases)
    if proof.mended:
        _tell_figures(proof)
    proof.milliseconds = round((time.monotonic() - begun) * 1000)
    return proof


def _tell_figures(proof: Proof) -> None:
    """Mending writes no history, so that kept figures have to be told of it."""
    if len(proof.differences) >= MOST_TOLD:  # there may be more
        keeping.begin_anew()
        return
    cases = {difference.pk for difference in proof.differences}
    keeping.put_right(Case.objects.filter(pk__in=cases).values_list("organisation_id", flat=True))


def _spans(procedure: str, jobs: int) -> list[tuple[int, int]]:
    """The keys of the open cases in as many spans as there are processes to share them."""
    found = _open(procedure).aggregate(first=Min("pk"), last=Max("pk"), count=Count("pk"))
    first, last = found["first"] or 0, found["last"] or 0
    if not jobs:
        jobs = min(os.cpu_count() or 1, 4) if found["count"] >= LARGE and is_postgres() else 1
    if jobs == 1 or not found["count"]:
        return [(first, last + 1)]
    keys = _open(procedure).order_by("pk").values_list("pk", flat=True)
    starts = [first, *(keys[found["count"] * number // jobs] for number in range(1, jobs)), last + 1]
    return [(start, end) for start, end in zip(starts, starts[1:], strict=False) if start < end]


def _join(proof: Proof, part: Proof) -> None:
    proof.cases += part.cases
    proof.late += part.late
    proof.wrong += part.wrong
    proof.mended += part.mended
    proof.unknown = sorted({*proof.unknown, *part.unknown})
    proof.differences = [*proof.differences, *part.differences][:MOST_TOLD]


def prove_span(
    on: date,
    span: tuple[int, int],
    procedure: str,
    *,
    mend: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Proof:
    """The proof of the open cases whose keys lie in a span."""
    proof = Proof()
    check = _Check(proof, rules(), Places([], on, everywhere=True), on)
    for cases in _chunks(procedure, *span):
        check.chunk(cases)
        if mend:
            proof.mended += _mend(check.wrong)
        check.wrong.clear()
        if progress:
            progress(proof.cases)
    return proof


def _open(procedure: str) -> Any:
    cases = Case.objects.filter(ended_on=None)
    return cases.filter(procedure=procedure) if procedure else cases


def _chunks(procedure: str, first: int, end: int) -> Iterator[list[Row]]:
    """The open cases with keys from `first` to before `end`, in chunks."""
    while True:
        cases = _open(procedure).filter(pk__gte=first, pk__lt=end).order_by("pk")
        chunk = list(cases.values_list(*CASE_COLUMNS)[:CHUNK])
        if not chunk:
            return
        yield chunk
        first = chunk[-1][0] + 1


class _Check:
    """Checks cases one after the other; what is asked for all of them is read once."""

    def __init__(self, proof: Proof, known: Rules, places: Places, on: date) -> None:
        self.proof = proof
        self.known = known
        self.places = places
        self.on = on
        self.down = _taken_down()
        self.wrong: dict[int, dict[str, Any]] = {}
        self._shapes: dict[str, Shapes] = {}

    def chunk(self, cases: Sequence[Row]) -> None:
        """Checks some cases; most by their shapes, the others entry by entry."""
        others = self._by_shape(cases) if is_postgres() else cases
        keys = [case[0] for case in others]
        if not keys:
            return
        tracks = _by_rows(Entry.objects.filter(case__in=keys) if len(keys) < len(cases) else _between(keys))
        for case in others:
            track = tracks.get(case[0], ())
            editions = self.known.editions(case[2])
            if not editions:
                self._unknown(case[2])
                continue
            found = where(editions, case[6], [one[0] for one in track], self.on, self.known.calendar)
            self._compare(case, found, hangs=self._hangs(found, track))

    def _by_shape(self, cases: Sequence[Row]) -> list[Row]:
        """Checks the cases whose entries need no second look, and returns the others."""
        told, others = _told(cases), []
        for case in cases:
            text, days, corrected = told.get(case[0], ("", "", 0))
            shapes = self._shapes.get(case[2]) or self._shapes_of(case[2])
            shape = shapes.find(text, case[6]) if shapes and not corrected else None
            if shape is None or shape.posted:
                others.append(case)
            else:
                self._compare(case, shape.where(case[6], days.split(","), self.on), hangs=False)
        return others

    def _shapes_of(self, key: str) -> Shapes | None:
        editions = self.known.editions(key)
        if not editions:
            return None
        found = self._shapes[key] = Shapes(editions, self.on, self.known.calendar)
        return found

    def _unknown(self, key: str) -> None:
        self.proof.cases += 1
        if key not in self.proof.unknown:
            self.proof.unknown.append(key)

    def _compare(self, case: Row, found: Where, *, hangs: bool) -> None:
        pk, number, _key, organisation_id, host_id, person_id, _begun_on, *kept = case
        proof = self.proof
        proof.cases += 1
        proof.late += found.late
        about = Kept(organisation_id, host_id, person_id, kept[-1])
        should = columns(found, about, self.places, hangs=hangs)
        if list(should.values()) == kept:
            return
        proof.wrong += 1
        differing = {name: value for (name, value), old in zip(should.items(), kept, strict=True) if value != old}
        for name, value in differing.items():
            if len(proof.differences) < MOST_TOLD:
                old = kept[COLUMNS.index(name)]
                proof.differences.append(Difference(pk, number, name, str(old or ""), str(value or "")))
        if found.step is not None:
            self.wrong[pk] = differing

    def _hangs(self, found: Where, track: Sequence[Step]) -> bool:
        """Does the notice of the step hang, or has it hung for its whole term? As `standing.hanging`."""
        if found.step is None or found.step.kind != "notice":
            return False
        for done, notice in reversed(track):
            if done.step != found.step.key:
                return False
            if done.outcome == POSTED and notice:
                return notice not in self.down
        return False


TOLD = """
SELECT case_id, string_agg(step || E'\\x1f' || outcome || E'\\x1f' || edition, E'\\x1e' ORDER BY number),
  string_agg((done_on - DATE '0001-01-01' + 1)::text, ',' ORDER BY number), count(corrects_id)
FROM procedures_entry WHERE case_id BETWEEN %s AND %s GROUP BY case_id
"""


def _told(cases: Sequence[Row]) -> dict[int, tuple[str, str, int]]:
    """By case: what was done under which edition, the days as ordinal numbers, how many entries are corrections."""
    with connection.cursor() as cursor:
        cursor.execute(TOLD, [cases[0][0], cases[-1][0]])
        return {pk: (text, days, corrected) for pk, text, days, corrected in cursor.fetchall()}


def _between(keys: Sequence[int]) -> Any:
    """The entries of cases in a row of keys; ended ones among them do no harm."""
    return Entry.objects.filter(case__gte=keys[0], case__lte=keys[-1])


def _by_rows(entries: Any) -> dict[int, list[Step]]:
    rows: dict[int, list[Row]] = {}
    for row in entries.order_by("case_id", "number").values_list(*ENTRY_COLUMNS):
        rows.setdefault(row[0], []).append(row)
    return {
        pk: [(Done(row[4], row[5], row[6], row[7], row[1]), row[8]) for row in _standing(found)]
        for pk, found in rows.items()
    }


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
    return count
