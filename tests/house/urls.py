"""Addresses for tests of the frame alone: pages that refuse, break or show every component."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from guben.home import views_errors
from guben.kit.errors import DomainError

GALLERY = Path(__file__).with_name("gallery.html")


class MeetingForm(forms.Form):
    """One of each kind of field."""

    held_on = forms.DateField(label="会议日期", help_text="会议结束后补记也可以")
    present = forms.IntegerField(label="到会人数")
    form = forms.ChoiceField(label="什么会", choices=[("a", "支委会"), ("b", "党员大会"), ("c", "主题党日")])
    way = forms.ChoiceField(
        label="怎么开的", choices=[("1", "当面"), ("2", "视频"), ("3", "流动党员分会场")], widget=forms.RadioSelect
    )
    topic = forms.CharField(label="议题和结果", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    kept = forms.BooleanField(label="有会议记录", required=False)

    def clean_present(self) -> int:
        """More present than entitled can't be."""
        if self.cleaned_data["present"] > 39:
            raise forms.ValidationError("到会41人，多于应到39人。请核对到会或应到。")
        return int(self.cleaned_data["present"])


def gallery(request: HttpRequest) -> HttpResponse:
    """Every component once."""
    form = MeetingForm({"held_on": "2026-06-26", "present": "41", "form": "b", "way": "1"})
    page = Paginator(range(212), 20).page(2)
    crumbs = [SimpleNamespace(title=title, url="#") for title in ("示范市", "清湾镇党委")]
    template = engines["django"].from_string(GALLERY.read_text(encoding="utf-8"))
    return HttpResponse(template.render({"form": form, "page": page, "crumbs": crumbs}, request))


class Refused(DomainError):
    status = 409


def refuse(request: HttpRequest) -> HttpResponse:
    raise Refused("“登记公示结果”7月6日（周一）开放。因为第十三条：公示不少于5个工作日。")


def forbid(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied("members.view")


def hide(request: HttpRequest) -> HttpResponse:
    raise Http404


@login_not_required
def fall(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a fault of the software")


def plain(request: HttpRequest, **_rest: Any) -> HttpResponse:
    return HttpResponse("plain")


@login_not_required
def open_to_all(request: HttpRequest) -> HttpResponse:
    return HttpResponse("plain")


home = (
    [path("", gallery, name="today"), path("search", plain, name="search"), path("more/", plain, name="more")],
    "home",
)
organisations = ([path("", plain, name="tree")], "organisations")
members = ([path("", plain, name="list")], "members")
meetings = ([path("", plain, name="list"), path("record/", plain, name="record")], "meetings")
procedures = ([path("", plain, name="list")], "procedures")
figures = ([path("", plain, name="diagnosis")], "figures")
rulebook = ([path("", plain, name="list")], "rulebook")
imports = ([path("", plain, name="start")], "imports")
demo = ([path("sign-in/", open_to_all, name="sign_in"), path("day/", plain, name="day")], "demo")
units = [path("organisations/<code>/", plain, name="unit")]

urlpatterns = [
    path("", include(home)),
    path("organisations/", include(organisations)),
    path("members/", include(members)),
    path("meetings/", include(meetings)),
    path("cases/", include(procedures)),
    path("diagnosis/", include(figures)),
    path("rules/", include(rulebook)),
    path("imports/", include(imports)),
    path("demo/", include(demo)),
    path("account/", include("guben.accounts.urls")),
    path("account/factors/", include("allauth.mfa.urls")),
    path("account/", include("allauth.account.urls")),
    path("refuse/", refuse),
    path("forbid/", forbid),
    path("hide/", hide),
    path("fall/", fall),
    path("healthz", views_errors.healthz),
]
home[0].extend(units)

handler403 = "guben.home.views_errors.forbidden"
handler404 = "guben.home.views_errors.not_found"
handler500 = "guben.home.views_errors.broken"
