"""What may be done about transfers and members away: one function for each verb. Every one checks its right."""

from __future__ import annotations

from guben.transfers.actions.attendance import record_guests
from guben.transfers.actions.away import end_inflow, end_outflow, match, register_inflow, register_outflow
from guben.transfers.actions.batches import advance, begin_batch, start_batch
from guben.transfers.actions.requests import request_transfer

__all__ = [
    "advance",
    "begin_batch",
    "end_inflow",
    "end_outflow",
    "match",
    "record_guests",
    "register_inflow",
    "register_outflow",
    "request_transfer",
    "start_batch",
]
