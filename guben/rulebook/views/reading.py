"""The rules as a reader meets them: what they say, who says so, since when, and whom they concern."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guben.access import policy
from guben.accounts.installation import today
from guben.jobs.downloads import workbook_response
from guben.organisations.models import Organisation
from guben.rulebook import queries, under_way
from guben.rulebook.audience import READ, Audience
from guben.rulebook.drafts import ISSUE, file_of
from guben.rulebook.listing import KIND_WORDS, KINDS, STATES, Asked, all_families, families, rows
from guben.rulebook.models import Edition, Rulebook
from guben.rulebook.reach import reach_of
from guben.rulebook.steps import steps_of
from guben.rulebook.timeline import chosen_pair, facts_used, timeline
from guben.rulebook.views.writing import toml_file
from guben.rulebook.workings import differences, workings
from guben.rulebook_engine.entries import Entry, Standard
from guben.rulebook_engine.examples import Example, read_examples
from guben.rulebook_engine.library import Library
from guben.rulebook_engine.procedures import Procedure


def require_reader(request: HttpRequest) -> None:
    """Refuses who may read no rules anywhere."""
    if not policy.may_anywhere(request.user, READ):
        raise PermissionDenied(READ)


def rule_list(request: HttpRequest) -> HttpResponse:
    """The rules by family: in force today, or those to come or ended; filtered, printed, exported."""
    require_reader(request)
    on, asked, library = today(), Asked.of(request.GET), queries.library()
    found = families(library, asked, request.user, on)
    if request.GET.get("export") == "xlsx":
        head, lines = rows(found)
        return workbook_response(f"{_('制度')}-{on}", head, lines)
    shown = {
        "on": on,
        "families": found,
        "asked": asked,
        "kinds": [(kind, KIND_WORDS[kind]) for kind in KINDS],
        "states": STATES.items(),
        "all_families": all_families(library, request.user),
        "count": sum(len(family.rules) for family in found),
        "may_issue": policy.may_anywhere(request.user, ISSUE),
    }
    return render(request, "rulebook/list.html", shown)


def _editions(request: HttpRequest, key: str) -> tuple[Library, tuple[Entry, ...]]:
    """The rule's editions.

    Raises:
        Http404: there is no such rule, or the reader is not told of it.
    """
    require_reader(request)
    library = queries.library()
    editions = library.editions(key)
    if not editions or not Audience(request.user, editions).sees(editions[-1]):
        raise Http404
    return library, editions


def rule(request: HttpRequest, key: str) -> HttpResponse:
    """One rule: its words, source, certainty, editions, how it is worked out, whom it concerns and what it costs."""
    library, editions = _editions(request, key)
    on = today()
    now = library.get(key, on) or next((one for one in editions if one.from_on > on), editions[-1])
    day = on if now.in_force(on) else now.from_on
    indicator = library.indicator_of(now, day) if isinstance(now, Standard) else None
    pair = chosen_pair(editions, request.GET.get("old", ""), request.GET.get("new", ""))
    shown: dict[str, Any] = {
        "rule": now,
        "on": on,
        "in_force": now.in_force(on),
        "pair": pair,
        "differences": differences(*pair) if pair else [],
        "workings": workings(now, indicator.title.say(get_language() or "zh") if indicator else ""),
        "indicator": indicator,
        "standards": [one for one in library.standards(on) if one.indicator == key],
        "examples": _examples(key),
        "facts": facts_used(now, indicator),
        "steps": steps_of(now) if isinstance(now, Procedure) else [],
    }
    shown |= _issued(request, key, editions, on, library) | _reaching(request, now, day, library)
    return render(request, "rulebook/rule.html", shown)


def _issued(request: HttpRequest, key: str, editions: tuple[Entry, ...], on: date, library: Library) -> dict[str, Any]:
    """Who issued the rule by which papers, and what the reader may do with it."""
    may_issue = policy.may_anywhere(request.user, ISSUE)
    if editions[-1].is_national:
        return {"timeline": timeline(editions, [], on), "installed_only": may_issue}
    book, issuer = file_of(key, library) or ("", "")
    acts = list(Edition.objects.filter(key=book, organisation__code=issuer).select_related("organisation", "issued_by"))
    unit = acts[0].organisation if acts else Organisation.objects.filter(code=issuer).first()
    return {
        "timeline": timeline(editions, acts, on),
        "withdrawn": [act for act in acts if act.withdrawn_at],
        "issuer_unit": unit,
        "may_change": bool(acts) and unit is not None and policy.may(request.user, ISSUE, unit),
        "installed_only": may_issue and not acts,
    }


def _reaching(request: HttpRequest, now: Entry, day: date, library: Library) -> dict[str, Any]:
    """Whom the rule concerns at and below where the reader stands, and what it costs there."""
    home = policy.home_unit(request.user, "units.view", request.session.get("acting_unit", ""))
    if not isinstance(home, Organisation):
        return {}
    reach = reach_of(now, home, day, library)
    running = under_way.count(request.user, now.key, home, today()) if isinstance(now, Procedure) else None
    return {"home": home, "reach": reach, "under_way": running, "answerable": getattr(now, "answerable", "")}


def rule_file(request: HttpRequest, key: str) -> HttpResponse:
    """The rule's file as TOML, with all its editions."""
    _editions(request, key)
    book, issuer = file_of(key) or ("", "")
    found = Rulebook.objects.filter(key=book, issued_by=issuer).first()
    if found is None:
        raise Http404
    return toml_file(found.text, f"{key}.toml")


def _examples(key: str) -> list[Example]:
    found = []
    for book in Rulebook.objects.exclude(examples="").filter(examples__contains=key):
        found += [example for example in read_examples(book.examples, book.file_name) if example.rule == key]
    return found
