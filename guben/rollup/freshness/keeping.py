"""Acts on what is kept: begun for a day, put right after each act, proved every night.

They ask nobody's right: the worker and the pages carry them out for everybody, and what comes out is shown by the
rights of who looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from guben.audit.remembering import LARGE_TREE, newest_entry
from guben.kit import tree as paths
from guben.kit.paging import more_than
from guben.organisations.queries import units_on
from guben.rollup.freshness import alarms, history, whole
from guben.rollup.freshness.alarms import Wrong
from guben.rollup.freshness.history import Place
from guben.rollup.freshness.logic import Logic, logic_of
from guben.rollup.freshness.settling import COLUMNS, Row, Stood, alike, bytes_of, differences, own_of, settled, standing
from guben.rollup.models import KeptTree, KeptUnit
from guben.rulebook.live import MOST_IDS, batched
from guben.rulebook.queries import library

LEFT_AFTER = timedelta(minutes=15)  # a tree that was begun and then nobody went on with
TRIES = 5
Result = TypeVar("Result")
Told = Callable[[int, int], None]


class GaveWay(Exception):
    """Another process changed the same tree meanwhile."""


def _silent(_done: int, _total: int) -> None:
    """Nobody watches."""


def is_wanted(on: date) -> bool:
    """Whether there are so many units that pages can't ask the records."""
    return more_than(units_on(on), LARGE_TREE)


def kept_tree(logic: Logic) -> KeptTree | None:
    """What is kept of a day under these rules."""
    return KeptTree.objects.filter(on=logic.on, fingerprint=logic.fingerprint, is_whole=True).first()


def tend(on: date) -> str:
    """What the worker does again and again: brings what is kept up to the last act, or begins a new day.

    Nothing where the tree is small.
    """
    logic = logic_of(library(), on)
    kept = kept_tree(logic)
    if kept is not None:
        return f"{catch_up(kept, logic)} units"
    if not is_wanted(on):
        return ""
    begun = begin(logic)
    return f"{begun.units} units begun" if begun else ""


def begin(logic: Logic, told: Told = _silent) -> KeptTree | None:
    """Works out all units of a day, piece by piece; what is written meanwhile is put right at the end. None where
    another process is at it, or somebody forgot it meanwhile. What was kept of other days and rules goes."""
    kept = _claimed(logic)
    if kept is None:
        return None
    done = 0
    units = whole.stood(logic)
    for rows in whole.rows(logic, units):
        with transaction.atomic():
            if not KeptTree.objects.filter(pk=kept.pk).update(as_of=timezone.now()):
                return None
            whole.write(kept, rows)
        done += len(rows)
        told(done, len(units))
    kept = KeptTree.objects.filter(pk=kept.pk).first()
    if kept is None:
        return None
    catch_up(kept, logic)
    if not KeptTree.objects.filter(pk=kept.pk).update(is_whole=True, units=len(units)):
        return None
    forget(kept)
    kept.refresh_from_db()
    return kept


def _claimed(logic: Logic) -> KeptTree | None:
    now = timezone.now()
    same = Q(on=logic.on, fingerprint=logic.fingerprint, is_whole=False)
    for left in KeptTree.objects.filter(same, as_of__lt=now - LEFT_AFTER):
        _delete(left)
    place = history.news(Place(newest_entry())).place  # read before the records: what comes later is read again
    try:
        with transaction.atomic():
            return KeptTree.objects.create(
                on=logic.on, fingerprint=logic.fingerprint, seen=place.seen, gaps=place.as_json(), as_of=now
            )
    except IntegrityError:
        return None


def forget(besides: KeptTree) -> None:
    """Deletes what was kept before, but for what another process has just begun."""
    others = KeptTree.objects.exclude(pk=besides.pk)
    for old in others.filter(Q(is_whole=True) | Q(as_of__lt=timezone.now() - LEFT_AFTER)):
        _delete(old)


def _delete(kept: KeptTree) -> None:
    with transaction.atomic():
        for one in KeptTree.objects.select_for_update().filter(pk=kept.pk):  # who writes rows of it is waited for
            KeptUnit.objects.filter(tree=one).delete()
            one.delete()


