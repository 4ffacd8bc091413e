"""The rules as a reader meets them: what they say, who says so, since when, and whom they concern."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext

from guben.access import policy
from guben.accounts.installation import today
from guben.kit.days import MONTHS_IN
from guben.organisations.models import Organisation
from guben.rulebook import queries
from guben.rulebook.live import LiveEngine, Within
from guben.rulebook.models import Rulebook
from guben.rulebook_engine.describing import describe
from guben.rulebook_engine.engines import conditions
from guben.rulebook_engine.entries import Duty, Entry, Indicator, Standard
from guben.rulebook_engine.examples import Example, read_examples
from guben.rulebook_engine.facts import catalogue
from guben.rulebook_engine.library import Library

KINDS = ("duty", "standard", "indicator")


def _require_reader(request: HttpRequest) -> None:
    if not policy.may_anywhere(request.user, "rules.view"):
        raise PermissionDenied("rules.view")


def rule_list(request: HttpRequest) -> HttpResponse:
    """All rules in force today, by rulebook; filtered by words and kind."""
    _require_reader(request)
    on, words, kind = today(), request.GET.get("q", "").strip(), request.GET.get("kind", "")
    books = []
    for book in queries.library().rulebooks:
        rules = [rule for rule in book.entries if rule.in_force(on) and _matches(rule, words, kind)]
        if rules:
            books.append((book, rules))
    shown = {
        "on": on,
        "books": books,
        "q": words,
        "kind": kind,
        "kinds": KINDS,
        "count": sum(len(rules) for _book, rules in books),
    }
    return render(request, "rulebook/list.html", shown)


def _matches(rule: Entry, words: str, kind: str) -> bool:
    text = f"{rule.key} {rule.title.zh} {rule.title.en} {rule.source_text} {' '.join(rule.mechanism)}".lower()
    return (not kind or rule.kind == kind) and all(word in text for word in words.lower().split())


def rule(request: HttpRequest, key: str) -> HttpResponse:
    """One rule: its words, source, certainty, editions, how it is worked out, whom it concerns and what it costs."""
    _require_reader(request)
    library, on = queries.library(), today()
    editions = library.editions(key)
    if not editions:
        raise Http404
    now = library.get(key, on) or editions[-1]
    day = on if now.in_force(on) else now.from_on
    home = policy.home_unit(request.user, "units.view", request.session.get("acting_unit", ""))
    shown = {
        "rule": now,
        "on": on,
        "editions": list(reversed(editions)),
        "in_force": now.in_force(on),
        "workings": _workings(now),
        "indicator": library.indicator_of(now, day) if isinstance(now, Standard) else None,
        "standards": [one for one in library.standards(on) if one.indicator == key],
        "examples": _examples(key),
        "home": home,
    }
    if isinstance(home, Organisation):
        shown |= _burden(now, home, day, library)
    return render(request, "rulebook/rule.html", shown)


def _workings(rule: Entry) -> list[tuple[str, str]]:
    """How the software carries the rule out, in plain words: pairs of a label's key and a sentence."""
    lang = get_language() or "zh"
    if isinstance(rule, Duty):
        pairs = [("who", describe(rule.who, lang))]
        pairs += [("unless", describe(part.where, lang)) for part in rule.applies]
        pairs += [("record", describe(rule.evidence.matches, lang))] if rule.evidence.matches else []
        pairs += [("quality", describe(rule.evidence.where, lang))] if rule.evidence.where else []
        return pairs
    if isinstance(rule, Standard):
        return [("holds", describe(rule.holds, lang, {"value": gettext("数字")}))] + (
            [("who", describe(rule.who, lang))] if rule.who else []
        )
    if isinstance(rule, Indicator):
        pairs = [("value", describe(rule.value, lang))]
        pairs += [("where", describe(rule.where, lang))] if rule.where else []
        pairs += [("who", describe(rule.who, lang))] if rule.who else []
        return pairs
    return []


def _burden(rule: Entry, home: Organisation, on: date, library: Library) -> dict[str, object]:
    """How many units at and below the reader's unit the rule concerns, and the hours a year it costs them."""
    who = rule.who if isinstance(rule, Duty | Indicator | Standard) else None
    if isinstance(rule, Standard) and who is None:
        who = library.indicator_of(rule, on).who
    if who is None:
        return {}
    checks = [who, *(part.where for part in rule.applies)] if isinstance(rule, Duty) else [who]
    answers = conditions(checks, LiveEngine(Within(path=home.path)), on, catalogue)
    units = sum(all(answer) for answer in answers.values())
    if not isinstance(rule, Duty):
        return {"units": units}
    times = rule.times if isinstance(rule.times, int) else 1
    minutes = rule.minutes * times * 12 // MONTHS_IN[rule.every]
    return {"units": units, "minutes_a_year": minutes, "hours_below": round(minutes * units / 60)}


def _examples(key: str) -> list[Example]:
    found = []
    for book in Rulebook.objects.exclude(examples=""):
        found += [example for example in read_examples(book.examples, book.file_name) if example.rule == key]
    return found
