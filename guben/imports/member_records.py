"""The rows of a member sheet beside the records: who is new, who changes and in what, who stays, who is refused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from guben.access import policy
from guben.accounts import bulk
from guben.accounts.models import User
from guben.imports import columns as c
from guben.imports.roster import MemberRow, Roster
from guben.imports.scope import Scope
from guben.kit.sealing import Sealer
from guben.members import sealed
from guben.members.actions import check_numbers
from guben.members.choices import MEMBER_STAGES, StageKind, StandingKind
from guben.members.errors import RegisteredElsewhere
from guben.members.models import Affiliation, Person, Stage
from guben.members.spans import holds_on, people_on
from guben.organisations.models import Organisation

CHUNK = 500
READ = (
    "pk", "name", "sex", "born_on", "ethnicity", "education", "occupation", "id_number_index", "phone_index",
    "organisation_id_on", "group_id_on", "stage", "standing", "degree", "stratum", "professional_post",
    "is_migrant_worker", "service_correction", "home_cipher", "domicile_cipher",
)  # fmt: skip


PLAIN = (
    "name", "sex", "ethnicity", "education", "occupation", "degree", "stratum", "professional_post",
    "is_migrant_worker", "service_correction",
)  # fmt: skip


@dataclass(slots=True)
class Known:
    """A person as the records have it today."""

    values: dict[str, Any]
    stages: dict[str, date] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


@dataclass(slots=True)
class Update:
    """What a row changes of a person."""

    row: MemberRow
    person_id: int
    change: dict[str, Any] = field(default_factory=dict)
    new_group: bool = False
    standing: str = ""
    stages: list[tuple[str, date]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.change or self.new_group or self.standing or self.stages)


@dataclass(slots=True)
class Plan:
    """What saving would do with the good rows; `new` are indexes of rows."""

    roster: Roster
    new: list[int] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)
    unchanged: int = 0


def plan_for(roster: Roster, scope: Scope, by: User, today: date) -> Plan:
    """Compares the good rows with the records, in sets; rows that the records forbid get their fault."""
    good = roster.good()
    by_number = _by_number(roster, good, today)
    _refuse_elsewhere(roster, good, by_number, scope, by)
    matched = _matched(roster, by_number, today)
    known_rows = {row.index for row, _known in matched}
    plan = Plan(roster, [index for index in roster.good() if index not in known_rows])
    _add_stages(known for _row, known in matched)
    box = sealed.sealer()
    for row, known in matched:
        update = _update(row, known, today, box)
        if not row.good:
            continue
        if update.is_empty:
            plan.unchanged += 1
        else:
            plan.updates.append(update)
    return plan


def _matched(roster: Roster, by_number: dict[str, Known], today: date) -> list[tuple[MemberRow, Known]]:
    """The rows of known people; each of these may be told of once."""
    good, numbers = roster.good(), roster["id_number"]
    namesakes = _by_name(roster, [index for index in good if numbers[index] not in by_number], today)
    claimed: dict[int, MemberRow] = {}
    matched: list[tuple[MemberRow, Known]] = []
    for index in [one for one in good if numbers[one] in by_number or one in namesakes]:
        row = roster.row(index)
        known = by_number.get(row.id_number) or _namesake(row, namesakes.get(index, []))
        if known is not None:
            before = claimed.setdefault(known["pk"], row)
            if before is row:
                matched.append((row, known))
            else:
                sentence = _("与第%(row)d行对上了库里的同一个人。核对两行的公民身份号码。")
                row.fault(c.NAME, "twice", sentence % {"row": before.number})
    return matched


def _chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    ordered = sorted(set(values))
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]


def _by_number(roster: Roster, good: Sequence[int], today: date) -> dict[str, Known]:
    """The people who have the numbers, by number."""
    if not Person.objects.exclude(id_number_index=None).exists():
        return {}
    numbers = roster["id_number"]
    by_index = sealed.by_index("id_number", [numbers[index] for index in good if numbers[index]])
    keys = {pk: by_index[index] for pk, index in bulk.found_by(Person, "id_number_index", by_index)}
    return {keys[key]: known for key, known in _read(keys, today).items()}


def _read(keys: Iterable[int], today: date) -> dict[int, Known]:
    """What the records say of people today, by key."""
    found: dict[int, Known] = {}
    for part in _chunks(keys):
        for values in people_on(today).filter(pk__in=part).values(*READ):
            found[values["pk"]] = Known(values)
    return found


def _refuse_elsewhere(roster: Roster, good: Sequence[int], found: dict[str, Known], scope: Scope, by: User) -> None:
    """Refuses who is registered outside the scope; of a unit outside the reader's sight nothing more is told."""
    if not found:
        return
    numbers = roster["id_number"]
    where = check_numbers(found, by=by, tried=sum(bool(numbers[index]) for index in good))
    units: dict[int, Organisation] = {}
    for part in _chunks(known["organisation_id_on"] for known in found.values() if known["organisation_id_on"]):
        units.update(Organisation.objects.in_bulk(part))
    seen = {pk for pk, unit in units.items() if policy.may(by, "members.view", unit)}
    within = {pk for pk in seen if scope.holds(units[pk])}
    for index in [one for one in good if numbers[one] in where]:
        known = found.get(numbers[index])
        key = known["organisation_id_on"] if known else None
        own = roster["unit"][index]
        if key not in seen:
            roster.table.fault(index, c.ID_NUMBER, "elsewhere", str(RegisteredElsewhere()))
        elif key not in within:
            sentence = _("这个人登记在“%(unit)s”，不在“%(scope)s”之内。由那里导入，或走转接。")
            told = {"unit": units[key].name, "scope": scope.title}
            roster.table.fault(index, c.ID_NUMBER, "elsewhere", sentence % told)
        elif own and key != own.pk:
            sentence = _("这个人登记在“%(unit)s”。换支部走转接，导入不改；没有换就改这一格。")
            roster.table.fault(index, c.BRANCH, "elsewhere", sentence % {"unit": units[key].name})


