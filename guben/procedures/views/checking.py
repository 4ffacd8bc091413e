"""Whether a paper that somebody holds in hand is genuine and still counts, for those who may read it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from guben.accounts.installation import today
from guben.procedures import queries, storage
from guben.procedures.further_forms import CheckForm
from guben.procedures.printing import code_words
from guben.procedures.records import records_of
from guben.procedures.rules import paper_title, rules, say
from guben.procedures.validity import validity_on
from guben.procedures.views.asked import user_of


def check_typed(request: HttpRequest) -> HttpResponse:
    """Asks for the code of a paper and leads to what is known of it."""
    form = CheckForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        found = queries.paper_by_code(user_of(request), form.cleaned_data["code"])
        if found is not None:
            return redirect("procedures:check", found.check_code)
        form.add_error(
            "code", _("没有这个码的文书，或者您看不到它。对照文书左下角再输一次；还不行，向出文的组织核实。")
        )
    return render(request, "procedures/check_typed.html", {"form": form}, status=422 if form.errors else 200)


def check(request: HttpRequest, code: str) -> HttpResponse:
    """What a paper with this code says of itself; 404 for an unknown code and for strangers alike."""
    paper = queries.paper_by_code(user_of(request), code)
    if paper is None:
        raise Http404
    case, known, on = paper.case, rules(), today()
    edition = next(reversed(known.editions(case.procedure)), None)
    unit = paper.entry.acted_at if paper.entry else case.organisation
    records = records_of(case)
    context = {
        "paper": paper,
        "case": case,
        "about": case.person.name if case.person else case.title,
        "procedure_title": say(edition.title) if edition else case.procedure,
        "title": paper_title(edition, paper.key) if edition else paper.key,
        "unit": unit,
        "validity": validity_on(paper, on, known),
        "newer": records.in_place_of(paper),
        "is_case_withdrawn": case.ended_as == "withdrawn",
        "is_unchanged": storage.is_unchanged(paper.file, paper.digest),
        "code": code_words(paper.check_code or ""),
        "digest": paper.digest[:16],
    }
    return render(request, "procedures/check.html", context)
