"""Writes the official calendar of each year into guben/rulebooks/calendars: days off and make-up days.

    python scripts/calendars.py 2010 2027

It needs the package `holidays` (pip install holidays), which Guben itself does without. A year whose notice has not
come when this runs is named with --provisional; its days come from the decree on public holidays alone.
"""

from __future__ import annotations

import argparse
import re
from datetime import date
from pathlib import Path

import holidays

FOLDER = Path(__file__).resolve().parents[1] / "guben" / "rulebooks" / "calendars"
MOVED = re.compile(r"由 (\d{4}-\d{2}-\d{2}) 调休")
SOURCE = "国务院办公厅关于{year}年部分节假日安排的通知"
DECREE = "《全国年节及纪念日放假办法》；{year}年的放假通知还没有发布"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int)
    parser.add_argument("--provisional", type=int, action="append", default=[], metavar="YEAR")
    options = parser.parse_args()
    for year in range(options.first, options.last + 1):
        path = FOLDER / f"{year}.toml"
        path.write_text(written(year, provisional=year in options.provisional), encoding="utf-8")
        print(path)


def written(year: int, *, provisional: bool) -> str:
    """The file of one year."""
    known = holidays.country_holidays("CN", years=year, language="zh_CN")
    off = {day: known[day] for day in sorted(known) if day.year == year}
    work = sorted(day for day in known.weekend_workdays if day.year == year)
    moved = {found[1]: day for day, name in off.items() if (found := MOVED.search(name))}
    lines = [
        "[calendar]",
        f"year        = {year}",
        f'source      = "{(DECREE if provisional else SOURCE).format(year=year)}"',
        f'confidence  = "{"recalled" if provisional else "secondary"}"',
        f"provisional = {str(provisional).lower()}",
        "",
        "[days-off]",
        *(f'{day} = "{_plain(name)}"' for day, name in off.items()),
        "",
        "[make-up-days]",
        *(f'{day} = "{_made_up(day, moved)}"' for day in work),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _plain(name: str) -> str:
    return MOVED.sub(r"\1 补班", name).replace("休息日（", "调休（").replace("; ", "、")


def _made_up(day: date, moved: dict[str, date]) -> str:
    off = moved.get(day.isoformat())
    return f"补班（换 {off}）" if off else "补班"


if __name__ == "__main__":
    main()
