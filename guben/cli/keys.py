"""`guben keys list|rotate|destroy` and `guben factors reset`."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from django.core.exceptions import PermissionDenied

from guben.access import keys, policy
from guben.accounts import keyring
from guben.accounts.models import User
from guben.cli.context import BadInput, print_json, progress, user_of
from guben.kit.sealing import KeyEntry


def run(options: Namespace) -> int:
    return {"list": _list, "rotate": _rotate, "destroy": _destroy}[options.verb](options)


def _list(options: Namespace) -> int:
    keys.require(user_of(options))
    rows = _rows()
    if options.json:
        return print_json({"keys": rows, "unfinished": keyring.progress() is not None})
    for row in rows:
        count = "" if row["values"] is None else f"{row['values']:>12,}"
        print(f"{row['id']:<16} {row['for']:<8} {row['state']:<8} {row['made_on'] or '-':<10} {count}".rstrip())
    return 0


def _rows() -> list[dict[str, Any]]:
    """Each key without its secret."""
    counts = keys.usage()
    found = []
    for number, entry in enumerate(keyring.entries("seal")):
        found.append(_row(entry, "sealing", "older" if number else "current", counts.pop(entry.key_id, 0)))
    for entry in keyring.retired():
        found.append(_row(entry, "sealing", "retired", counts.pop(entry.key_id, 0)))
    for number, entry in enumerate(keyring.entries("index")):
        found.append(_row(entry, "index", "older" if number else "current", None))
    return [*found, *({"id": key, "for": "sealing", "state": "missing", "made_on": "", "values": counts[key]}
                      for key in counts)]  # fmt: skip


def _row(entry: KeyEntry, what: str, state: str, count: int | None) -> dict[str, Any]:
    return {"id": entry.key_id, "for": what, "state": state, "made_on": entry.made_on, "values": count}


def _rotate(options: Namespace) -> int:
    if not 1 <= options.batch <= 10_000:
        raise BadInput("--batch takes a number from 1 to 10000.")
    done = keys.rotate(by=user_of(options), index=options.index, batch=options.batch, tell=progress)
    if options.json:
        return print_json(
            {"sealing": done.sealing_key, "index": done.index_key, "changed": done.changed, "retired": done.retired}
        )
    print(f"{sum(done.changed.values()):,} values renewed. Sealing: {done.sealing_key}; index: {done.index_key}.")
    if done.retired:
        print(f"Put away: {', '.join(done.retired)}. Keep retired keys as long as a backup may need them.")
    return 0


def _destroy(options: Namespace) -> int:
    keys.destroy(options.key, by=user_of(options))
    print(f"{options.key} is gone.")
    return 0


def factors(options: Namespace) -> int:
    """Takes the second factors from a user who lost them."""
    from guben.access.factors import RIGHT, reset

    by = user_of(options)
    if not policy.may_anywhere(by, RIGHT):
        raise PermissionDenied(RIGHT)
    user = User.objects.filter(username=options.name, is_operator=False).first()
    if user is None:
        raise BadInput(f"There is no user {options.name}.")
    count = reset(user, options.reason, by=by)
    print(f"{options.name} has no second factor any more ({count} taken away) and is signed out everywhere.")
    return 0
