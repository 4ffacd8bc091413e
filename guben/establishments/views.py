"""Pages of establishments: the list with its next steps, one of them, its forms, and members without a branch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guben.access import policy
from guben.accounts.installation import today
from guben.accounts.models import User
from guben.audit import trail
from guben.establishments import actions, queries, tables
from guben.establishments.choices import Step
from guben.establishments.forms import (
    CoverForm,
    EndForm,
    EstablishmentForm,
    FilterForm,
    NewEstablishmentForm,
    PersonForm,
)
from guben.establishments.models import Establishment, Workplace
from guben.kit.errors import DomainError
from guben.kit.tables import workbook_bytes
from guben.members.models import Person
from guben.organisations import queries as organisations
from guben.organisations.models import Organisation

PAGE = 50
EXPORT_LIMIT = 20_000
VIEW, CHANGE, PEOPLE = "units.view", "units.change", "members.view"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FACTS = ("name", "uscc", "kind", "staff_count", "address")


def list_establishments(request: HttpRequest) -> HttpResponse:
    """The establishments at and below a unit with their next step."""
    unit = _unit_asked(request, VIEW)
    form = FilterForm(request.GET)
    rows = queries.rows_at(request.user, unit, today(), form.filters())
    context = {
        "unit": unit,
        "crumbs": organisations.crumbs(unit, request.user),
        "form": form,
        "tally": queries.tally(rows),
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "query": _query(request, unit),
        "may_change": policy.may(request.user, CHANGE, unit),
        "may_export": policy.may(request.user, "exports.run", unit),
        "may_view_people": policy.may(request.user, PEOPLE, unit),
        "below": list(organisations.children_of(unit)),
    }
    return render(request, "establishments/list.html", context)


@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """The filtered list as a workbook; who took it stands in the history."""
    unit = _unit_asked(request, VIEW)
    policy.require(request.user, "exports.run", unit)
    rows = queries.rows_at(request.user, unit, today(), FilterForm(request.GET).filters())[:EXPORT_LIMIT]
    content = workbook_bytes(tables.headers(), [tables.line(row) for row in rows], sheet_name=_("单位"))
    with transaction.atomic():
        trail.record(
            "establishments.exported", unit, by=_user(request), organisation_id=unit.pk,
            right=policy.under_which_right(request.user, "exports.run", unit), details={"count": len(rows)},
        )  # fmt: skip
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="establishments-{unit.code}.xlsx"'
    answer["Cache-Control"] = "no-store"
    return answer


def unplaced(request: HttpRequest) -> HttpResponse:
    """The members at and below a unit who belong to no branch, and what to do."""
    unit = _unit_asked(request, PEOPLE)
    rows = queries.unplaced(request.user, unit, today())
    context = {
        "unit": unit,
        "crumbs": organisations.crumbs(unit, request.user),
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "may_change": policy.may(request.user, "members.change", unit),
    }
    return render(request, "establishments/unplaced.html", context)


def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One establishment: what is known, the next step with its source, who works there."""
    one = queries.establishment_for(request.user, pk)
    row = queries.row_of(one, today())
    unit = one.organisation
    sees_people = policy.may(request.user, PEOPLE, unit)
    instructors = queries.instructors_of(one)
    known = queries.visible_people(request.user, [item.person_id for item in instructors])
    joins = row.step == Step.JOIN
    near = queries.neighbours(request.user, row, today()) if joins else []
    context = {
        "row": row,
        "one": one,
        "unit": unit,
        "crumbs": organisations.crumbs(unit, request.user),
        "covers": queries.covers_of(one),
        "instructors": [(item, item.person_id in known) for item in instructors],
        "workplaces": queries.workplaces_of(request.user, one, today()) if sees_people else [],
        "neighbours": near,
        "together": row.full + sum(other.full for other in near),
        "joint_branches": queries.joint_branches(row) if joins else [],
        "may_change": one.until_on is None and policy.may(request.user, CHANGE, unit),
        "may_link": one.until_on is None and policy.may(request.user, "members.change", unit),
        "sees_people": sees_people,
    }
    return render(request, "establishments/detail.html", context)


