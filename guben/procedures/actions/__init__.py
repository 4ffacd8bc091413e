"""What may be done with cases: one function for each verb. Every one checks its right and writes the history."""

from __future__ import annotations

from guben.procedures.actions.beginning import begin
from guben.procedures.actions.correcting import correct, take_back
from guben.procedures.actions.counting import CountResult, count
from guben.procedures.actions.ending import hold, release, withdraw
from guben.procedures.actions.papers import hand_in, issue_paper, withdraw_paper
from guben.procedures.actions.taking import take

__all__ = [
    "CountResult",
    "begin",
    "correct",
    "count",
    "hand_in",
    "hold",
    "issue_paper",
    "release",
    "take",
    "take_back",
    "withdraw",
    "withdraw_paper",
]
