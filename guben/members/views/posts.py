"""The forms for putting a person into a post and relieving one."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from guben.accounts.installation import today
from guben.members import actions, queries
from guben.members.choices import MEMBER_STAGES
from guben.members.forms import AppointForm, RelieveForm
from guben.members.views.asking import answer, user_of
from guben.organisations.models import Organisation, Post

PEOPLE_SHOWN = 60


def appoint(request: HttpRequest, pk: int) -> HttpResponse:
    """Who takes a vacant post. The members of the unit stand there; others are found by name."""
    post = queries.post_for(request.user, pk)
    text = request.GET.get("q", "").strip()
    people = _candidates(request, post, text)
    form = AppointForm(request.POST or None, people=people, initial={"from_on": today()})

    def act(data: dict[str, Any]) -> str:
        person = queries.person_for(request.user, data["person"])
        actions.appoint(person, post, from_on=data["from_on"], by=user_of(request))
        sentence = _("已登记%(name)s任%(unit)s%(post)s。要让本人登录办事，到“授权”里授予角色。")
        messages.success(request, sentence % {"name": person.name, "unit": post.organisation.short_name, "post": post})
        return _team(post.organisation)

    page = {
        "heading": _("登记%(post)s任职") % {"post": post},
        "scope": post.organisation.name,
        "save": _("登记任职"),
        "cancel": _("不登记了，回去"),
        "text": text,
        "people": people,
        "are_many": len(people) >= PEOPLE_SHOWN,
        "template": "members/appoint.html",
    }
    return answer(request, form, act, page, _team(post.organisation))


def relieve(request: HttpRequest, pk: int) -> HttpResponse:
    """From which day a person no longer holds the post."""
    holding = queries.holding_for(request.user, pk)
    form = RelieveForm(request.POST or None, initial={"until_on": today()})
    words = {"name": holding.person.name, "post": holding.post}

    def act(data: dict[str, Any]) -> str:
        actions.relieve(holding, by=user_of(request), **data)
        messages.success(request, _("已登记免去%(name)s的%(post)s职务。") % words)
        return _team(holding.post.organisation)

    page = {
        "heading": _("登记免去%(name)s的%(post)s职务") % words,
        "scope": _("随这个职务授予的角色同一天结束。任职历史保留。"),
        "save": _("登记免职"),
        "cancel": _("不登记了，回去"),
    }
    return answer(request, form, act, page, _team(holding.post.organisation))


def _candidates(request: HttpRequest, post: Post, text: str) -> list[tuple[int, str]]:
    return candidates_at(request, post.organisation, text, queries.eligible_stages(post))


def candidates_at(
    request: HttpRequest, unit: Organisation, text: str, stages: Collection[str] = MEMBER_STAGES
) -> list[tuple[int, str]]:
    """Who may be chosen: found by the text anywhere within reach, else the members of the unit itself."""
    chosen = request.POST.get("person", "")
    if text:
        found = queries.search(request.user, text, limit=PEOPLE_SHOWN).people
    else:
        found = list(queries.Listed(request.user, unit, today(), most=PEOPLE_SHOWN)[:PEOPLE_SHOWN])
    people = [
        (one.pk, one.name if one.organisation_id_on == unit.pk else f"{one.name} · {one.unit_name}")
        for one in found
        if one.stage in stages
    ]
    if chosen.isdecimal() and int(chosen) not in dict(people):
        person = queries.person_for(request.user, int(chosen))
        people.append((person.pk, person.name))
    return people


def _team(unit: Organisation) -> str:
    return reverse("organisations:team", args=[unit.code])
