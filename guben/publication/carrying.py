"""Notices in a merger or split. Publications stay with the unit that made them and are shown no more once it ends."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from guben.organisations.carrying import Carrying, Count, Reform
from guben.publication import policy, queries
from guben.publication.models import Notice, Publication


class NoticeCarrier:
    """What hangs, and what is objected to and not decided, goes to the heir of the person it is about, else to the heir
    that gets the unit's posts, else to the first: its members read it, its officers answer. The print stays valid."""

    def counts(self, reform: Reform) -> list[Count]:
        ending = [unit.pk for unit in reform.ending]
        shown = Publication.objects.filter(policy.stands(reform.on), organisation__in=ending).count()
        lines = [Count(_("公示转到新组织，照原期限公示"), len(_running(reform)))]
        return [*lines, Count(_("公开的内容到那天撤下，由新组织重新公开"), shown)]

    def problems(self, reform: Reform) -> list[str]:
        return []

    def stamp(self, units: Sequence[int]) -> str:
        rows = Notice.objects.filter(Q(organisation__in=units) | Q(objections_at__in=units)).order_by("pk")
        return repr(list(rows.values_list("pk", "taken_down_on")))

    def carry(self, carrying: Carrying) -> None:
        ending, leaving = {unit.pk for unit in carrying.reform.ending}, set(carrying.reform.leaving)
        for notice in _running(carrying.reform):
            values: dict[str, int] = {}
            goes = notice.organisation_id in ending or notice.person_id in leaving
            if goes:
                values["organisation_id"] = carrying.heir(notice, notice.organisation_id).pk
            if notice.objections_at_id in ending or (goes and notice.objections_at_id == notice.organisation_id):
                values["objections_at_id"] = carrying.heir(notice, notice.objections_at_id).pk
            carrying.journal.change(notice, **values)


def _running(reform: Reform) -> list[Notice]:
    """What hangs on the day or later at units that end, or is objected to and not decided; and of a unit that stays,
    what is about people who leave it."""
    ending = [unit.pk for unit in reform.ending]
    units = Q(organisation__in=ending) | Q(objections_at__in=ending)
    people = Q(organisation__in=list(reform.staying), person__in=reform.leaving)
    return list(Notice.objects.filter(queries.runs(reform.on), units | people).distinct().order_by("pk"))
