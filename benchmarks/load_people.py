"""The people of an invented part of the country as lines of COPY: numbers and addresses truly sealed and hashed, names
with their pinyin. What is dated about them is made by the database itself, from their keys."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import repeat

from guben.demo.calculations import check_digit
from guben.demo.names import person_name
from guben.kit.names import bulk_name_keys
from guben.kit.sealing import Sealer, mask_id_number, mask_phone
from guben.members import sealed

COLUMNS = (
    "id, name, sex, born_on, ethnicity, education, occupation, id_number_cipher, id_number_index, id_number_mask,"
    " phone_cipher, phone_index, phone_mask, pinyin, initials, degree, stratum, professional_post, is_migrant_worker,"
    " home_cipher, domicile_cipher"
)
BATCH = 10_000
TODAY = date(2026, 6, 30)
NUMBERS = 5_000_000  # serials that one day of birth can tell apart
EDUCATION = (("10", 5), ("20", 33), ("30", 20), ("40", 8), ("60", 14), ("70", 14), ("80", 6))
OCCUPATION = (
    ("worker", 7), ("farmer", 26), ("professional", 17), ("manager", 12), ("civil_servant", 8), ("student", 3),
    ("other", 8), ("retired", 19),
)  # fmt: skip
DEGREES = {code: {"10": "3", "20": "4"}.get(code, "") for code, _ in EDUCATION}
ROADS = ("榕荫路", "河堤路", "人民路", "兴业路", "文昌街", "码头街")


def id_number(serial: int, born_on: date, sex: str) -> str:
    """A number that nobody has, different for each serial: the area does not exist, and the days of those who would
    share one are never the same (see `born`)."""
    body = f"{990_000 + serial // 500 % 10_000:06d}{born_on:%Y%m%d}{serial % 500 * 2 + (sex == '1'):03d}"
    return body + check_digit(body)


def born(serial: int, dice: random.Random) -> date:
    """A day of birth between 19 and 95 years ago."""
    age = dice.choices((19, 25, 31, 36, 41, 46, 51, 56, 61, 75), (3, 10, 10, 9, 9, 9, 9, 10, 21, 10))[0]
    days = age * 365 + dice.randrange(5 * 365 if age < 61 else 14 * 365)
    return TODAY - timedelta(days=days // 20 * 20 + serial // NUMBERS % 20)


def phone(serial: int) -> str:
    """A number of eleven digits with which no telephone begins."""
    return f"1000{serial:07d}"


def lines(first: int, last: int, box: Sealer, seed: int) -> Iterator[bytes]:
    """The people with the keys from `first` up to, not including, `last`."""
    for start in range(first, last, BATCH):
        yield _block(range(start, min(start + BATCH, last)), box, random.Random(f"{seed} {start}"))


def _block(keys: Sequence[int], box: Sealer, dice: random.Random) -> bytes:
    education = dice.choices([code for code, _ in EDUCATION], [many for _, many in EDUCATION], k=len(keys))
    work = dice.choices([code for code, _ in OCCUPATION], [many for _, many in OCCUPATION], k=len(keys))
    sexes = ["2" if dice.random() < 0.31 else "1" for _ in keys]
    days = [born(key, dice) for key in keys]
    names = [person_name(sex, (TODAY - day).days // 365, dice) for sex, day in zip(sexes, days, strict=True)]
    numbers = [id_number(key, day, sex) for key, day, sex in zip(keys, days, sexes, strict=True)]
    phones = [phone(key) for key in keys]
    homes = [f"{dice.choice(ROADS)}{dice.randrange(1, 400)}号{dice.randrange(1, 900)}室" for _ in keys]
    pinyin = bulk_name_keys(names)
    columns = (
        keys, names, sexes, days, map(_ethnicity, (dice.random() for _ in keys)), education, work,
        *_sealed(box, "id_number", numbers), map(mask_id_number, numbers),
        *_sealed(box, "phone", phones), map(mask_phone, phones),
        [one.pinyin for one in pinyin], [one.initials for one in pinyin],
        map(DEGREES.__getitem__, education), repeat(""), repeat(""), map(_migrant, work, (dice.random() for _ in keys)),
        map(_bytes, box.seal_all(homes, sealed.ADDRESSES["home"])),
        map(_bytes, box.seal_all(homes, sealed.ADDRESSES["domicile"])),
    )  # fmt: skip
    return "".join(["\t".join(map(str, person)) + "\n" for person in zip(*columns, strict=False)]).encode()


def _sealed(box: Sealer, field: str, numbers: Sequence[str]) -> tuple[Iterable[str], Iterable[str]]:
    column = sealed.COLUMNS[field]
    return map(_bytes, box.seal_all(numbers, column)), box.index_all(numbers, column)


def _bytes(value: bytes) -> str:
    return f"\\\\x{value.hex()}"


def _ethnicity(chance: float) -> str:
    return "01" if chance > 0.077 else f"{2 + int(chance * 700):02d}"


def _migrant(work: str, chance: float) -> str:
    return "t" if work in ("farmer", "worker") and chance > 0.8 else "f"
