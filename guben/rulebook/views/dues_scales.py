"""The scales of dues as they are laid down: bands, issuer, source, dates and how certain they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple, TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from guben.access import policy
from guben.accounts.installation import today
from guben.dues.scales import shipped
from guben.rulebook.views.reading import require_reader
from guben.rulebook_engine.entries import Entry
from guben.rulebook_engine.scales import Scale

Kind = TypeVar("Kind", bound=Entry)


class Band(NamedTuple):
    """One scale with the edition of the day, and the other editions, latest first."""

    scale: Scale
    state: str
    steps: list[tuple[int, int | None, int]]
    others: list[Scale]


def scales(request: HttpRequest) -> HttpResponse:
    """Every band of dues and every limit, in the order of the file."""
    require_reader(request)
    on, known = today(), shipped()
    bands = [_band(editions, on) for editions in _by_key(known.scales)]
    limits = [_chosen(editions, on) for editions in _by_key(known.limits)]
    context = {
        "on": on,
        "stepped": [band for band in bands if band.steps],
        "plain": [band for band in bands if not band.steps],
        "limits": limits,
        "may_see_dues": any(policy.may_anywhere(request.user, right) for right in ("dues.view", "figures.view")),
        "shared": _shared([*(band.scale for band in bands), *limits]),
    }
    return render(request, "rulebook/scales.html", context)


def _shared(entries: list[Entry]) -> Entry | None:
    """Any of the entries, where all have the same issuer, source, dates and certainty, so that it is said once."""
    told = {(one.issued_by, one.source, one.from_on, one.until_on, one.confidence) for one in entries}
    return entries[0] if len(told) == 1 else None


def _by_key(entries: Iterable[Kind]) -> list[list[Kind]]:
    found: defaultdict[str, list[Kind]] = defaultdict(list)
    for entry in entries:
        found[entry.key].append(entry)
    return [sorted(editions, key=lambda one: one.from_on, reverse=True) for editions in found.values()]


def _chosen(editions: list[Kind], on: date) -> Kind:
    """The edition in force on the day, else the latest."""
    return next((one for one in editions if one.in_force(on)), editions[0])


def _band(editions: list[Scale], on: date) -> Band:
    scale = _chosen(editions, on)
    state = "now" if scale.in_force(on) else "to_come" if scale.from_on > on else "ended"
    ends = [0, *(step.up_to_cents or 0 for step in scale.steps)]
    steps = [(start, step.up_to_cents, step.per_mille) for start, step in zip(ends, scale.steps, strict=False)]
    return Band(scale, state, steps, [one for one in editions if one is not scale])
