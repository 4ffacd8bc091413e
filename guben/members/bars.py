"""Horizontal bars for the structure page: lengths and ticks worked out, so that the template only draws."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from django.urls import reverse

from guben.members.queries import Dimension, Slice

LENGTH = 300  # of the longest bar, in the drawing's own units


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with the superior's share as a tick, and the list of the people it stands for."""

    slice: Slice
    length: int
    tick: int | None
    url: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The bars of one dimension."""

    dimension: Dimension
    bars: list[Bar]
    hides_some: bool


def chart(dimension: Dimension, query: str) -> Chart:
    """The chart of a dimension. `query` is the address of the list that the bars open; empty means no links."""
    return Chart(
        dimension,
        [
            Bar(
                slice=piece,
                length=round(LENGTH * (piece.share or 0) / dimension.widest),
                tick=None if piece.also is None else round(LENGTH * piece.also / dimension.widest),
                url=_list_of(dimension.key, piece, query),
            )
            for piece in dimension.slices
        ],
        hides_some=any(piece.count is None for piece in dimension.slices),
    )


def _list_of(key: str, piece: Slice, query: str) -> str:
    if not query or not piece.count:
        return ""
    return f"{reverse('members:list')}?{urlencode(dict(parse_qsl(query)) | {key: piece.key})}"
