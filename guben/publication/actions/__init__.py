"""What may be done in publication: one function for each verb. Every one checks its right and writes the history."""

from __future__ import annotations

from guben.publication.actions.notices import POST, post, take_down
from guben.publication.actions.objections import (
    Received,
    decide_objection,
    object_to,
    open_objection,
    receive_objection,
)
from guben.publication.actions.publishing import PUBLISH, publish, withdraw_publication

__all__ = [
    "POST",
    "PUBLISH",
    "Received",
    "decide_objection",
    "object_to",
    "open_objection",
    "post",
    "publish",
    "receive_objection",
    "take_down",
    "withdraw_publication",
]
