"""The pages of reserve cadres and of cadres sent down."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guben.accounts.installation import today
from guben.members import actions, errors, queries
from guben.members.forms import day_field
from guben.members.views.asking import answer, unit_asked, user_of
from guben.members.views.posts import candidates_at
from guben.organisations import queries as organisations
from guben.organisations.choices import PostKind
from guben.organisations.models import Organisation


class ReserveForm(forms.Form):
    """Who comes on the list, for what, why, decided by whom."""

    person = forms.TypedChoiceField(label=gettext_lazy("谁"), coerce=int, empty_value=None, widget=forms.RadioSelect)
    post_kind = forms.ChoiceField(label=gettext_lazy("培养方向"), choices=PostKind.choices)
    from_on = day_field(gettext_lazy("从哪天起"))
    reason = forms.CharField(label=gettext_lazy("列入理由"), max_length=200)
    decided_by = forms.CharField(
        label=gettext_lazy("由谁决定"), max_length=120, help_text=gettext_lazy("会议和日期，例如：2026年6月2日支委会")
    )

    def __init__(self, *args: Any, people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = people  # type: ignore[attr-defined]


class EndReserveForm(forms.Form):
    """From which day somebody is off the list, and why."""

    until_on = day_field(gettext_lazy("移出日期"))
    because = forms.CharField(label=gettext_lazy("移出原因"), max_length=200)


class SendDownForm(forms.Form):
    """Which unit sent the holder down, and until when."""

    sent_by = forms.CharField(
        label=gettext_lazy("派出单位的代码"), max_length=32, help_text=gettext_lazy("代码在组织页面的标题下。")
    )
    ends_on = day_field(gettext_lazy("期满日期"))


def reserve(request: HttpRequest) -> HttpResponse:
    """The list of a unit, for those who keep it."""
    unit = _unit(request)
    now = today()
    context = {
        "unit": unit,
        "lines": queries.reserve_of(unit, now),
        "former": queries.former_reserve_of(unit, now),
        "may_add": unit.dissolved_on is None,
    }
    return render(request, "members/reserve.html", context)


def add_reserve(request: HttpRequest) -> HttpResponse:
    """A new name on the list."""
    unit = _unit(request)
    text = request.GET.get("q", "").strip()
    people = candidates_at(request, unit, text)
    form = ReserveForm(
        request.POST or None, people=people, initial={"from_on": today(), "post_kind": PostKind.SECRETARY}
    )

    def act(data: dict[str, Any]) -> str:
        person = queries.person_for(request.user, data.pop("person"))
        actions.put_on_reserve(person, unit, by=user_of(request), **data)
        messages.success(request, _("%(name)s已列入后备干部名单。") % {"name": person.name})
        return _list(unit)

    page = {
        "heading": _("列入后备干部"),
        "scope": _("%(unit)s。名单只有管这里党员的人看得到。") % {"unit": unit.name},
        "save": _("列入名单"),
        "cancel": _("不列了，回去"),
        "text": text,
        "people": people,
        "at": unit.code,
        "template": "members/add_reserve.html",
    }
    return answer(request, form, act, page, _list(unit))


def end_reserve(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody leaves the list."""
    entry = queries.reserve_entry_for(request.user, pk)
    form = EndReserveForm(request.POST or None, initial={"until_on": today()})

    def act(data: dict[str, Any]) -> str:
        actions.take_off_reserve(entry, by=user_of(request), **data)
        messages.success(request, _("%(name)s已移出后备干部名单。") % {"name": entry.person.name})
        return _list(entry.organisation)

    page = {
        "heading": _("把%(name)s移出后备干部名单") % {"name": entry.person.name},
        "scope": _("以前的日子仍在名单上。"),
        "save": _("移出名单"),
        "cancel": _("不移了，回去"),
    }
    return answer(request, form, act, page, _list(entry.organisation))


def send_down(request: HttpRequest, pk: int) -> HttpResponse:
    """The holder of a post was sent down by another unit."""
    holding = queries.holding_for(request.user, pk)
    sent = getattr(holding, "secondment", None)
    initial = {"sent_by": sent.sent_by.code, "ends_on": sent.ends_on} if sent else {}
    form = SendDownForm(request.POST or None, initial=initial)
    goal = reverse("organisations:team", args=[holding.post.organisation.code])

    def act(data: dict[str, Any]) -> str:
        sender = organisations.visible_units(request.user).filter(code=data["sent_by"]).first()
        if sender is None:
            raise errors.SenderUnknown
        actions.send_down(holding, sent_by=sender, ends_on=data["ends_on"], by=user_of(request))
        messages.success(request, _("已登记下派，期满前会提示。"))
        return goal

    words = {"name": holding.person.name, "post": holding.post}
    page = {
        "heading": _("登记%(name)s是下派任%(post)s的") % words,
        "scope": _("期满前三个月起，班子页上会标出来。"),
        "save": _("登记下派"),
        "cancel": _("不登记了，回去"),
    }
    return answer(request, form, act, page, goal)


def _unit(request: HttpRequest) -> Organisation:
    """The unit whose list the reader keeps.

    Raises:
        Http404, PermissionDenied: as `policy.require`.
    """
    unit = unit_asked(request, "members.change")
    if unit is None:
        raise Http404
    if not queries.may_see_reserve(request.user, unit):
        raise PermissionDenied("members.change")
    return unit


def _list(unit: Organisation) -> str:
    return f"{reverse('members:reserve')}?{urlencode({'at': unit.code})}"
