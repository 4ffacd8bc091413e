"""What a procedure is in a rulebook: steps that may not be skipped, each with who acts, when, on what, what follows.

The kinds of steps are a small closed set; whatever differs between two procedures is data (M3.2 and all mechanisms that
run step by step).
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Annotated, ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from guben.rulebook_engine.entries import KINDS, Confidence, Entry, Expression, Key, Part, Text, Texts, Words

StepKind = Literal["form", "talk", "document", "review", "vote", "notice", "training", "wait", "examination"]
FieldType = Literal[
    "text", "long_text", "day", "number", "money", "choice", "yes_no", "person", "persons", "unit", "group"
]
BEGIN = "begin"
NUMBER_PARTS = re.compile(r"\{(unit|code|year|number|number:0[1-9]d)\}")
NEXT, STAY, END, BEFORE = "next", "stay", "end", "before"
PLACES = ("own", "host")


class Term(Part):
    """A length of time after a step was taken (`begin`: after the case was begun). Months and years are calendar
    months; working days come from the official calendar."""

    after: Key = BEGIN
    working_days: Annotated[int, Field(ge=0, le=1000)] = 0
    days: Annotated[int, Field(ge=0, le=10_000)] = 0
    months: Annotated[int, Field(ge=0, le=600)] = 0
    years: Annotated[int, Field(ge=0, le=100)] = 0
    article: str = ""
    confidence: Confidence | None = None

    @model_validator(mode="after")
    def _one_unit(self) -> Term:
        if sum(map(bool, (self.working_days, self.days, self.months, self.years))) > 1:
            raise ValueError("State a term in one unit: 'working-days', 'days', 'months' or 'years'.")
        return self


class Share(Part):
    """A line to reach: more than, or at least, a fraction of those entitled (应到) or present (实到)."""

    more_than: Text | None = None
    at_least: Text | None = None
    of: Literal["entitled", "present"] = "entitled"

    @field_validator("more_than", "at_least")
    @classmethod
    def _a_fraction(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                part = Fraction(value)
            except (ValueError, ZeroDivisionError):
                raise ValueError("Write a fraction such as '1/2' or '4/5'.") from None
            if not 0 < part <= 1:
                raise ValueError("A fraction lies above 0 and reaches at most 1.")
        return value

    @model_validator(mode="after")
    def _one_line(self) -> Share:
        if (self.more_than is None) == (self.at_least is None):
            raise ValueError("State one of 'more-than' and 'at-least'.")
        return self

    def reached(self, count: int, base: int) -> bool:
        """Exact, in whole numbers: exactly half is not more than half."""
        if self.more_than is not None:
            return count > Fraction(self.more_than) * base
        return count >= Fraction(self.at_least or "1") * base


class Ballot(Part):
    """A vote in a recorded meeting: its form, its quorum and its majority, each with the stated base."""

    form: Text
    quorum: Share
    majority: Share
    secret: bool = False
    tellers: Annotated[int, Field(ge=0, le=2)] = 2


class PublicNotice(Part):
    """A notice that hangs for so many working days; objections go to the holder of a role at the unit that posts it."""

    working_days: Annotated[int, Field(ge=1, le=365)]
    audience: Literal["unit", "subtree", "signed_in", "public"] = "unit"
    objections_to: Text
    places: Annotated[int, Field(ge=1, le=5)] = 1
    shows: Texts = ()


class Training(Part):
    """Enough days or enough class-hours."""

    days: Annotated[int, Field(ge=0, le=365)] = 0
    hours: Annotated[int, Field(ge=0, le=2000)] = 0


class Rhythm(Part):
    """How often an examination is repeated while the case stands at the step, and how many are needed to go on."""

    months: Annotated[int, Field(ge=1, le=120)]
    at_least: Annotated[int, Field(ge=0, le=100)] = 0


class FormField(Part):
    """One thing that is filled in at a step."""

    key: Key
    title: Words
    type: FieldType = "text"
    required: bool = True
    choices: Annotated[tuple[Words, ...], Field(strict=False)] = ()
    least: int | None = None
    most: int | None = None
    help: Words | None = None
    where: Expression | None = None  # for persons: who may be named, over the fact table `member`


class PaperKind(Part):
    """A paper of the procedure: received from outside, or produced from the case with a template."""

    key: Key
    title: Words
    template: str = ""
    number: Annotated[str, Field(max_length=60)] = ""

    @field_validator("number")
    @classmethod
    def _a_pattern(cls, value: str) -> str:
        if re.search(r"[{}]", NUMBER_PARTS.sub("", value)):
            raise ValueError("A paper's number is worded with {unit}, {code}, {year}, {number} and {number:04d} alone.")
        return value


class Outcome(Part):
    """How a step may end, where that leads, and what it does to the records (`effect`, by name). One that keeps the
    case at its step may set another end to it (`closes`), such as an extended term."""

    key: Key
    title: Words
    to: Text = NEXT  # a step's key, or next, stay, before (the step before), end
    effect: str = ""
    reason: bool = False
    once: bool = False
    good: bool = True
    closes: Annotated[tuple[Term, ...], Field(strict=False)] = ()


class Step(Part):
    """One step. `by` names roles, of which the actor holds one at the organisation `at` (own, host, or one of the
    procedure's places).

    A step is open from the latest of its `opens` until the earliest of its `closes`; at an examination `opens` is the
    day from which it may be left. Neighbours with `any_order` may be taken in any order. `was` names the steps of
    earlier editions that this one stands for. `heeds` names warnings that refuse the step, which elsewhere only stand
    beside it.
    """

    key: Key
    number: str = ""
    phase: Annotated[int, Field(ge=1, le=20)] = 1
    kind: StepKind
    title: Words
    by: Texts = ()
    at: Key = "own"
    opens: Annotated[tuple[Term, ...], Field(strict=False)] = ()
    closes: Annotated[tuple[Term, ...], Field(strict=False)] = ()
    any_order: bool = False
    heeds: Texts = ()
    needs: Texts = ()
    produces: Texts = ()
    field: Annotated[tuple[FormField, ...], Field(strict=False)] = ()
    outcome: Annotated[tuple[Outcome, ...], Field(strict=False)] = ()
    vote: Ballot | None = None
    notice: PublicNotice | None = None
    training: Training | None = None
    every: Rhythm | None = None
    effect: str = ""
    was: Texts = ()
    why: Words | None = None
    source: str = ""
    article: str = ""
    confidence: Confidence | None = None


class NamedPlace(Part):
    """An organisation that acts in the procedure: the nearest at or above another place that fulfils a condition over
    the fact table `organisation`; where none does, the place named in `otherwise`."""

    key: Key
    title: Words
    above: Key = "own"
    itself: bool = True
    where: Expression
    otherwise: Key | None = None


class Procedure(Entry):
    """A chain of steps. `who` tells at which units it may be begun, `subject` whether it is about a person, and
    `subject_where` about which (over the fact table `member`). `running` says what becomes of cases begun under an
    earlier edition: their steps to come `follow` this one, or they `stay` with theirs."""

    kind: ClassVar[str] = "procedure"

    who: Expression
    subject: Literal["person", "unit", "none"] = "person"
    subject_where: Expression | None = None
    once: bool = True  # at most one open case of it for a person (or unit)
    begins: Texts = ()  # roles that may begin a case at the unit; empty: those of the first step
    phases: Annotated[tuple[Words, ...], Field(strict=False)] = ()
    running: Literal["follow", "stay"] = "follow"
    running_confidence: Confidence = "proposed"
    withdraws: Texts = ()  # roles that may withdraw a case at the unit; empty: those that begin it
    place_of: Annotated[tuple[NamedPlace, ...], Field(strict=False)] = ()
    paper: Annotated[tuple[PaperKind, ...], Field(strict=False)] = ()
    step: Annotated[tuple[Step, ...], Field(strict=False, min_length=1)]
    warns_days: Annotated[int, Field(ge=0, le=366)] = 14


KINDS[Procedure.kind] = Procedure
