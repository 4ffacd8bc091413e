"""The columns that say where a case stands: what follows from its entries and the rules, for one case or a million."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from guben.procedures.models import Case
from guben.procedures.places import Places
from guben.rulebook_engine.procedures import Procedure
from guben.rulebook_engine.roads import Where

COLUMNS = ["step", "edition", "actor_id", "opens_on", "due_on", "ended_on", "ended_as", "once_about"]


@dataclass(frozen=True, slots=True)
class Kept:
    """What is asked of a case to say who acts in it."""

    organisation_id: int
    host_id: int | None
    person_id: int | None
    once_about: str | None

    @classmethod
    def of(cls, case: Case) -> Kept:
        return cls(case.organisation_id, case.host_id, case.person_id, case.once_about)


def columns(found: Where, case: Kept, places: Places, *, hangs: bool) -> dict[str, Any]:
    """What is written of a case that stands there. `hangs`: its notice is posted, so that the result is what opens."""
    if found.step is None:
        return {
            "step": "",
            "edition": found.procedure.edition_label,
            "actor_id": None,
            "opens_on": None,
            "due_on": None,
            "ended_on": found.ended_on,
            "ended_as": found.ended.key if found.ended else "",
            "once_about": None,
        }
    actor = places.find(found.procedure, found.step.at, case.organisation_id, case.host_id)
    return {
        "step": found.step.key,
        "edition": found.procedure.edition_label,
        "actor_id": actor.pk if actor else None,
        "opens_on": (found.leaves_on or found.opens_on) if hangs else found.opens_on,
        "due_on": found.due_on,
        "ended_on": None,
        "ended_as": "",
        "once_about": case.once_about or once_about(found.procedure, case.person_id, case.organisation_id),
    }


def once_about(rule: Procedure, person_id: int | None, organisation_id: int) -> str | None:
    """Whom an open case is about where there may be only one."""
    if not rule.once or rule.subject == "none":
        return None
    return f"p{person_id}" if person_id else f"u{organisation_id}"
