"""Pages of transfers, of members away, of those who cannot come, and the member's own page."""

from __future__ import annotations

from guben.transfers.views.away import (
    away,
    end_inflow,
    end_outflow,
    guests,
    match,
    register_inflow,
    register_outflow,
)
from guben.transfers.views.batches import batch, batches, begin_batch, start_batch, template
from guben.transfers.views.own import contacts, mine
from guben.transfers.views.transfers import list_transfers, request_transfer

__all__ = [
    "away", "batch", "batches", "begin_batch", "contacts", "end_inflow", "end_outflow", "guests", "list_transfers",
    "match", "mine", "register_inflow", "register_outflow", "request_transfer", "start_batch", "template",
]  # fmt: skip
