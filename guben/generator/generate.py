"""From a bulletin file to a snapshot: the plan of the country, then part after part by two processes."""

from __future__ import annotations

import hashlib
import multiprocessing
import signal
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing.connection import wait as ready
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import numpy as np

from guben.generator import likely
from guben.generator.bulletins import Bulletin
from guben.generator.columns import Shape, table
from guben.generator.errors import GeneratorRefused
from guben.generator.filling import fill_part
from guben.generator.people_plan import plan_people
from guben.generator.regions import Region, member_counts, regions_of
from guben.generator.rows import Read, read_rows
from guben.generator.tree_rows import TREE, Naming
from guben.generator.trees import Country, grow
from guben.generator.units_plan import plan_units
from guben.generator.writing import new_folder, require_new, write, write_manifest
from guben.rulebook_engine.frozen import MOST_UNITS, File, Manifest, Part

MOST_MEMBERS, MOST_GRASSROOTS = 400_000_000, 20_000_000
PATIENCE = 10  # seconds for a process to end
STOPPED_BY_THE_FIRST = (signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all of them, and only the first tells
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large the country is, and how much smaller than the published one."""

    members: int
    organisations: int
    of_members: float
    of_organisations: float


@dataclass(frozen=True, slots=True)
class Generated:
    """What was invented. `unknown` are rows that no records of one day tell, `missed` those that could not be met."""

    manifest: Manifest
    sizes: Sizes
    unknown: tuple[str, ...]
    missed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for."""

    bulletin: Bulletin
    shapes: Sequence[Shape]
    version: str
    members: int | None = None
    organisations: int | None = None
    seed: int = 1
    divisions: Path | None = None
    most: int = MOST_UNITS
    processes: int = 2


def sizes_of(read: Read, members: int | None, organisations: int | None) -> Sizes:
    """The sizes asked for beside those published; what is not published goes with the other.

    Raises:
        GeneratorRefused: nothing tells how many members there are, or the numbers are out of reach.
    """
    people, units = read.total("member"), read.total("unit")
    if people is None and members is None and units is None:
        raise GeneratorRefused("The file tells no number of members. Give one with --members.")
    published = people.value if people else (units.value / likely.UNITS if units else float(members or 0))
    scale = (members / published) if members is not None and published else 1.0
    all_units = units.value if units else published * likely.UNITS
    of_units = organisations / all_units if organisations is not None else scale
    found = Sizes(
        members if members is not None else round(published), round(all_units * of_units), scale, of_units
    )  # fmt: skip
    if not 1 <= found.members <= MOST_MEMBERS:
        raise GeneratorRefused(f"{found.members:,} members are out of reach: from 1 to {MOST_MEMBERS:,}.")
    if not 1 <= found.organisations <= MOST_GRASSROOTS:
        raise GeneratorRefused(
            f"{found.organisations:,} organisations are out of reach: from 1 to {MOST_GRASSROOTS:,}."
        )
    return found


def generate(order: Order, out: Path, progress: Progress) -> Generated:
    """Invents the country and writes it as a snapshot into a new folder: whole, or not at all.

    Raises:
        GeneratorRefused: the folder holds something already, the numbers do not go together, or the disk is full.
    """
    require_new(out)
    read = read_rows(order.bulletin)
    sizes = sizes_of(read, order.members, order.organisations)
    progress("members and units by sort", 0, 0)
    people = plan_people(read, order.bulletin.on, sizes.members, sizes.of_members, _chance(order, 1))
    units = plan_units(read, sizes.organisations, sizes.of_organisations, _chance(order, 2))
    progress("the tree", 0, 0)
    country = grow(units, _chance(order, 3), order.divisions)
    counts = member_counts(country, sizes.members, _chance(order, 4))
    regions = regions_of(country, people, counts, units.covered, order.seed, order.most)
    parts, filled = _parts(regions, len(country), order.most)
    with new_folder(out) as draft:
        files = _fill(draft, order, country, parts, filled, progress)
        manifest = Manifest(order.bulletin.on, order.version, {}, tuple(parts), files, _told(order, sizes))
        write_manifest(draft, manifest)
    unknown = tuple(f"{line.table} {line.row}" for line in read.unknown)
    return Generated(manifest, sizes, unknown, (*people.missed, *units.missed))


def _chance(order: Order, purpose: int) -> np.random.Generator:
    return np.random.default_rng([order.seed, 0, purpose])


def _told(order: Order, sizes: Sizes) -> dict[str, Any]:
    lines = "\n".join(f"{line.table},{line.row},{line.text},{line.unit}" for line in order.bulletin)
    return {
        "bulletin": order.bulletin.name,
        "bulletin_sha256": hashlib.sha256(lines.encode()).hexdigest(),
        "seed": order.seed,
        "members": sizes.members,
        "organisations": sizes.organisations,
        "of_members": sizes.of_members,
        "of_organisations": sizes.of_organisations,
    }


def _parts(regions: Sequence[Region], units: int, most: int) -> tuple[list[Part], list[list[Region]]]:
    """All in one part where the tree is small; else the units above first, then a part for each region."""
    if units <= most:
        return [Part(0, 0, units, units)], [list(regions)]
    parts = [Part(0, 0, units, len(regions[0].numbers))]
    for number, region in enumerate(regions[1:], start=1):
        first, count = int(region.numbers[0]), len(region.numbers)
        parts.append(Part(number, first, first + count, count))
    return parts, [[region] for region in regions]


def _fill(
    folder: Path, order: Order, country: Country, parts: Sequence[Part], filled: Sequence[Sequence[Region]],
    progress: Progress,
) -> dict[str, tuple[File, ...]]:  # fmt: skip
    """All files of all tables."""
    naming = Naming(country)
    shapes = {shape.name: shape for shape in order.shapes}
    found: dict[str, list[File]] = {name: [] for name in (TREE.name, *shapes)}

    def take(part: int, files: Mapping[str, File]) -> None:
        for name, file in files.items():
            found[name].append(file)
        for name in shapes:
            if not part and name not in files:
                found[name].append(_empty(folder, shapes[name]))

    if len(parts) == 1 or order.processes == 1:
        for part, regions in enumerate(filled):
            take(part, fill_part(folder, shapes, part, regions))
            progress("part", part + 1, len(filled))
    else:
        _in_processes(folder, shapes, filled, order.processes, take, progress)
    for one, regions in zip(parts, filled, strict=True):
        numbers = np.sort(np.concatenate([region.numbers for region in regions]))
        file = write(folder, TREE, one.number, naming.rows(numbers))
        if file:
            found[TREE.name].append(file)
    return {name: tuple(sorted(files, key=lambda one: one.part)) for name, files in found.items()}


def _in_processes(
    folder: Path, shapes: Mapping[str, Shape], filled: Sequence[Sequence[Region]],
    processes: int, take: Callable[[int, Mapping[str, File]], None], progress: Progress,
) -> None:  # fmt: skip
    """The largest first, so that none is left alone at the end."""
    order = sorted(range(len(filled)), key=lambda part: -sum(region.members for region in filled[part]))
    done = 0
    others = set(multiprocessing.active_children())
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, initializer=signal.signal, initargs=STOPPED_BY_THE_FIRST) as pool:
        waiting: dict[Future[dict[str, File]], int] = {}
        try:
            while order or waiting:
                while order and len(waiting) < processes:
                    part = order.pop(0)
                    waiting[pool.submit(fill_part, folder, shapes, part, filled[part])] = part
                finished, _still = wait(waiting, return_when=FIRST_COMPLETED)
                for future in finished:
                    take(waiting.pop(future), future.result())
                    done += 1
                    progress("part", done, len(filled))
        except BaseException as fault:
            pool.shutdown(wait=False, cancel_futures=True)
            _end(set(multiprocessing.active_children()) - others)
            if isinstance(fault, BrokenExecutor):
                raise GeneratorRefused("A process was ended from outside, perhaps for want of memory.") from None
            raise


def _end(processes: Collection[BaseProcess]) -> None:
    """Ends them, and waits until none can write any more."""
    for one in processes:
        one.terminate()
    for one in processes:
        ready([one.sentinel], timeout=PATIENCE)


def _empty(folder: Path, shape: Shape) -> File:
    """The first part's file of a table that nobody fills: its columns, and no rows."""
    file = write(folder, shape, 0, table(shape, np.zeros(0, dtype=np.int64), 0, {}))
    assert file is not None  # noqa: S101 - the first part always has its file
    return file
