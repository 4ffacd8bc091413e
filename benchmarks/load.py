"""Fifty people at once on PostgreSQL with ten million members: how long each page takes.

    python benchmarks/load_postgres.py          # once; or smaller, with --members and --units
    python benchmarks/load.py                   # three minutes of pages, then an export and a snapshot
    python benchmarks/load.py --seconds 60 --beside        # pages alone

The web server, PostgreSQL and the people share the cores of this machine. Each thinks about five seconds between two
pages and fetches what a page fetches by itself. Most keep the records of a branch or a town; some stand at a county.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import socket
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from load_postgres import DATA, prepare  # noqa: E402
from load_server import SETTINGS, KeptServer  # noqa: E402

THINK, WARM = 5.0, 90.0  # seconds between two pages, and before the first that counts: a server has run for longer
READERS = {"branch": 25, "town": 13, "county": 10, "city": 2}
FETCHED = re.compile(r'hx-get="([^"]+)"[^>]*hx-trigger="load')
BESIDE = ["export", "snapshot"]
READ_APPS = ["access", "rollup", "organisations", "members"]
GOALS = {"list": 300, "search": 300, "unit": 200, "today": 200}


@dataclass(slots=True)
class Reader:
    """Somebody with a session, and the addresses that she opens."""

    level: str
    cookie: str
    pages: list[tuple[str, Callable[[random.Random], str]]]


@dataclass(slots=True)
class Times:
    """Milliseconds by page, and what went wrong."""

    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: list[str] = field(default_factory=list)

    def note(self, page: str, began: float) -> None:
        self.taken[page].append((time.perf_counter() - began) * 1000)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=int, default=180)
    asked.add_argument("--beside", nargs="*", default=BESIDE, choices=BESIDE, help="what is taken after")
    asked.add_argument("--readers", type=int, default=sum(READERS.values()), help="fewer, to try it")
    options = asked.parse_args()
    import report

    server, web = KeptServer(), None
    if server.fresh:
        raise SystemExit("There is nothing to read yet: python benchmarks/load_postgres.py")
    try:
        prepare(server.start())
        machine = report.machine()
        kept = keep_figures()
        readers = random.Random(1).sample(made_readers(), options.readers)
        in_memory()
        web, port = started()
        times = ask(readers, port, options.seconds)
        web.terminate()
        web.wait(timeout=30)
        beside = [measured(what) for what in options.beside]
        report.write("load", page(times, options, beside, f"{machine}. {kept}"))
        for line in times.wrong[:10]:
            print(line, file=sys.stderr)
    finally:
        if web and web.poll() is None:
            web.kill()
        server.stop()
    return 0


def keep_figures() -> str:
    """The figures of large trees as the worker keeps them, begun where they are not: what that took, in words."""
    from guben.accounts.installation import today
    from guben.rollup.freshness import keeping
    from guben.rollup.freshness.logic import logic_of
    from guben.rulebook.queries import library

    logic, begun = logic_of(library(), today()), time.monotonic()
    if not keeping.is_wanted(logic.on):
        return "So few units are asked of the records"
    if keeping.kept_tree(logic):
        return "The worker had kept the figures of all units before"
    keeping.begin(logic, lambda done, total: print(f"figures of {done:,} / {total:,} units", file=sys.stderr))
    return f"The worker had kept the figures of all units before, in {time.monotonic() - begun:,.0f} s"


def in_memory() -> None:
    """Reads people and units by their keys: a server that has run for a day holds them in its own memory, one that was
    just started reads the disk for each page."""
    from django.apps import apps
    from django.db import connection

    tables = [model._meta for app in READ_APPS for model in apps.get_app_config(app).get_models()]
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off; SET enable_bitmapscan = off")
        for table in tables:
            # Read as a whole, a table would pass through a few buffers and not stay.
            cursor.execute(f"SELECT count(t) FROM {table.db_table} t WHERE {table.pk.column} > 0")
        cursor.execute("RESET enable_seqscan; RESET enable_bitmapscan")


def made_readers() -> list[Reader]:
    """Users with a grant and a session each, at units drawn from the whole tree."""
    from guben.organisations.models import Organisation

    units = Organisation.objects.order_by("?")
    roles = {"branch": "secretary"}
    readers = []
    for level, count in READERS.items():
        kind = {"kind": "branch"} if level == "branch" else {"territory": level}
        for unit in units.filter(**kind)[:count]:
            user = user_at(unit, roles.get(level, "organiser"))
            readers.append(Reader(level, session_of(user), pages_of(level, unit)))
    return readers


def user_at(unit: Any, role: str) -> Any:
    from datetime import date

    from guben.access.models import Grant
    from guben.accounts.models import User

    user, _made = User.objects.get_or_create(
        username=f"{role}-{unit.code}", defaults={"display_name": unit.short_name, "is_demo": True}
    )
    Grant.objects.get_or_create(user=user, role=role, organisation=unit, from_on=date(2024, 1, 1))
    return user


def session_of(user: Any) -> str:
    """The key of a new session, as signing in would make it."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def pages_of(level: str, unit: Any) -> list[tuple[str, Callable[[random.Random], str]]]:
    """What a reader at this unit opens; what stands twice is opened twice as often."""
    from guben.kit import tree
    from guben.members.models import Person
    from guben.members.sealed import clear_value
    from guben.organisations.models import Organisation

    first, last = tree.span(unit.path)
    codes = list(Organisation.objects.filter(path__gte=first, path__lt=last).values_list("code", flat=True)[:1000])
    below = Person.objects.filter(
        affiliations__organisation__path__gte=first, affiliations__organisation__path__lt=last
    )
    people = list(below.filter(stages__kind="full")[:400])
    known = [(one.pk, one.name, one.pinyin, one.initials, clear_value(one, "id_number")) for one in people]
    size = below.count()
    at = unit.code

    def listed(**more: Any) -> str:
        return f"/members/?{urlencode({'at': at, **more})}"

    found = [
        ("today", lambda _: f"/?at={at}"),
        ("today", lambda _: f"/?at={at}"),
        ("unit", lambda dice: f"/organisations/{dice.choice(codes)}/"),
        ("unit", lambda dice: f"/organisations/{dice.choice(codes)}/"),
        ("person", lambda dice: f"/members/{dice.choice(known)[0]}/"),
        ("list, first page", lambda _: listed()),
        ("search by name", lambda dice: listed(text=dice.choice(known)[1])),
        ("search by pinyin", lambda dice: listed(text=dice.choice(known)[2])),
        ("search by initials", lambda dice: listed(text=dice.choice(known)[3])),
        ("search by identity number", lambda dice: f"/search/?{urlencode({'q': dice.choice(known)[4]})}"),
        ("search by surname", lambda dice: listed(text=dice.choice(known)[1][:1])),
    ]
    if level != "branch":
        pages = max(1, size // 50)
        found += [("list, deep", lambda dice: listed(page=dice.randrange(pages // 2, pages) + 1))] * 2
        found += [("list, filtered", lambda dice: listed(occupation="farmer", age="60+"))]
        found += [("search everywhere", lambda dice: f"/search/?{urlencode({'q': dice.choice(known)[1]})}")]
    return found


def started() -> tuple[subprocess.Popen[bytes], int]:
    """The web server as `guben serve` starts it, one process for each core."""
    environment = {**os.environ, "GUBEN_HOSTS": "127.0.0.1"}
    subprocess.run([sys.executable, "-m", "guben", "manage", "collectstatic", "--noinput", "-v", "0"],
                   env=environment, check=True, cwd=ROOT)  # fmt: skip
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    words = ["granian", "--interface", "wsgi", "--port", str(port), "--workers", str(os.cpu_count()),
             "--blocking-threads", "4", "--no-ws", "--log-level", "warning", "guben.wsgi:application"]  # fmt: skip
    web = subprocess.Popen([sys.executable, "-m", *words], env=environment, cwd=ROOT)
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return web, port
        time.sleep(0.2)
    raise SystemExit("The web server did not start.")


def ask(readers: list[Reader], port: int, seconds: float) -> Times:
    """All readers at once until the time is over."""
    times, begins = Times(), time.monotonic() + WARM
    threads = [
        threading.Thread(target=read, args=(reader, port, times, begins, begins + seconds, number), daemon=True)
        for number, reader in enumerate(readers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=seconds + WARM + 120)
    return times


def read(reader: Reader, port: int, times: Times, begins: float, ends: float, seed: int) -> None:
    dice = random.Random(seed)
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    time.sleep(dice.uniform(0, THINK))
    while time.monotonic() < ends:
        name, address = dice.choice(reader.pages)
        page = f"{name.partition(',')[0]} of a {reader.level}" if name == "today" else name
        counts = time.monotonic() >= begins
        try:
            began = time.perf_counter()
            text = fetched(line, reader, address(dice))
            if counts:
                times.note(page, began)
            for more in FETCHED.findall(text):
                began = time.perf_counter()
                fetched(line, reader, more.replace("&amp;", "&"), part=True)
                if counts:
                    times.note(f"{page}: what it fetches after", began)
        except (OSError, http.client.HTTPException, ValueError) as fault:
            times.wrong.append(f"{page}: {fault!r}")
            line.close()
        time.sleep(dice.uniform(THINK * 0.5, THINK * 1.5))


def fetched(line: http.client.HTTPConnection, reader: Reader, address: str, *, part: bool = False) -> str:
    more = {"HX-Request": "true"} if part else {}
    line.request("GET", address, headers={"Cookie": f"sessionid={reader.cookie}", **more})
    answer = line.getresponse()
    text = answer.read().decode()
    if answer.status != 200:
        raise ValueError(f"{answer.status} {address}")
    return text


def page(times: Times, options: argparse.Namespace, beside: list[list[str]], machine: str) -> str:
    from report import table

    loaded = json.loads((DATA / "loaded.json").read_text())
    rows = []
    days = [name for name in times.taken if name.startswith("today") and ":" not in name]
    of_all = {"today of all": [one for name in days for one in times.taken[name]]} if days else {}
    for name, taken in sorted({**times.taken, **of_all}.items()):
        goal = next((worth for key, worth in GOALS.items() if name.startswith(key) and ":" not in name), None)
        ordered = sorted(taken)
        late = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
        met = "" if goal is None else "yes" if late <= goal else "no"
        rows.append([name, str(len(taken)), f"{median(taken):.0f}", f"{late:.0f}", f"{ordered[-1]:.0f}",
                     str(goal or ""), met])  # fmt: skip
    people, units = loaded["rows"]["members_person"], loaded["rows"]["organisations_organisation"]
    parts = [
        "## Readers at once on PostgreSQL",
        f"{people:,} people in {units:,} units ({loaded['megabytes']:,} MB, loaded in {loaded['seconds']:,} s); "
        f"{options.readers} readers think {THINK:.0f} s between two pages for {options.seconds} s; web "
        f"server, database and readers on one machine: {machine}. PostgreSQL holds {SETTINGS['shared_buffers']} in its "
        f"own memory; people and units were read once before, and {WARM:.0f} s of pages did not count. Milliseconds; "
        f"{len(times.wrong)} answers went wrong.",
        table(["page", "opened", "median", "p95", "longest", "goal for p95", "met"], rows),
    ]
    if beside:
        parts += [table(["what", "rows", "seconds", "rows a second", "memory, MB", "file, MB"], beside)]
    return "\n\n".join(parts)


def measured(what: str) -> list[str]:
    """An export or a snapshot in a process of its own, with the most memory it held."""
    command = [sys.executable, str(ROOT / "benchmarks" / "load_out.py"), what]
    found = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    rows, taken = found["rows"], found["seconds"]
    return [found["what"], f"{rows:,}", f"{taken:.0f}", f"{rows / taken:,.0f}", f"{found['mb']:.0f}",
            f"{found['bytes'] / 1e6:,.0f}"]  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main())
