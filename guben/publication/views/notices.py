"""Pages of notices: the list, one notice, posting, taking down, the A4 print, checking a print."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from guben.access import policy as access
from guben.accounts.installation import today
from guben.accounts.models import User
from guben.kit.errors import DomainError
from guben.organisations import queries as organisations
from guben.organisations.models import Organisation
from guben.publication import actions, errors, policy, printing, queries
from guben.publication.forms import FilterForm, NoticeForm
from guben.publication.models import Notice
from guben.publication.views import asking

PAGE = 50


def list_notices(request: HttpRequest) -> HttpResponse:
    """The notices a user may read, newest first, and the objections that wait for her."""
    on, user = today(), cast(User, request.user)
    form = FilterForm(request.GET)
    state = form.cleaned_data["state"] if form.is_valid() else ""
    unit = _unit_asked(request)
    found = queries.filtered(queries.notices_for(user, on), on, unit=unit, state=state)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "unit": unit,
        "waiting": queries.waiting_for(user, on),
        "rows": [(notice, state_of(notice)) for notice in page.object_list],
        "may_post": access.may_anywhere(user, actions.POST),
    }
    return render(request, "publication/list.html", context)


def post(request: HttpRequest) -> HttpResponse:
    """The form for a notice that belongs to no case."""
    code = request.GET.get("at", "")
    if not code:
        return asking.where(request, actions.POST, "publication:post")
    unit = organisations.unit_for(request.user, code, actions.POST)
    sees_people = access.may(request.user, "members.view", unit)
    form = NoticeForm(unit, request.POST or None, sees_people=sees_people, initial={"posted_on": today()})
    if request.method == "POST" and form.is_valid() and (notice := _posted(request, unit, form)):
        messages.success(request, _("已贴出，%(number)s。打印出来张贴，期满取下。") % {"number": notice.number})
        return redirect(notice)
    context = {"unit": unit, "form": form, "crumbs": organisations.crumbs(unit, request.user)}
    return render(request, "publication/post.html", context, status=422 if form.is_bound else 200)


def _posted(request: HttpRequest, unit: Organisation, form: NoticeForm) -> Notice | None:
    values: dict[str, Any] = dict(form.cleaned_data)
    values["on"] = values.pop("posted_on")
    try:
        return actions.post(unit, by=cast(User, request.user), **values)
    except DomainError as error:
        form.add_error(None, str(error))
        return None


@asking.for_strangers_too
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """One notice. Strangers read what is public and still hangs; all others are sent to sign in."""
    found = queries.notice_for(request.user, pk)
    on, user = today(), request.user
    in_file = access.may(user, policy.FILE, found.organisation)
    decides = policy.may_decide(user, found, on)
    context = {
        "notice": found,
        "state": state_of(found),
        "standing": queries.standing_of(found, on) if in_file else None,
        "answerers": queries.answerers(found, on),
        "counted": queries.counted(found, on) if in_file or decides else None,
        "objections": list(found.objections.all()) if decides else [],
        "in_file": in_file,
        "decides": decides,
        "may_object": policy.may_object(user, found, on),
        "may_receive": policy.may_receive(user, found),
        "may_take_down": state_of(found) == "hanging" and access.may(user, actions.POST, found.organisation),
        "is_about_me": policy.is_about(user, found),
        "base": asking.base_for(request),
    }
    return render(request, "publication/notice.html", context)


def take_down(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for the reason and takes a notice down before its term is over."""
    found = queries.notice_for(request.user, pk)
    access.require(request.user, actions.POST, found.organisation)
    if found.taken_down_on:
        raise errors.AlreadyTakenDown
    said = _("已撤下。存在档案里，办件里的结果不能再按它登记。")
    return asking.ended(request, found, actions.take_down, page="publication/take_down.html", said=said)


def poster(request: HttpRequest, pk: int) -> HttpResponse:
    """The A4 print."""
    found = queries.notice_for(request.user, pk)
    address = request.build_absolute_uri(reverse("publication:check", args=[found.check_code]))
    name = f'inline; filename="notice-{found.number}.pdf"'
    content = printing.poster(found, address, today())
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": name})


@login_not_required
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Whether a print is genuine and in force, for whoever holds it; nothing about a person once it is over."""
    found = queries.by_code(code)
    state = state_of(found) if found else ""
    hangs = state == "hanging"
    context = {
        "notice": found,
        "state": state,
        "title": queries.title_for_strangers(found) if found and hangs else "",
        "may_read": bool(found and hangs and found.audience == "public"),
        "base": asking.base_for(request),
    }
    return render(request, "publication/check.html", context, status=200 if found else 404)


def state_of(notice: Notice) -> str:
    """hanging, last_day, over, taken_down: one word for pages."""
    on = today()
    if notice.taken_down_on and notice.taken_down_on <= on:
        return "taken_down"
    return "over" if notice.term_ends_on < on else "hanging"


def _unit_asked(request: HttpRequest) -> Organisation | None:
    code = request.GET.get("at")
    return organisations.unit_for(request.user, code) if code else None