def add(request: HttpRequest, code: str) -> HttpResponse:
    """A new establishment at a unit."""
    unit = organisations.unit_for(request.user, code, CHANGE)
    form = NewEstablishmentForm(request.POST or None, initial={"from_on": today()})
    page = {
        "heading": _("登记%(unit)s的单位") % {"unit": unit.short_name},
        "scope": _("企业、社会组织、新业态都登记；不知道的先空着，以后再补。"),
        "save": _("登记单位"),
        "back": f"{reverse('establishments:list')}?at={unit.code}",
    }
    return _answer(
        request, form, lambda data: actions.register(unit, by=_user(request), **data), page, _("已登记单位。")
    )


def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Other facts."""
    one = queries.establishment_for(request.user, pk, CHANGE)
    form = EstablishmentForm(request.POST or None, initial={name: getattr(one, name) for name in FACTS})
    page = {
        "heading": _("改%(name)s的登记") % {"name": one.name},
        "save": _("保存登记"),
        "back": one.get_absolute_url(),
    }
    return _answer(request, form, lambda data: actions.change(one, by=_user(request), **data), page, _("已改登记。"))


def end(request: HttpRequest, pk: int) -> HttpResponse:
    """The establishment is no longer there."""
    page = {
        "scope": _("注销、搬走的单位从这天起不再列出；覆盖、指导员和党员的工作单位同一天结束，历史保留。"),
        "save": _("不再列出"),
    }
    return _ending(request, pk, actions.end, _("%(name)s不再在册？"), page, _("已登记。"))


def cover(request: HttpRequest, pk: int) -> HttpResponse:
    """Which organisation covers it."""
    one = queries.establishment_for(request.user, pk, CHANGE)
    text = request.GET.get("q", "").strip()
    units = queries.covering_units(request.user, one, text)
    form = CoverForm(request.POST or None, units=units, initial={"from_on": today()})
    page = {
        "heading": _("记%(name)s由哪个党组织覆盖") % {"name": one.name},
        "scope": _("本地的党组织列在下面；别处的按名称找。党组织还没有成立的，先成立再来记。"),
        "save": _("记下覆盖"),
        "back": one.get_absolute_url(),
        "text": text,
        "search_label": _("按党组织名称找"),
        "choice": "organisation",
        "is_empty": not units,
    }

    def act(data: dict[str, Any]) -> Any:
        unit = organisations.unit_for(request.user, data["organisation"])
        return actions.cover(one, unit, from_on=data["from_on"], by=_user(request)).establishment

    return _answer(request, form, act, page, _("已记下覆盖。"))


def uncover(request: HttpRequest, pk: int) -> HttpResponse:
    """The cover ends."""
    page = {"scope": _("从这天起它又列在没覆盖的单位里。"), "save": _("结束覆盖")}
    return _ending(request, pk, actions.uncover, _("结束%(name)s的覆盖？"), page, _("已结束覆盖。"))


def send_instructor(request: HttpRequest, pk: int) -> HttpResponse:
    """Who instructs it."""

    def act(one: Establishment, person: Person, data: dict[str, Any]) -> Any:
        return actions.send_instructor(one, person, from_on=data["from_on"], by=_user(request))

    words = {
        "heading": _("给%(name)s派党建指导员"),
        "scope": _("本地的正式党员列在下面；别人按姓名、拼音或首字母找。"),
        "save": _("派指导员"),
    }
    return _choosing(request, pk, act, words, _("已派指导员。"), full=True)


def recall_instructor(request: HttpRequest, pk: int) -> HttpResponse:
    """The instructor's work there ends."""
    page = {"scope": _("从这天起这个单位没有指导员。"), "save": _("结束指导")}
    return _ending(request, pk, actions.recall_instructor, _("结束%(name)s指导员的工作？"), page, _("已结束指导。"))