def catch_up(kept: KeptTree, logic: Logic, *, most: int | None = None) -> int:
    """Puts right what acts since have changed: the units they touched and all above these. How many units were worked
    out; 0 where nothing was written, more than `most` are touched, or another process was first."""
    found = history.news(Place.of(kept.seen, kept.gaps))
    place, at = found.place, timezone.now()
    if not found.entries:
        _advance(kept, place, at)
        return 0
    touched = history.touched(found, logic.on)
    if most is not None and len(touched) > most:
        return 0
    try:
        return len(_put_right(kept, logic, touched, place))
    except GaveWay:
        return 0


def put_right(units: Iterable[int]) -> None:
    """Works out some units of what is kept, and all above them: for what changes records and writes no history. A day
    that is being begun may have read those units already: it is begun again."""
    wanted = set(units)
    for begun in KeptTree.objects.filter(is_whole=False) if wanted else ():
        _delete(begun)

    def again(kept: KeptTree, logic: Logic) -> None:
        kept.refresh_from_db()
        _put_right(kept, logic, wanted, Place.of(kept.seen, kept.gaps))

    for kept in KeptTree.objects.filter(is_whole=True):
        logic = logic_of(library(), kept.on)
        if wanted and kept.fingerprint == logic.fingerprint:
            _again_if_crossed(partial(again, kept, logic))


def begin_anew() -> None:
    """Forgets all that is kept: the worker begins again."""
    for kept in KeptTree.objects.all():
        _delete(kept)


def _advance(kept: KeptTree, place: Place, at: object) -> None:
    """Notes that nothing has changed until a moment."""
    changed = KeptTree.objects.filter(pk=kept.pk, version=kept.version)
    changed.update(seen=place.seen, gaps=place.as_json(), as_of=at)


@dataclass(frozen=True, slots=True)
class _Change:
    """What a step works on: the units whose records are read, those that stand there now, and those that are gone."""

    read: set[int]
    stood: list[Stood]
    gone: set[int]
    moved: list[Stood]
    paths: set[str]


def _put_right(kept: KeptTree, logic: Logic, touched: set[int], place: Place) -> list[tuple[Row, KeptUnit | None]]:
    """Works out some units and all above them; the new rows beside the old ones.

    Raises:
        GaveWay: another process changed the tree since `kept` was read.
    """
    at = timezone.now()
    change = _change(kept, logic, touched)
    own = own_of(logic, [one.unit for one in change.stood])
    found: list[tuple[Row, KeptUnit | None]] = []
    with transaction.atomic():
        mine = KeptTree.objects.filter(pk=kept.pk, version=kept.version)
        if not mine.update(version=kept.version + 1, seen=place.seen, gaps=place.as_json(), as_of=at):
            raise GaveWay
        for some in batched(change.gone, MOST_IDS):
            KeptUnit.objects.filter(tree=kept, unit__in=some).delete()
        for one in change.moved:
            KeptUnit.objects.filter(tree=kept, unit=one.unit).update(parent=one.parent, path=one.path)
        above = paths.ancestors
        higher = {step for path in change.paths for step in above(path)} - {one.path for one in change.stood}
        for pairs in settled(kept, logic, [*change.stood, *_at(kept, higher)], own):
            _save(kept, pairs)
            found += pairs
    kept.refresh_from_db()
    return found


def _at(kept: KeptTree, steps: Iterable[str]) -> list[Stood]:
    """The kept units at some paths."""
    wanted = sorted(steps)
    found: list[Stood] = []
    for start in range(0, len(wanted), MOST_IDS):
        rows = KeptUnit.objects.filter(tree=kept, path__in=wanted[start : start + MOST_IDS])
        found += [Stood(*row) for row in rows.values_list("unit", "parent", "path")]
    return found


def _change(kept: KeptTree, logic: Logic, touched: set[int]) -> _Change:
    """Where touched units stand and stood. What stood, or stands now, below a unit that moved or is gone is looked at
    too."""
    now, was = _places(kept, logic, touched)
    shifted = [unit for unit in touched if now.get(unit) != was.get(unit)]
    if shifted:
        tops = [place.path for unit in shifted for place in (now.get(unit), was.get(unit)) if place]
        touched = touched | _below(kept, logic, tops)
        now, was = _places(kept, logic, touched)
    moved = [place for unit, place in now.items() if unit in was and was[unit] != place]
    gone = {unit for unit in was if unit not in now}
    every = {place.path for place in (*now.values(), *was.values())}
    return _Change(touched, list(now.values()), gone, moved, every)


