"""The rules as a reader meets them: what they say, who says so, since when, and whom they concern."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from guben.access import policy
from guben.accounts.installation import today
from guben.organisations.models import Organisation
from guben.rulebook import queries
from guben.rulebook.models import Rulebook
from guben.rulebook.reach import reach_of
from guben.rulebook.workings import differences, workings
from guben.rulebook_engine.entries import Entry, Standard
from guben.rulebook_engine.examples import Example, read_examples

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
    indicator = library.indicator_of(now, day) if isinstance(now, Standard) else None
    home = policy.home_unit(request.user, "units.view", request.session.get("acting_unit", ""))
    shown = {
        "rule": now,
        "on": on,
        "editions": list(reversed(editions)),
        "in_force": now.in_force(on),
        "changes": [(old, new, differences(old, new)) for old, new in zip(editions, editions[1:], strict=False)],
        "workings": workings(now, indicator.title.say(get_language() or "zh") if indicator else ""),
        "indicator": indicator,
        "standards": [one for one in library.standards(on) if one.indicator == key],
        "examples": _examples(key),
        "home": home,
    }
    if isinstance(home, Organisation):
        shown["reach"] = reach_of(now, home, day, library)
    return render(request, "rulebook/rule.html", shown)


def _examples(key: str) -> list[Example]:
    found = []
    for book in Rulebook.objects.exclude(examples=""):
        found += [example for example in read_examples(book.examples, book.file_name) if example.rule == key]
    return found
