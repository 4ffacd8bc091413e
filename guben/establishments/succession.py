"""What becomes of establishments and covers when their unit is merged, split or dissolved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guben.establishments.models import Cover, Establishment
from guben.organisations.carrying import Carrying, Count, Reform
from guben.organisations.models import Organisation, Site


class EstablishmentCarrier:
    """Carries them to the heir that gets the unit's sites, else its posts, else to the first one."""

    def counts(self, reform: Reform) -> list[Count]:
        covers, places = _covers(reform), _places(reform)
        return [
            Count(_("单位改由新组织覆盖"), len(covers)),
            Count(_("单位改在新组织登记"), len(places)),
        ]

    def problems(self, reform: Reform) -> list[str]:
        return []

    def stamp(self, units: Sequence[int]) -> str:
        covers = Cover.objects.filter(organisation__in=units, until_on=None).order_by("pk").values_list("pk")
        places = Establishment.objects.filter(organisation__in=units, until_on=None).order_by("pk").values_list("pk")
        return repr((list(covers), list(places)))

    def carry(self, carrying: Carrying) -> None:
        on, copies, heirs = carrying.reform.on, [], _heirs(carrying.reform)
        for cover in _covers(carrying.reform):
            heir = carrying.units[heirs.get(cover.organisation_id, 0)]
            if cover.from_on < on:
                carrying.journal.change(cover, until_on=on)
                copies.append(Cover(establishment_id=cover.establishment_id, organisation=heir, from_on=on))
            else:
                carrying.journal.change(cover, organisation_id=heir.pk)
        carrying.journal.create_many(copies)
        for place in _places(carrying.reform):
            heir = carrying.units[heirs.get(place.organisation_id, 0)]
            carrying.journal.change(place, organisation_id=heir.pk)


def left_at(unit: Organisation, on: date) -> str | None:
    """Establishments that a unit to be dissolved still covers or keeps on record."""
    covers = Cover.objects.filter(organisation=unit, until_on=None).count()
    if covers:
        return ngettext(
            "还覆盖着%(count)d个单位。先给它另记覆盖，或结束覆盖。",
            "还覆盖着%(count)d个单位。先给它们另记覆盖，或结束覆盖。",
            covers,
        ) % {"count": covers}
    places = Establishment.objects.filter(organisation=unit, until_on=None).count()
    if places:
        return ngettext(
            "还登记着%(count)d个单位。先登记不再在册，或并入别的组织。",
            "还登记着%(count)d个单位。先逐个登记不再在册，或并入别的组织。",
            places,
        ) % {"count": places}
    return None


def _heirs(reform: Reform) -> dict[int, int]:
    """The number of the heir of each unit that ends, as far as the paper says."""
    sites = Site.objects.filter(pk__in=reform.sites).order_by("-pk").values_list("organisation_id", "pk")
    return {**reform.posts, **{unit: reform.sites[site] for unit, site in sites}}


def _covers(reform: Reform) -> list[Cover]:
    return list(Cover.objects.filter(organisation__in=reform.ending, until_on=None).order_by("pk"))


def _places(reform: Reform) -> list[Establishment]:
    return list(Establishment.objects.filter(organisation__in=reform.ending, until_on=None).order_by("pk"))
