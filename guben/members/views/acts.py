"""The forms for what may be done with a person: register, change, move on, move, stand, contact."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from guben.accounts.installation import today
from guben.members import actions, queries
from guben.members.forms import AffiliateForm, ChangeForm, ContactForm, RegisterForm, StageForm, StandForm
from guben.members.places import affiliation_of, unit_of
from guben.members.spans import holds_on
from guben.members.views.asking import answer, unit_asked, user_of
from guben.members.views.grouping import fields_to_change, fields_to_register, more_fields, strata
from guben.organisations import queries as organisations
from guben.organisations.choices import BRANCH_KINDS
from guben.organisations.models import Group, Organisation

RIGHT = "members.change"
REGISTERED = "registered"  # in the session: whom the page that asked for the registration chooses at once
BRANCHES_SHOWN = 300


def register(request: HttpRequest) -> HttpResponse:
    """A new person on the roll of the branch of `?at=`; above the branches one is chosen first."""
    unit = unit_asked(request, RIGHT)
    if unit is None:
        raise PermissionDenied
    if unit.kind not in BRANCH_KINDS:
        branches = organisations.grassroots(unit)[: BRANCHES_SHOWN + 1]
        context = {"unit": unit, "branches": branches[:BRANCHES_SHOWN], "are_more": len(branches) > BRANCHES_SHOWN}
        return render(request, "members/register_where.html", context)
    form = RegisterForm(request.POST or None, unit=unit, groups=_groups(unit))

    def act(data: dict[str, Any]) -> str:
        person = actions.register_person(form.row(), by=user_of(request))
        messages.success(request, _("已登记%(name)s，编入%(unit)s。") % {"name": person.name, "unit": unit.short_name})
        request.session[REGISTERED] = person.pk
        return person.get_absolute_url()

    back = f"{reverse('members:list')}?at={unit.code}"
    page = {
        "heading": _("登记人员"),
        "scope": _("编入%(unit)s。") % {"unit": unit.name},
        "save": _("登记人员"),
        "cancel": _("不登记了，回去"),
        "unit": unit,
        "groups_of_fields": fields_to_register(form),
        "more_fields": more_fields(form),
        "strata": strata(),
        "template": "members/register.html",
    }
    return answer(request, form, act, page, back)


def change(request: HttpRequest, pk: int) -> HttpResponse:
    """The record of a person."""
    person = queries.person_for(request.user, pk, RIGHT)
    form = ChangeForm(request.POST or None, person=person)

    def act(data: dict[str, Any]) -> str:
        actions.change_person(person, by=user_of(request), **data)
        messages.success(request, _("已改%(name)s的资料。") % {"name": data["name"]})
        return person.get_absolute_url()

    page = _about(_("改%(name)s的资料") % {"name": person.name}, _("保存资料")) | {
        "groups_of_fields": fields_to_change(form),
        "strata": strata(),
        "template": "members/register.html",
    }
    return answer(request, form, act, page, person.get_absolute_url())


def stage(request: HttpRequest, pk: int) -> HttpResponse:
    """What a person becomes."""
    person = queries.person_for(request.user, pk, RIGHT)
    form = StageForm(request.POST or None, initial={"from_on": today()})

    def act(data: dict[str, Any]) -> str:
        row = actions.enter_stage(person, data["kind"], from_on=data["from_on"], by=user_of(request))
        sentence = _("已记%(name)s自%(day)s起为%(stage)s。")
        messages.success(
            request,
            sentence % {"name": person.name, "day": row.from_on.isoformat(), "stage": row.get_kind_display()},
        )
        return person.get_absolute_url()

    page = _about(_("登记%(name)s的新类别") % {"name": person.name}, _("登记类别"))
    page["scope"] = _("原来的类别到那天为止，历史保留。登记为“不再是党员”时，组织关系、在册情况和职务也到那天为止。")
    return answer(request, form, act, page, person.get_absolute_url())


def affiliate(request: HttpRequest, pk: int) -> HttpResponse:
    """The branch and group a person belongs to, within the user's own reach."""
    person = queries.person_for(request.user, pk, RIGHT)
    affiliation = affiliation_of(person)
    unit = affiliation.organisation if affiliation else None
    groups = _groups(unit) if unit else []
    initial = {"branch": unit.code if unit else "", "group": affiliation and affiliation.group_id, "from_on": today()}
    form = AffiliateForm(request.POST or None, groups=groups, initial=initial)

    def act(data: dict[str, Any]) -> str:
        branch = organisations.unit_for(request.user, data["branch"].strip(), RIGHT)
        group = next((one for one in groups if one.pk == data["group"] and branch == unit), None)
        actions.affiliate(person, branch, group=group, from_on=data["from_on"], by=user_of(request))
        messages.success(request, _("已把%(name)s编入%(unit)s。") % {"name": person.name, "unit": branch.short_name})
        return person.get_absolute_url()

    page = _about(_("调整%(name)s的支部和党小组") % {"name": person.name}, _("调整支部和党小组"))
    page["scope"] = _("只在自己管理的支部之间调整。转到别的组织，请走组织关系转接。")
    return answer(request, form, act, page, person.get_absolute_url())


def stand(request: HttpRequest, pk: int) -> HttpResponse:
    """Where and how a member takes part, and who keeps contact."""
    person = queries.person_for(request.user, pk, RIGHT)
    unit, now = unit_of(person), today()
    roll = [entry for entry in queries.roll_of(unit, now) if entry.person_id != person.pk] if unit else []
    standing = queries.record_of(person, now).standing
    initial = {
        "kind": standing.kind if standing else "",
        "contact_person": standing.contact_person_id if standing else None,
        "place": standing.place if standing else "",
        "from_on": now,
    }
    form = StandForm(request.POST or None, roll=roll, initial=initial)

    def act(data: dict[str, Any]) -> str:
        chosen = data["contact_person"]
        actions.take_standing(
            person,
            data["kind"],
            from_on=data["from_on"],
            contact_person=queries.person_for(request.user, chosen) if chosen else None,
            place=data["place"],
            by=user_of(request),
        )
        messages.success(request, _("已改%(name)s的在册情况。") % {"name": person.name})
        return person.get_absolute_url()

    page = _about(_("改%(name)s的在册情况") % {"name": person.name}, _("保存在册情况"))
    page["scope"] = _("外出、在外居住和年老体弱的党员不计入应到，由联系人保持联系。")
    return answer(request, form, act, page, person.get_absolute_url())


def contact(request: HttpRequest, pk: int) -> HttpResponse:
    """One contact: two taps and a button on the phone."""
    person = queries.person_for(request.user, pk, RIGHT)
    form = ContactForm(request.POST or None, initial={"contacted_on": today()})

    def act(data: dict[str, Any]) -> str:
        made = actions.record_contact(person, by=user_of(request), **data)
        sentence = _("已记%(day)s和%(name)s联系。")
        messages.success(request, sentence % {"name": person.name, "day": made.contacted_on.isoformat()})
        return person.get_absolute_url()

    page = _about(_("记录和%(name)s的联系") % {"name": person.name}, _("记录联系"))
    page["cancel"] = _("不记了，回去")
    return answer(request, form, act, page, person.get_absolute_url())


def _groups(unit: Organisation) -> list[Group]:
    return list(Group.objects.filter(holds_on(today()), organisation=unit))


def _about(heading: str, save: str) -> dict[str, Any]:
    return {"heading": heading, "save": save}
