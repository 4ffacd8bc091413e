"""Reading people, starting from what the user may see."""

from __future__ import annotations

from guben.members.queries.rolls import RollCount, RollEntry, group_roll, roll_counts, roll_of, rolls_of, team_roll

__all__ = ["RollCount", "RollEntry", "group_roll", "roll_counts", "roll_of", "rolls_of", "team_roll"]
