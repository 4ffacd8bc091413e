"""What a unit must make public: a duty that its publications settle, or a matter to be told as it happens (M4.5)."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from guben.rulebook_engine.entries import KINDS, Duty, Entry, Exemption, Expression, Text

Audience = Literal["unit", "subtree", "signed_in", "public"]
AUDIENCES: tuple[Audience, ...] = ("unit", "subtree", "signed_in", "public")  # each wider than the one before
RECORD = "publication"
AS_IT_HAPPENS = "as_it_happens"
KEY = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")


class Publication(Duty):
    """What units make public so often, to at least this audience. Its evidence follows from its key and audience:
    see `evidence_of`."""

    kind: ClassVar[str] = "publication"

    audience: Audience


class PublishedAsItHappens(Entry):
    """What units make public whenever it happens: it stands in their catalogue, and nothing is due by a day."""

    kind: ClassVar[str] = "publication"

    every: Literal["as_it_happens"]
    who: Expression
    applies: Annotated[tuple[Exemption, ...], Field(strict=False)] = ()
    audience: Audience
    answerable: Text


KINDS[Publication.kind] = Publication


def evidence_of(key: str, audience: str) -> dict[str, object]:
    """The evidence of a publication, as an author would write it: what was published under the rule, for an audience
    that is wide enough."""
    wide = [one for number, one in enumerate(AUDIENCES) if audience in AUDIENCES[: number + 1]] or AUDIENCES
    allowed = ", ".join(f"'{one}'" for one in wide)
    return {
        "record": RECORD,
        "is": f"rule = '{key}'",
        "where": f"audience in ({allowed})",
        "short": {
            "zh": "公开的范围比规定的窄，不算数。",
            "en": "It was shown to fewer than the rule asks, so it does not count.",
        },
        "day": "counts_on",
        "held": "published_on",
        "recorded": "recorded_on",
    }