def link(request: HttpRequest, pk: int) -> HttpResponse:
    """Which member works there."""

    def act(one: Establishment, person: Person, data: dict[str, Any]) -> Any:
        return actions.link(one, person, from_on=data["from_on"], by=_user(request))

    words = {
        "heading": _("记%(name)s的党员"),
        "scope": _("只连名册上已有的党员。本地的列在下面；别人按姓名、拼音或首字母找。"),
        "save": _("记在这个单位"),
    }
    return _choosing(request, pk, act, words, _("已记下。"))


def unlink(request: HttpRequest, pk: int) -> HttpResponse:
    """A member no longer works there."""
    row = get_object_or_404(Workplace.objects.select_related("establishment__organisation", "person"), pk=pk)
    one = queries.establishment_for(request.user, row.establishment_id, CHANGE)
    if not queries.visible_people(request.user, [row.person_id]):
        raise Http404
    form = EndForm(request.POST or None, initial={"on": today()})
    page = {
        "heading": _("%(person)s不在%(name)s了？") % {"person": row.person.name, "name": one.name},
        "save": _("不在这里了"),
        "back": one.get_absolute_url(),
    }

    def act(data: dict[str, Any]) -> Any:
        actions.unlink(row, on=data["on"], by=_user(request))
        return one

    return _answer(request, form, act, page, _("已登记。"))


def _choosing(
    request: HttpRequest,
    pk: int,
    act: Callable[[Establishment, Person, dict[str, Any]], Any],
    words: dict[str, str],
    done: str,
    *,
    full: bool = False,
) -> HttpResponse:
    """A form that asks which member: those of the place stand there, others are found by name."""
    one = queries.establishment_for(request.user, pk, CHANGE)
    text = request.GET.get("q", "").strip()
    people = queries.people_found(request.user, one, text, today(), full=full)
    form = PersonForm(request.POST or None, people=people, initial={"from_on": today()})
    page = {
        **words,
        "heading": words["heading"] % {"name": one.name},
        "back": one.get_absolute_url(),
        "text": text,
        "search_label": _("按姓名、拼音或首字母找"),
        "choice": "person",
        "is_empty": not people,
        "are_many": len(people) >= queries.PEOPLE_SHOWN,
    }

    def chosen(data: dict[str, Any]) -> Any:
        act(one, Person.objects.get(pk=data["person"]), data)
        return one

    return _answer(request, form, chosen, page, done)


def _ending(
    request: HttpRequest, pk: int, act: Callable[..., Any], heading: str, page: dict[str, Any], done: str
) -> HttpResponse:
    """A form that asks for a day only."""
    one = queries.establishment_for(request.user, pk, CHANGE)
    form = EndForm(request.POST or None, initial={"on": today()})
    page = {**page, "heading": heading % {"name": one.name}, "back": one.get_absolute_url(), "is_end": True}

    def ended(data: dict[str, Any]) -> Any:
        act(one, on=data["on"], by=_user(request))
        return one

    return _answer(request, form, ended, page, done)


def _answer(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[dict[str, Any]], Any],
    page: dict[str, Any],
    done: str,
) -> HttpResponse:
    """Shows the form, or does the act and leads on to what it is about."""
    if request.method == "POST" and form.is_valid():
        try:
            made = act(form.cleaned_data)
        except DomainError as error:
            beside = next((name for name in getattr(error, "fields", ()) if name in form.fields), None)
            form.add_error(beside, str(error))
        else:
            messages.success(request, done)
            return redirect(made)
    template = "establishments/choose.html" if "choice" in page else "establishments/form.html"
    return render(request, template, page | {"form": form}, status=422 if form.errors else 200)


def _unit_asked(request: HttpRequest, right: str) -> Organisation:
    if code := request.GET.get("at", ""):
        return organisations.unit_for(request.user, code, right)
    home = policy.home_unit(request.user, right) or organisations.visible_units(request.user, right).first()
    if home is None:
        raise PermissionDenied(right)
    return cast(Organisation, home)


def _query(request: HttpRequest, unit: Organisation) -> str:
    return urlencode({**{k: v for k, v in request.GET.items() if v and k != "page"}, "at": unit.code})


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)
