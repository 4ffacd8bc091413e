"""The page of one person, and opening a number or an address with a reason."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from guben.access import policy
from guben.accounts import reauthentication
from guben.accounts.installation import today
from guben.kit.errors import DomainError
from guben.members import actions, queries
from guben.members.choices import NEEDS_CONTACT
from guben.members.forms import UnmaskForm
from guben.members.models import Person
from guben.members.pages import cards
from guben.members.views.asking import user_of
from guben.members.views.grouping import facts_of, sealed_ones
from guben.organisations import queries as organisations

PURPOSES = (_("办理组织关系转接"), _("核对名册和证件"), _("和上级系统核对"), _("联系本人"), _("本人要求核对"))


@never_cache
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Facts, stages, affiliations, standing and contacts, posts. Numbers are masked."""
    one = queries.person_for(request.user, pk)
    return render(request, "members/person.html", _page(request, one) | {"unmask_form": UnmaskForm()})


@require_POST
@never_cache
@reauthentication.required
def unmask(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows one number or address once, on this answer only; the reason goes into the history."""
    one = queries.person_for(request.user, pk)
    form = UnmaskForm(request.POST)
    shown: list[tuple[str, str]] = []
    if form.is_valid():
        data = form.cleaned_data
        try:
            text = actions.unmask(one, data["field"], data["reason"], by=user_of(request))
            shown = [(str(dict(form.fields["field"].choices)[data["field"]]), text)]  # type: ignore[attr-defined]
        except DomainError as error:
            form.add_error("reason", str(error))
    context = _page(request, one) | {"unmask_form": UnmaskForm() if shown else form, "shown": shown}
    return render(request, "members/person.html", context, status=200 if shown else 422)


def _page(request: HttpRequest, one: Person) -> dict[str, Any]:
    record = queries.record_of(one, today())
    unit = record.unit
    own = one.user_id == request.user.pk
    may_change = unit is not None and policy.may(request.user, "members.change", unit)
    return {
        "record": record,
        "person": one,
        "unit": unit,
        "facts": facts_of(one, record),
        "sealed": sealed_ones(one),
        "cards": cards(record, request.user, record.on),
        "crumbs": organisations.crumbs(unit, request.user) if unit else [],
        "is_own": own,
        "may_list": unit is not None and policy.may(request.user, "members.view", unit),
        "may_change": may_change,
        "may_contact": may_change and record.standing is not None,
        "needs_contact": record.standing is not None and record.standing.kind in NEEDS_CONTACT,
        "purposes": PURPOSES,
        "may_unmask": own or (unit is not None and policy.may(request.user, "members.unmask", unit)),
        "may_relieve": {
            holding.pk
            for holding in record.holdings
            if holding.until_on is None and policy.may(request.user, "members.change", holding.post.organisation)
        },
    }
