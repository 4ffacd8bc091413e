"""Pages of dues: the units' sums, a branch's year, its standards, its publication, and a member's account."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from guben.access import policy
from guben.accounts.installation import today
from guben.accounts.models import User
from guben.dues import actions, queries
from guben.dues.calculations import months_begun
from guben.dues.forms import CollectForm, CorrectForm, PayForm, PublishForm, StandardsForm, latest
from guben.dues.models import Payment
from guben.dues.money import yuan
from guben.kit.errors import DomainError
from guben.members import queries as members
from guben.members.places import may_see, unit_of
from guben.organisations import queries as organisations
from guben.organisations.choices import BRANCH_KINDS
from guben.organisations.models import Organisation

VIEW, RECORD, FIGURES = "dues.view", "dues.record", "figures.view"


def overview(request: HttpRequest) -> HttpResponse:
    """Where one belongs: the branch's year, the sums of the units below, or the own account."""
    right = VIEW if policy.may_anywhere(request.user, VIEW) else FIGURES
    code = request.GET.get("at", "")
    person = members.own_person(request.user)
    if right == FIGURES and not code and person:
        return redirect("dues:account", person.pk)
    unit = _unit_asked(request, code, right)
    year = _year(request)
    if unit.kind in BRANCH_KINDS and policy.may(request.user, VIEW, unit):
        return redirect(f"{reverse('dues:branch', args=[unit.code])}?year={year}")
    coarse = not policy.may(request.user, VIEW, unit)
    context = _around(request, unit, year) | {"summary": queries.summary(unit, year, today(), coarse=coarse)}
    return render(request, "dues/overview.html", context)


@never_cache
def branch(request: HttpRequest, code: str) -> HttpResponse:
    """The year of a branch: who has paid up to which month, and one form to note those who paid."""
    unit = organisations.unit_for(request.user, code, VIEW)
    if unit.kind not in BRANCH_KINDS:
        return redirect(f"{reverse('dues:overview')}?at={unit.code}")
    return _branch_page(request, unit, None)


