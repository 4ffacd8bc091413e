"""Who sees whose rules: the nation's everybody; a unit's own those whom it binds and those above, and no one else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from guben.access import policy
from guben.access.policy import Someone
from guben.kit import tree
from guben.organisations.models import Organisation
from guben.rulebook.queries import library
from guben.rulebook_engine.entries import Entry, Indicator

READ = "rules.view"


class Audience:
    """What one reader may see of the rules. One query, and none while only the nation has made rules."""

    def __init__(self, user: Someone, rules: Iterable[Entry] | None = None) -> None:
        codes = {rule.issued_by for rule in (library() if rules is None else rules) if not rule.is_national}
        found = Organisation.objects.filter(code__in=codes) if codes else Organisation.objects.none()
        reach = policy.reach(user, READ)
        self.issuers = {unit.code: unit for unit in found if _meet(unit.path, reach)}

    def sees(self, rule: Entry) -> bool:
        return rule.is_national or rule.issued_by in self.issuers

    def issuer(self, rule: Entry) -> Organisation | None:
        """The unit that issued a rule; None for the nation."""
        return self.issuers.get(rule.issued_by)


def _meet(path: str, reach: Iterable[str]) -> bool:
    return any(tree.is_at_or_below(path, top) or tree.is_at_or_below(top, path) for top in reach)


def indicators_for(unit: Organisation, on: date) -> list[Indicator]:
    """The figures on which a unit may draw a line: the nation's, its superiors' and its own, in force on the day."""
    above = set(
        Organisation.objects.filter(path__in=tree.ancestors(unit.path, include_self=True)).values_list(
            "code", flat=True
        )
    )
    return [one for one in library().indicators(on) if one.is_national or one.issued_by in above]
