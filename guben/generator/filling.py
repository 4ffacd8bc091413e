"""One region after the other: all its fact tables invented, and written where a part of the snapshot ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from guben.generator import case_rows, meeting_rows, person_rows, unit_rows
from guben.generator.columns import Shape, number_of, table
from guben.generator.persons import member_columns, roll_of
from guben.generator.posts import post_columns, posts_of
from guben.generator.regions import Region
from guben.generator.unit_rows import Rows
from guben.generator.writing import write
from guben.rulebook_engine.frozen import File

RECORDS = 2_000_000_000  # of one region, so that records of two never meet


def rows_of(region: Region) -> Iterator[tuple[str, Callable[[], Rows]]]:
    """Every fact table that is invented here, with the way to its rows."""
    roll, posts, founded = roll_of(region), posts_of(region), unit_rows.foundings(region)
    steps: list[Rows] = []

    def cases() -> Rows:
        found, more = case_rows.cases(region, roll)
        steps.append(more)
        return found

    yield "organisation", lambda: unit_rows.organisations(region, roll, posts, founded)
    yield "member", lambda: (roll.unit, member_columns(roll, number_of(region.on), region.chance(9)))
    yield "post", lambda: (posts.unit, post_columns(posts, region))
    yield "dues", lambda: person_rows.dues(region, roll)
    yield "meeting", lambda: meeting_rows.meetings(region, posts.seats)
    yield "leader_meeting", lambda: meeting_rows.leader_meetings(region)
    yield "site", lambda: unit_rows.sites(region)
    yield "establishment", lambda: unit_rows.establishments(region)
    yield "publication", lambda: unit_rows.publications(region)
    yield "unit_admissions", lambda: unit_rows.admissions(region, roll, founded)
    yield "unplaced_member", lambda: person_rows.unplaced(region, roll)
    yield "outflow", lambda: person_rows.outflows(region, roll)
    yield "inflow", lambda: person_rows.inflows(region, roll)
    yield "transfer_letter", lambda: person_rows.letters(region, roll)
    yield "development_case", lambda: case_rows.developments(region, roll)
    yield "notice", lambda: case_rows.notices(region, roll)
    yield "case", cases
    yield "case_step", lambda: steps.pop()


def fill_part(folder: Path, shapes: Mapping[str, Shape], part: int, regions: Sequence[Region]) -> dict[str, File]:
    """Invents these regions and writes all tables of one part; the files by table."""
    if len(regions) == 1:
        found = {}
        for name, rows in rows_of(regions[0]):
            if name in shapes and (file := write(folder, shapes[name], part, _table(shapes[name], regions[0], rows()))):
                found[name] = file
        return found
    tables: dict[str, list[Any]] = {}
    for region in regions:
        for name, rows in rows_of(region):
            if name in shapes:
                tables.setdefault(name, []).append(_table(shapes[name], region, rows()))
    return {
        name: file
        for name, some in tables.items()
        if (
            file := write(
                folder, shapes[name], part, pa.concat_tables([one for one in some if one.num_rows] or some[:1])
            )
        )
    }


def _table(shape: Shape, region: Region, rows: Rows) -> Any:
    unit, columns = rows
    return table(shape, region.ids[unit], region.number * RECORDS, columns)
