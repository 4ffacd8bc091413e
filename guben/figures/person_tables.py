"""Which fact tables are about people: figures over them may be hidden, and snapshots write pseudonyms for the rows."""

from __future__ import annotations

_tables = {"member", "post", "leader_meeting", "dues", "unplaced_member"}


def register(table: str) -> None:
    """Says that the rows of a higher app's fact table are about people."""
    _tables.add(table)


def holds(table: str) -> bool:
    return table in _tables
