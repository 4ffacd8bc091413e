"""One share of the proof in a process of its own. Nothing of Django may be imported here before it is set up."""

from __future__ import annotations

from datetime import date
from typing import Any


def prove_share(on: date, span: tuple[int, int], procedure: str, *, mend: bool) -> Any:
    """Sets Django up and proves the cases of a span of keys."""
    import django

    django.setup()
    from guben.procedures.proving import prove_span

    return prove_span(on, span, procedure, mend=mend)
