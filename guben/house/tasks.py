"""What this app does every night."""

from __future__ import annotations

from guben.house.charts import forget
from guben.jobs.schedule import nightly


@nightly("house.forget_charts", hour=4)
def forget_charts() -> str:
    """Forgets the charts that were drawn a month ago; one that is asked for again is drawn again."""
    return f"{forget(days=30)} charts"