def _by_name(roster: Roster, rows: Sequence[int], today: date) -> dict[int, list[Known]]:
    """Who has the same name, birth day and branch as a row, by the row's index."""
    names, births, units = roster["name"], roster["born_on"], roster["unit"]
    same: dict[tuple[str, date, int], list[int]] = defaultdict(list)
    for part in _chunks({units[index].pk for index in rows}):
        here = Affiliation.objects.filter(holds_on(today), organisation__in=part)
        told = here.values_list("person", "person__name", "person__born_on", "organisation")
        for pk, name, born_on, unit in told:
            same[name, born_on, unit].append(pk)
    if not same:
        return {}
    found = {index: same.get((names[index], births[index], units[index].pk)) for index in rows}
    keys = {index: pks for index, pks in found.items() if pks}
    known = _read((pk for pks in keys.values() for pk in pks), today)
    return {index: [known[pk] for pk in pks] for index, pks in keys.items()}


def _namesake(row: MemberRow, same: list[Known]) -> Known | None:
    """The person of the same branch, name and birth day, unless two identity numbers tell them apart."""
    if row.id_number:
        if any(known["id_number_index"] for known in same):
            sentence = _("本支部已有同名、同日出生的%(name)s，公民身份号码不同。已接收，核对是不是同一个人。")
            row.check(c.NAME, "twice", sentence % {"name": row.name})
        same = [known for known in same if not known["id_number_index"]]
    if len(same) > 1:
        sentence = _("本支部有%(count)d个同名、同日出生的%(name)s。写上公民身份号码。")
        row.fault(c.ID_NUMBER, "twice", sentence % {"count": len(same), "name": row.name})
    return same[0] if len(same) == 1 else None


def _add_stages(people: Iterable[Known]) -> None:
    by_id = {known["pk"]: known for known in people}
    for part in _chunks(by_id):
        for person_id, kind, from_on in Stage.objects.filter(person__in=part).values_list("person", "kind", "from_on"):
            by_id[person_id].stages[kind] = from_on


def _update(row: MemberRow, known: Known, today: date, box: Sealer) -> Update:
    update = Update(row, known["pk"])
    for name in PLAIN:
        value = getattr(row, name)
        if value not in (None, "") and value != known[name]:
            update.change[name] = value
    for name in sealed.ADDRESSES:
        text = getattr(row, name)
        if text and text != sealed.address_in(name, known[f"{name}_cipher"], box):
            update.change[name] = text
    if row.id_number and not known["id_number_index"]:
        update.change["id_number"] = row.id_number
    if row.phone and known["phone_index"] not in sealed.indexes_of("phone", row.phone, box):
        update.change["phone"] = row.phone
    update.new_group = row.group is not None and row.group.pk != known["group_id_on"]
    if row.standing and row.standing != known["standing"] and row.stage in MEMBER_STAGES:
        update.standing = row.standing
    elif not row.standing and known["standing"] in row.not_standing and row.stage in MEMBER_STAGES:
        update.standing = StandingKind.HOME
    _compare_stages(row, known, update, today)
    return update


def _compare_stages(row: MemberRow, known: Known, update: Update, today: date) -> None:
    """A later stage is entered; an earlier one, or another day for the same one, is not for an import to say."""
    order = list(StageKind.values)
    now = known["stage"] or order[0]
    if order.index(row.stage) < order.index(now):
        sentence = _("库里是%(now)s，表里是%(found)s。导入不往回改；库里错了，到本人页面更正。")
        values = {"now": str(StageKind(now).label), "found": str(StageKind(row.stage).label)}
        row.fault(c.STAGE, "changed", sentence % values)
        return
    _compare_days(row, known)
    if now == StageKind.PROBATIONARY and row.stage == StageKind.FULL and not row.full_on:
        row.table.missing(row.index, c.FULL)
        return
    since = max(known.stages.values(), default=date.min)
    for kind, day in row.stages(today):
        if kind in known.stages or order.index(kind) <= order.index(now):
            continue
        if day <= since:
            sentence = _("库里自%(since)s起是%(now)s，%(next)s的日期%(day)s要更晚。核对日期。")
            names = {"now": str(StageKind(now).label), "next": str(StageKind(kind).label)}
            days = {"since": since.isoformat(), "day": day.isoformat()}
            row.fault(c.STAGE, "changed", sentence % {**names, **days})
            return
        update.stages.append((kind, day))


def _compare_days(row: MemberRow, known: Known) -> None:
    joined_on = known.stages.get(StageKind.PROBATIONARY) or known.stages.get(StageKind.FULL)
    full_on = known.stages.get(StageKind.FULL) if StageKind.PROBATIONARY in known.stages else None
    for header, told, kept in ((c.JOINED, row.joined_on, joined_on), (c.FULL, row.full_on, full_on)):
        if told and kept and not _same_day(row, header, told, kept):
            sentence = _("库里的%(column)s是%(kept)s，表里是%(told)s。导入不改；库里错了，到本人页面更正。")
            values = {"column": header, "kept": kept.isoformat(), "told": told.isoformat()}
            row.fault(header, "changed", sentence % values)
    if row.full_on and StageKind.FULL in known.stages and full_on is None:
        row.check(c.FULL, "changed", _("库里只有入党日期，没有分开记预备期，转正日期没有写入。"))


def _same_day(row: MemberRow, header: str, told: date, kept: date) -> bool:
    """A cell that tells a month alone agrees with every day in it."""
    return told == kept or (not row.tells_day(header) and (told.year, told.month) == (kept.year, kept.month))
