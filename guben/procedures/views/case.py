"""One case: its page, taking a step, counting a vote, and the file for print."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guben.accounts.installation import today
from guben.accounts.returning import next_of
from guben.house.words import listed
from guben.kit.errors import DomainError
from guben.meetings.models import Meeting
from guben.members.models import Person
from guben.procedures import actions, asking, checks, papers, whole_file
from guben.procedures.forms import CountForm, StepForm, refuse
from guben.procedures.rules import say
from guben.procedures.views.asked import CasePage, case_asked, user_of
from guben.procedures.views.papers import take_in
from guben.procedures.views.review import shown


def case(request: HttpRequest, pk: int) -> HttpResponse:
    """The road of a case, the step at hand with its form, papers and history."""
    return CasePage(request, case_asked(request, pk), request.GET.get("step", "")).render()


@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a step. A refusal comes back with everything that was typed."""
    page = CasePage(request, case_asked(request, pk), request.POST.get("step", ""))
    outcome = request.POST.get("outcome", "")
    stands = page.stands
    if stands is None or stands.step.key != request.POST.get("step"):
        messages.warning(request, _not_now(page))
        return redirect(page.case)
    form = page.step_form(request.POST, request.FILES, outcome)
    if form is None:  # not hers to take, or a vote that is not counted: the action says why
        actions.take(page.case, stands.step.key, outcome=outcome, done_on=stands.on, by=user_of(request))
        return redirect(page.case)
    if _is_taken(request, page, form, outcome):
        title = say(stands.step.title)
        messages.success(request, _("已记下“%(step)s”。") % {"step": title})
        return redirect(next_of(request) or page.case)
    if request.POST.get("review"):
        return shown(request, form, page.case)
    page.form = form
    return page.render(status=422)


def _is_taken(request: HttpRequest, page: CasePage, form: StepForm, outcome: str) -> bool:
    """Takes in the papers that came with the step, then takes it. A paper stays in the file whatever becomes of the
    step, so that nobody sends it twice."""
    valid = form.is_valid()
    if "after" not in form.cleaned_data or not _is_new(page, form):
        return False
    _receive(request, page, form)
    return valid and not form.errors and _taken(request, page, form, outcome)


def _receive(request: HttpRequest, page: CasePage, form: StepForm) -> None:
    """Hands in the papers of the form; what is wrong with one of them is shown beside it."""
    meeting = _meeting(page, form)
    done_on: date = meeting.held_on if meeting else form.cleaned_data.get("done_on") or today()
    taken_in = []
    for paper in form.given_papers(min(done_on, today())):
        try:
            take_in(page.case, paper.key, paper.dated_on, paper.kept_where, paper.file, by=user_of(request))
        except DomainError as error:
            form.refuse_paper(paper.key, error)
        else:
            form.took_in(paper.key)
            taken_in.append(paper.title)
    if taken_in:
        page.look_again()
        messages.info(request, _("已收下%(papers)s。") % {"papers": listed(f"“{title}”" for title in taken_in)})


def _not_now(page: CasePage) -> str:
    """Why the step that was sent can't be taken: taken already, not its turn, none of this case. With the article."""
    try:
        checks.open_step(page.standing, page.request.POST.get("step", ""))
    except DomainError as error:
        return _("没有再记。%(why)s") % {"why": error}
    return _("没有再记：这一步已经办过，或还没有轮到。看看现在到哪一步。")


def _is_new(page: CasePage, form: StepForm) -> bool:
    """Has nothing been entered since the page was shown? A form that was sent twice would count twice."""
    if form.cleaned_data["after"] == asking.last_number(page.standing):
        return True
    typed = QueryDict(mutable=True)
    typed.update(form.data)
    typed["after"] = str(asking.last_number(page.standing))
    form.data = typed
    form.add_error(None, _("这件在您打开以后有了新的经过。看看下面的经过，还要记就再按一次。"))
    return False


def _taken(request: HttpRequest, page: CasePage, form: StepForm, outcome: str) -> bool:
    """Calls the action; a refusal becomes an error of the form."""
    stands, data = page.stands, form.cleaned_data
    meeting = _meeting(page, form)
    done_on: date = meeting.held_on if meeting else data["done_on"]
    try:
        actions.take(
            page.case,
            stands.step.key if stands else "",
            outcome=outcome,
            done_on=done_on,
            values=form.values(),
            reason=data.get("reason", ""),
            meeting=meeting,
            by=user_of(request),
        )
    except DomainError as error:
        form.refuse(error)
        return False
    return True


def _meeting(page: CasePage, form: StepForm) -> Meeting | None:
    """The meeting that was counted, or the one that was chosen among those offered."""
    pk = form.asked.meeting or form.cleaned_data.get("meeting")
    return Meeting.objects.filter(pk=pk).first() if pk else None


@require_POST
def count(request: HttpRequest, pk: int) -> HttpResponse:
    """Enters one teller's count. The next teller's form does not show it."""
    page = CasePage(request, case_asked(request, pk), request.POST.get("step", ""))
    stands = page.stands
    form = page.teller_form(request.POST) if stands and stands.step.key == request.POST.get("step") else None
    if form is None:
        messages.warning(request, _("没有再记：计票已经够了，或现在不是这一步。"))
        return redirect(page.case)
    if form.is_valid() and _counted(request, page, form):
        return redirect(f"{reverse('procedures:case', args=[page.case.pk])}?step={form.cleaned_data['step']}")
    page.count_form = form
    return page.render(status=422)


def _counted(request: HttpRequest, page: CasePage, form: CountForm) -> bool:
    data = form.cleaned_data
    meeting = Meeting.objects.get(pk=data["meeting"])  # one of those offered
    numbers = {name: data[name] for name in ("cast", "in_favour", "against", "abstained", "invalid")}
    try:
        result = actions.count(
            page.case,
            data["step"],
            meeting=meeting,
            teller=Person.objects.get(pk=data["teller"]),  # one of those offered
            by=user_of(request),
            **numbers,
        )
    except DomainError as error:
        refuse(form, error)
        return False
    (messages.warning if result.agrees is False else messages.success)(request, result.sentence)
    return True


def file_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole file as PDF."""
    page = CasePage(request, case_asked(request, pk))
    with translation.override(papers.SPOKEN):
        happened = page.happened()
    user = user_of(request)
    content = whole_file.pdf(page.standing, happened, str(user))
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{page.case.number}.pdf"'
    answer["Cache-Control"] = "no-store"
    return answer


def print_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole file on paper: the road, every entry, all papers."""
    page = CasePage(request, case_asked(request, pk))
    context = page.context() | {"happenings": page.happened()[::-1]}
    return render(request, "procedures/file.html", context)
