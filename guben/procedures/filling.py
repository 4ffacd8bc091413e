"""What is filled in at a step: each value checked against its field and kept as JSON can hold it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from guben.access import policy
from guben.accounts.models import User
from guben.kit.days import FIRST_DAY
from guben.members.models import Affiliation, Person
from guben.members.places import last_paths
from guben.members.spans import holds_on
from guben.organisations.models import Group, Organisation
from guben.procedures import errors
from guben.procedures.models import Case
from guben.procedures.rules import say
from guben.rulebook.live import LiveEngine, Within
from guben.rulebook_engine.expressions import Checked
from guben.rulebook_engine.facts import catalogue
from guben.rulebook_engine.procedures import FormField

TEXT_ROOM, LONG_TEXT_ROOM, MOST_PERSONS, MOST_NUMBER = 200, 5_000, 500, 10**12


@dataclass(frozen=True, slots=True)
class Filling:
    """For which case and by whom something is filled in, and on which day it holds."""

    case: Case
    by: User
    on: date
    article: str = ""

    def wrong(self, field: FormField, why: str) -> errors.FieldWrong:
        return errors.FieldWrong(field.key, say(field.title), why, self.article)


def fill(
    fields: Collection[FormField], values: Mapping[str, Any], filling: Filling, *, required: bool = True
) -> dict[str, Any]:
    """The checked values by their keys; empty ones are left out.

    Raises:
        errors.UnknownField, errors.FieldMissing, errors.FieldWrong.
    """
    known = {field.key for field in fields}
    if strangers := sorted(set(values) - known):
        raise errors.UnknownField(strangers[0])
    found: dict[str, Any] = {}
    for field in fields:
        value = values.get(field.key)
        if isinstance(value, str):
            value = value.strip()
        if value is None or value == "" or value == [] or value == ():
            if field.required and required:
                raise errors.FieldMissing(field.key, say(field.title), filling.article)
            continue
        found[field.key] = _READERS[field.type](field, value, filling)
    return found


def _text(field: FormField, value: Any, filling: Filling) -> str:
    room = LONG_TEXT_ROOM if field.type == "long_text" else TEXT_ROOM
    text = str(value).replace("\0", "")
    if len(text) > (field.most or room):
        raise filling.wrong(
            field, _("最多写%(room)s字，现在%(length)s字。") % {"room": field.most or room, "length": len(text)}
        )
    if field.least and len(text) < field.least:
        raise filling.wrong(field, _("至少写%(room)s字。") % {"room": field.least})
    return text


def _day(field: FormField, value: Any, filling: Filling) -> str:
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise filling.wrong(field, _("日期写成2026-06-30这样。")) from None
    if day < FIRST_DAY:
        raise filling.wrong(field, _("日期太早，核对年份。"))
    return day.isoformat()[:10]


def _number(field: FormField, value: Any, filling: Filling) -> int:
    try:
        number = int(str(value))
    except ValueError:
        raise filling.wrong(field, _("要写整数。")) from None
    _within(field, Decimal(number), filling)
    return number


def _money(field: FormField, value: Any, filling: Filling) -> str:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        raise filling.wrong(field, _("金额写成1280.50这样。")) from None
    if not amount.is_finite():
        raise filling.wrong(field, _("金额写成1280.50这样。"))
    _within(field, amount, filling)
    if amount != amount.quantize(Decimal("0.01")):
        raise filling.wrong(field, _("金额最多写到分。"))
    return str(amount.quantize(Decimal("0.01")))


def _within(field: FormField, number: Decimal, filling: Filling) -> None:
    if abs(number) > MOST_NUMBER:
        raise filling.wrong(field, _("数太大，核对一下。"))
    if field.least is not None and number < field.least:
        raise filling.wrong(field, _("至少是%(least)s。") % {"least": field.least})
    if field.most is not None and number > field.most:
        raise filling.wrong(field, _("最多是%(most)s。") % {"most": field.most})


def _choice(field: FormField, value: Any, filling: Filling) -> str:
    text = str(value)
    for one in field.choices:
        if text in (one.zh, one.en):
            return one.zh
    raise filling.wrong(field, _("没有“%(value)s”这一项。选列出的一项。") % {"value": text[:40]})


def _yes_no(field: FormField, value: Any, filling: Filling) -> bool:
    if isinstance(value, bool):
        return value
    if str(value) in ("yes", "true", "1", "no", "false", "0"):
        return str(value) in ("yes", "true", "1")
    raise filling.wrong(field, _("选是或否。"))


def _person(field: FormField, value: Any, filling: Filling) -> int:
    return _people(field, [value], filling)[0]


def _persons(field: FormField, value: Any, filling: Filling) -> list[int]:
    given = list(value) if isinstance(value, list | tuple | set | frozenset) else [value]
    found = _people(field, given, filling)
    if field.least is not None and len(found) < field.least:
        raise filling.wrong(
            field, _("至少选%(least)s人，现在%(count)s人。") % {"least": field.least, "count": len(found)}
        )
    most = min(field.most or MOST_PERSONS, MOST_PERSONS)
    if len(found) > most:
        raise filling.wrong(field, _("最多选%(most)s人，现在%(count)s人。") % {"most": most, "count": len(found)})
    return found


def _people(field: FormField, values: list[Any], filling: Filling) -> list[int]:
    """Their ids, each once, of people whom the one who fills in may know of."""
    ids = list(dict.fromkeys(_id(field, value, filling) for value in values[: MOST_PERSONS + 1]))
    if filling.case.person_id in ids:
        raise filling.wrong(field, _("不能选这件事所说的本人。"))
    if not known_people(ids, filling) >= set(ids):
        raise filling.wrong(field, _("没有这个人，或不在您能看到的名册上。重新选。"))
    if field.where is not None and not set(ids) <= fitting(field.where, ids, filling.on):
        raise filling.wrong(field, _("所选的人不符合规则的条件（人员类别、所在组织等）。换一个人。"))
    return ids


def known_people(ids: list[int], filling: Filling) -> set[int]:
    """Those who stand on a roll at the case's units, or within the reach of the one who fills in."""
    case = filling.case
    places = [case.organisation.path, *([case.host.path] if case.host else [])]
    return {
        pk for pk, path in last_paths(ids).items() if policy.reaches(filling.by, "members.view", path) or path in places
    }


