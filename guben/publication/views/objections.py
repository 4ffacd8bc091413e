"""Pages of objections: writing one, recording one, opening and deciding it, asking what became of it."""

from __future__ import annotations

import hashlib
import hmac
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from guben.access import limits
from guben.access import policy as access
from guben.accounts.installation import today
from guben.accounts.models import User
from guben.kit.errors import DomainError
from guben.publication import actions, errors, policy, queries
from guben.publication.forms import DecisionForm, ObjectionForm, ReceiptForm, ReceivedForm
from guben.publication.models import Notice, Objection
from guben.publication.views import asking
from guben.publication.views.notices import state_of


@asking.for_strangers_too
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """An objection on line, by whoever reads the notice as its audience."""
    found = queries.notice_for(request.user, pk)
    if not policy.may_object(request.user, found, today()):
        if policy.is_about(request.user, found):
            raise errors.AboutOneself
        if state_of(found) == "hanging":
            raise PermissionDenied("objection")  # reads the file, and is not whom it is meant for
        raise errors.NoLongerOpen(found.term_ends_on)
    form = ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _count(request, found)
        values = form.cleaned_data
        received = actions.object_to(found, text=values["text"], author=values["author"], by=request.user)
        return _receipt(request, found, received)
    context = {
        "notice": found, "form": form, "answerers": queries.answerers(found, today()), "base": asking.base_for(request)
    }  # fmt: skip
    return render(request, "publication/object.html", context, status=422 if form.is_bound else 200)


def receive(request: HttpRequest, pk: int) -> HttpResponse:
    """Records an objection that was brought, sent or told."""
    found = queries.notice_for(request.user, pk)
    if not policy.may_receive(request.user, found):
        access.require(request.user, policy.RECEIVE, found.organisation)
        raise errors.AboutOneself
    form = ReceivedForm(found, request.POST or None, initial={"received_on": today()})
    if request.method == "POST" and form.is_valid():
        try:
            received = actions.receive_objection(found, by=cast(User, request.user), **form.cleaned_data)
            return _receipt(request, found, received)
        except DomainError as error:
            form.add_error(None, str(error))
    context = {"notice": found, "form": form}
    return render(request, "publication/receive.html", context, status=422 if form.is_bound else 200)


def objection(request: HttpRequest, pk: int) -> HttpResponse:
    """One objection for the one who answers it: closed, opened with a note in the history, decided."""
    user = cast(User, request.user)
    found = queries.objection_for(user, pk)
    form = DecisionForm(initial={"decided_on": today()})
    opened = None
    if request.method == "POST":
        if "decide" in request.POST:
            form = DecisionForm(request.POST)
            if form.is_valid() and _decided(request, found, form):
                messages.success(request, _("已处理，反映人凭回执看得到答复。"))
                return redirect("publication:objection", found.pk)
        opened = actions.open_objection(found, by=user)
    context = {"objection": found, "notice": found.notice, "opened": opened, "form": form, "is_late": is_late(found)}
    return render(request, "publication/objection.html", context, status=422 if form.is_bound else 200)


def _decided(request: HttpRequest, found: Objection, form: DecisionForm) -> bool:
    try:
        actions.decide_objection(found, by=cast(User, request.user), **form.cleaned_data)
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    return True


@login_not_required
def answer(request: HttpRequest) -> HttpResponse:
    """What became of an objection, for whoever has its receipt."""
    form = ReceiptForm(request.POST or None)
    reply = None
    if request.method == "POST" and form.is_valid():
        limits.use("receipt", limits.key_of_address(request))
        try:
            reply = queries.reply(form.cleaned_data["receipt"], today())
        except errors.NoSuchReceipt as error:
            form.add_error("receipt", str(error))
    context = {"form": form, "reply": reply, "base": asking.base_for(request)}
    return render(request, "publication/answer.html", context, status=422 if form.errors else 200)


def is_late(found: Objection) -> bool:
    return found.decided_on is None and found.due_on < today()


def _receipt(request: HttpRequest, notice: Notice, received: actions.Received) -> HttpResponse:
    """The receipt is shown once, in the answer to the form itself: it stands in no address and in no session."""
    context = {
        "notice": notice, "objection": received.objection, "receipt": received.receipt, "base": asking.base_for(request)
    }  # fmt: skip
    return render(request, "publication/receipt.html", context)


def _count(request: HttpRequest, notice: Notice) -> None:
    """Counts what comes from one place, and what comes to one notice; neither says who wrote."""
    who = f"user {request.user.pk}" if request.user.is_authenticated else ""
    key = (
        hmac.new(settings.SECRET_KEY.encode(), f"objection {who}".encode(), hashlib.sha256).hexdigest()[:40]
        if who
        else limits.key_of_address(request)
    )
    limits.use("objection", key)
    limits.use("notice", notice.pk)
