"""The forms of the acts on the tree, each with its consequence in words."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from guben.access import policy
from guben.accounts.installation import today
from guben.kit import tree
from guben.organisations import actions, errors, obstacles, queries, reforming
from guben.organisations.choices import BRANCH_KINDS, Kind
from guben.organisations.forms import DissolveForm, FoundForm, KeepFromForm, MoveForm, RenameForm
from guben.organisations.models import Organisation
from guben.organisations.views.posting import answer, unit_to_change

CHANGE = "units.change"
OFFERED = 20


def found(request: HttpRequest, code: str) -> HttpResponse:
    """A new unit below this one."""
    parent = unit_to_change(request, code)
    initial = {"founded_on": today(), "kept_from": today(), "kind": Kind.BRANCH, "field": parent.field}
    form = FoundForm(request.POST or None, initial=initial)
    return answer(
        request,
        "organisations/found.html",
        form,
        lambda: actions.found(parent=parent, by=request.user, **form.cleaned_data),  # type: ignore[arg-type]
        _context(request, parent),
        done=_("已登记“%(name)s”。") % {"name": form["name"].value() or ""},
    )


def rename(request: HttpRequest, code: str) -> HttpResponse:
    """Another name."""
    unit = _unit_to_decide(request, code)
    shape = {name: getattr(unit, name) for name in ("name", "short_name", "kind", "field", "territory")}
    form = RenameForm(request.POST or None, initial={**shape, "effective_on": today()})
    return answer(
        request,
        "organisations/rename.html",
        form,
        lambda: actions.rename(unit, by=request.user, **form.cleaned_data),  # type: ignore[arg-type]
        _context(request, unit),
        done=_("已更名。以前的日子仍显示原来的名称。"),
        to=unit.get_absolute_url(),
        stamp=reforming.place_stamp(unit),
    )


def move(request: HttpRequest, code: str) -> HttpResponse:
    """Another parent: search it, choose it, give the day and the paper."""
    unit = _unit_to_decide(request, code)
    text = request.GET.get("q", "")
    candidates = _candidates(request, unit, text)
    context = _context(request, unit) | {"candidates": candidates, "q": text, "chosen": request.POST.get("parent", "")}
    if getattr(request, "htmx", False) and request.method == "GET":
        return render(request, "organisations/_move_candidates.html", context)
    form = MoveForm(request.POST or None, initial={"effective_on": today()})
    return answer(
        request,
        "organisations/move.html",
        form,
        lambda: _move(request, unit, dict(form.cleaned_data)),
        context | {"units_below": queries.at_or_below(unit).count() - 1},
        done=_("已改变隶属。此前的记录仍算在原上级名下。"),
        to=unit.get_absolute_url(),
        stamp=reforming.place_stamp(unit),
    )


def dissolve(request: HttpRequest, code: str) -> HttpResponse:
    """The end of a unit, if nothing stands in the way."""
    unit = _unit_to_decide(request, code)
    form = DissolveForm(request.POST or None, initial={"effective_on": today()})
    in_the_way = obstacles.sentences("dissolve", unit, today())
    if below := queries.children_of(unit).count():
        in_the_way.insert(0, str(errors.StillHasUnits(unit.name, below)))
    return answer(
        request,
        "organisations/dissolve.html",
        form,
        lambda: actions.dissolve(unit, by=request.user, **form.cleaned_data),  # type: ignore[arg-type]
        _context(request, unit) | {"in_the_way": in_the_way},
        done=_("已撤销“%(name)s”，历史都保留。") % {"name": unit.name},
        to=unit.get_absolute_url(),
        stamp=reforming.place_stamp(unit),
    )


def keep_from(request: HttpRequest, code: str) -> HttpResponse:
    """The day from which the unit's records are kept."""
    unit = unit_to_change(request, code)
    form = KeepFromForm(request.POST or None, initial={"day": unit.kept_from or today()})
    return answer(
        request,
        "organisations/keep_from.html",
        form,
        lambda: actions.keep_from(unit, by=request.user, **form.cleaned_data),  # type: ignore[arg-type]
        _context(request, unit),
        done=_("已定建账日。"),
        to=unit.get_absolute_url(),
        stamp=reforming.place_stamp(unit),
    )


def _unit_to_decide(request: HttpRequest, code: str) -> Organisation:
    """The unit, for those who decide where it stands.

    Raises:
        Http404, PermissionDenied, SuperiorDecides, AlreadyDissolved.
    """
    unit = unit_to_change(request, code)
    if not queries.may_decide_place(request.user, unit):
        raise errors.SuperiorDecides(unit.name)
    return unit


def _move(request: HttpRequest, unit: Organisation, values: dict[str, Any]) -> None:
    parent = queries.visible_units(request.user, dissolved=True).filter(code=values.pop("parent")).first()
    if parent is None or not policy.may(request.user, CHANGE, parent):
        raise errors.ParentNotYours
    actions.move(unit, parent=parent, by=request.user, **values)  # type: ignore[arg-type]


def _candidates(request: HttpRequest, unit: Organisation, text: str) -> list[Organisation]:
    """The units that may become the parent (no branch): those found, or at first the parent's neighbours."""
    if text.strip():
        found = queries.search_units(request.user, text, right=CHANGE)
    else:
        above = unit.parent.parent_id if unit.parent else None
        found = queries.visible_units(request.user, CHANGE).filter(parent=above).select_related("parent")
    rows = found.filter(dissolved_on__isnull=True).exclude(kind__in=BRANCH_KINDS)[: 2 * OFFERED]
    possible = (one for one in rows if one.pk != unit.parent_id and not tree.is_at_or_below(one.path, unit.path))
    return list(islice(possible, OFFERED))


def _context(request: HttpRequest, unit: Organisation) -> dict[str, Any]:
    return {"unit": unit, "crumbs": queries.crumbs(unit, request.user)}
