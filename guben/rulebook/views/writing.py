"""Writing a rule: choose what it is, fill in, look at what it would bring about, issue it; amend, end, withdraw."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guben.access import policy
from guben.accounts import reauthentication
from guben.accounts.installation import today
from guben.kit.errors import DomainError
from guben.organisations.models import Organisation
from guben.organisations.queries import unit_for
from guben.rulebook import actions
from guben.rulebook.audience import Audience, indicators_for
from guben.rulebook.checking import rule_key
from guben.rulebook.composing import editions_of
from guben.rulebook.drafts import ISSUE, draft_for, drafts_of, edition_for, file_of, issuer_to_act
from guben.rulebook.errors import DraftMistakes, NotFromThePage
from guben.rulebook.forms import FORMS, EndForm, TextForm
from guben.rulebook.models import Draft, RuleForm
from guben.rulebook.preview import as_if_in_force, preview
from guben.rulebook.queries import library
from guben.rulebook.rule_fields import RuleFields, fault_of
from guben.rulebook_engine.facts import catalogue

Form = RuleFields | TextForm
WITH_TABLE = (RuleForm.STANDARD, RuleForm.INDICATOR)


def _unit(request: HttpRequest) -> Organisation:
    """The organisation that issues: ?at=CODE, else where the reader stands.

    Raises:
        Http404, PermissionDenied: it is none where she may issue rules.
    """
    code = request.GET.get("at", "")
    if code:
        return unit_for(request.user, code, ISSUE)
    unit = policy.home_unit(request.user, ISSUE, request.session.get("acting_unit", ""))
    if not isinstance(unit, Organisation):
        raise PermissionDenied(ISSUE)
    return unit


def drafts(request: HttpRequest) -> HttpResponse:
    """The drafts one may issue, and the kinds of rules to start with."""
    unit = _unit(request)
    found = drafts_of(request.user)[: actions.MOST_DRAFTS]
    shown = {"unit": unit, "drafts": found, "forms": RuleForm.choices, "tables": list(catalogue)}
    return render(request, "rulebook/drafts.html", shown)


def new(request: HttpRequest) -> HttpResponse:
    """A new rule of the chosen kind."""
    unit = _unit(request)
    kind = request.GET.get("form", "")
    if kind not in FORMS:
        return redirect(f"{reverse('rulebook:drafts')}?at={unit.code}")
    over = request.GET.get("over", "") if kind in WITH_TABLE else ""
    form = _form(request, kind, unit, FORMS[kind].first_values(today()), over=over)
    return _answer(request, form, kind, unit)


def edit_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft's form again, with what was typed."""
    draft = draft_for(request.user, pk)
    kept = {**draft.fields, "from_on": draft.from_on, "until_on": draft.until_on}
    keys = _keys_of(draft.amends, draft.organisation) if draft.amends else None
    form = _form(request, draft.form, draft.organisation, kept, over=str(draft.fields.get("over", "")), keys=keys)
    return _answer(request, form, draft.form, draft.organisation, draft=draft)


@require_POST
def amend(request: HttpRequest, key: str) -> HttpResponse:
    """A draft of the next edition, filled with what the last one says; one that is there already is opened."""
    book, unit = _own_rule(request, key)
    open_draft = Draft.objects.filter(organisation=unit, amends=book).first()
    if open_draft:
        messages.info(request, _("这一条已有一份改版草稿，接着改就行。"))
        return redirect("rulebook:edit_draft", open_draft.pk)
    last = editions_of(book, unit)[-1]
    draft = actions.start_amendment(last, by=request.user)  # type: ignore[arg-type]
    return redirect("rulebook:edit_draft", draft.pk)


def _form(
    request: HttpRequest,
    kind: str,
    unit: Organisation,
    initial: dict[str, Any],
    *,
    over: str = "",
    keys: tuple[str, str] | None = None,
) -> Form:
    more: dict[str, Any] = {"unit": unit, "keys": keys, "initial": initial}
    if kind in WITH_TABLE:
        more["over"] = over or "member"
    if kind == RuleForm.LINE:
        more["indicators"] = indicators_for(unit, today())
    if kind == RuleForm.TEXT:
        more["files"] = request.FILES or None
    return FORMS[kind](request.POST or None, **more)


def _keys_of(book: str, unit: Organisation) -> tuple[str, str] | None:
    """The keys of the rule that is amended: its own, and that of the figure below its line."""
    editions = editions_of(book, unit)
    if not editions:
        raise Http404
    stem, ending = book.rsplit("-", 1) if "-" in book else (book, "")
    return book, str(editions[-1].fields.get("figure_key") or f"{stem}-figure-{ending}")


def _answer(
    request: HttpRequest, form: Form, kind: str, unit: Organisation, draft: Draft | None = None
) -> HttpResponse:
    """Shows the form, or keeps the draft and leads on to what it would bring about."""
    if request.method == "POST" and form.is_valid():
        try:
            kept = actions.keep_draft(
                unit,
                _written(form, kind),
                by=request.user,  # type: ignore[arg-type]
                draft=draft,
                version=_number(request.POST.get("version", "")),
            )
        except DomainError as error:
            if error.status != 422:
                raise
            _note(form, error)
        else:
            return redirect("rulebook:draft", kept.pk)
    table = getattr(form, "table", None)
    shown: dict[str, Any] = {"form": form, "kind": kind, "kind_name": RuleForm(kind).label, "unit": unit}
    shown |= {"draft": draft, "table": table, "tables": list(catalogue), "helped": _helped(kind, table)}
    return render(request, "rulebook/write.html", shown, status=422 if form.is_bound else 200)