def fitting(where: Checked, ids: list[int], on: date) -> set[int]:
    """Those of some people of whom a condition over the fact table `member` is true on a day."""
    engine = LiveEngine(Within(ids=tuple(_units_of(ids, on))))
    table = catalogue.table("member")
    if table is None or not ids:
        return set()
    chosen = ", ".join(str(int(pk)) for pk in ids)
    condition = f'({where.sql(engine.dialect, on)}) AND "record" IN ({chosen})'
    return {row[1] for row in engine.select(table, ['"record"'], where=condition, group_by_organisation=False, on=on)}


def _units_of(ids: list[int], on: date) -> set[int]:
    rows = Affiliation.objects.filter(holds_on(on), person__in=ids)
    return set(rows.values_list("organisation_id", flat=True))


def _unit(field: FormField, value: Any, filling: Filling) -> int:
    pk = _id(field, value, filling)
    if not Organisation.objects.filter(pk=pk, dissolved_on__isnull=True).exists():
        raise filling.wrong(field, _("没有这个组织，或已经撤销。重新选。"))
    return pk


def _group(field: FormField, value: Any, filling: Filling) -> str:
    """The name of a group of the unit, as it is called today."""
    name, unit = str(value), filling.case.organisation
    if name not in group_names(unit):
        words = _("“%(unit)s”没有党小组“%(group)s”。选列出的一个，没有分组就空着。")
        raise filling.wrong(field, words % {"unit": unit.short_name, "group": name[:60]})
    return name


def group_names(unit: Organisation) -> list[str]:
    """The groups that a unit has now, in the order in which they were set up."""
    return list(Group.objects.filter(organisation=unit, until_on=None).order_by("pk").values_list("name", flat=True))


def _id(field: FormField, value: Any, filling: Filling) -> int:
    if isinstance(value, Person | Organisation):
        return value.pk
    text = str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise filling.wrong(field, _("选列出的一项。"))
    return int(text)


_READERS: dict[str, Callable[[FormField, Any, Filling], Any]] = {
    "text": _text,
    "long_text": _text,
    "day": _day,
    "number": _number,
    "money": _money,
    "choice": _choice,
    "yes_no": _yes_no,
    "person": _person,
    "persons": _persons,
    "unit": _unit,
    "group": _group,
}
