"""The letter of introduction as a paper in three parts: stub, letter, receipt. What is unknown, and what is sealed,
stays a ruled blank."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from guben.accounts.installation import current
from guben.house.templatetags.house import day as said
from guben.kit import documents
from guben.kit.days import completed_years
from guben.members.choices import ETHNICITY, StageKind
from guben.members.models import Person, Stage
from guben.members.spans import holds_on
from guben.procedures import papers as registry
from guben.procedures.dossier import Dossier, day_words
from guben.procedures.errors import PaperNotFitting
from guben.procedures.models import Case, Entry, Paper
from guben.transfers.models import Letter

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


def register() -> None:
    """Registers the template by the name that rules call it."""
    registry.register("transfer-letter", of_case, document=TEMPLATE, fits=is_issued, is_told=True, over=why_over)


def is_issued(entry: Entry) -> bool:
    return entry.step == "letter" and entry.outcome == "done"


def why_over(paper: Paper, on: date) -> str:
    """Why a letter is in force no longer: another one took its place, it came back received, or its term has run."""
    letter = Letter.objects.filter(number=paper.number).first()
    if letter is None:
        return ""
    if letter.void_on and letter.void_on <= on:
        return _("这封介绍信%(day)s作废，已另开或不再转。") % {"day": said(letter.void_on)}
    if letter.received_on and letter.received_on <= on:
        return _("%(day)s已凭这封介绍信接收，不能再用。") % {"day": said(letter.received_on)}
    if letter.valid_until < on:
        return _("有效期到%(day)s，已经过了。") % {"day": said(letter.valid_until)}
    return ""


def of_case(case: Case, entry: Entry | None) -> dict[str, Any]:
    """The sheet of the letter in force, else of the last one. Raises PaperNotFitting where there is none."""
    letters = Letter.objects.filter(case=case).select_related("issued_by")
    letter = letters.filter(void_on=None).first() or letters.last()
    if letter is None or case.person is None:
        raise PaperNotFitting
    return {**data(words_of(letter, case, case.person)), "number": letter.number}


def words_of(letter: Letter, case: Case, person: Person) -> LetterWords:
    """What a letter says, from its case. The identity number and the telephone are sealed: they are written by hand."""
    dossier, on = Dossier(case), letter.issued_on
    committee = dossier.place("receiver") if case.host else None
    return LetterWords(
        number=letter.number,
        name=person.name,
        origin=case.organisation.name,
        receiver=letter.receiver,
        issuer=letter.issued_by.name,
        addressee=committee.name if committee else letter.receiver,
        issued_on=on,
        valid_until=letter.valid_until,
        is_full=Stage.objects.filter(holds_on(on), person=person, kind=StageKind.FULL).exists(),
        sex=str(person.get_sex_display()),
        age=completed_years(person.born_on, on),
        ethnicity=ETHNICITY.get(person.ethnicity, ""),
        dues_until=dossier.value(dossier.last("branch"), "dues"),
        received_on=letter.received_on,
    )


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
