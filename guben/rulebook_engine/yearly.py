"""Yearly tables: the rows of a published bulletin, each with its formula, its wordings, and how it is rounded (M9.1).

To the engines a row with a formula is an indicator over a unit and all below it, under the key `TABLE_ROW`.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from guben.rulebook_engine.entries import KINDS, Confidence, Entry, Expression, Indicator, Key, Part, Text, Texts, Words

Counted = Literal["persons", "units", "pieces", "share"]
INHERITED_BY_ROWS = ("issued_by", "source", "article", "mechanism", "edition", "place")
JOINT = "_"  # between the keys of a table and of its row


class Row(Part):
    """One row. It states a formula (`value`), or that it is the change of another row `of` in a year, or why it is not
    counted.

    `title.zh` and `also` are its wordings in the bulletins. A row `beside` the others overlaps with them, and is left
    out where the rows are added up. The bulletins print it from `from_on` until `until_on`.
    """

    key: Key
    title: Words
    also: Texts = ()
    value: Expression | None = None
    over: Text | None = None
    where: Expression | None = None
    of: str = ""
    change: Literal["difference", "growth"] | None = None
    uncounted: Words | None = None
    unit: Counted | None = None
    beside: bool = False
    from_on: date | None = Field(default=None, alias="from")
    until_on: date | None = Field(default=None, alias="until")
    confidence: Confidence | None = None
    why: Words | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Row:
        if (self.value is not None) + bool(self.of) + (self.uncounted is not None) != 1:
            raise ValueError("A row states one of 'value', 'of' with 'change', and 'uncounted'.")
        if bool(self.of) != (self.change is not None):
            raise ValueError("'of' and 'change' stand together: of which row, and which change in a year.")
        return self

    @property
    def wordings(self) -> tuple[str, ...]:
        """The row's names in the bulletins, today's first."""
        return (self.title.zh, *self.also)

    def printed(self, on: date) -> bool:
        """Whether bulletins of that day have the row."""
        return (self.from_on is None or self.from_on <= on) and (self.until_on is None or on < self.until_on)


class YearlyTable(Entry):
    """A table of a bulletin, known there by `name`.

    What it says of `over`, `where` and `unit` holds for each row that does not say it. Bulletins print its numbers in
    `each` of persons or units with so many `decimals`. Where all rows that are not `beside` add up to another row,
    `adds_up_to` is that row's key.
    """

    kind: ClassVar[str] = "table"

    name: Text
    over: Text
    where: Expression | None = None
    unit: Counted = "persons"
    each: Annotated[int, Field(ge=1, le=1_000_000)] = 10_000
    decimals: Annotated[int, Field(ge=0, le=6)] = 1
    adds_up_to: str = ""
    row: Annotated[tuple[Row, ...], Field(strict=False, min_length=1)]

    @model_validator(mode="after")
    def _rows_are_told_apart(self) -> YearlyTable:
        keys = [row.key for row in self.row]
        words = [word for row in self.row for word in row.wordings]
        twice = next((one for listed in (keys, words) for one in listed if listed.count(one) > 1), None)
        if twice is not None:
            raise ValueError(f"Two rows of the table are called '{twice}'.")
        unknown = next((row.of for row in self.row if row.of and row.of not in keys), None)
        if unknown is not None:
            raise ValueError(f"The table has no row '{unknown}' of which a change could be told.")
        return self

    def key_of(self, row: Row) -> str:
        """The key of a row among all rules."""
        return f"{self.key}{JOINT}{row.key}"

    def row_called(self, wording: str) -> Row | None:
        """The row that a bulletin calls so."""
        return next((row for row in self.row if wording in row.wordings), None)

    def unit_of(self, row: Row) -> Counted:
        """What a row counts; growth is a share."""
        return "share" if row.change == "growth" else row.unit or self.unit

    def printed(self, on: date) -> tuple[Row, ...]:
        """The rows that bulletins of a day have."""
        return tuple(row for row in self.row if row.printed(on))

    @property
    def indicators(self) -> dict[str, Indicator]:
        """The rows with a formula, by the row's key."""
        return {row.key: self._indicator(row, row.value) for row in self.row if row.value is not None}

    def _indicator(self, row: Row, value: Expression) -> Indicator:
        share = self.unit_of(row) == "share"
        return Indicator.model_validate(
            {
                "key": self.key_of(row),
                "title": Words(zh=f"{self.title.zh}：{row.title.zh}", en=f"{self.title.en}: {row.title.en}"),
                **{name: getattr(self, name) for name in INHERITED_BY_ROWS},
                "from": self.from_on,
                "until": self.until_on,
                "confidence": row.confidence or self.confidence,
                "why": row.why or self.why,
                "value": value,
                "over": row.over or self.over,
                "where": row.where,
                "scope": "subtree",
                "unit": "share" if share else "count",
                "decimals": self.decimals if share else 0,
            }
        )


KINDS[YearlyTable.kind] = YearlyTable
