"""What may be done about plans and samples: one function for each verb. Every one checks its right and writes the
history."""

from __future__ import annotations

from guben.development.actions.plans import set_plan
from guben.development.actions.samples import close_sample, draw_sample, record_finding

__all__ = ["close_sample", "draw_sample", "record_finding", "set_plan"]
