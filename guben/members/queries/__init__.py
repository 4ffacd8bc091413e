"""Reading people, starting from what the user may see."""

from __future__ import annotations

from guben.members.queries.cadres import (
    ReserveLine,
    former_reserve_of,
    may_see_reserve,
    reserve_entry_for,
    reserve_of,
)
from guben.members.queries.lists import Filters, Listed, Row, contacts_overdue, members_at, rows_of
from guben.members.queries.people import (
    PersonRecord,
    eligible_stages,
    holder_of,
    holding_for,
    holdings_of,
    own_person,
    person_for,
    post_for,
    record_of,
)
from guben.members.queries.rolls import RollCount, RollEntry, group_roll, roll_counts, roll_of, rolls_of, team_roll
from guben.members.queries.search import Found, notice_elsewhere, search
from guben.members.queries.structure import Dimension, Slice, Structure, structure_of

__all__ = [
    "Dimension",
    "Filters",
    "Found",
    "Listed",
    "PersonRecord",
    "ReserveLine",
    "RollCount",
    "RollEntry",
    "Row",
    "Slice",
    "Structure",
    "contacts_overdue",
    "eligible_stages",
    "former_reserve_of",
    "group_roll",
    "holder_of",
    "holding_for",
    "holdings_of",
    "may_see_reserve",
    "members_at",
    "notice_elsewhere",
    "own_person",
    "person_for",
    "post_for",
    "record_of",
    "reserve_entry_for",
    "reserve_of",
    "roll_counts",
    "roll_of",
    "rolls_of",
    "rows_of",
    "search",
    "structure_of",
    "team_roll",
]
