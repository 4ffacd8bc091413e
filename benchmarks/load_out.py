"""What is taken out of the loaded PostgreSQL in one piece: an export of a million rows, or a snapshot of all tables.

python benchmarks/load_out.py export|snapshot       # with DATABASE_URL and GUBEN_DATA; `load.py` starts it
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guben.settings")
ROWS = 1_000_000


def main() -> int:
    import django

    django.setup()
    begun = time.monotonic()
    found = {"export": export, "snapshot": snapshot}[sys.argv[1]]()
    seconds = time.monotonic() - begun
    # Asked by who started it, the most would hold what that process had when this one began.
    most = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
    print(json.dumps({**found, "seconds": seconds, "mb": int(most.split()[1]) / 1024}))
    return 0


def export() -> dict[str, Any]:
    """A million members with every column there is; what is sealed shows its mask, as for who may not open it."""
    from guben.accounts.operator import acting_user
    from guben.exports import actions
    from guben.exports.choices import Columns, Format, What
    from guben.exports.columns import headers
    from guben.exports.plans import Plan

    plan = Plan(what=What.MEMBERS, columns=Columns.ALL, format=Format.CSV)
    words, real = headers(plan), actions.rows_of
    actions.rows_of = lambda *asked: islice(real(*asked), ROWS)
    with tempfile.TemporaryFile() as file:
        written = actions.write(plan, top(), file, by=acting_user())
        size = file.tell()
    return {"what": f"export as CSV, all {len(words)} columns", "rows": written, "bytes": size}


def snapshot() -> dict[str, Any]:
    from datetime import date

    from guben.figures.snapshots import freeze

    folder = Path(tempfile.mkdtemp())
    try:
        _digest, counts = freeze(date(2026, 6, 30), folder)
        size = sum(file.stat().st_size for file in folder.rglob("*.parquet"))
    finally:
        shutil.rmtree(folder)
    return {"what": f"snapshot, {len(counts)} tables", "rows": sum(counts.values()), "bytes": size}


def top() -> Any:
    """A province where one has a million people, else everything."""
    from guben.access import policy
    from guben.members.models import Affiliation
    from guben.organisations.models import Organisation

    first = Organisation.objects.filter(territory="province").first()
    here = policy.in_subtrees([first.path], "organisation__path") if first else None
    is_enough = here and Affiliation.objects.filter(here)[:ROWS].count() == ROWS
    return first if is_enough else Organisation.objects.get(parent=None)


if __name__ == "__main__":
    raise SystemExit(main())
