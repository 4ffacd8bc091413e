"""Reading transfers and members away. Every query knows who asks."""

from __future__ import annotations

from guben.transfers.queries.away import (
    Away,
    Board,
    Treatment,
    board_of,
    guests_on,
    inflow_for,
    meetings_for_guests,
    outflow_for,
    treatment_of,
)
from guben.transfers.queries.contacts import ContactLine, contacts_at
from guben.transfers.queries.mine import Mine, mine_of
from guben.transfers.queries.transfers import Counts, batch_for, batches_at, counts_at, letters_of, transfers_at

__all__ = [
    "Away",
    "Board",
    "ContactLine",
    "Counts",
    "Mine",
    "Treatment",
    "batch_for",
    "batches_at",
    "board_of",
    "contacts_at",
    "counts_at",
    "guests_on",
    "inflow_for",
    "letters_of",
    "meetings_for_guests",
    "mine_of",
    "outflow_for",
    "transfers_at",
    "treatment_of",
]
