"""Scales and limits: amounts and numbers that a regulation sets, kept as data with issuer, source and dates.

A scale turns a declared base into an amount in cents; a limit is one number. They stand in files of their own, beside
the rulebooks, and are read by the app whose figures they are.
"""

from __future__ import annotations

import tomllib
from datetime import date
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import Field, ValidationError, model_validator

from guben.rulebook_engine import wording
from guben.rulebook_engine.entries import INHERITED, Entry, Header, Part, Place, Words
from guben.rulebook_engine.errors import Mistake, RulebookErrors, did_you_mean
from guben.rulebook_engine.positions import Positions

Kind = TypeVar("Kind", bound=Entry)
Whole = TypeVar("Whole", bound=Part)
Cents = Annotated[int, Field(ge=0, le=10**12)]


class Step(Part):
    """Up to this base (included; None = without end) so many thousandths of the whole base are owed."""

    up_to_cents: Cents | None = None
    per_mille: Annotated[int, Field(ge=0, le=1000)]


class Scale(Entry):
    """How a monthly amount is found: by steps over a declared base, or chosen between a least and a most.

    A step counts for the whole base, not for the part above the step before.
    """

    kind: ClassVar[str] = "scale"

    base: Words | None = None
    steps: Annotated[tuple[Step, ...], Field(strict=False)] = ()
    least_cents: Cents = 0
    most_cents: Cents | None = None
    needs_paper: bool = False

    @model_validator(mode="after")
    def _steps_rise(self) -> Scale:
        ends = [step.up_to_cents for step in self.steps]
        rising = [end for end in ends if end is not None]
        if self.steps and (ends[-1] is not None or None in ends[:-1] or rising != sorted(set(rising))):
            raise ValueError("Steps rise, and only the last one has no 'up-to-cents'.")
        if self.most_cents is not None and self.most_cents < self.least_cents:
            raise ValueError("'most-cents' must not be below 'least-cents'.")
        return self

    @property
    def is_fixed(self) -> bool:
        """There is only one amount."""
        return not self.steps and self.most_cents == self.least_cents

    def amount(self, base_cents: int) -> int:
        """The amount for a base, in cents, half a cent upwards; without steps the base is the amount itself."""
        for step in self.steps:
            if step.up_to_cents is None or base_cents <= step.up_to_cents:
                return (base_cents * step.per_mille + 500) // 1000
        return self.least_cents if self.is_fixed else base_cents

    def allows(self, cents: int) -> bool:
        """May this be the amount?"""
        return cents >= self.least_cents and (self.most_cents is None or cents <= self.most_cents)


class Limit(Entry):
    """One number that a regulation sets."""

    kind: ClassVar[str] = "limit"

    value: Annotated[int, Field(ge=0)]


class Scales(Part):
    """What one file holds."""

    scales: tuple[Scale, ...] = ()
    limits: tuple[Limit, ...] = ()

    def in_force(self, on: date) -> dict[str, Scale]:
        """The scales of a day by key, in the order of the file; of several editions the latest that has begun."""
        found: dict[str, Scale] = {}
        for scale in self.scales:
            known = found.get(scale.key)
            if scale.in_force(on) and (known is None or known.from_on < scale.from_on):
                found[scale.key] = scale
        return found

    def limit(self, key: str, on: date) -> int:
        """The number in force on a day.

        Raises:
            LookupError: there is none.
        """
        found = [limit for limit in self.limits if limit.key == key and limit.in_force(on)]
        if not found:
            raise LookupError(f"No limit '{key}' in force on {on}.")
        return max(found, key=lambda limit: limit.from_on).value


def read_scales(text: str, file_name: str) -> Scales:
    """The scales and limits of a TOML text.

    Raises:
        RulebookErrors: with every mistake that was found.
    """
    text = text.replace("\r\n", "\n")
    try:
        data = _normal(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise RulebookErrors([Mistake(file_name, 1, 1, f"This is not valid TOML: {error}.")]) from None
    reader = _Reader(file_name, Positions(text))
    given = reader.header(data)
    scales, limits = reader.entries(Scale, data, given), reader.entries(Limit, data, given)
    for name in data:
        if name not in ("rulebook", "scale", "limit"):
            reader.note((name,), f"No part '{name}' here.{did_you_mean(name, ('rulebook', 'scale', 'limit'))}")
    if reader.mistakes:
        raise RulebookErrors(reader.mistakes)
    return Scales(scales=tuple(scales), limits=tuple(limits))


class _Reader:
    def __init__(self, file_name: str, positions: Positions) -> None:
        self.file = file_name
        self.positions = positions
        self.mistakes: list[Mistake] = []

    def note(self, path: tuple[str | int, ...], sentence: str) -> None:
        self.mistakes.append(Mistake(self.file, *self.positions.of_key(path), sentence))

    def header(self, data: dict[str, Any]) -> dict[str, Any]:
        """What the head of the file says for every entry."""
        header = self._validated(Header, data.get("rulebook", {}), ("rulebook",))
        return header.model_dump(by_alias=True, exclude_none=True) if header else {}

    def entries(self, kind: type[Kind], data: dict[str, Any], given: dict[str, Any]) -> list[Kind]:
        found = []
        for number, raw in enumerate(data.get(kind.kind, [])):
            path = (kind.kind, number)
            line, column = self.positions.of_key(path)
            raw = {key: given[key] for key in INHERITED if key in given} | raw
            raw["place"] = Place(file=self.file, line=line, column=column)
            if entry := self._validated(kind, raw, path):
                found.append(entry)
        return found

    def _validated(self, kind: type[Whole], raw: Any, path: tuple[str | int, ...]) -> Whole | None:
        try:
            return kind.model_validate(raw)
        except ValidationError as error:
            for where, sentence in wording.sentences(error, kind, raw):
                self.note((*path, *where), sentence)
            return None


def _normal(value: Any) -> Any:
    """The same data with underscores for hyphens in keys."""
    if isinstance(value, list):
        return [_normal(item) for item in value]
    if isinstance(value, dict):
        return {key.replace("-", "_"): _normal(item) for key, item in value.items()}
    return value
