"""The pages of a merger and of a split: choose, say what becomes of everything, see what it brings about, do it."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from guben.access import policy
from guben.accounts.installation import today
from guben.accounts.models import User
from guben.home.reform_forms import NEW, MergeForm, ReformForm, SplitForm
from guben.kit.errors import DomainError
from guben.members.succession import people_of
from guben.organisations import actions, calculations, errors, queries, reforming
from guben.organisations.models import Organisation
from guben.organisations.views.posting import unit_to_change

OFFERED = 30
PREVIEW, DO, FILL = "preview", "do", "fill"


def merge(request: HttpRequest, code: str) -> HttpResponse:
    """Choose the other units, then say what becomes of everything."""
    unit = _unit(request, code)
    source = request.POST if request.method == "POST" else request.GET
    chosen = [code for code in source.getlist("with")[: reforming.MOST_UNITS] if calculations.is_code(code)]
    others = list(_mergeable(request, unit).filter(code__in=chosen).select_related("parent"))
    if not others:
        return _choose(request, unit)
    units = [unit, *others]
    initial = {
        "effective_on": today(), "heir": NEW, "kind": unit.kind, "field": unit.field, "territory": unit.territory,
        "keep_groups": True, "grants": True,
    }  # fmt: skip
    form = MergeForm(request.POST if request.method == "POST" else None, units=units, initial=initial)
    context = {
        "units": units,
        "others": others,
        "below": sum(one.children.filter(dissolved_on=None).count() for one in units),
    }
    return _answer(request, unit, form, "merge", units, context, _("已合并。以前的日子仍按原来的组织显示。"))


def split(request: HttpRequest, code: str) -> HttpResponse:
    """Name the new units, give everybody and everything a place."""
    unit = _unit(request, code)
    people = people_of([unit.pk], today())
    data = request.POST.copy() if request.method == "POST" else None
    initial = {"effective_on": today(), "stays": True, "grants": True}
    form = SplitForm(data, unit=unit, people=people, initial=initial)
    context: dict[str, Any] = {"people": people}
    if data is not None and data.get("step") == FILL:
        goes, unknown = form.filled()
        for name, value in goes.items():
            data[name] = value
        context |= {"unknown": unknown, "filled": len([value for value in goes.values() if value])}
        context |= {"stamp": data.get("stamp", "")}
        typed = {**data.dict(), "stays": "stays" in data, "grants": "grants" in data}
        shown = SplitForm(None, unit=unit, people=people, initial=typed)  # nothing is judged before the preview
        context |= _parts(shown)
        return render(request, "home/split.html", _context(request, unit) | context | {"form": shown})
    return _answer(request, unit, form, "split", [unit], context, _("已拆分。以前的日子仍按原来的组织显示。"))


def _answer(
    request: HttpRequest,
    unit: Organisation,
    form: ReformForm,
    name: str,
    units: list[Organisation],
    context: dict[str, Any],
    done: str,
) -> HttpResponse:
    """The form, the preview, or the act; an old page shows the preview once more."""
    context = _context(request, unit) | context | _parts(form) | {"form": form, "stamp": reforming.stamp(units)}
    step = request.POST.get("step", "")
    if not form.is_valid() or step not in (PREVIEW, DO):
        return render(request, f"home/{name}.html", context, status=422 if form.errors and step else 200)
    reform, user = cast(Any, form).reform(), cast(User, request.user)
    old = step == DO and request.POST.get("stamp") != context["stamp"]
    if step == DO and not old:
        try:
            act = actions.carry_out(reform, by=user)
        except DomainError as fault:
            context["refused"] = str(fault)
        else:
            messages.success(request, done)
            return redirect(act.organisation)
    counts, problems = actions.rehearse(reform, by=user)
    if old:
        problems_first = [str(errors.PageIsOld())]
        context["refused"] = problems_first[0]
    hidden = [(key, value) for key, values in request.POST.lists() for value in values if key not in HIDDEN]
    context |= {"reform": reform, "counts": counts, "problems": problems, "hidden": hidden, "page": name}
    return render(request, "home/reform_preview.html", context, status=422 if problems or "refused" in context else 200)


def _parts(form: ReformForm) -> dict[str, Any]:
    """The fields that the form has for each post holder's unit, group, site and unit below."""
    names = {"posts": "posts_", "groups": "group_", "sites": "site_", "below_units": "below_"}
    return {key: form.fields_of(prefix) for key, prefix in names.items()}


HIDDEN = ("csrfmiddlewaretoken", "step", "stamp")


def _choose(request: HttpRequest, unit: Organisation) -> HttpResponse:
    text = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    found = _mergeable(request, unit)
    if text:
        found = queries.search_units(request.user, text, right="units.change").filter(dissolved_on=None, kind=unit.kind)
    else:
        found = found.filter(parent=unit.parent)
    rows = list(found.exclude(pk=unit.pk).select_related("parent")[:OFFERED])
    return render(request, "home/merge_choose.html", _context(request, unit) | {"candidates": rows, "q": text})


def _mergeable(request: HttpRequest, unit: Organisation) -> Any:
    return queries.visible_units(request.user, "units.change").exclude(pk=unit.pk)


def _unit(request: HttpRequest, code: str) -> Organisation:
    """The unit, for those who decide where it stands.

    Raises:
        Http404, PermissionDenied, SuperiorDecides, AlreadyDissolved.
    """
    unit = unit_to_change(request, code)
    if not queries.may_decide_place(request.user, unit):
        raise errors.SuperiorDecides(unit.name)
    policy.require(request.user, "members.view", unit)
    return unit


def _context(request: HttpRequest, unit: Organisation) -> dict[str, Any]:
    return {"unit": unit, "crumbs": queries.crumbs(unit, request.user)}
