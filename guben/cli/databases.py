"""`guben database copy`."""

from __future__ import annotations

import os
from argparse import Namespace

from django.core.exceptions import PermissionDenied
from django.db import transaction

from guben.access import policy
from guben.accounts import moving
from guben.audit import trail
from guben.cli.context import BadInput, print_json, progress, user_of

RIGHT = "system.manage"
ADDRESS = "GUBEN_COPY_TO"


def run(options: Namespace) -> int:
    """Copies all records into an empty PostgreSQL database; this one stays as it is."""
    by = user_of(options)
    if not policy.may_anywhere(by, RIGHT):
        raise PermissionDenied(RIGHT)
    url = options.to or os.environ.get(ADDRESS, "")
    if not url:
        raise BadInput(f"Where to? --to postgres://USER@HOST/NAME, or the same in {ADDRESS}, which others can't read.")
    counts = moving.copy_to(url, tell=lambda table, rows: progress(f"{table} {rows:,}"))
    with transaction.atomic():
        details = {"tables": len(counts), "rows": sum(counts.values())}
        trail.record("database.copied", by, by=by, organisation_id=None, right=RIGHT, details=details)
    if options.json:
        return print_json({"tables": counts})
    print(f"{details['rows']:,} rows of {details['tables']} tables are in both databases.")
    print("Start Guben with that DATABASE_URL and the same GUBEN_DATA, whose keys and files stay where they are.")
    return 0
