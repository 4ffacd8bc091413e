"""The history of a unit: where it stood under which name and paper, and who did what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from guben.access import policy
from guben.audit.queries import lines, of_organisation
from guben.organisations import pages, queries
from guben.organisations.choices import ActKind
from guben.organisations.models import Act, Organisation, Placement, Succession

PAGE = 50


@dataclass(frozen=True, slots=True)
class ActLine:
    """One act on the unit, with what put it right, if anything did."""

    act: Act
    correction: Act | None
    may_correct: bool


def history(request: HttpRequest, code: str) -> HttpResponse:
    """Placements with their acts for everybody who sees the unit; the entries for those who may read the history."""
    unit = queries.unit_for(request.user, code)
    placements = (
        Placement.objects.filter(organisation=unit)
        .select_related("parent", "act__organisation", "act__recorded_by")
        .defer("act__journal")
        .order_by("-from_on")
    )
    acts = act_lines(unit, may_correct=queries.may_decide_place(request.user, unit))
    context = pages.unit_page(request.user, unit, "history") | {
        "placements": placements,
        "acts": acts,
        "end": _end(unit, acts),
        "follows": _together(unit.follows.select_related("act", "former").order_by("on", "pk"), "former"),
        "followed_by": _together(unit.followed_by.select_related("act", "successor").order_by("on", "pk"), "successor"),
        "may_see_entries": policy.may(request.user, "history.view", unit),
    }
    if context["may_see_entries"]:
        context["page"] = Paginator(of_organisation(unit.pk), PAGE).get_page(request.GET.get("page"))
        context["lines"] = lines(context["page"].object_list)
    return render(request, "organisations/history.html", context)


def act_lines(unit: Organisation, *, may_correct: bool) -> list[ActLine]:
    """The acts on a unit and those in which it took part, newest first; a correction stands with what it corrects."""
    acts = list(
        Act.objects.filter(
            Q(organisation=unit) | Q(successions__former=unit) | Q(successions__successor=unit),
        )
        .distinct()
        .select_related("recorded_by", "organisation")
        .defer("journal")
        .order_by("-effective_on", "-pk")
    )
    corrections = {act.corrects_id: act for act in acts if act.corrects_id}
    return [
        ActLine(
            act,
            corrections.get(act.pk),
            may_correct and act.pk not in corrections and act.kind != ActKind.CORRECT and act.corrects_id is None,
        )
        for act in acts
    ]


def _end(unit: Organisation, acts: list[ActLine]) -> Act | None:
    ends = (ActKind.DISSOLVE, ActKind.MERGE, ActKind.SPLIT)
    if unit.dissolved_on is None:
        return None
    return next(
        (
            line.act
            for line in acts
            if line.correction is None and line.act.kind in ends and line.act.effective_on == unit.dissolved_on
        ),
        None,
    )


def _together(rows: Iterable[Succession], side: str) -> list[tuple[Act, list[Organisation]]]:
    """The units on the other side of each act."""
    found: dict[int, tuple[Act, list[Organisation]]] = {}
    for row in rows:
        found.setdefault(row.act_id, (row.act, []))[1].append(getattr(row, side))
    return list(found.values())
