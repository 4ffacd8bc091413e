"""What a rulebook holds: duties, indicators, standards, limits and roles, each with its issuer, source and dates."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, InstanceOf, PlainSerializer, StringConstraints, model_validator

from guben.kit.chinese import worded
from guben.kit.days import Every
from guben.rulebook_engine.expressions import Checked

Confidence = Literal["verified", "secondary", "recalled", "proposed"]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([-_][a-z0-9]+)*$", max_length=80)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Texts = Annotated[tuple[Text, ...], Field(strict=False)]
Expression = Annotated[InstanceOf[Checked], PlainSerializer(str, return_type=str)]
NATIONAL = "national"


class Part(BaseModel):
    """The base of all parts: frozen, strict about types, closed to unknown keys. What checks them is built when the
    first of a kind is read."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", validate_by_name=True, defer_build=True)


class Words(Part):
    """One wording in both languages."""

    zh: Text
    en: Text

    def say(self, lang: str) -> str:
        """The Chinese words for "zh" and the like, in traditional characters for "zh-hant", else the English ones."""
        return worded(self.zh, self.en, lang)


class Place(Part):
    """Where an entry is written."""

    file: str
    line: int
    column: int


class Entry(Part):
    """What every entry has. It is in force from `from_on` (included) to `until_on` (excluded, None = still)."""

    kind: ClassVar[str] = ""

    key: Key
    title: Words
    issued_by: Text
    source: Text
    article: str = ""
    mechanism: Texts = ()
    confidence: Confidence
    from_on: date = Field(alias="from")
    until_on: date | None = Field(default=None, alias="until")
    why: Words | None = None
    edition: str = ""
    place: Place = Place(file="", line=1, column=1)

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Entry:
        if self.until_on is not None and self.until_on <= self.from_on:
            raise ValueError("'until' must be later than 'from'.")
        return self

    @property
    def edition_label(self) -> str:
        return self.edition or self.from_on.isoformat()

    @property
    def source_text(self) -> str:
        """The document with its article, as it is cited."""
        return f"{self.source} {self.article}".strip()

    @property
    def is_national(self) -> bool:
        return self.issued_by == NATIONAL

    def in_force(self, on: date) -> bool:
        return self.from_on <= on and (self.until_on is None or on < self.until_on)


class Exemption(Part):
    """Where the condition is not true the unit is exempt, with this reason."""

    where: Expression
    otherwise: Words


class EvidenceRule(Part):
    """Which records show that a duty was done. `is` tells the records that are meant, `where` how good they must be;
    `short` says what a record lacks that is meant but not good enough."""

    record: Text
    matches: Expression | None = Field(default=None, alias="is")
    where: Expression | None = None
    short: Words | None = None
    day: str = "counts_on"
    held: str = "held_on"
    recorded: str = "recorded_on"


class Duty(Entry):
    """What units owe, how often, shown by which records."""

    kind: ClassVar[str] = "duty"

    who: Expression
    applies: Annotated[tuple[Exemption, ...], Field(strict=False)] = ()
    every: Every
    times: Annotated[int, Field(ge=1, le=1000)] | Text = 1
    due_after_days: Annotated[int, Field(ge=0, le=366)] = 0
    evidence: EvidenceRule
    answerable: Text
    level: Literal["overall", "main", "direct"] = "direct"
    minutes: Annotated[int, Field(ge=0, le=10_000)] = 0
    entry: str = ""


class Indicator(Entry):
    """One figure for each unit, over the rows of one fact table."""

    kind: ClassVar[str] = "indicator"

    value: Expression
    over: Text
    where: Expression | None = None
    who: Expression | None = None
    scope: Literal["own", "subtree"] = "own"
    unit: Literal["share", "count", "number", "days", "years"] = "number"
    decimals: Annotated[int, Field(ge=0, le=6)] = 0


class Standard(Entry):
    """An indicator with a line: where `holds` is false, something is wrong. `opens` picks the rows that explain it."""

    kind: ClassVar[str] = "standard"

    indicator: Key
    holds: Expression
    who: Expression | None = None
    line: Words
    severity: Literal["high", "medium", "low"]
    remedy: Words
    reports: Literal["units", "figure"] = "units"
    opens: Expression | None = None


class Limit(Entry):
    """How many hours a year all duties together may ask of one unit."""

    kind: ClassVar[str] = "limit"

    hours: Annotated[int, Field(ge=1, le=8760)]
    who: Expression | None = None


class Role(Entry):
    """A bundle of rights that is held at a unit; `grants` names the roles its holder may give out below. Of the roles
    with a `duty` one person holds those of one duty only; `factor` says where a second factor is asked for."""

    kind: ClassVar[str] = "role"

    rights: Texts
    grants: Texts = ()
    duty: str = ""
    factor: str = ""


class Header(Part):
    """The head of a rulebook. What it states holds for every entry that does not state it itself."""

    key: Key
    title: Words
    issued_by: Text = NATIONAL
    source: Text
    article: str = ""
    mechanism: Texts = ()
    confidence: Confidence | None = None
    from_on: date | None = Field(default=None, alias="from")
    why: Words | None = None


class Rulebook(Part):
    """A rulebook that was read and checked."""

    file_name: str
    key: str
    title: Words
    issued_by: str
    source: str
    mechanism: tuple[str, ...] = ()
    why: Words | None = None
    duties: tuple[Duty, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    standards: tuple[Standard, ...] = ()
    limits: tuple[Limit, ...] = ()
    roles: tuple[Role, ...] = ()
    procedures: tuple[Entry, ...] = ()  # of the kind that `procedures` adds
    occasions: tuple[Entry, ...] = ()  # what is published as it happens; what is due by a day stands in `duties`
    tables: tuple[Entry, ...] = ()  # of the kind that `yearly` adds

    @property
    def entries(self) -> tuple[Entry, ...]:
        return (
            *self.duties,
            *self.indicators,
            *self.standards,
            *self.limits,
            *self.roles,
            *self.procedures,
            *self.occasions,
            *self.tables,
        )


KINDS: dict[str, type[Entry]] = {kind.kind: kind for kind in (Duty, Indicator, Standard, Limit, Role)}
INHERITED = ("issued_by", "source", "mechanism", "confidence", "from")
