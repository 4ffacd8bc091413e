"""What every kind of step has."""

from __future__ import annotations

from typing import Any, ClassVar

from guben.procedures.filling import Filling, fill
from guben.procedures.taking import Taking


class Kind:
    """One kind of step. `own_values` are values it takes beside the fields that the rule states."""

    key: ClassVar[str] = ""
    own_values: ClassVar[frozenset[str]] = frozenset()

    @property
    def template(self) -> str:
        return f"procedures/steps/{self.key}.html"

    def fill(self, taking: Taking) -> dict[str, Any]:
        """The checked values of the rule's fields. What an outcome that does not complete the step leaves empty is not
        asked for."""
        own = self.own_values - {field.key for field in taking.step.field}
        stated = {key: value for key, value in taking.values.items() if key not in own}
        filling = Filling(taking.case, taking.by, taking.done_on, taking.article)
        return fill(taking.step.field, stated, filling, required=self.asks_fields(taking))

    def asks_fields(self, taking: Taking) -> bool:
        return taking.outcome.good

    def check(self, taking: Taking) -> None:
        """Refuses what this kind of step does not allow; puts what it found into `taking`."""
