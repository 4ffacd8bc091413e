"""The columns of a member sheet, read and held against each other, in sets: which cells can't be right, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import compress, count
from operator import ne
from typing import Any

from django.utils.translation import gettext as _

from guben.imports import columns as c
from guben.imports import values as v
from guben.imports.all_days import all_days
from guben.imports.identities import read_identities
from guben.imports.table import Check, Table
from guben.imports.values import Month
from guben.kit.days import completed_years
from guben.members import calculations, errors
from guben.members.choices import MEMBER_STAGES, StageKind, StandingKind

BY_HEADER = {column.header: column for column in c.MEMBER_COLUMNS}
CHOICES = (c.SEX, c.ETHNIC, c.SCHOOLING, c.STAGE, c.WORK, c.STANDING, c.DEGREE, c.MIGRANT, c.LOST, c.AWAY)
DAYS = (c.BORN, c.JOINED, c.FULL)
TEXTS = dict.fromkeys((c.STRATUM, c.EXPERT), calculations.TEXT_ROOM)
ADDRESSES = dict.fromkeys((c.HOME, c.DOMICILE), calculations.ADDRESS_ROOM)
MOBILE = 11  # digits
LONGEST_NOTHING = max(map(len, v.NOTHING))
SHORTEST_ROOM = min(ADDRESSES.values())
NO = "0"
SAID_IN = ((c.LOST, StandingKind.LOST.value), (c.AWAY, StandingKind.AWAY.value))
Progress = Callable[[int, int, str], None]


@dataclass(slots=True)
class Values:
    """The values of all columns, by header; identity numbers' birth dates and sexes have filled the empty cells."""

    by_header: dict[str, list[Any]]

    def __getitem__(self, header: str) -> list[Any]:
        return self.by_header[header]


