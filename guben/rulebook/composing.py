"""All editions of a rule that an organisation issued, as one rulebook file that the library reads like any other."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from guben.organisations.models import Organisation
from guben.rulebook.models import Edition, Rulebook
from guben.rulebook.sources import RuleFile
from guben.rulebook.writing import PARTS, toml
from guben.rulebook_engine.entries import INHERITED

DATES = ("from", "from_on", "until", "until_on", "issued_by", "place")


def editions_of(key: str, unit: Organisation) -> list[Edition]:
    """The editions that were not withdrawn, oldest first."""
    return list(Edition.objects.filter(key=key, organisation=unit, withdrawn_at=None).order_by("from_on"))


def spans(editions: Sequence[Edition]) -> Iterator[tuple[Edition, date | None]]:
    """Each edition with the day it ends: its own end, or the day the next one begins if that is earlier."""
    for number, edition in enumerate(editions):
        next_on = editions[number + 1].from_on if number + 1 < len(editions) else None
        yield edition, min((day for day in (edition.until_on, next_on) if day), default=None)


def compose(key: str, unit: Organisation, editions: Sequence[Edition]) -> RuleFile:
    """One file of some editions of a rule, each entry with its issuer and its days."""
    parts: dict[str, list[dict[str, Any]]] = {kind: [] for kind in PARTS}
    header: dict[str, Any] = {}
    for edition, until_on in spans(editions):
        data = tomllib.loads(edition.text)
        header = named(data["rulebook"])
        for kind in PARTS:
            for raw in data.get(kind, []):
                parts[kind].append(dated(entry(raw, header), edition.from_on, until_on))
    header = {name: item for name, item in header.items() if name not in DATES} | {"key": key, "issued-by": unit.code}
    examples = editions[-1].examples if editions else ""
    return RuleFile(f"{key}.toml", toml(header, parts), examples)


def named(raw: dict[str, Any]) -> dict[str, Any]:
    """The table with hyphens in its keys, as this app writes them."""
    return {name.replace("_", "-"): item for name, item in raw.items()}


def entry(raw: dict[str, Any], header: dict[str, Any]) -> dict[str, Any]:
    """An entry that says itself what its head said for it."""
    inherited = {name.replace("_", "-"): header.get(name.replace("_", "-")) for name in INHERITED}
    return {name: item for name, item in {**inherited, **named(raw)}.items() if item is not None}


def dated(values: dict[str, Any], from_on: date, until_on: date | None) -> dict[str, Any]:
    kept = {name: item for name, item in values.items() if name.replace("-", "_") not in DATES}
    return {**kept, "from": from_on, "until": until_on}


def renew(key: str, unit: Organisation) -> None:
    """Writes the rule's installed copy anew from its editions; without any it goes."""
    editions = editions_of(key, unit)
    installed = Rulebook.objects.filter(key=key, issued_by=unit.code)
    if not editions:
        installed.delete()
        return
    source = compose(key, unit, editions)
    row = installed.first() or Rulebook(key=key, issued_by=unit.code)
    row.file_name, row.text, row.examples = source.name, source.text, source.examples
    row.digest = hashlib.sha256(f"{source.text}\0{source.examples}".encode()).hexdigest()
    row.save()


def titles_of(text: str) -> tuple[str, str]:
    """The Chinese and the English title of a rulebook's text."""
    title = tomllib.loads(text)["rulebook"]["title"]
    return str(title["zh"]), str(title["en"])


def redated(edition: Edition, from_on: date) -> RuleFile:
    """What an edition says, as it would be written from another day on."""
    later = Edition(text=edition.text, examples=edition.examples, from_on=from_on)
    return compose(edition.key, edition.organisation, [later])
