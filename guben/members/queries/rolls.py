"""Rolls: who belongs to a unit, a group or a team on a day, and who of them counts for a quorum."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Count, Q, Value, When

from guben.members.choices import MEMBER_STAGES, StageKind, StandingKind
from guben.members.models import Holding
from guben.members.spans import People, holds_on, on_a_roll
from guben.organisations.choices import TEAM_POSTS
from guben.organisations.models import Group, Organisation

ENTITLED = Q(stage=StageKind.FULL, standing=StandingKind.HOME)


@dataclass(frozen=True, slots=True)
class RollEntry:
    """One member on a roll. `entitled` counts for the quorum (应到)."""

    person_id: int
    name: str
    stage: str
    standing: str
    group_id: int | None
    entitled: bool


@dataclass(frozen=True, slots=True)
class RollCount:
    """How many stand on a roll, how many of them count for the quorum, and how many full members are excused."""

    roll: int = 0
    entitled: int = 0
    excused: int = 0


def roll_of(unit: Organisation, on: date) -> list[RollEntry]:
    """The members of a unit on a day, by name. Entitled are the full members at home.

    Members away, retired elsewhere or unable to come are excused and do not count for the quorum; probationary members
    do not vote.

    Source: 支部工作条例 Art. 11; 党员教育管理工作条例 Art. 23, 32.
    """
    return _entries(_members_on(on).filter(organisation_id_on=unit.pk))


def rolls_of(units: Iterable[Organisation], on: date) -> dict[int, list[RollEntry]]:
    """The rolls of many units by the unit's id, in one query."""
    ids = [unit.pk for unit in units]
    rolls: dict[int, list[RollEntry]] = defaultdict(list)
    rows = _members_on(on).filter(organisation_id_on__in=ids).values_list(*_COLUMNS, "organisation_id_on")
    for row in rows:
        rolls[row[-1]].append(_entry(row[:-1]))
    return {unit_id: rolls[unit_id] for unit_id in ids}


def roll_counts(units: Iterable[Organisation], on: date) -> dict[int, RollCount]:
    """The counts of many rolls by the unit's id, in one query; a unit without members counts 0."""
    ids = [unit.pk for unit in units]
    rows = (
        on_a_roll(on)
        .filter(organisation_id_on__in=ids, stage__in=MEMBER_STAGES)
        .order_by()
        .values("organisation_id_on")
        .annotate(
            roll=Count("pk"),
            entitled=Count("pk", filter=ENTITLED),
            full=Count("pk", filter=Q(stage=StageKind.FULL)),
        )
    )
    counts = {
        row["organisation_id_on"]: RollCount(row["roll"], row["entitled"], row["full"] - row["entitled"])
        for row in rows
    }
    return {unit_id: counts.get(unit_id, RollCount()) for unit_id in ids}


def team_roll(unit: Organisation, on: date) -> list[RollEntry]:
    """The holders of the team's posts on a day, secretary first; each counts for the quorum of the committee.

    Source: 支部工作条例 Art. 12.
    """
    order = Case(
        *(When(post__kind=kind, then=Value(number)) for number, kind in enumerate(TEAM_POSTS)), default=Value(99)
    )
    holders = Holding.objects.filter(holds_on(on), post__organisation=unit, post__kind__in=TEAM_POSTS)
    ranks: dict[int, int] = {}
    for person_id in holders.order_by(order, "post_id").values_list("person_id", flat=True):
        ranks.setdefault(person_id, len(ranks))
    rows = on_a_roll(on).filter(pk__in=list(ranks)).values_list(*_COLUMNS)
    entries = [_entry(row, entitled=True) for row in rows]
    return sorted(entries, key=lambda entry: ranks[entry.person_id])


def group_roll(group: Group, on: date) -> list[RollEntry]:
    """The members of a group on a day. Source: 支部工作条例 Art. 13."""
    return _entries(_members_on(on).filter(group_id_on=group.pk))


_COLUMNS = ("pk", "name", "stage", "standing", "group_id_on")


def _members_on(on: date) -> People:
    return on_a_roll(on).filter(stage__in=MEMBER_STAGES).order_by("pinyin", "name", "pk")


def _entries(people: People) -> list[RollEntry]:
    return [_entry(row) for row in people.values_list(*_COLUMNS)]


def _entry(row: tuple[object, ...], *, entitled: bool | None = None) -> RollEntry:
    person_id, name, stage, standing, group_id = row
    if entitled is None:
        entitled = stage == StageKind.FULL and standing == StandingKind.HOME
    return RollEntry(person_id, name, stage or "", standing, group_id, entitled)  # type: ignore[arg-type]
