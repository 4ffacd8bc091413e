"""Members away and guests in a merger or split. Cases go along with `procedures`; letters stay with their cases."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from guben.organisations.carrying import Carrying, Count, Reform
from guben.transfers.models import Inflow, Outflow


class TransfersCarrier:
    """Who is away goes to the heir that gets the person; a guest to the heir that gets the unit's posts."""

    def counts(self, reform: Reform) -> list[Count]:
        number = len(_outflows(reform)) + len(_inflows(reform))
        return [Count(_("流动党员登记"), number)] if number else []

    def problems(self, reform: Reform) -> list[str]:
        return []

    def stamp(self, units: Sequence[int]) -> str:
        out = Outflow.objects.filter(organisation__in=units, ended_on=None).order_by("pk").values_list("pk")
        here = Inflow.objects.filter(Q(organisation__in=units) | Q(home__in=units), ended_on=None).order_by("pk")
        return repr([list(out), list(here.values_list("pk"))])

    def carry(self, carrying: Carrying) -> None:
        reform = carrying.reform
        for away in _outflows(reform):
            heir = reform.heir_of_person(away.person_id, away.organisation_id)
            self._to(carrying, away, heir)
        for guest in _inflows(reform):
            self._to(carrying, guest, None)
        sources = {unit.pk for unit in reform.ending}
        for guest in Inflow.objects.filter(home__in=sources, ended_on=None).order_by("pk"):
            number = reform.heir_of_person(guest.person_id or 0, guest.home_id or 0)
            place = number if number is not None else reform.posts.get(guest.home_id or 0, 0)
            carrying.journal.change(guest, home_id=carrying.units[place].pk)

    def _to(self, carrying: Carrying, row: Outflow | Inflow, number: int | None) -> None:
        place = number if number is not None else carrying.reform.posts.get(row.organisation_id, 0)
        carrying.journal.change(row, organisation_id=carrying.units[place].pk)


def _outflows(reform: Reform) -> list[Outflow]:
    """Of units that end, and of people whom the paper gives to another heir than the unit that stays."""
    stays = set(reform.staying.values())
    moving = [pk for pk, number in reform.people.items() if number not in stays]
    ending = Q(organisation__in=[unit.pk for unit in reform.ending])
    leaving = Q(organisation__in=list(reform.staying), person__in=moving)
    return list(Outflow.objects.filter(ended_on=None).filter(ending | leaving).order_by("pk"))


def _inflows(reform: Reform) -> list[Inflow]:
    ending = [unit.pk for unit in reform.ending]
    return list(Inflow.objects.filter(ended_on=None, organisation__in=ending).order_by("pk"))
