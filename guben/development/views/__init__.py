"""Pages of the development of members: the board, the plan, samples."""

from __future__ import annotations

from guben.development.views.boards import board, export, stage
from guben.development.views.plans import plan
from guben.development.views.samples import close, draw, finding, list_samples, sample

__all__ = ["board", "close", "draw", "export", "finding", "list_samples", "plan", "sample", "stage"]
