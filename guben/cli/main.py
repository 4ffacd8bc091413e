"""The `guben` command: reads the words, sets Django up, calls one function.

Exit codes: 0 done (findings or not), 1 bad input, 2 usage.
"""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Sequence

from guben.cli.parser import build_parser
from guben.kit.logs import cover_last_words


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    if argv is None:
        cover_last_words()
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
    try:
        return _answer(options)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return _refuse("stopped.")
    except ValueError as fault:
        if "DATABASE_URL" in str(fault):
            return _refuse(str(fault))
        raise


def _answer(options: Namespace) -> int:
    """Sets Django up and calls the command; what the user can put right is told in a sentence."""
    import django

    django.setup()
    from django.core.exceptions import PermissionDenied
    from django.db.utils import OperationalError, ProgrammingError
    from django.http import Http404

    from guben.cli.context import BadInput, run
    from guben.kit.errors import DomainError

    try:
        return run(options)
    except (BadInput, DomainError) as fault:
        return _refuse(str(fault))
    except PermissionDenied as right:
        return _refuse(f"{options.acting or 'The operator'} may not do this: it takes the right {right}.")
    except Http404:
        return _refuse("This is not there, or not for this user to see.")
    except (OperationalError, ProgrammingError) as fault:
        return _refuse(f"The database can't be used ({fault}). `guben manage migrate` prepares it.")


def _refuse(sentence: str) -> int:
    print(f"guben: {sentence}", file=sys.stderr)
    return 1
