"""How soon the figures of every level show an act while many write: the kept figures of a large tree under load.

    python benchmarks/load_postgres.py --members 100000 --units 5000     # once, see there
    python benchmarks/freshness.py [--users 50] [--seconds 60] [--think 5]

Many users record contacts and meetings, each thinking between two acts; a process beside them does what the worker
does, at the worker's pace. An act counts as shown when the kept figures hold its entry of the history: at every level,
for a unit and all above it are written in one transaction. At the end every unit is worked out anew.
"""

# ruff: noqa: E402 - Django is set up before its models are imported

from __future__ import annotations

import argparse
import multiprocessing
import random
import statistics
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from load_postgres import prepare
from load_server import KeptServer
from report import machine, table
from report import write as write_page

GOAL = 60.0


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--users", type=int, default=50)
    asked.add_argument("--seconds", type=float, default=60)
    asked.add_argument("--think", type=float, default=5)
    options = asked.parse_args()
    server = KeptServer()
    try:
        url = server.start()
        prepare(url)
        here = machine()
        found = measure(url, options.users, options.seconds, options.think)
    finally:
        server.stop()
    write_page("freshness", page(found, options, here))
    return 0 if found["disagree"] == 0 and found["lag_seconds"]["max"] <= GOAL else 1


def page(found: dict[str, Any], options: argparse.Namespace, here: str) -> str:
    """What the page of the benchmarks says."""
    lag = found["lag_seconds"]
    goal = f"no more than {GOAL:.0f}"
    rows = [
        ["seconds until an act shows at every level, in the middle", str(lag["p50"]), ""],
        ["the slowest of twenty", str(lag["p95"]), ""],
        ["the slowest", str(lag["max"]), goal],
        ["seconds to work every unit out anew and compare", f"{found['check_seconds']:,.0f}", ""],
        ["units that disagreed", str(found["disagree"]), "0"],
    ]
    told = (
        f"{found['units']:,} units on PostgreSQL; {options.users} users record contacts and meetings for "
        f"{options.seconds:.0f} s and think {options.think:.0f} s between two acts: {found['acts']:,} acts. The "
        f"worker at its usual pace beside them: {here}."
    )
    return "\n\n".join(["## Acts and the figures of every level", told, table(["what", "found", "goal"], rows)])


def measure(url: str, users: int, seconds: float, think: float) -> dict[str, Any]:
    from guben.accounts.installation import today
    from guben.rollup.freshness import keeping
    from guben.rollup.freshness.logic import logic_of
    from guben.rulebook.queries import library

    logic = logic_of(library(), today())
    begun = time.monotonic()
    kept = keeping.kept_tree(logic) or keeping.begin(logic)
    assert kept is not None
    beginning = time.monotonic() - begun
    apart = multiprocessing.get_context("spawn")
    ready = apart.Event()
    worker = apart.Process(target=work, args=(url, seconds + 2 * GOAL, ready), daemon=True)
    worker.start()
    ready.wait(timeout=2 * GOAL)  # a worker runs long before anybody writes
    acts: list[tuple[int, float]] = []
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=write, args=(number, until, think, acts)) for number in range(users)]
    watching = Watch(kept.pk, acts)
    watching.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lags = watching.finish()
    worker.terminate()
    worker.join()
    kept.refresh_from_db()
    begun = time.monotonic()
    wrong = keeping.check(kept, logic)
    return {
        "units": kept.units, "users": users, "acts": len(acts), "begin_seconds": round(beginning, 1),
        "check_seconds": round(time.monotonic() - begun, 1), "disagree": len(wrong),
        "lag_seconds": {
            "p50": round(statistics.median(lags), 1), "p95": round(statistics.quantiles(lags, n=20)[18], 1),
            "max": round(max(lags), 1),
        },
    }  # fmt: skip


def work(url: str, seconds: float, ready: Any) -> None:
    """What the worker's thread does."""
    prepare(url)
    from guben.jobs import schedule
    from guben.jobs.management.commands.work import OFTEN

    until = time.monotonic() + seconds
    while time.monotonic() < until:
        schedule.run_often()
        ready.set()
        time.sleep(OFTEN)


def write(number: int, until: float, think: float, acts: list[tuple[int, float]]) -> None:
    """One user: an act, some thought, the next act."""
    from django.db import connection

    from guben.accounts.installation import today
    from guben.accounts.operator import acting_user
    from guben.audit.models import Entry
    from guben.kit.errors import DomainError
    from guben.meetings.actions import record_meeting
    from guben.members.actions import record_contact
    from guben.members.models import Affiliation
    from guben.organisations.choices import BRANCH_KINDS

    chance, by = random.Random(number), acting_user()
    rows = Affiliation.objects.filter(until_on=None, organisation__kind__in=BRANCH_KINDS).select_related("organisation")
    first, last = rows.order_by("pk")[0].pk, rows.order_by("-pk")[0].pk
    time.sleep(chance.random() * think)
    while time.monotonic() < until:
        row = rows.filter(pk__gte=chance.randint(first, last)).select_related("person").order_by("pk").first()
        try:
            if chance.random() < 0.5:
                record_contact(row.person, contacted_on=today(), way="visit", by=by)
            else:
                day = today() - timedelta(days=chance.randrange(60))
                record_meeting(row.organisation, "lecture", day, "学习", by=by, unnamed_absent=0)
            entry = Entry.objects.filter(organisation=row.organisation).order_by("-pk").values_list("pk", flat=True)[0]
            acts.append((entry, time.monotonic()))
        except DomainError:
            pass
        time.sleep(chance.expovariate(1 / think))
    connection.close()


class Watch(threading.Thread):
    """Looks again and again how far the kept figures are, and notes when each act is in."""

    def __init__(self, tree: int, acts: list[tuple[int, float]]) -> None:
        super().__init__(daemon=True)
        self.tree, self.acts, self.last = tree, acts, False
        self.lags: dict[int, float] = {}

    def run(self) -> None:
        from django.db import connection

        from guben.rollup.models import KeptTree

        while not (self.last and len(self.lags) == len({entry for entry, _at in self.acts})):
            seen, gaps = KeptTree.objects.values_list("seen", "gaps").get(pk=self.tree)
            now = time.monotonic()
            for entry, at in list(self.acts):
                if entry not in self.lags and entry <= seen and not any(a <= entry <= b for a, b, _at in gaps):
                    self.lags[entry] = max(0.0, now - at)
            time.sleep(0.2)
        connection.close()

    def finish(self) -> list[float]:
        self.last = True
        self.join(timeout=2 * GOAL)
        if self.is_alive():
            self.lags[-1] = 2 * GOAL  # some act never came in
        return list(self.lags.values())


if __name__ == "__main__":
    sys.exit(main())
