"""Reading the development of members: the board by stage, the plan with its use, samples, the three cultivations."""

from __future__ import annotations

from guben.development.queries.board import Board, Cell, Line, Standing, board_of, people_at, standings
from guben.development.queries.plans import PlanLine, PlanPage, plan_of, use_of, warning_for
from guben.development.queries.samples import SampleLine, lines_of, sample_for, samples_at
from guben.development.queries.signals import Cultivation, Signal, cultivations_at, signals_at

__all__ = [
    "Board",
    "Cell",
    "Cultivation",
    "Line",
    "PlanLine",
    "PlanPage",
    "SampleLine",
    "Signal",
    "Standing",
    "board_of",
    "cultivations_at",
    "lines_of",
    "people_at",
    "plan_of",
    "sample_for",
    "samples_at",
    "signals_at",
    "standings",
    "use_of",
    "warning_for",
]