def read_values(table: Table, today: date, progress: Progress) -> Values:
    """Reads every column but the branch and the group, and holds them against each other; faults go to the table."""
    found: dict[str, list[Any]] = {}
    readers = _readers(today)
    for number, (header, reader) in enumerate(readers.items()):
        found[header] = reader(table)
        progress(table.size * number // len(readers), table.size, _("逐列检查"))
    found[c.ID_NUMBER], id_days, id_sexes = read_identities(table, today)
    for header in (c.NAME, c.STAGE, c.BRANCH, *([c.ETHNIC] if table.has(c.ETHNIC) else [])):
        table.require(header)
    _compare_identity(table, found, id_days, id_sexes, today)
    _compare_days(table, found, today)
    _compare_standing(table, found)
    _compare_derived(table, found, today)
    progress(table.size, table.size, _("逐列检查"))
    return Values(found)


def _readers(today: date) -> dict[str, Callable[[Table], list[Any]]]:
    """How each column is read, in the order of the columns."""

    def whole(header: str, reader: Any) -> Callable[[Table], list[Any]]:
        return lambda table: table.read(header, reader)

    def each(header: str, reader: Any, are_plain: Check) -> Callable[[Table], list[Any]]:
        return lambda table: table.read_each(header, reader, are_plain)

    def day(header: str) -> Callable[[Table], list[Any]]:
        return lambda table: table.read_known(header, all_days(today).by_text, read_day)

    readers = {header: whole(header, v.read_choice(BY_HEADER[header])) for header in CHOICES}
    read_day = v.read_day(today)
    readers |= {header: day(header) for header in DAYS}
    readers |= {header: whole(header, v.read_text(header, room)) for header, room in TEXTS.items()}
    readers |= {header: each(header, v.read_text(header, room), _are_plain_texts) for header, room in ADDRESSES.items()}
    readers[c.NAME] = each(c.NAME, v.read_name, _are_plain_names)
    readers[c.PHONE] = each(c.PHONE, v.read_telephone(c.PHONE), _are_mobiles)
    readers[c.CORRECTION] = whole(c.CORRECTION, v.read_whole(c.CORRECTION, calculations.MOST_CORRECTION))
    readers[c.SERVICE], readers[c.AGE] = whole(c.SERVICE, v.read_years), whole(c.AGE, v.read_years)
    return readers


# What most cells hold, told for many at once: letters only; letters and digits; eleven digits.


def _are_plain_names(joined: str, texts: Sequence[str]) -> bool:
    return joined.isalpha() and max(map(len, texts)) <= calculations.NAME_ROOM


def _are_plain_texts(joined: str, texts: Sequence[str]) -> bool:
    lengths = {*map(len, texts)}
    return min(lengths) > LONGEST_NOTHING and max(lengths) <= SHORTEST_ROOM and joined.isalnum()


def _are_mobiles(joined: str, texts: Sequence[str]) -> bool:
    begin_like_mobiles = not joined[::MOBILE].strip("1") and not joined[1::MOBILE].strip("3456789")
    return begin_like_mobiles and joined.isascii() and joined.encode().isdigit() and {*map(len, texts)} == {MOBILE}


def _compare_identity(
    table: Table, found: dict[str, list[Any]], id_days: list[date | None], id_sexes: list[str | None], today: date
) -> None:
    born, sexes = found[c.BORN], found[c.SEX]
    for index in _where(ne, born, id_days):
        _compare_birth(table, index, born, id_days[index], today)
    for index in _months(born):
        _settle_month(table, index, born, id_days[index])
    for index in _where(ne, sexes, id_sexes):
        if sexes[index] is None:
            sexes[index] = id_sexes[index]
        elif id_sexes[index] is not None:
            sentence = _("性别是%(found)s，公民身份号码第17位表示的是另一个。核对后改其中一个。")
            table.fault(index, c.SEX, "id_mismatch", sentence % {"found": table.text(index, c.SEX)})
    for index in [i for i, number in enumerate(found[c.ID_NUMBER]) if number is None]:
        if not table.is_wrong(index, c.ID_NUMBER):
            for header in (c.BORN, c.SEX):
                if found[header][index] is None and not table.is_wrong(index, header):
                    table.missing(index, header)


def _where(differs: Callable[[Any, Any], bool], one: list[Any], other: list[Any]) -> list[int]:
    return list(compress(count(), map(differs, one, other)))


def _compare_birth(table: Table, index: int, born: list[Any], id_day: date | None, today: date) -> None:
    told = born[index]
    if id_day is None:
        return
    if told is None:
        born[index] = id_day
        if id_day > today:
            sentence = _("公民身份号码里的出生日期还没有到。对照身份证核对。")
            table.fault(index, c.ID_NUMBER, "id_number", sentence)
    elif told.__class__ is not Month or (told.year, told.month) != (id_day.year, id_day.month):
        table.fault(index, c.BORN, "id_mismatch", str(errors.IdNumberOtherBirthDay(id_day, told)))


def _settle_month(table: Table, index: int, born: list[Any], id_day: date | None) -> None:
    """The day of a birth month stands in the identity number; without one it is the first, to be looked at."""
    told = born[index]
    if id_day and (told.year, told.month) == (id_day.year, id_day.month):
        born[index] = id_day
    elif id_day is None:
        _first_of_month(table, index, c.BORN)


def _months(days: list[Any]) -> list[int]:
    """Where a month stands without its day."""
    if Month not in set(map(type, days)):
        return []
    return [index for index, day in enumerate(days) if day.__class__ is Month]


def _first_of_month(table: Table, index: int, header: str) -> None:
    sentence = _("“%(found)s”没有写日，按1日记。知道日子就补上。")
    table.check(index, header, "month", sentence % {"found": table.text(index, header)})


def _compare_days(table: Table, found: dict[str, list[Any]], today: date) -> None:
    """Which days a stage asks for and forbids, their order, and the age at joining."""
    full, of_age = StageKind.FULL.value, calculations.JOINING_AGE
    rows = enumerate(zip(found[c.STAGE], found[c.JOINED], found[c.FULL], found[c.BORN], strict=True))
    for index in [
        i
        for i, (stage, joined, turned, born) in rows
        if not (stage == full and joined and turned and born and born.year + of_age < joined.year and joined < turned)
    ]:
        _check_days(table, index, found, today)
    for header in (c.JOINED, c.FULL):
        for index in _months(found[header]):
            _first_of_month(table, index, header)


def _check_days(table: Table, index: int, found: dict[str, list[Any]], today: date) -> None:
    stage, born = found[c.STAGE][index], found[c.BORN][index]
    joined, full = found[c.JOINED][index], found[c.FULL][index]
    if stage in MEMBER_STAGES and joined is None and not table.is_wrong(index, c.JOINED):
        table.missing(index, c.JOINED)
    if stage and stage not in MEMBER_STAGES:
        for header, value in ((c.JOINED, joined), (c.FULL, full)):
            if value:
                sentence = _("人员类别是%(stage)s，不该有%(column)s。清空这一格，或改人员类别。")
                told = {"stage": StageKind(stage).label, "column": header}
                table.fault(index, header, "day_order", sentence % told)
    elif stage == StageKind.PROBATIONARY and full:
        sentence = _("预备党员还没有转正，不该有转正日期。清空这一格，或把人员类别改为正式党员。")
        table.fault(index, c.FULL, "day_order", sentence)
    begun = joined or (today if stage and stage not in MEMBER_STAGES else None)
    if born and begun and born <= today:
        young = v.trying("day_order", lambda: calculations.check_age(born, begun))
        if young:
            table.wrong(index, c.JOINED if joined else c.STAGE, young)
    if joined and full and full <= joined:
        sentence = _("转正日期%(full)s不在入党日期%(joined)s之后。核对这两个日期。")
        told = {"full": full.isoformat(), "joined": joined.isoformat()}
        table.fault(index, c.FULL, "day_order", sentence % told)


def _compare_standing(table: Table, found: dict[str, list[Any]]) -> None:
    """Two columns of the national list say by yes and no what our own says in a word."""
    standings = found[c.STANDING]
    for header, kind in SAID_IN:
        beside = table.has(c.STANDING)
        if not beside and {*found[header]} <= {NO, "", None}:
            continue
        for index in [i for i, said in enumerate(found[header]) if said and (beside or said != NO)]:
            said = found[header][index]
            if said != NO and not standings[index]:
                standings[index] = kind
            elif (standings[index] == kind) == (said == NO) and table.cells(c.STANDING)[index] is not None:
                sentence = _("%(column)s是“%(found)s”，在册情况却是%(standing)s。改其中一个。")
                label = StandingKind(standings[index]).label
                told = {"column": header, "found": table.text(index, header), "standing": label}
                table.fault(index, header, "choice", sentence % told)


def _compare_derived(table: Table, found: dict[str, list[Any]], today: date) -> None:
    """Age and years of membership are worked out; where the sheet tells otherwise, somebody should look."""
    if table.has(c.AGE):
        for index, (told, born) in enumerate(zip(found[c.AGE], found[c.BORN], strict=True)):
            if told is not None and born and abs(told - (age := completed_years(born, today))) > 1:
                sentence = _("表里的年龄是%(told)d，按出生日期算是%(age)d。核对出生日期。")
                table.check(index, c.AGE, "derived", sentence % {"told": told, "age": age})
    if table.has(c.SERVICE):
        for index, told in enumerate(found[c.SERVICE]):
            if told is not None:
                _compare_service(table, index, told, found, today)


def _compare_service(table: Table, index: int, told: int, found: dict[str, list[Any]], today: date) -> None:
    """Counted from the day of full membership; older lists count from admission. Source: 党章 Art. 7."""
    days = [day for day in (found[c.FULL][index], found[c.JOINED][index]) if day]
    correction = found[c.CORRECTION][index] or 0
    years = [completed_years(day, today) for day in days]
    if years and not any(abs(told - one - more) <= 1 for one in years for more in (0, correction)):
        sentence = _("表里的党龄是%(told)d年，按日期算是%(years)d年。核对入党和转正日期。")
        table.check(index, c.SERVICE, "derived", sentence % {"told": told, "years": years[0]})
