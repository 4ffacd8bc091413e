"""Writes what a benchmark found into its own part of docs/benchmarks.md, between two marks that carry its name."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"


def machine() -> str:
    """The machine in half a sentence: how many cores, how busy, which Python."""
    cores, load = os.cpu_count(), os.getloadavg()[0]
    return f"Python {platform.python_version()}, {cores} cores, load {load:.1f} at the start"


def table(headers: list[str], rows: list[list[str]]) -> str:
    """A Markdown table; all columns but the first hold figures."""
    lines = [headers, ["---", *["---:"] * (len(headers) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def write(name: str, text: str) -> None:
    """Puts the text in the place of what the benchmark wrote last time; at the end of the page the first time."""
    print(text)  # noqa: T201 - a benchmark shows what it found
    page = PAGE.read_text(encoding="utf-8")
    begin, end = f"<!-- {name}: written by `make benchmark` -->", f"<!-- end of {name} -->"
    part = f"{begin}\n{text.strip()}\n{end}"
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    page = pattern.sub(lambda _: part, page) if begin in page else f"{page.rstrip()}\n\n{part}\n"
    PAGE.write_text(page, encoding="utf-8")
