"""Brings the data folder up to date before the server starts: tables, rulebooks, and the demo where nothing is yet."""

from __future__ import annotations

import argparse
import sys
import time

from guben.cli.main import main


def run(*words: str) -> None:
    """Runs one guben command and stops with its exit code when it fails."""
    if code := main(words):
        print(f"`guben {' '.join(words)}` failed (exit code {code}).", file=sys.stderr)
        raise SystemExit(code)


def is_empty() -> bool:
    """Whether no unit has been recorded yet."""
    from guben.organisations.models import Organisation

    return not Organisation.objects.exists()


def prepare(*, demo: bool) -> None:
    """Each step can be repeated; a second start changes nothing."""
    run("manage", "migrate", "--verbosity", "0")
    run("rules", "install")
    if demo and is_empty():
        print("Building the demo city, about a minute …", flush=True)
        started = time.monotonic()
        run("demo")
        print(f"Built in {time.monotonic() - started:.0f} s.", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--demo", choices=("yes", "no"), default="yes", help="build the demo city in an empty database")
    prepare(demo=parser.parse_args().demo == "yes")