def _places(kept: KeptTree, logic: Logic, units: Iterable[int]) -> tuple[dict[int, Stood], dict[int, Stood]]:
    wanted = sorted(units)
    now = {one.unit: one for one in standing(logic, wanted)}
    was: dict[int, Stood] = {}
    for some in batched(wanted, MOST_IDS):
        rows = KeptUnit.objects.filter(tree=kept, unit__in=some)
        was |= {row[0]: Stood(*row) for row in rows.values_list("unit", "parent", "path")}
    return now, was


def _below(kept: KeptTree, logic: Logic, tops: Sequence[str]) -> set[int]:
    found: set[int] = set()
    for top in paths.outermost(tops):
        first, last = paths.span(top)
        span = Q(path__gte=first, path__lt=last)
        found |= set(units_on(logic.on).filter(span).values_list("organisation_id", flat=True))
        found |= set(KeptUnit.objects.filter(span, tree=kept).values_list("unit", flat=True))
    return found


def _save(kept: KeptTree, pairs: Sequence[tuple[Row, KeptUnit | None]]) -> None:
    changed = []
    for row, old in pairs:
        new = row.kept_in(kept)
        if old is None or any(bytes_of(getattr(new, name)) != bytes_of(getattr(old, name)) for name in COLUMNS):
            changed.append(new)
    KeptUnit.objects.bulk_create(
        changed, batch_size=500, update_conflicts=True, unique_fields=["tree", "unit"], update_fields=COLUMNS[1:]
    )


def check(kept: KeptTree, logic: Logic, told: Told = _silent) -> list[Wrong]:
    """Works out every unit anew and compares. What disagrees is put right, noted as a `Disagreement` and in the
    history."""
    catch_up(kept, logic)
    suspects = _suspects(kept, logic, told)
    found = _again_if_crossed(lambda: _confirmed(kept, logic, suspects)) if suspects else []
    alarms.raise_for(found, logic.on)
    KeptTree.objects.filter(pk=kept.pk).update(checked_at=timezone.now())
    kept.refresh_from_db()
    return found


def _again_if_crossed(act: Callable[[], Result]) -> Result:
    """Others put acts right meanwhile: that takes them a second."""
    for _try in range(TRIES):
        try:
            return act()
        except GaveWay:
            continue
    return act()


def _suspects(kept: KeptTree, logic: Logic, told: Told) -> set[int]:
    """The units whose row is not what comes out now; some only because of acts that were saved meanwhile."""
    units = whole.stood(logic)
    known = set(KeptUnit.objects.filter(tree=kept).values_list("unit", flat=True))
    found = known - {one.unit for one in units}
    done = 0
    for rows in whole.rows(logic, units):
        found |= whole.changed(kept, logic, rows)
        done += len(rows)
        told(done, len(units))
    return found


def _confirmed(kept: KeptTree, logic: Logic, suspects: set[int]) -> list[Wrong]:
    """Those that are still wrong when all acts until now are in; they are put right."""
    kept.refresh_from_db()
    catch_up(kept, logic)
    gone = suspects - {one.unit for one in standing(logic, suspects)}
    place = Place.of(kept.seen, kept.gaps)
    pairs = _put_right(kept, logic, suspects, place)
    later = history.touched(history.news(place), logic.on)  # acts while this was worked out: no disagreement
    excused = {step for one in standing(logic, later) for step in paths.ancestors(one.path, include_self=True)}
    wrong = [(row, old, names) for row, old in pairs if (names := differences(logic, row, old))]
    wrong = [one for one in wrong if one[0].stood.path not in excused]
    causes = [one for one in wrong if is_cause(one[0], one[1], [other.stood.path for other, *_rest in wrong])]
    found = [Wrong(row.stood.unit, names) for row, _old, names in causes]
    return [*found, *(Wrong(unit, ["organisation"]) for unit in sorted(gone - later))]


def is_cause(row: Row, old: KeptUnit | None, wrong: Sequence[str]) -> bool:
    """Whether a wrong row is not only wrong because one below it is."""
    if old is None or not alike(row.own, Row.of(old).own):
        return True
    return not any(path != row.stood.path and path.startswith(row.stood.path) for path in wrong)
