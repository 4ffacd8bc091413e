"""The `guben` command: reads the words, sets Django up, calls one function.

Exit codes: 0 done (findings or not), 1 bad input, 2 usage.
"""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Sequence

from guben.cli.parser import build_parser


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guben.settings")
    if words[:1] == ["manage"]:
        from django.core.management import execute_from_command_line

        execute_from_command_line(["guben manage", *words[1:]])
        return 0
    try:
        options = build_parser().parse_args(words)
    except SystemExit as stop:
        return int(stop.code or 0)
    return _run(options)


def _run(options: Namespace) -> int:
    import django
    from django.db.utils import OperationalError

    from guben.kit.errors import DomainError

    try:
        django.setup()
        from guben.cli.context import BadInput, run

        try:
            return run(options)
        except (BadInput, DomainError) as fault:
            print(f"guben: {fault}", file=sys.stderr)
            return 1
        except OperationalError as fault:
            print(f"guben: The database can't be used ({fault}). `guben manage migrate` prepares it.", file=sys.stderr)
            return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("guben: stopped.", file=sys.stderr)
        return 1
    except ValueError as fault:
        if "DATABASE_URL" in str(fault):
            print(f"guben: {fault}", file=sys.stderr)
            return 1
        raise
