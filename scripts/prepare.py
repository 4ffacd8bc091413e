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


def build_small() -> None:
    """A tenth of the demo city, with everything in it once: for tests in a browser."""
    from guben.accounts.operator import acting_user
    from guben.demo.city import build
    from guben.demo.shape import SMALL

    build(20260630, acting_user(), lambda words, done, total: None, SMALL, 3_000)


def prepare(*, demo: str) -> None:
    """Each step can be repeated; a second start changes nothing."""
    run("manage", "migrate", "--verbosity", "0")
    run("rules", "install")
    if demo == "small" and is_empty():
        build_small()
    if demo == "yes" and is_empty():
        print("Building the demo city, about a minute …", flush=True)
        started = time.monotonic()
        run("demo")
        print(f"Built in {time.monotonic() - started:.0f} s.", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    sizes = ("yes", "small", "no")
    parser.add_argument("--demo", choices=sizes, default="yes", help="build the demo city in an empty database")
    prepare(demo=parser.parse_args().demo)