@require_POST
def collect(request: HttpRequest, code: str) -> HttpResponse:
    """Notes that the chosen members paid through a month."""
    unit = organisations.unit_for(request.user, code, RECORD)
    year = _year(request)
    form = _collect_form(request.POST, queries.lines_of(unit, year, today()), year)
    if form.is_valid():
        try:
            rows = actions.collect(unit, year, by=_user(request), **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            total = yuan(sum(row.amount_cents for row in rows))
            words = ngettext("已记%(count)s人，共%(total)s元。", "已记%(count)s人，共%(total)s元。", len(rows))
            messages.success(request, words % {"count": len(rows), "total": total})
            return redirect(_branch_url(unit, year))
    return _branch_page(request, unit, form)


@never_cache
def standards(request: HttpRequest, code: str) -> HttpResponse:
    """One table to set what each member of a branch pays a month."""
    unit = organisations.unit_for(request.user, code, RECORD)
    year, now = _year(request, ahead=1), today()
    lines = queries.lines_of(unit, year, now)
    form = StandardsForm(request.POST or None, lines, year, month=max(1, months_begun(year, now)))
    if request.method == "POST" and form.is_valid():
        try:
            month = form.cleaned_data["from_month"]
            done = actions.set_standards(unit, year, form.wanted(), from_month=month, by=_user(request))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            words = ngettext("已定%(count)s人的标准。", "已定%(count)s人的标准。", len(done))
            messages.success(request, words % {"count": len(done)})
            return redirect(f"{reverse('dues:standards', args=[unit.code])}?year={year}")
    context = _around(request, unit, year, ahead=1) | {"form": form, "scales": form.scales.values()}
    return render(request, "dues/standards.html", context, status=422 if form.errors else 200)


@require_POST
def carry_over(request: HttpRequest, code: str) -> HttpResponse:
    """Keeps last year's standards for those who have none yet."""
    unit = organisations.unit_for(request.user, code, RECORD)
    year = _year(request, ahead=1)
    count = actions.carry_over(unit, year, by=_user(request))
    words = ngettext("已沿用%(count)s人的标准。", "已沿用%(count)s人的标准。", count)
    messages.success(request, words % {"count": count})
    return redirect(f"{reverse('dues:standards', args=[unit.code])}?year={year}")


@never_cache
def publication(request: HttpRequest, code: str) -> HttpResponse:
    """The list of a year's collection as it is made public, for print."""
    unit = organisations.unit_for(request.user, code, VIEW)
    year = _year(request)
    form = PublishForm(request.POST or None, initial={"published_on": latest(today(), year)})
    if request.method == "POST":
        policy.require(request.user, RECORD, unit)
        if form.is_valid() and _did(form, lambda: actions.publish(unit, year, by=_user(request), **form.cleaned_data)):
            messages.success(request, _("已登记公布。"))
            return redirect(f"{reverse('dues:publication', args=[unit.code])}?year={year}")
    lines = queries.lines_of(unit, year, today())
    context = _around(request, unit, year) | {
        "lines": lines,
        "sums": queries.sums_of(lines),
        "extra": sum(line.extra for line in lines),
        "publications": queries.publications_of(unit, year),
        "form": form,
    }
    return render(request, "dues/publication.html", context, status=422 if form.errors else 200)


@never_cache
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """A member's years: months, standards and payments. Everybody may read the own one."""
    person = queries.person_for(request.user, pk)
    found = queries.balances_of(person, today())
    asked = _year(request)
    year = asked if asked in found or "year" in request.GET else max(found, default=asked)
    balance, year_account = found.get(year, (None, None))
    unit = unit_of(person)
    context = {
        "person": person,
        "unit": unit,
        "year": year,
        "years": sorted({*found, year}, reverse=True),
        "balance": balance,
        "account": year_account,
        "states": [(month, year_account.state_of(month)) for month in range(1, 13)] if year_account else [],
        "payments": [(row, queries.goes_to_centre(row)) for row in queries.payments_of(balance)] if balance else [],
        "decisions": queries.decisions_of(balance) if balance else [],
        "may_record": unit is not None and policy.may(request.user, RECORD, unit),
        "may_view_unit": unit is not None and policy.may(request.user, VIEW, unit),
        "may_see_person": may_see(request.user, person, unit),
    }
    return render(request, "dues/account.html", context)


@never_cache
def pay(request: HttpRequest, pk: int) -> HttpResponse:
    """One payment of one member."""
    person = queries.person_for(request.user, pk, RECORD)
    year = _year(request)
    form = PayForm(request.POST or None, initial={"paid_on": latest(today(), year)})
    back = f"{reverse('dues:account', args=[pk])}?year={year}"
    if (
        request.method == "POST"
        and form.is_valid()
        and _did(form, lambda: actions.pay(person, year, by=_user(request), **form.cleaned_data))
    ):
        messages.success(request, _("已记这笔交款。"))
        return redirect(back)
    context = {"person": person, "year": year, "form": form, "back": back, "unit": unit_of(person)}
    return render(request, "dues/pay.html", context, status=422 if form.errors else 200)


@never_cache
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a payment back by a counter-entry."""
    payment: Payment = queries.payment_for(request.user, pk)
    form = CorrectForm(request.POST or None)
    back = payment.balance.get_absolute_url()
    if (
        request.method == "POST"
        and form.is_valid()
        and _did(form, lambda: actions.correct(payment, form.cleaned_data["reason"], by=_user(request)))
    ):
        messages.success(request, _("已冲销。两笔都留在账上。"))
        return redirect(back)
    context = {"payment": payment, "person": payment.balance.person, "form": form, "back": back}
    return render(request, "dues/correct.html", context, status=422 if form.errors else 200)


def _branch_page(request: HttpRequest, unit: Organisation, form: CollectForm | None) -> HttpResponse:
    year = _year(request)
    lines = queries.lines_of(unit, year, today())
    shown = form or _collect_form(None, lines, year)
    through = int(shown["through"].value() or 0) if str(shown["through"].value() or "").isdecimal() else 0
    chosen = {str(value) for value in (shown["people"].value() or [])} if shown.is_bound else None
    rows = [
        (line, _is_chosen(line, through, chosen), line.account.missing_through(through) if line.account else 0)
        for line in lines
    ]
    context = _around(request, unit, year) | {
        "form": shown,
        "rows": rows,
        "sums": queries.sums_of(lines),
        "open_count": sum(1 for line in lines if line.account and line.account.left > 0),
    }
    return render(request, "dues/branch.html", context, status=422 if form is not None else 200)


def _is_chosen(line: queries.Line, through: int, chosen: set[str] | None) -> bool:
    if chosen is not None:
        return str(line.member.person_id) in chosen
    return bool(line.account and line.account.missing_through(through))


def _collect_form(data: Any, lines: list[queries.Line], year: int) -> CollectForm:
    now = today()
    last = actions.last_month_taken(year, now)
    initial = {"through": min(last, months_begun(year, now)), "paid_on": now}
    return CollectForm(data, lines, last=last, initial=initial)


def _did(form: Any, act: Any) -> bool:
    """Does the act; a refusal becomes an error of the form."""
    try:
        act()
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    return True


def _unit_asked(request: HttpRequest, code: str, right: str) -> Organisation:
    if code:
        unit = organisations.unit_for(request.user, code)
        if not any(policy.may(request.user, one, unit) for one in (VIEW, FIGURES)):
            raise PermissionDenied(right)
        return unit
    home = policy.home_unit(request.user, right) or organisations.visible_units(request.user, right).first()
    if home is None:
        raise PermissionDenied(right)
    return cast(Organisation, home)


def _around(request: HttpRequest, unit: Organisation, year: int, *, ahead: int = 0) -> dict[str, Any]:
    return {
        "unit": unit,
        "crumbs": organisations.crumbs(unit, request.user),
        "year": year,
        "years": sorted(queries.years(today(), ahead=ahead), reverse=True),
        "may_record": policy.may(request.user, RECORD, unit) and unit.dissolved_on is None,
        "is_branch": unit.kind in BRANCH_KINDS,
    }


def _year(request: HttpRequest, *, ahead: int = 0) -> int:
    """The year of `?year=`, this year where it cannot be read or is not kept."""
    text, now = request.GET.get("year", ""), today()
    known = queries.years(now, ahead=ahead)
    return int(text) if text.isascii() and text.isdecimal() and len(text) == 4 and int(text) in known else now.year


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _branch_url(unit: Organisation, year: int) -> str:
    return f"{reverse('dues:branch', args=[unit.code])}?year={year}"
