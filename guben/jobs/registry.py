"""Which function does which kind of job: the apps above register theirs by name when they are loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from guben.jobs.models import Job
    from guben.jobs.report import Report

Run = Callable[["Job", "Report"], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job: what does it, and the name of the page that shows its result (called with the job's id)."""

    run: Run
    result_page: str = ""


_kinds: dict[str, Kind] = {}


def job(name: str, *, result_page: str = "") -> Callable[[Run], Run]:
    """Registers a function `run(job, report) -> result` under a name such as "imports.members".

    The function must be safe to run twice, takes ids and codes from `job.arguments`, and returns counts and keys,
    never personal values: those belong into the job's files, which expire.
    """

    def register(run: Run) -> Run:
        if name in _kinds and _kinds[name].run.__qualname__ != run.__qualname__:
            raise RuntimeError(f"Two functions want to do jobs of the kind {name}.")
        _kinds[name] = Kind(run, result_page)
        return run

    return register


def kind_of(name: str) -> Kind | None:
    return _kinds.get(name)
