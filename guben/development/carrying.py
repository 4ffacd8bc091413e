"""Plans in a merger or split. Cases go along with `procedures`; samples stay where they were drawn."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from guben.development.models import Quota
from guben.organisations.carrying import Carrying, Count, Reform


class DevelopmentCarrier:
    """What a unit may still admit goes to the heir that gets its people where there is one heir; in a split the
    superior decides anew, since no paper says how the places are shared."""

    def counts(self, reform: Reform) -> list[Count]:
        places = sum(row.places for row in _rows(reform))
        if not places:
            return []
        words = "" if len(reform.heirs) == 1 else _("由上级重新下达")
        return [Count(_("本年发展名额"), places, words)]

    def problems(self, reform: Reform) -> list[str]:
        return []

    def stamp(self, units: Sequence[int]) -> str:
        rows = Quota.objects.filter(organisation__in=units, is_current=True).order_by("pk")
        return repr(list(rows.values_list("pk", "places")))

    def carry(self, carrying: Carrying) -> None:
        if len(carrying.units) != 1:
            return
        heir, found = carrying.units[0], _rows(carrying.reform)
        moving = [row for row in found if row.organisation_id != heir.pk]
        if not moving:
            return
        last = found[-1]
        own = Quota.objects.filter(organisation=heir, year=carrying.reform.on.year, is_current=True).first()
        places = sum(row.places for row in moving) + (own.places if own else 0)
        for row in (*moving, *([own] if own else [])):
            carrying.journal.change(row, is_current=False)
        carrying.journal.create(
            Quota(
                organisation=heir, given_by=last.given_by, year=last.year, places=places, paper=carrying.reform.paper,
                recorded_on=carrying.reform.on, recorded_at=last.recorded_at, recorded_by=carrying.by,
            )
        )  # fmt: skip


def _rows(reform: Reform) -> list[Quota]:
    """This year's plans of the units that the act ends."""
    rows = Quota.objects.filter(organisation__in=reform.ending, year=reform.on.year, is_current=True)
    return list(rows.order_by("pk"))
