"""What benchmarks/tree.py measures, on one database."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Count, F, Value
from django.db.models.functions import Concat, Length, Substr
from django.test import Client

from benchmarks.tree import LARGEST_COUNT, MOVED, in_turns, timed
from benchmarks.tree_peer.models import PeerUnit
from guben.access import policy
from guben.access.models import Grant
from guben.accounts.database import refresh_statistics
from guben.accounts.installation import today
from guben.accounts.models import User
from guben.accounts.operator import acting_user
from guben.kit import tree
from guben.organisations import actions, divisions, queries
from guben.organisations.models import Organisation

PAGE = 50


def run() -> dict[str, Any]:
    """Fills both tables where they are empty, then measures."""
    lines: list[dict[str, Any]] = []
    lines.append(_line("founding all of them", _fill(), _fill_peer()))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM organisations_organisation")
        units = cursor.fetchone()[0]
    lines += _opening() + _first_pages() + _counting() + _moving()
    return {"units": units, "lines": lines}


def _line(what: str, ours: float | None, peer: float | None) -> dict[str, Any]:
    print(f"{what}: {ours and round(ours, 2)} {peer and round(peer, 2)}", file=sys.stderr, flush=True)
    return {"what": what, "ours": ours, "peer": peer}


def _fill() -> float | None:
    call_command("migrate", verbosity=0)
    if Organisation.objects.count() > 600_000:
        return None
    operator = acting_user()
    taken = timed(lambda: divisions.import_divisions(Path("data/divisions"), "all", operator, _told))
    refresh_statistics()
    return taken


def _told(done: int, total: int) -> None:
    if done % 50_000 == 0:
        print(f"  {done:,} / {total:,}", file=sys.stderr, flush=True)


def _fill_peer() -> float | None:
    if PeerUnit._meta.db_table not in connection.introspection.table_names():
        with connection.schema_editor() as editor:
            editor.create_model(PeerUnit)
    if PeerUnit.objects.exists():
        return None
    below = dict(Organisation.objects.values_list("parent").annotate(count=Count("pk")))
    rows = Organisation.objects.order_by("path").values_list(
        "pk", "path", "code", "name", "short_name", "kind", "field", "territory"
    )
    begun = time.perf_counter()
    peers = (
        PeerUnit(
            path=path.upper(), depth=len(path) // tree.STEP, numchild=below.get(pk, 0), code=code, name=name,
            short_name=short, kind=kind, field=field, territory=territory,
        )
        for pk, path, code, name, short, kind, field, territory in rows.iterator(chunk_size=5000)
    )  # fmt: skip
    with transaction.atomic():
        PeerUnit.objects.bulk_create(peers, batch_size=2000)
    refresh_statistics()
    return (time.perf_counter() - begun) * 1000


@cache
def _samples() -> dict[str, Organisation]:
    """One unit of each level, the one with the most units directly below."""
    found: dict[str, Organisation] = {}
    for level, title in enumerate(("country", "province", "city", "county", "town"), start=1):
        below = Organisation.objects.annotate(length=Length("parent__path")).filter(length=level * tree.STEP)
        widest = below.values("parent").annotate(count=Count("pk")).order_by("-count", "parent").first()
        if widest is not None:
            found[title] = Organisation.objects.get(pk=widest["parent"])
    return found


def _peer(unit: Organisation) -> PeerUnit:
    return PeerUnit.objects.get(code=unit.code)


def _reader(unit: Organisation) -> User:
    """Somebody who holds every right of an organiser at the unit."""
    user, fresh = User.objects.get_or_create(username=f"reader-{unit.code}", defaults={"display_name": "Reader"})
    if fresh:
        Grant.objects.create(
            user=user, role="organiser", organisation=unit, from_on="2020-01-01", granted_by=acting_user()
        )
    return user


def _opening() -> list[dict[str, Any]]:
    lines = []
    for title, unit in _samples().items():
        peer = _peer(unit)
        works: list[Callable[[], Any]] = [
            lambda unit=unit: list(queries.children_of(unit)[:100]),
            lambda peer=peer: list(peer.get_children()[:100]),
        ]
        ours, theirs = in_turns(works)
        count = unit.children.count()
        lines.append(_line(f"the {count} units directly below a {title}", ours, theirs))
    client = Client()
    top = _samples()["country"]
    client.force_login(_reader(top))
    for title, unit in _samples().items():
        address = f"/organisations/{unit.code}/children/"
        assert client.get(address, HTTP_HX_REQUEST="true").status_code == 200
        (taken,) = in_turns([lambda address=address: client.get(address, HTTP_HX_REQUEST="true")])
        lines.append(_line(f"page part: opening a {title}", taken, None))
    return lines


def _first_pages() -> list[dict[str, Any]]:
    lines = []
    for title, unit in _samples().items():
        user_id, peer = _reader(unit).pk, _peer(unit)

        def ours(user_id: int = user_id) -> list[Organisation]:
            return list(queries.visible_units(User.objects.get(pk=user_id))[:PAGE])

        works: list[Callable[[], Any]] = [ours, lambda peer=peer: list(peer.get_descendants()[:PAGE])]
        mine, theirs = in_turns(works)
        lines.append(_line(f"rights read, first {PAGE} of a {title}", mine, theirs))
    return lines


def _counting() -> list[dict[str, Any]]:
    lines = []
    for title, unit in [*_samples().items(), (f"subtree of up to {LARGEST_COUNT:,}", _subtree(LARGEST_COUNT))]:
        peer = _peer(unit)
        works: list[Callable[[], Any]] = [
            lambda unit=unit: queries.at_or_below(unit).count(),
            lambda peer=peer: peer.get_descendant_count(),
        ]
        ours, theirs = in_turns(works, samples=7)
        size = queries.at_or_below(unit).count()
        lines.append(_line(f"counting {size:,} units ({title})", ours, theirs))
    return lines


def _subtree(most: int) -> Organisation:
    """The province with the most units, but no more than so many."""
    sizes = {unit: queries.at_or_below(unit).count() for unit in Organisation.objects.filter(territory="province")}
    return max((unit for unit, size in sizes.items() if size <= most), key=lambda unit: sizes[unit])


class _Undo(Exception):
    """Ends a measurement without keeping what it did."""


def _undone(work: Callable[[], Any]) -> float:
    taken = 0.0
    try:
        with transaction.atomic():
            taken = timed(work)
            raise _Undo
    except _Undo:
        return taken


def _moving() -> list[dict[str, Any]]:
    unit = _subtree(MOVED + 2_000)
    goal = Organisation.objects.filter(territory="province").exclude(pk=unit.pk).order_by("path").first()
    assert goal is not None
    size = queries.at_or_below(unit).count()
    operator = acting_user()

    def bare() -> None:
        new = actions.steps.free_path(goal)
        rows = Organisation.objects.filter(policy.in_subtrees([unit.path]))
        rows.update(path=Concat(Value(new), Substr(F("path"), len(unit.path) + 1)))

    def whole() -> None:
        actions.move(unit, parent=goal, effective_on=today(), by=operator)

    def peer() -> None:
        PeerUnit.objects.get(code=unit.code).move(PeerUnit.objects.get(code=goal.code), pos="last-child")

    # Undoing is part of no figure: each is rolled back before the next starts.
    bare_ms = sorted(_undone(bare) for _ in range(3))[1]
    peer_ms = sorted(_undone(peer) for _ in range(3))[1]
    whole_ms = sorted(_undone(whole) for _ in range(3))[1]
    return [
        _line(f"moving {size:,} units: bare", bare_ms, peer_ms),
        _line(f"moving {size:,} units: the act with dated placements and history", whole_ms, peer_ms),
    ]
