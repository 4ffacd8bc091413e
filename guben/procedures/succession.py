"""What becomes of open cases when their unit is merged, split or dissolved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guben.accounts.installation import today
from guben.organisations.carrying import Carrying, Count, Reform
from guben.organisations.models import Organisation
from guben.procedures.models import Case
from guben.procedures.places import Places
from guben.procedures.rules import rules, step_of


class CaseCarrier:
    """An open case goes to the heir of its person, others to the heir that gets the unit's posts, else to the first.
    Its entries, papers and numbers stay as they are. Ended cases stay with the unit that ended them."""

    def counts(self, reform: Reform) -> list[Count]:
        return [Count(_("办件转到新组织"), len(_moving(reform)))]

    def problems(self, reform: Reform) -> list[str]:
        """A person whom the paper gives to no heir is told by the people's carrier."""
        return []

    def stamp(self, units: Sequence[int]) -> str:
        rows = Case.objects.filter(Q(organisation__in=units) | Q(host__in=units), ended_on=None).order_by("pk")
        return repr(list(rows.values_list("pk", "organisation", "host", "step")))

    def carry(self, carrying: Carrying) -> None:
        ending = {unit.pk for unit in carrying.reform.ending}
        leaving = set(carrying.reform.leaving)
        moved = []
        for case in _moving(carrying.reform):
            values: dict[str, int] = {}
            if case.organisation_id in ending or case.person_id in leaving:
                values["organisation_id"] = carrying.heir(case, case.organisation_id).pk
            if case.host_id is not None and case.host_id in ending:
                values["host_id"] = carrying.heir(case, case.host_id).pk
            carrying.journal.change(case, **values)
            moved.append(case.pk)
        _act_anew(carrying, moved)


def _moving(reform: Reform) -> list[Case]:
    """The open cases of units that end, and those of people who leave a unit that stays."""
    ending = [unit.pk for unit in reform.ending]
    units = Q(organisation__in=ending) | Q(host__in=ending)
    people = Q(organisation__in=list(reform.staying), person__in=reform.leaving)
    return list(Case.objects.filter(ended_on=None).filter(units | people).order_by("pk"))


def _act_anew(carrying: Carrying, keys: list[int]) -> None:
    """Who acts now that the case belongs elsewhere."""
    known, on = rules(), today()
    cases = list(Case.objects.filter(pk__in=keys).select_related("organisation", "host"))
    places = Places([unit for case in cases for unit in (case.organisation, case.host) if unit], on)
    for case in cases:
        procedure = known.edition(case.procedure, case.edition)
        step = step_of(procedure, case.step)
        if procedure is not None and step is not None:
            actor = places.of(case, procedure, step.at)
            carrying.journal.change(case, actor_id=actor.pk if actor else None)


def left_open(unit: Organisation, on: date) -> str | None:
    """Open cases of a unit that is to be dissolved."""
    count = Case.objects.filter(Q(organisation=unit) | Q(host=unit), ended_on=None).count()
    if not count:
        return None
    return ngettext(
        "还有%(count)d件没有办结。先办完，或撤回后到别的组织另办。",
        "还有%(count)d件没有办结。先逐件办完，或撤回后到别的组织另办。",
        count,
    ) % {"count": count}
