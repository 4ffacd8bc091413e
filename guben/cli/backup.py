"""`guben backup key|make|check|restore`."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.db import transaction

from guben.access import policy
from guben.accounts.models import User
from guben.audit import proofs, trail
from guben.cli import archives
from guben.cli.context import BadInput, print_json, progress, user_of

IDENTITY = "GUBEN_BACKUP_IDENTITY"
RIGHT = "system.manage"


def run(options: Namespace) -> int:
    return {"key": _key, "make": _make, "check": _check, "restore": _restore}[options.verb](options)


def _key(options: Namespace) -> int:
    """The secret is printed once, alone on standard output, and kept nowhere here."""
    _entitled(options)
    identity = archives.new_identity(replace=options.replace)
    progress("Backups are sealed for this key from now on. Keep it away from this machine: nothing else opens them.")
    print(identity)
    return 0


def _make(options: Namespace) -> int:
    by = _entitled(options)
    proofs.take_checkpoint()
    target = archives.make(Path(options.to), keep=options.keep)
    details = {"file": target.name, "bytes": target.stat().st_size}
    with transaction.atomic():
        trail.record("backup.made", by, by=by, organisation_id=None, right=RIGHT, details=details)
    if options.json:
        return print_json({"file": str(target), **details})
    print(f"{target} ({details['bytes']:,} bytes). The keys are not in it: keep a copy of GUBEN_DATA/keys apart.")
    return 0


def _check(options: Namespace) -> int:
    return _tell(archives.check(Path(options.file), _identity(options)), options, "is whole")


def _restore(options: Namespace) -> int:
    contents = archives.restore(Path(options.file), _identity(options))
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    by = user_of(options)
    with transaction.atomic():
        details = {"made_at": contents.made_at.isoformat()}
        trail.record("backup.restored", by, by=by, organisation_id=None, right=RIGHT, details=details)
    _tell(contents, options, "was restored")
    progress("`guben doctor` proves it. Its keys must lie in GUBEN_DATA/keys, or sealed numbers can't be opened.")
    return 0


def _tell(contents: archives.Contents, options: Namespace, words: str) -> int:
    size = sum(one["bytes"] for one in contents.files.values())
    if options.json:
        return print_json({"made_at": contents.made_at, "database": contents.vendor, "files": contents.files})
    print(f"{options.file} {words}: {contents.vendor}, made {contents.made_at:%Y-%m-%d %H:%M}, {size:,} bytes inside.")
    return 0


def _entitled(options: Namespace) -> User:
    by = user_of(options)
    if not policy.may_anywhere(by, RIGHT):
        raise PermissionDenied(RIGHT)
    return by


def _identity(options: Namespace) -> str:
    """The secret from a file, the environment, or asked for; never an argument, which others can read."""
    if options.identity:
        try:
            lines = Path(options.identity).read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as fault:
            raise BadInput(f"The key file can't be read: {fault}") from None
        return next((line for line in lines if line and not line.startswith("#")), "")
    if given := os.environ.get(IDENTITY):
        return given
    if not sys.stdin.isatty():
        return sys.stdin.readline()
    from getpass import getpass

    return getpass("Key (AGE-SECRET-KEY-1…): ")
