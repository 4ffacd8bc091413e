"""Identity numbers, telephones, ages and the order of stages, without a database."""

from datetime import date

import pytest

from guben.members import calculations, errors
from tests.members.numbers import id_number

TODAY = date(2026, 6, 30)
BORN = date(1980, 2, 29)
GOOD = id_number(BORN, "2")


@pytest.mark.parametrize("name", ["柏守田", "𠮷㐂镕", "尼格买提·热合曼", "Anna-Li O'Neil"])
def test_a_name_of_any_script_is_taken(name):
    calculations.check_name(name)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("", errors.NameMissing),
        ("长" * 61, errors.NameTooLong),
        ("<script>", errors.NameUnclear),
        ("田守柏\u202e", errors.NameUnclear),
        ("王\u200b伟", errors.NameUnclear),
        ("=1+1", errors.NameUnclear),
        ("王伟🐈", errors.NameUnclear),
        ("·王", errors.NameUnclear),
    ],
)
def test_what_is_no_name_is_refused(name, error):
    with pytest.raises(error):
        calculations.check_name(name)


def test_an_identity_number_tells_birth_date_and_sex():
    facts = calculations.read_id_number(f" {GOOD[:6]} {GOOD[6:14]} {GOOD[14:].lower()} ")
    assert facts == calculations.IdFacts(GOOD, BORN, "2")
    assert calculations.read_id_number(id_number(BORN, "1")).sex == "1"


@pytest.mark.parametrize(
    ("number", "error"),
    [
        ("", errors.IdNumberLength),
        (GOOD[:-1], errors.IdNumberLength),
        ("110105491231002", errors.IdNumberOld),
        ("X" + GOOD[1:], errors.IdNumberCharacters),
        (GOOD[:6] + "19810229" + GOOD[14:], errors.IdNumberBirthDay),
        (GOOD[:6] + "17000101" + GOOD[14:], errors.IdNumberBirthDay),
        (GOOD[:17] + ("0" if GOOD[17] != "0" else "1"), errors.IdNumberCheckDigit),
        (GOOD[:2] + ("1" if GOOD[2] != "1" else "2") + GOOD[3:], errors.IdNumberCheckDigit),
    ],
)
def test_a_wrong_identity_number_is_refused_with_its_reason(number, error):
    with pytest.raises(error):
        calculations.read_id_number(number)


def test_birth_date_and_sex_must_be_those_of_the_number():
    facts = calculations.read_id_number(GOOD)
    calculations.check_identity(facts, BORN, "2")
    with pytest.raises(errors.IdNumberOtherBirthDay):
        calculations.check_identity(facts, date(1980, 3, 1), "2")
    with pytest.raises(errors.IdNumberOtherSex):
        calculations.check_identity(facts, BORN, "1")


@pytest.mark.parametrize(
    ("text", "number"),
    [("138 0000 5678", "13800005678"), ("+86-138-0000-5678", "13800005678"), ("0760-88881234", "076088881234")],
)
def test_telephones_are_kept_as_digits(text, number):
    assert calculations.read_phone(text) == number


@pytest.mark.parametrize("text", ["1380000567", "12345678901", "88881234", "手机", "138０0005678x"])
def test_an_incomplete_telephone_is_refused(text):
    with pytest.raises(errors.PhoneUnclear):
        calculations.read_phone(text)


def test_eighteen_is_completed_on_the_birthday_and_on_1_march_for_a_leap_day():
    calculations.check_age(date(1980, 5, 6), date(1998, 5, 6))
    calculations.check_age(BORN, date(1998, 3, 1))
    for born_on, on in ((date(1980, 5, 6), date(1998, 5, 5)), (BORN, date(1998, 2, 28))):
        with pytest.raises(errors.TooYoung):
            calculations.check_age(born_on, on)


def stages(*pairs):
    return [(kind, date.fromisoformat(day)) for kind, day in pairs]


@pytest.mark.parametrize(
    "good",
    [
        stages(("full", "2001-01-01")),
        stages(("probationary", "2000-01-01"), ("full", "2001-01-01")),
        stages(("applicant", "1999-01-01"), ("activist", "1999-06-01"), ("candidate", "2000-06-01")),
        stages(("full", "2001-01-01"), ("ended", "2010-01-01"), ("applicant", "2015-01-01")),
    ],
)
def test_stages_in_order_pass(good):
    calculations.check_stages(good, BORN, TODAY)


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        ([], errors.StagesMissing),
        (stages(("full", "2001-01-01"), ("probationary", "2002-01-01")), errors.StagesOutOfOrder),
        (stages(("probationary", "2001-01-01"), ("full", "2001-01-01")), errors.StagesOutOfOrder),
        (
            stages(("full", "2001-01-01"), ("ended", "2002-01-01"), ("probationary", "2003-01-01")),
            errors.StagesOutOfOrder,
        ),
        (stages(("full", "2026-07-01")), errors.DayInFuture),
        (stages(("applicant", "1998-02-28")), errors.TooYoung),
    ],
)
def test_wrong_stages_are_refused(bad, error):
    with pytest.raises(error):
        calculations.check_stages(bad, BORN, TODAY)


@pytest.mark.parametrize(
    ("age", "band"), [(18, "35-"), (35, "35-"), (36, "36-45"), (45, "36-45"), (46, "46-54"), (59, "55-59"), (60, "60+")]
)
def test_bands_of_age_include_their_numbers(age, band):
    for born_on in (TODAY.replace(year=TODAY.year - age), TODAY.replace(year=TODAY.year - age - 1, month=7, day=1)):
        inside = []
        for key, (first, last) in calculations.AGE_BANDS.items():
            after, up_to = calculations.birth_days_of(first, last, TODAY)
            if (after is None or born_on > after) and (up_to is None or born_on <= up_to):
                inside.append(key)
        assert inside == [band]


def test_contact_is_due_half_a_year_after_the_last_one():
    assert calculations.contact_due_on(date(2026, 1, 3)) == date(2026, 7, 3)
    assert calculations.contact_overdue_before(date(2026, 7, 3)) == date(2026, 1, 3)