def _helped(kind: str, table: Any) -> list[Any]:
    """The fact tables whose columns this form may speak of."""
    names = {RuleForm.DUTY: ("organisation", "meeting"), RuleForm.LINE: ("organisation",)}.get(RuleForm(kind))
    if names is None:
        names = tuple(catalogue.names) if table is None else (table.name, "organisation")
    return [catalogue.table(name) for name in dict.fromkeys(names)]


def _written(form: Form, kind: str) -> actions.Written:
    cleaned = form.cleaned_data
    title = form.title if isinstance(form, TextForm) else cleaned["title_zh"]
    return actions.Written(
        form=kind,
        title=title,
        text=form.written_text,
        from_on=cleaned["from_on"],
        until_on=cleaned["until_on"],
        paper=cleaned["paper"],
        examples=cleaned.get("examples", ""),
        fields=form.kept(),
    )


def _note(form: Form, error: DomainError) -> None:
    """A refusal beside its field, or on top of the form; each mistake by itself."""
    beside = next((name for name in getattr(error, "fields", ()) if name in form.fields), None)
    for sentence in error.mistakes if isinstance(error, DraftMistakes) else [str(error)]:
        form.add_error(beside, sentence)


def _number(typed: str) -> int:
    """The version that was read; -1, which no draft has, where none is said."""
    return int(typed) or -1 if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1


def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """What the draft says and what it would bring about, before it is issued."""
    found = draft_for(request.user, pk)
    return _draft_page(request, found)


def _draft_page(request: HttpRequest, found: Draft, error: str = "", status: int = 200) -> HttpResponse:
    shown: dict[str, Any] = {"draft": found, "unit": found.organisation, "error": error}
    try:
        shown["previews"] = preview(found)
        shown["trial"] = as_if_in_force(found).text
    except DomainError as fault:
        shown["error"] = error or str(fault)
    return render(request, "rulebook/draft.html", shown, status=status)


@require_POST
@reauthentication.required
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Puts the draft in force from its day."""
    found = draft_for(request.user, pk)
    try:
        version = _number(request.POST.get("version", ""))
        edition = actions.issue(found, version=version, by=request.user)  # type: ignore[arg-type]
    except DomainError as error:
        if error.status != 422:
            raise
        return _draft_page(request, found, str(error), 422)
    messages.success(request, _("已公布，%(day)s起施行。") % {"day": edition.from_on.isoformat()})
    return redirect("rulebook:rule", _first_rule(edition.key, edition.text))


def _first_rule(key: str, text: str) -> str:
    """The rule of a rulebook that its readers look for: the one with its key, else the first."""
    book = next((one for one in library().rulebooks if one.key == key), None)
    keys = [entry.key for entry in book.entries] if book else [rule_key(text)]
    return key if key in keys else keys[0]


@require_POST
def drop_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Throws the draft away."""
    found = draft_for(request.user, pk)
    unit = found.organisation
    actions.drop_draft(found, by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("草稿已删掉。"))
    return redirect(f"{reverse('rulebook:drafts')}?at={unit.code}")


def draft_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft as a TOML file."""
    found = draft_for(request.user, pk)
    return toml_file(found.text, f"draft-{found.pk}.toml")


def toml_file(text: str, name: str) -> HttpResponse:
    answer = HttpResponse(text, content_type="application/toml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@reauthentication.required
def end(request: HttpRequest, key: str) -> HttpResponse:
    """From which day the rule no longer holds, and by which paper."""
    book, unit = _own_rule(request, key)
    rule = library().editions(key)[-1]
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.end(book, unit, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except DomainError as error:
            if error.status != 422:
                raise
            beside = next((name for name in getattr(error, "fields", ()) if name in form.fields), None)
            form.add_error(beside, str(error))
        else:
            messages.success(request, _("已写明废止日。以前的日子仍按当时的版本算。"))
            return redirect("rulebook:rule", key)
    shown = {"rule": rule, "unit": unit, "form": form}
    return render(request, "rulebook/end.html", shown, status=422 if form.is_bound else 200)


@require_POST
@reauthentication.required
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes an edition back before its first day."""
    edition = edition_for(request.user, pk)
    actions.withdraw(edition, by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("已撤回，当它没有公布过。"))
    left = editions_of(edition.key, edition.organisation)
    return redirect("rulebook:rule", _first_rule(edition.key, left[-1].text)) if left else redirect("rulebook:list")


def check_expression(request: HttpRequest) -> HttpResponse:
    """Whether an expression can be read, while it is being written."""
    _unit(request)
    names = [name for name in request.GET if name not in {"at", "over", "wanted"}]
    typed = request.GET.get(names[0], "").strip() if names else ""
    table = catalogue.table(request.GET.get("over", ""))
    wanted = "figure" if request.GET.get("wanted") == "figure" else "condition"
    fault = fault_of(typed, table, wanted) if table and typed else ""  # type: ignore[arg-type]
    return render(request, "rulebook/_checked.html", {"typed": typed, "fault": fault, "known": table is not None})


def _own_rule(request: HttpRequest, key: str) -> tuple[str, Organisation]:
    """The rule's file and its issuer, for who may change it.

    Raises:
        Http404: there is none, or the reader is not told of it.
        NotFromThePage: it was installed.
        PermissionDenied: it is another's.
    """
    editions = library().editions(key)
    if not editions or not Audience(request.user).sees(editions[-1]):
        raise Http404
    if not policy.may_anywhere(request.user, ISSUE):
        raise PermissionDenied(ISSUE)
    found = issuer_to_act(request.user, key)
    if found is not None:
        return found
    held = file_of(key)
    unit = Organisation.objects.filter(code=held[1]).first() if held else None
    if unit is not None and not policy.may(request.user, ISSUE, unit):
        raise PermissionDenied(ISSUE)
    raise NotFromThePage(editions[-1].title.zh)
