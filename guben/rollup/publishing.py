"""Which results of runs the pages show: published by who may freeze the whole tree, read by who sees its figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from guben.access.policy import Someone
from guben.accounts.models import User
from guben.audit import trail
from guben.figures.discretion import SEES_PERSONS
from guben.figures.models import Snapshot
from guben.figures.snapshots import require_taker
from guben.organisations.queries import holds_everywhere
from guben.rollup import hiding
from guben.rollup.errors import BrokenResult, NothingPublished, NotOurs, ResultNotThere
from guben.rollup.hidden_cells import Progress
from guben.rollup.hiding import Kept
from guben.rollup.models import PublishedResult
from guben.rollup.results import OpenResult, check, newest, open_result
from guben.rulebook.queries import library
from guben.rulebook_engine.entries import Indicator
from guben.rulebook_engine.frozen import MANIFEST, BrokenManifest, digest
from guben.rulebook_engine.results import read_run

TAKE = "snapshots.take"
MOST_OPEN = 8  # results whose files stay at hand in a process
_open: dict[tuple[str, str], OpenResult] = {}


def publish(out: Path, *, by: User, progress: Progress = lambda _done, _total: None) -> PublishedResult:
    """Shows the newest result in a folder on the pages, in the place of an older one of that folder. What it is not to
    show of few people is worked out first.

    Raises:
        PermissionDenied: the user may not take snapshots of the whole tree.
        BrokenResult: there is none, or a file is not what the manifest says.
        NotOurs: it is of real records that were not frozen here.
    """
    require_taker(by)
    manifest = check(out)
    if not manifest.generated and not Snapshot.objects.filter(manifest_digest=manifest.snapshot_digest).exists():
        raise NotOurs(str(out))
    folder, manifest = newest(out)
    found = {"folder": str(folder.resolve()), "manifest_digest": digest(folder / MANIFEST)}
    with open_result(out, library()) as opened:
        top = opened.files.units([0])[0].name
        if not manifest.generated and hiding.kept(folder, found["manifest_digest"]) is None:
            hiding.keep(opened, progress)
    with transaction.atomic():
        for other in _of_folder(out):
            if (other.folder, other.manifest_digest) == (found["folder"], found["manifest_digest"]):
                return other
            _withdraw(other, by)
        made = PublishedResult.objects.create(
            **found, on=manifest.on, top=top, snapshot_digest=manifest.snapshot_digest,
            units=manifest.units, is_generated=bool(manifest.generated), published_by=by,
        )  # fmt: skip
        _record("rollup.published", made, by)
    return made


@transaction.atomic
def withdraw(out: Path, *, by: User) -> list[PublishedResult]:
    """Takes what a folder holds off the pages; the files stay.

    Raises:
        PermissionDenied: the user may not take snapshots of the whole tree.
        NothingPublished: the pages show nothing of the folder.
    """
    require_taker(by)
    shown = _of_folder(out)
    if not shown:
        raise NothingPublished(str(out))
    for one in shown:
        _withdraw(one, by)
    return shown


def _of_folder(out: Path) -> list[PublishedResult]:
    shown = PublishedResult.objects.filter(withdrawn_at=None)
    return [one for one in shown if Path(one.folder).parent == out.resolve()]


def _withdraw(one: PublishedResult, by: User) -> None:
    one.withdrawn_at = timezone.now()
    one.save(update_fields=["withdrawn_at"])
    _record("rollup.withdrawn", one, by)


def _record(action: str, one: PublishedResult, by: User) -> None:
    details = {"on": one.on.isoformat(), "top": one.top, "snapshot": one.snapshot_digest}
    trail.record(action, one, by=by, organisation_id=None, right=TAKE, details=details)


def published_for(reader: Someone) -> list[PublishedResult]:
    """The published results, the newest day first; none for who does not see the figures of the whole tree. One of real
    records of which nobody knows what few people are in is for who sees the persons."""
    found = list(PublishedResult.objects.filter(withdrawn_at=None))
    if not found or not holds_everywhere(reader, "figures.view"):
        return []
    return [one for one in found if sees_all(reader, one) or _kept(one) is not None]


def sees_all(reader: Someone, one: PublishedResult) -> bool:
    """Whether nothing is hidden from the reader. Invented people are nobody's."""
    return one.is_generated or holds_everywhere(reader, SEES_PERSONS)


def away_from(
    reader: Someone, one: PublishedResult, indicators: Iterable[Indicator], numbers: Sequence[int]
) -> dict[str, set[int]]:
    """The units, of those with these numbers in the result, whose figure the reader is not shown, by the indicator's
    key.

    Raises:
        ResultNotThere: it is not there, or not what was published.
    """
    if sees_all(reader, one):
        return {}
    hidden = _kept(one)
    if hidden is None:
        raise ResultNotThere(one.on)
    with whole(one):
        return hidden.away(opened(one), indicators, numbers)


def _kept(one: PublishedResult) -> Kept | None:
    return hiding.kept(Path(one.folder), one.manifest_digest)


def opened(one: PublishedResult) -> OpenResult:
    """A published result, read by the installed rules; its files stay at hand.

    Raises:
        ResultNotThere: it is not there, or not what was published.
    """
    key, known = (one.folder, one.manifest_digest), library()
    with whole(one):
        if digest(Path(one.folder) / MANIFEST) != one.manifest_digest:
            raise ResultNotThere(one.on)
        kept = _open.get(key)
        if kept is None or kept.library is not known:
            kept = _open[key] = OpenResult(Path(one.folder), read_run(Path(one.folder)), known)
    while len(_open) > MOST_OPEN:
        _open.pop(next(iter(_open)), None)
    return kept


@contextmanager
def whole(one: PublishedResult) -> Iterator[None]:
    """Says in a sentence for readers that a file of a published result is gone or damaged."""
    try:
        yield
    except (BrokenManifest, BrokenResult, OSError):
        raise ResultNotThere(one.on) from None
