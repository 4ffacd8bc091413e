"""The letter of introduction as a paper in three parts: stub, letter, receipt. What is unknown stays a ruled blank."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from guben.accounts.installation import current
from guben.kit import documents
from guben.procedures.dossier import day_words

TEMPLATE, SPOKEN = "transfers/letter", "zh-hans"


@dataclass(frozen=True, slots=True)
class LetterWords:
    """What the three parts say, in plain words and days. `origin` and `receiver` are the branches between which the
    member moves, `issuer` the committee that writes, `addressee` the committee it writes to."""

    number: str
    name: str
    origin: str
    receiver: str
    issuer: str
    addressee: str
    issued_on: date
    valid_until: date
    is_full: bool
    sex: str = ""
    age: int | None = None
    ethnicity: str = ""
    id_number: str = ""
    phone: str = ""
    dues_until: str = ""
    issuer_address: str = ""
    issuer_phone: str = ""
    received_on: date | None = None


def letter_pdf(words: LetterWords, *, made_at: datetime | None = None) -> bytes:
    """The sheet as PDF: the same words at the same moment give the same bytes."""
    return documents.pdf(
        TEMPLATE,
        data(words),
        title=f"党员组织关系介绍信{words.number}",
        lang=SPOKEN,
        number=words.number,
        demo=current().is_demo,
        made_at=made_at,
    )


def data(words: LetterWords) -> dict[str, Any]:
    """The values of the template."""
    return {
        "letter_number": words.number,
        "name": words.name,
        "membership": "正式" if words.is_full else "预备",
        "origin": words.origin,
        "receiver": words.receiver,
        "issuer": words.issuer,
        "addressee": words.addressee,
        "receiving_committee": words.addressee,
        "issued": day_words(words.issued_on),
        "valid_days": str((words.valid_until - words.issued_on).days),
        "valid_until": day_words(words.valid_until),
        "sex": words.sex,
        "age": "" if words.age is None else str(words.age),
        "ethnicity": words.ethnicity.removesuffix("族"),
        "id_number": words.id_number,
        "dues_until": words.dues_until,
        "received": day_words(words.received_on),
        "contacts": [
            ["党员联系电话", words.phone],
            ["党员原所在基层党委通讯地址", words.issuer_address],
            ["联系电话", words.issuer_phone],
        ],
    }
