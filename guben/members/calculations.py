"""Arithmetic about people: identity numbers, telephones, ages, the order of stages. Values in, values out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from stdnum.cn import ric

from guben.kit.days import add_months, completed_years, years_before
from guben.members import errors
from guben.members.choices import Sex, StageKind

NAME_ROOM = 60
TEXT_ROOM = 40  # what the national list says in words
ADDRESS_ROOM = 120
MOST_CORRECTION = 1200  # to the time of membership, as the national list writes it
NAME_MARKS = frozenset("·•．.’' -")
JOINING_AGE = 18  # years. Source: 发展党员工作细则 Art. 5
CONTACT_EVERY_MONTHS = 6  # marks the list only; the duty and its line stand in the rulebook. Source: M3.6
RANKS = {
    StageKind.APPLICANT: 0,
    StageKind.ACTIVIST: 1,
    StageKind.CANDIDATE: 2,
    StageKind.PROBATIONARY: 3,
    StageKind.FULL: 4,
    StageKind.ENDED: 5,
}
AFTER_THE_END = (StageKind.APPLICANT, StageKind.FULL)  # admitted anew, or restored

# First and last age of each band; 以上 and 以下 include the number (M3.1).
AGE_BANDS: dict[str, tuple[int | None, int | None]] = {
    "35-": (None, 35),
    "36-45": (36, 45),
    "46-54": (46, 54),
    "55-59": (55, 59),
    "60+": (60, None),
}


@dataclass(frozen=True, slots=True)
class IdFacts:
    """What an identity number tells."""

    number: str
    born_on: date
    sex: str


def check_name(name: str) -> None:
    """Letters of any script, and the marks between the parts of a name.

    Raises:
        NameMissing, NameTooLong, NameUnclear.
    """
    if not name:
        raise errors.NameMissing
    if len(name) > NAME_ROOM:
        raise errors.NameTooLong(len(name), NAME_ROOM)
    if not (name[0].isalpha() and all(letter.isalpha() or letter in NAME_MARKS for letter in name)):
        raise errors.NameUnclear(name)


def read_text(field: object, text: str, room: int) -> str:
    """A short text without stray spaces, empty where none is given.

    Raises:
        TextUnclear: it is too long, or begins like a formula.
    """
    text = " ".join(text.split())
    if len(text) > room or text.startswith(("=", "@")):
        raise errors.TextUnclear(field, room)
    return text


def check_correction(years: int | None) -> None:
    """Raises: CorrectionUnclear, where it can't be a correction of the time of membership."""
    if years is not None and abs(years) > MOST_CORRECTION:
        raise errors.CorrectionUnclear(MOST_CORRECTION)


def read_id_number(text: str) -> IdFacts:
    """The checked identity number with the birth date and sex in it. Source: GB 11643-1999.

    Raises:
        errors.IdNumber…: what is wrong with it.
    """
    number = "".join(text.split()).replace("-", "").upper().replace("Ｘ", "X")
    if len(number) == 15 and number.isdecimal():
        raise errors.IdNumberOld
    if len(number) != 18:
        raise errors.IdNumberLength(len(number))
    if not (number.isascii() and number[:17].isdigit() and (number[17].isdigit() or number[17] == "X")):
        raise errors.IdNumberCharacters
    try:
        born_on = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise errors.IdNumberBirthDay from None
    if born_on.year < 1880:
        raise errors.IdNumberBirthDay
    if ric.calc_check_digit(number) != number[17]:
        raise errors.IdNumberCheckDigit
    return IdFacts(number, born_on, Sex.MALE if int(number[16]) % 2 else Sex.FEMALE)


def read_phone(text: str) -> str:
    """The telephone number as digits: a mobile of eleven, or a landline with its area code.

    Raises:
        errors.PhoneUnclear: it is neither.
    """
    number = "".join(character for character in text if character not in " -－—()（）").removeprefix("+")
    if number.startswith("86") and len(number) == 13:
        number = number[2:]
    is_mobile = len(number) == 11 and number[0] == "1" and number[1:2] in set("3456789")
    is_landline = 10 <= len(number) <= 12 and number[0] == "0"
    if not (number.isascii() and number.isdecimal() and (is_mobile or is_landline)):
        raise errors.PhoneUnclear
    return number


def check_identity(facts: IdFacts, born_on: date, sex: str) -> None:
    """Refuses a birth date or sex other than the number's."""
    if facts.born_on != born_on:
        raise errors.IdNumberOtherBirthDay(facts.born_on, born_on)
    if facts.sex != sex:
        raise errors.IdNumberOtherSex


def check_age(born_on: date, on: date) -> None:
    """Refuses an application before the completed eighteenth year. Source: 发展党员工作细则 Art. 5."""
    age = completed_years(born_on, on)
    if age < JOINING_AGE:
        raise errors.TooYoung(born_on, on, age)


def check_stages(stages: Sequence[tuple[str, date]], born_on: date, today: date) -> None:
    """Refuses stages that are missing, out of order, in the future, or before the age of eighteen.

    Not every stage need be there: older records know only the day of admission.
    """
    if not stages:
        raise errors.StagesMissing
    check_age(born_on, stages[0][1])
    for (kind, from_on), (next_kind, next_on) in zip(stages, stages[1:], strict=False):
        if not may_follow(kind, next_kind) or next_on <= from_on:
            raise errors.StagesOutOfOrder(StageKind(kind).label, StageKind(next_kind).label)
    if stages[-1][1] > today:
        raise errors.DayInFuture(stages[-1][1], today)


def may_follow(kind: str, next_kind: str) -> bool:
    """May the stage come after this one? Forward only, except that an ended membership may begin anew."""
    if kind == StageKind.ENDED:
        return next_kind in AFTER_THE_END
    return RANKS[StageKind(next_kind)] > RANKS[StageKind(kind)]


def contact_due_on(last_contact_on: date) -> date:
    """The last day for the next contact with a member who cannot come."""
    return add_months(last_contact_on, CONTACT_EVERY_MONTHS)


def contact_overdue_before(on: date) -> date:
    """A last contact before this day is overdue on the day `on`."""
    return add_months(on, -CONTACT_EVERY_MONTHS)


def birth_days_of(first_age: int | None, last_age: int | None, on: date) -> tuple[date | None, date | None]:
    """Born after the first day (excluded) and up to the second (included) is who is of these ages on the day `on`."""
    after = None if last_age is None else years_before(on, last_age + 1)
    up_to = None if first_age is None else years_before(on, first_age)
    return after, up_to
