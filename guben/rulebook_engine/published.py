"""Numbers that bulletins published, to stand beside our own: a sheet for each day, each number as it was printed."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

TEN_THOUSANDS = "万"
PERCENT = "%"


@dataclass(frozen=True, slots=True)
class Published:
    """One printed number: so much of `unit` (万名, 个, % …)."""

    table: str
    row: str
    value: Decimal
    unit: str
    confidence: str = ""
    doubt: str = ""

    @property
    def each(self) -> int:
        """How many persons or units one of `unit` is."""
        return 10_000 if self.unit.startswith(TEN_THOUSANDS) else 1

    @property
    def is_share(self) -> bool:
        return self.unit == PERCENT

    @property
    def counted_in(self) -> str:
        """The unit of the whole number: 名, 个, 枚 or %."""
        return self.unit.removeprefix(TEN_THOUSANDS)

    @property
    def whole(self) -> Decimal:
        """The printed number in persons or units; percent stay percent."""
        return self.value * self.each

    def rounded(self, number: float | int) -> Decimal:
        """A number of persons or units, or of percent, as it would be printed in this place."""
        return round_half_up(Decimal(str(number)) / self.each, -int(self.value.as_tuple().exponent))

    def equals(self, number: float | int) -> bool:
        """Whether the number would be printed as this one was."""
        return self.rounded(number) == self.value


def round_half_up(number: Decimal, decimals: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def read_published(file: Path) -> tuple[Published, ...]:
    """The numbers of one sheet: columns table, row, value and unit, and perhaps confidence and doubt.

    Raises:
        ValueError: a column is missing or a value is no number; names the line.
    """
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return tuple(_read(csv.DictReader(lines), file.name))


def _read(rows: Iterable[dict[str, str | None]], name: str) -> Iterable[Published]:
    for line, row in enumerate(rows, start=2):
        try:
            table, label, value, unit = (str(row[key] or "").strip() for key in ("table", "row", "value", "unit"))
            number = Decimal(value)
        except (KeyError, ArithmeticError):
            raise ValueError(f"{name}:{line}: needed are the columns table, row, value (a number) and unit.") from None
        if not number.is_finite():
            raise ValueError(f"{name}:{line}: {value} is no number.")
        yield Published(table, label, number, unit, row.get("confidence") or "", row.get("doubt") or "")


def days_in(folder: Path) -> dict[date, Path]:
    """The sheets of a folder by the day in their name, the newest first; other files are passed over."""
    found: dict[date, Path] = {}
    for file in folder.glob("*.csv"):
        try:
            found[date.fromisoformat(file.stem)] = file
        except ValueError:
            continue
    return dict(sorted(found.items(), reverse=True))
