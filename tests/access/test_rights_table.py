"""Every address against the fixed cast: the right person, the wrong level, the wrong branch, the stranger, nobody.

A row names who gets in, who is refused (403 or 404: they see the unit, so they may know of the page) and, by silence,
who is not told that anything is there (404). Nobody is sent to sign in, unless the page is open to all. An address
without a row fails, and so does a row without an address. Whatever a page shows, it names no person to those who may
see none, and no person of another subtree to anyone.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from guben.access import policy
from guben.access.models import Grant
from guben.accounts.models import User
from guben.development.models import Investigator, Sample, SampledCase
from guben.dues.models import Balance, Payment
from guben.duties.models import Reminder
from guben.establishments.models import Establishment, Workplace
from guben.exports.plans import Plan
from guben.jobs.models import Job
from guben.members.models import Affiliation, Holding, ReserveEntry
from guben.organisations.models import Act, Organisation, Site
from guben.procedures.models import Case
from tests.cast import BRANCH, TODAY, TOWN, USERS, VILLAGE, Cast, sign_in

EVERYBODY = " ".join(username for username, *_ in USERS)
WITH_A_ROLE = EVERYBODY.replace("stranger ", "")
SEES_THE_BRANCH = "organiser clerk secretary member statistician auditor administrator security inspector"
SEES_THE_VILLAGE = SEES_THE_BRANCH.replace("secretary member ", "")
KEEPS_THE_BRANCH = "organiser clerk secretary"
IN = {200, 302, 410, 422}
REFUSED = {403, 404}

Values = Callable[[Cast], Any]


@dataclass(frozen=True)
class Row:
    """One address. `ok` get in; `refused` get 403 or 404; `empty` get in and find no unit; all others get 404.
    `open` is open to nobody too; `gone` is 404 for everybody."""

    name: str
    ok: str = ""
    refused: str = ""
    empty: str = ""
    args: Values = lambda cast: []
    data: Values = lambda cast: {}
    query: str = ""
    post: bool = False
    open: bool = False
    gone: bool = False
    address: str = ""


def rest(ok: str, everybody: str) -> str:
    return " ".join(who for who in everybody.split() if who not in ok.split())


def at_branch(name: str, ok: str, **more: Any) -> Row:
    """A page or an act at the branch: who sees the branch is refused, all others are told nothing."""
    return Row(name, ok, refused=rest(ok, SEES_THE_BRANCH), **{"args": lambda cast: [BRANCH], **more})


def at_village(name: str, ok: str, **more: Any) -> Row:
    return Row(name, ok, refused=rest(ok, SEES_THE_VILLAGE), **{"args": lambda cast: [VILLAGE], **more})


def a_list(name: str, ok: str, **more: Any) -> Row:
    """A page that belongs to no unit and shows each user what she may see: the others are refused."""
    return Row(name, ok, refused=rest(ok, EVERYBODY), **more)


def pk_of(thing: Callable[[Cast], Any]) -> Values:
    return lambda cast: [thing(cast).pk]


def a_check(cast: Cast, state: str) -> Job:
    """The check of a file whose files have expired."""
    arguments = {"at": "", "dry_run": True, "name": "名册.xlsx", "upload": "名册.xlsx"}
    counts = {"rows": 1, "accepted": 0, "updated": 0, "unchanged": 0, "rejected_rows": 1}
    job = {"kind": "imports.members", "title": "试", "owner": cast.clerk, "arguments": arguments, "result": counts}
    return Job.objects.create(state=state, **job)


def a_saving(cast: Cast) -> list[Any]:
    """The saving of a roster at the town: its owner's, and those who may import there."""
    arguments = {"at": TOWN, "dry_run": False, "name": "名册.xlsx", "upload_of": str(uuid.uuid4())}
    job = {"kind": "imports.members", "title": "试", "owner": cast.clerk, "arguments": arguments}
    return [Job.objects.create(organisation=cast.town, state="done", **job).pk]


def an_export(cast: Cast) -> list[Any]:
    arguments = {"at": BRANCH, **Plan().as_arguments()}
    job = {"kind": "exports.sheet", "title": "试", "owner": cast.clerk, "arguments": arguments}
    return [Job.objects.create(organisation=cast.branch, **job).pk]


the_member = pk_of(lambda cast: cast.people["邬春桥"])
the_meeting = pk_of(lambda cast: cast.meetings[0])
the_post = pk_of(lambda cast: cast.posts[1])
the_site = pk_of(lambda cast: Site.objects.get(organisation=cast.village))
the_holding = pk_of(lambda cast: Holding.objects.get(post=cast.posts[1]))
the_grant = pk_of(lambda cast: Grant.objects.get(user=cast.secretary))


def the_firm(cast: Cast) -> list[Any]:
    facts = {"name": "青石五金厂", "kind": "non_public_enterprise", "from_on": date(2020, 1, 1)}
    return [Establishment.objects.get_or_create(organisation=cast.village, **facts)[0].pk]


def the_workplace(cast: Cast) -> list[Any]:
    person = cast.people["邬春桥"]
    (firm,) = the_firm(cast)
    found = Workplace.objects.get_or_create(person=person, establishment_id=firm, from_on=date(2021, 1, 1))
    return [found[0].pk]


def the_sample(cast: Cast) -> list[Any]:
    person, who = cast.people["阮新芽"], cast.secretary
    case, _made = Case.objects.get_or_create(
        number="发展2026-1", procedure="development", person=person, organisation=cast.branch,
        defaults={"title": "抽查", "begun_on": TODAY, "begun_at": timezone.now(), "begun_by": who},
    )  # fmt: skip
    sample, _made = Sample.objects.get_or_create(
        organisation=cast.branch, seed="一", size=1, from_on=TODAY, until_on=TODAY, population=1, drawn_on=TODAY,
        defaults={"drawn_at": timezone.now(), "drawn_by": who},
    )  # fmt: skip
    SampledCase.objects.get_or_create(sample=sample, case=case, place=1)
    Investigator.objects.get_or_create(sample=sample, user=cast.inspector)
    return [sample.pk]


def the_payment(cast: Cast) -> list[Any]:
    person = cast.people["邬春桥"]
    balance, _made = Balance.objects.get_or_create(person=person, year=2026, band="farmers", due_01=100)
    who = {"organisation": cast.branch, "recorded_at": timezone.now(), "recorded_by": cast.secretary}
    return [Payment.objects.create(balance=balance, amount_cents=100, paid_on=TODAY, **who).pk]


the_check = pk_of(lambda cast: a_check(cast, "done"))
a_stopped_check = pk_of(lambda cast: a_check(cast, "stopped"))
the_job = pk_of(lambda cast: Job.objects.create(kind="imports.members", title="试", owner=cast.clerk))
the_diagnosis = pk_of(
    lambda cast: Job.objects.create(
        kind="figures.diagnosis", title="诊断", owner=cast.clerk, organisation=cast.town, arguments={"on": str(TODAY)}
    )
)
the_reckoning = pk_of(
    lambda cast: Job.objects.create(
        kind="statistics.reckoning",
        title="统计",
        owner=cast.clerk,
        organisation=cast.town,
        arguments={"days": [str(TODAY)], "standing": "then", "then": {"page": "tables", "key": "", "query": ""}},
    )
)
the_trial = pk_of(lambda cast: Job.objects.create(kind="figures.what_if", title="试", owner=cast.clerk))


def a_reminder(cast: Cast) -> dict[str, Any]:
    return {"at": BRANCH, "units": BRANCH, "rule": "theme-day", "period": "2026-05"}


the_reserve = pk_of(
    lambda cast: ReserveEntry.objects.get_or_create(
        person=cast.people["单小禾"],
        organisation=cast.branch,
        post_kind="secretary",
        defaults={"from_on": TODAY, "reason": "年轻", "decided_by": "支委会"},
    )[0]
)
the_act = pk_of(lambda cast: Act.objects.get(organisation=cast.branch))
the_group = pk_of(lambda cast: cast.groups[0])
the_secretary = pk_of(lambda cast: cast.secretary)
STANDARD = "contact-overdue"


def a_reason(cast: Cast) -> dict[str, Any]:
    return {"field": "phone", "reason": "核对登记的电话"}


def a_choice(cast: Cast) -> dict[str, Any]:
    return {"at": VILLAGE, "form": "member_meeting", "rule": "branch-member-meeting", "period": "2026-Q2"}


def nothing(cast: Cast) -> list[Any]:
    return []


def the_batch(cast: Cast) -> list[Any]:
    number = uuid.uuid4()
    cast.meetings[0].batch = number
    cast.meetings[0].recorded_by = cast.clerk
    cast.meetings[0].save(update_fields=["batch", "recorded_by"])
    return [number]


def an_edition(cast: Cast) -> list[Any]:
    """An edition of a rule of the town that is not in force yet; another one each time."""
    return [_a_new_rule(cast).pk]


def _a_new_rule(cast: Cast) -> Any:
    from guben.rulebook.models import Edition
    from tests.rulebook.local import issued

    return issued(cast, key=f"rule-{Edition.objects.count()}", from_on=date(2026, 8, 1))


def a_draft(cast: Cast) -> list[Any]:
    from tests.rulebook.local import drafted

    return [drafted(cast).pk]


def a_local_rule(cast: Cast) -> list[Any]:
    return [_a_new_rule(cast).key]


def an_outflow(cast: Cast) -> list[Any]:
    from guben.transfers.models import Outflow

    more = {"from_on": date(2026, 1, 1), "place": "外地", "recorded_by": cast.secretary}
    person = cast.people["宁远行"]
    return [Outflow.objects.get_or_create(organisation=cast.branch, person=person, defaults=more)[0].pk]


def an_inflow(cast: Cast) -> list[Any]:
    from guben.transfers.models import Inflow

    more = {"home_words": "外地", "from_on": date(2026, 1, 1), "recorded_by": cast.secretary}
    return [Inflow.objects.create(organisation=cast.branch, name="宁远行", **more).pk]


def a_batch(cast: Cast) -> list[Any]:
    from guben.transfers.models import Batch

    more = {"title": "毕业生", "valid_days": 90, "cause": "毕业", "begun_on": TODAY, "begun_by": cast.secretary}
    return [Batch.objects.create(organisation=cast.branch, **more).pk]


def the_case(cast: Cast) -> list[Any]:
    from tests.procedures import cases

    cases.install()
    return [cases.hall(cast, begun_on=date(2026, 6, 1)).pk]


def a_case_entry(cast: Cast) -> list[Any]:
    from guben.procedures.models import Case
    from tests.procedures import cases

    (pk,) = the_case(cast)
    values = {"people": "30", "when": "2026-06-20"}
    return [pk, cases.take(Case.objects.get(pk=pk), "ask", date(2026, 6, 2), cast.secretary, values=values).number]


def a_case_paper(cast: Cast) -> list[Any]:
    from guben.procedures import actions
    from guben.procedures.models import Case

    (pk,) = the_case(cast)
    file = ("plan.pdf", b"%PDF-1.7 plan")
    return [pk, actions.hand_in(Case.objects.get(pk=pk), "plan", file=file, by=cast.secretary).pk]


def a_held_case(cast: Cast) -> list[Any]:
    from guben.procedures import actions
    from guben.procedures.models import Case

    (pk,) = the_case(cast)
    actions.hold(Case.objects.get(pk=pk), "查举报", until_on=date(2026, 8, 1), by=cast.secretary)
    return [pk]


def a_paper_code(cast: Cast) -> list[Any]:
    from guben.procedures.models import Paper
    from guben.publication.sealed import new_code

    (pk,) = the_case(cast)
    kept = {"key": "permit", "state": "produced", "dated_on": TODAY, "made_at": timezone.now(), "made_by": cast.clerk}
    return [Paper.objects.create(case_id=pk, check_code=new_code(), **kept).check_code]


def a_notice(cast: Cast, audience: str = "unit") -> Any:
    from guben.publication import actions

    words = {"title": "困难补助", "text": "拟发补助，现予公示。", "objections_to": "secretary"}
    return actions.post(cast.branch, audience=audience, by=cast.secretary, **words)


def an_objection(cast: Cast) -> list[Any]:
    from guben.publication import actions

    facts = {"text": "有意见", "way": "letter", "by": cast.clerk}
    return [actions.receive_objection(a_notice(cast), **facts).objection.pk]


def a_publication(cast: Cast) -> list[Any]:
    from guben.publication import actions

    return [actions.publish(cast.branch, title="计划", text="今年的计划", audience="unit", by=cast.secretary).pk]


the_notice = pk_of(a_notice)
a_code = lambda cast: [a_notice(cast).check_code]  # noqa: E731
a_public_board = lambda cast: [a_notice(cast, "public").organisation.code]  # noqa: E731

ISSUERS = "organiser secretary neighbour"
ABOVE_THE_TOWN = "organiser"
BOUND_BY_THE_TOWN = rest(ABOVE_THE_TOWN, SEES_THE_BRANCH)
SEES_MEMBERS = "organiser clerk secretary inspector"
SEES_CASES = "organiser clerk secretary inspector"
SEES_MEETINGS = "organiser clerk secretary member inspector"
FIGURES = "organiser clerk secretary member statistician inspector"
SEES_THE_CITY = "organiser statistician auditor administrator security inspector"
HISTORY = "organiser clerk secretary inspector auditor"

ROWS = [
    # home
    Row("home:today", WITH_A_ROLE, empty="stranger"),
    at_branch("home:today_aside", FIGURES, args=nothing, data=lambda cast: {"at": BRANCH}),
    at_branch("home:today_problems", FIGURES, args=nothing, data=lambda cast: {"at": BRANCH}),
    at_branch("home:today_cases", SEES_CASES, args=nothing, data=lambda cast: {"at": BRANCH}),
    at_branch("home:remind", SEES_THE_BRANCH, args=nothing, data=a_reminder, post=True),  # see the test below
    at_branch("home:keep_from", KEEPS_THE_BRANCH, args=nothing, data=lambda cast: {"at": BRANCH}, post=True),
    Row("home:healthz", EVERYBODY, open=True),
    Row("home:search", WITH_A_ROLE, empty="stranger", data=lambda cast: {"q": "柳溪"}),
    Row("home:more", WITH_A_ROLE, empty="stranger"),
    at_branch("home:unit", SEES_THE_BRANCH),
    at_branch("home:unit_aside", FIGURES),
    at_branch("home:unit_members", SEES_MEMBERS),
    at_branch("home:unit_meetings", SEES_MEETINGS),
    at_branch("home:unit_duties", FIGURES),
    at_branch("home:unit_cases", SEES_CASES),
    at_branch("home:handover", FIGURES),
    at_branch("home:handover_pdf", FIGURES),
    at_branch("home:merge", "organiser clerk"),
    at_branch("home:split", "organiser clerk"),
    # organisations
    Row("organisations:tree", WITH_A_ROLE, empty="stranger"),
    at_branch("organisations:children", SEES_THE_BRANCH),
    at_branch("organisations:export", KEEPS_THE_BRANCH, post=True),
    at_branch("organisations:team", SEES_THE_BRANCH),
    at_branch("organisations:sites", SEES_THE_BRANCH),
    at_branch("organisations:history", SEES_THE_BRANCH),
    at_branch("organisations:correct", "organiser clerk", args=the_act),
    at_village("organisations:found", "organiser clerk"),
    at_branch("organisations:rename", "organiser clerk"),
    at_branch("organisations:move", "organiser clerk"),
    at_branch("organisations:dissolve", "organiser clerk"),
    at_branch("organisations:keep_from", KEEPS_THE_BRANCH),
    at_branch("organisations:add_site", KEEPS_THE_BRANCH),
    at_village("organisations:change_site", "organiser clerk", args=the_site),
    at_village("organisations:close_site", "organiser clerk", args=the_site),
    at_branch("organisations:add_post", KEEPS_THE_BRANCH),
    at_branch("organisations:close_post", KEEPS_THE_BRANCH, args=the_post),
    at_branch("organisations:elect_team", KEEPS_THE_BRANCH),
    at_branch("organisations:add_group", KEEPS_THE_BRANCH),
    at_branch("organisations:close_group", KEEPS_THE_BRANCH, args=the_group),
    # members
    a_list("members:list", SEES_MEMBERS + " neighbour member statistician"),
    a_list("members:structure", FIGURES + " neighbour"),
    at_branch("members:roster", SEES_MEMBERS, args=nothing, data=lambda cast: {"at": BRANCH}),
    at_branch("members:export", KEEPS_THE_BRANCH, args=nothing, query=f"?at={BRANCH}", post=True),
    at_branch("members:register", KEEPS_THE_BRANCH, args=nothing, data=lambda cast: {"at": BRANCH}),
    at_branch("members:person", SEES_MEMBERS, args=the_member),
    at_branch("members:change", KEEPS_THE_BRANCH, args=the_member),
    at_branch("members:stage", KEEPS_THE_BRANCH, args=the_member),
    at_branch("members:affiliate", KEEPS_THE_BRANCH, args=the_member),
    at_branch("members:stand", KEEPS_THE_BRANCH, args=the_member),
    at_branch("members:contact", KEEPS_THE_BRANCH, args=the_member),
    at_branch("members:unmask", "organiser secretary", args=the_member, data=a_reason, post=True),
    at_branch("members:reserve", KEEPS_THE_BRANCH, args=nothing, data=lambda cast: {"at": BRANCH}),
    at_branch("members:add_reserve", KEEPS_THE_BRANCH, args=nothing, data=lambda cast: {"at": BRANCH}),
    at_branch("members:end_reserve", KEEPS_THE_BRANCH, args=the_reserve),
    at_branch("members:send_down", KEEPS_THE_BRANCH, args=the_holding),
    at_branch("members:appoint", KEEPS_THE_BRANCH, args=the_post),
    at_branch("members:relieve", KEEPS_THE_BRANCH, args=the_holding),
    # meetings
    a_list("meetings:list", SEES_MEETINGS + " neighbour"),
    at_branch("meetings:record", KEEPS_THE_BRANCH, args=nothing, data=lambda cast: {"at": BRANCH}),
    at_village("meetings:record_many", "organiser clerk", args=nothing, data=a_choice),
    at_branch("meetings:roll", SEES_MEMBERS, data=lambda cast: {"form": "member_meeting", "on": str(TODAY)}),
    at_branch("meetings:detail", SEES_MEETINGS, args=the_meeting),
    at_branch("meetings:withdraw", KEEPS_THE_BRANCH, args=the_meeting),
    at_branch("meetings:batch", SEES_MEETINGS, args=the_batch),
    Row("meetings:withdraw_batch", "clerk", args=the_batch, post=True),  # who recorded it
    # figures and rules
    a_list("figures:diagnosis", FIGURES + " neighbour"),
    Row("figures:diagnosed", "clerk", args=the_diagnosis),
    a_list("figures:finding", FIGURES + " neighbour", args=lambda cast: [STANDARD]),
    at_branch("figures:why", FIGURES, args=lambda cast: [STANDARD, BRANCH]),
    at_branch("figures:records", SEES_MEMBERS, args=lambda cast: [STANDARD, BRANCH]),
    a_list("figures:what_if", FIGURES + " neighbour"),
    Row("figures:what_if_result", "clerk", args=the_trial),
    a_list("statistics:tables", FIGURES + " neighbour"),
    a_list("statistics:table", FIGURES + " neighbour", args=lambda cast: ["bulletin-age"]),
    a_list("statistics:figure", FIGURES + " neighbour", args=lambda cast: ["bulletin-age_31-35"]),
    Row("statistics:worked_out", "clerk", args=the_reckoning),
    a_list("rulebook:list", WITH_A_ROLE),
    a_list("rulebook:rule", WITH_A_ROLE, args=lambda cast: [STANDARD]),
    a_list("rulebook:rule_file", WITH_A_ROLE, args=lambda cast: [STANDARD]),
    a_list("rulebook:burden", WITH_A_ROLE),
    a_list("rulebook:scales", WITH_A_ROLE),
    a_list("rulebook:drafts", ISSUERS),
    a_list("rulebook:new", ISSUERS, query="?form=duty"),
    a_list("rulebook:check_expression", ISSUERS, query="?over=member&text=age"),
    Row("rulebook:draft", ABOVE_THE_TOWN, args=a_draft),
    Row("rulebook:edit_draft", ABOVE_THE_TOWN, args=a_draft),
    Row("rulebook:draft_file", ABOVE_THE_TOWN, args=a_draft),
    Row("rulebook:issue", ABOVE_THE_TOWN, args=a_draft, post=True),
    Row("rulebook:drop_draft", ABOVE_THE_TOWN, args=a_draft, post=True),
    Row("rulebook:withdraw", ABOVE_THE_TOWN, args=an_edition, post=True),
    Row("rulebook:amend", ABOVE_THE_TOWN, refused=BOUND_BY_THE_TOWN, args=a_local_rule, post=True),
    Row("rulebook:end", ABOVE_THE_TOWN, refused=BOUND_BY_THE_TOWN, args=a_local_rule),
    # establishments: public bodies to who sees units, members to who sees members
    a_list("development:board", FIGURES + " neighbour"),
    a_list("development:export", KEEPS_THE_BRANCH + " neighbour", post=True),
    a_list("development:stage", SEES_MEMBERS + " neighbour", args=lambda cast: ["activist"]),
    a_list("development:plan", FIGURES + " neighbour"),
    a_list("development:samples", SEES_MEMBERS + " neighbour"),
    a_list("development:draw", "organiser inspector"),
    Row("development:sample", "organiser clerk secretary inspector", args=the_sample),
    Row("development:finding", "inspector", refused="organiser clerk secretary", args=lambda c: [*the_sample(c), 1]),
    Row("development:close", "organiser inspector", refused="clerk secretary", args=the_sample),
    # transfers: cases for who sees cases; people away for who sees members; one's own page for everybody
    a_list("transfers:list", SEES_CASES + " neighbour"),
    a_list("transfers:request", KEEPS_THE_BRANCH + " neighbour member"),
    Row("transfers:mine", EVERYBODY),
    a_list("transfers:contacts", SEES_MEMBERS + " neighbour"),
    a_list("transfers:away", SEES_MEMBERS + " neighbour"),
    at_branch("transfers:register_outflow", KEEPS_THE_BRANCH, args=nothing, data=lambda cast: {"at": BRANCH}),
    at_branch("transfers:register_inflow", KEEPS_THE_BRANCH, args=nothing, data=lambda cast: {"at": BRANCH}),
    Row("transfers:end_outflow", KEEPS_THE_BRANCH, refused="inspector", args=an_outflow),
    Row("transfers:end_inflow", KEEPS_THE_BRANCH, refused="inspector", args=an_inflow),
    Row(
        "transfers:match",
        KEEPS_THE_BRANCH,
        args=an_inflow,
        data=lambda cast: {"outflow": an_outflow(cast)[0]},
        post=True,
    ),
    Row("transfers:guests", KEEPS_THE_BRANCH, refused="member inspector", args=the_meeting),
    a_list("transfers:batches", SEES_CASES + " neighbour"),
    a_list("transfers:begin_batch", KEEPS_THE_BRANCH + " neighbour"),
    a_list("transfers:template", KEEPS_THE_BRANCH + " neighbour"),
    Row("transfers:batch", SEES_CASES, args=a_batch),
    Row("transfers:start_batch", KEEPS_THE_BRANCH, refused="inspector", args=a_batch, post=True),
    a_list("establishments:list", WITH_A_ROLE),
    a_list("establishments:export", KEEPS_THE_BRANCH + " neighbour", post=True),
    a_list("establishments:unplaced", SEES_MEMBERS + " neighbour"),
    at_village("establishments:add", "organiser clerk"),
    Row("establishments:detail", SEES_THE_VILLAGE, args=the_firm),
    at_village("establishments:change", "organiser clerk", args=the_firm),
    at_village("establishments:end", "organiser clerk", args=the_firm),
    at_village("establishments:cover", "organiser clerk", args=the_firm),
    at_village("establishments:uncover", "organiser clerk", args=the_firm),
    at_village("establishments:send_instructor", "organiser clerk", args=the_firm),
    at_village("establishments:recall_instructor", "organiser clerk", args=the_firm),
    at_village("establishments:link", "organiser clerk", args=the_firm),
    at_village("establishments:unlink", "organiser clerk", args=the_workplace),
    # dues: amounts for those who collect them, sums for those who see figures; the member's own account is another test
    a_list("dues:overview", FIGURES + " neighbour"),
    at_branch("dues:branch", KEEPS_THE_BRANCH),
    at_branch("dues:collect", KEEPS_THE_BRANCH, post=True),
    at_branch("dues:standards", KEEPS_THE_BRANCH),
    at_branch("dues:carry_over", KEEPS_THE_BRANCH, post=True),
    at_branch("dues:publication", KEEPS_THE_BRANCH),
    at_branch("dues:account", KEEPS_THE_BRANCH, args=the_member),
    at_branch("dues:pay", KEEPS_THE_BRANCH, args=the_member),
    at_branch("dues:correct", KEEPS_THE_BRANCH, args=the_payment),
    # cases: for those who see cases; acts for who acts at the branch or records for it
    a_list("procedures:list", SEES_CASES + " neighbour"),
    a_list("procedures:export", KEEPS_THE_BRANCH + " neighbour", post=True),
    a_list("procedures:start", KEEPS_THE_BRANCH + " neighbour"),
    a_list("procedures:review", KEEPS_THE_BRANCH + " neighbour"),
    at_branch("procedures:of_person", SEES_MEMBERS, args=the_member),
    at_branch("procedures:case", SEES_CASES, args=the_case),
    at_branch("procedures:print", SEES_CASES, args=the_case),
    at_branch("procedures:file_pdf", SEES_CASES, args=the_case),
    at_branch("procedures:take", KEEPS_THE_BRANCH, args=the_case, data=lambda cast: {"step": "ask"}, post=True),
    at_branch("procedures:count", SEES_CASES, args=the_case, post=True),  # nothing to count there: leads back
    at_branch("procedures:withdraw", KEEPS_THE_BRANCH, args=the_case),
    at_branch("procedures:hold", KEEPS_THE_BRANCH, args=the_case),
    at_branch("procedures:release", KEEPS_THE_BRANCH, args=a_held_case),
    at_branch("procedures:correct", KEEPS_THE_BRANCH, args=a_case_entry),
    at_branch("procedures:hand_in", KEEPS_THE_BRANCH, args=the_case),
    at_branch(
        "procedures:issue_paper", KEEPS_THE_BRANCH, args=the_case, data=lambda cast: {"key": "permit"}, post=True
    ),
    at_branch("procedures:paper", SEES_CASES, args=a_case_paper),
    Row("procedures:check_typed", EVERYBODY),
    at_branch("procedures:check", SEES_CASES, args=a_paper_code),
    at_branch("procedures:withdraw_paper", KEEPS_THE_BRANCH, args=a_case_paper),
    # publication: what hangs for its audience; the file for those who see cases; objections for who answers them
    Row("publication:list", EVERYBODY),
    at_branch("publication:post", KEEPS_THE_BRANCH, args=nothing, data=lambda cast: {"at": BRANCH}),
    Row("publication:notice", SEES_MEETINGS, args=the_notice),
    Row("publication:take_down", KEEPS_THE_BRANCH, refused="member inspector", args=the_notice),
    Row("publication:poster", SEES_MEETINGS, args=the_notice),
    Row("publication:object", "secretary member", refused="organiser clerk inspector", args=the_notice),
    Row("publication:receive", KEEPS_THE_BRANCH, refused="member inspector", args=the_notice),
    Row("publication:objection", "secretary", args=an_objection),
    Row("publication:answer", EVERYBODY, open=True),
    Row("publication:check", EVERYBODY, args=a_code, open=True),
    Row("publication:board", EVERYBODY, args=a_public_board, open=True),
    at_branch("publication:catalogue", FIGURES),
    at_branch("publication:publish", KEEPS_THE_BRANCH, args=nothing, data=lambda cast: {"at": BRANCH}),
    Row("publication:publication", SEES_MEETINGS, args=a_publication),
    Row("publication:withdraw", KEEPS_THE_BRANCH, refused="member inspector", args=a_publication),
    # imports and jobs: only their owner finds them again
    a_list("imports:start", KEEPS_THE_BRANCH + " neighbour"),
    Row("imports:template", EVERYBODY, args=lambda cast: ["members"]),
    Row("imports:result", "clerk", args=the_job),
    Row("imports:save", "clerk", args=the_job, post=True),
    Row("imports:mend", "clerk", args=the_check),
    Row("imports:take_back", "clerk", args=the_check, data=lambda cast: {"row": "3"}, post=True),
    Row("imports:withdraw", "clerk organiser", args=a_saving),
    Row("imports:take_up", "clerk", args=a_stopped_check, post=True),
    Row("imports:workbook", "clerk", args=the_check, post=True),
    # exports: their owner's own
    a_list("exports:start", KEEPS_THE_BRANCH + " neighbour"),
    Row("exports:result", "clerk", args=an_export),
    Row("jobs:list", EVERYBODY),
    Row("jobs:detail", "clerk", args=the_job),
    Row("jobs:stop", "clerk", args=the_job, post=True),
    Row("jobs:file", refused="clerk", args=the_job),  # this job has no file
    # history
    a_list("audit:list", HISTORY + " neighbour"),
    # accounts
    Row("accounts:settings", EVERYBODY),
    Row("accounts:sign_ins", EVERYBODY),
    Row("accounts:end_sign_in", gone=True, args=lambda cast: [0], post=True),
    Row("accounts:end_other_sign_ins", EVERYBODY, post=True),
    Row("accounts:second_factor", EVERYBODY),
    Row("accounts:later", EVERYBODY, post=True),
    Row("accounts:reset_factors", "security", refused=rest("security", EVERYBODY), args=the_secretary),
    a_list("accounts:account_state", "organiser administrator security", args=the_secretary),
    a_list("accounts:openings", "auditor"),
    a_list("accounts:openings_file", "auditor"),
    Row("accounts:language", EVERYBODY, post=True, open=True),
    a_list("accounts:people", "organiser secretary neighbour administrator security"),
    a_list("accounts:grant", "organiser security"),
    a_list("accounts:open", "organiser administrator"),
    a_list("accounts:password_link", "organiser administrator", args=the_secretary, post=True),
    at_branch("accounts:end_grant", "organiser security", args=the_grant),
    Row("accounts:forgotten", EVERYBODY, open=True),
    Row("accounts:closed", address="/account/signup/", gone=True),
    # the demo: closed in this cast, so nobody finds the door
    Row("demo:sign_in", gone=True),
    Row("demo:close", "administrator", refused=rest("administrator", SEES_THE_CITY)),
    a_list("demo:day", "administrator"),
    # allauth
    Row("account_login", EVERYBODY, open=True),
    Row("account_logout", EVERYBODY, open=True),
    Row("account_inactive", EVERYBODY, open=True),
    Row("account_change_password", EVERYBODY),
    Row("account_set_password", EVERYBODY),
    Row("account_reauthenticate", refused=EVERYBODY),  # the cast has no passwords
    Row("account_reset_password", EVERYBODY, open=True),
    Row("account_reset_password_from_key", EVERYBODY, args=lambda cast: ["1", "set-password"], open=True),
    Row("account_reset_password_from_key_done", EVERYBODY, open=True),
    Row("mfa_index", EVERYBODY),
    Row("mfa_authenticate", EVERYBODY, open=True),
    Row("mfa_reauthenticate", refused=EVERYBODY),
    Row("mfa_activate_totp", EVERYBODY),
    Row("mfa_deactivate_totp", gone=True),  # nobody of the cast has one
    Row("mfa_view_recovery_codes", gone=True),
    Row("mfa_generate_recovery_codes", EVERYBODY),
    Row("mfa_download_recovery_codes", gone=True),
    Row("mfa_list_webauthn", EVERYBODY),
    Row("mfa_add_webauthn", EVERYBODY),
    Row("mfa_reauthenticate_webauthn", refused=EVERYBODY),
    Row("mfa_remove_webauthn", gone=True, args=lambda cast: [1]),
    Row("mfa_edit_webauthn", gone=True, args=lambda cast: [1]),
    Row("mfa_login_webauthn", EVERYBODY, open=True),
    Row("account_signup", gone=True),
    Row("account_email", gone=True),
    Row("account_email_verification_sent", gone=True),
    Row("account_confirm_email", args=lambda cast: ["key"], gone=True),
    Row("account_confirm_login_code", gone=True),
    Row("account_reset_password_done", gone=True),
]
TABLE = {row.name: row for row in ROWS}


def named(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inside = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from named(pattern.url_patterns, inside)
        else:
            yield f"{namespace}{pattern.name}"


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    addresses = set(named(get_resolver().url_patterns))
    assert sorted(addresses - set(TABLE)) == [], "Addresses without a row in the rights table."
    assert sorted(set(TABLE) - addresses) == [], "Rows without an address."
    assert len(TABLE) == len(ROWS), "Two rows for one address."


def ask(client: Client, row: Row, cast: Cast) -> HttpResponse:
    address = (row.address or reverse(row.name, args=row.args(cast))) + row.query
    ask_for = client.post if row.post else client.get
    return ask_for(address, row.data(cast))


def readers(row: Row) -> list[str]:
    """All of the cast; on PostgreSQL, where the same code decides, one who gets in, one who finds nothing, one who is
    refused."""
    if connection.vendor == "sqlite":
        return EVERYBODY.split()
    return sorted({*row.ok.split()[:1], *row.empty.split()[:1], *row.refused.split()[:1]} or {"stranger"})


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_each_of_the_cast_gets_what_the_table_says(row: Row, rules: None, cast: Cast, client: Client) -> None:
    wrong = [*nobody(ask(client, row, cast), row)]
    for who in readers(row):
        answer = ask(sign_in(client, cast.users[who], at_work=True), row, cast)
        allowed = IN if who in f"{row.ok} {row.empty}".split() else REFUSED if who in row.refused.split() else {404}
        if answer.status_code not in allowed:
            wrong.append(f"{who}: {answer.status_code}, not {sorted(allowed)}")
        if who in row.empty.split() and (units := units_named(answer, cast)):
            wrong.append(f"{who} reads the names of units: {units}")
        if people := people_told(answer, cast, cast.users[who]):
            wrong.append(f"{who} reads the names of persons: {people}")
    assert not wrong, "\n".join(wrong)


def nobody(answer: HttpResponse, row: Row) -> Iterator[str]:
    to_sign_in = answer.status_code == 302 and "/account/login/" in answer["Location"]
    fits = answer.status_code == 404 if row.gone else answer.status_code in IN if row.open else False
    fits = fits or (to_sign_in and not row.open)
    if not fits:
        yield f"nobody: {answer.status_code}"


def words_of(answer: HttpResponse) -> str:
    is_text = answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
    return answer.content.decode() if is_text else ""


def units_named(answer: HttpResponse, cast: Cast) -> list[str]:
    words = words_of(answer)
    return [unit.code for unit in cast.units.values() if unit.short_name in words or f"/{unit.code}/" in words]


def people_told(answer: HttpResponse, cast: Cast, reader: User) -> list[str]:
    """The persons named in an answer whom the reader may not see; users are left out, for accounts show their names."""
    words = words_of(answer)
    users = {user.display_name for user in cast.users.values()}
    named = [name for name in cast.people if name in words and name not in users]
    if not named:
        return []
    mine = Organisation.objects.filter(policy.within(reader, "members.view", "path"))
    visible = set(Affiliation.objects.filter(organisation__in=mine).values_list("person_id", flat=True))
    return [name for name in named if cast.people[name].pk not in visible]


@pytest.mark.one_database
def test_the_statistician_reads_figures_and_no_person(rules: None, cast: Cast, client: Client) -> None:
    sign_in(client, cast.statistician)
    got_in = 0
    for row in ROWS:
        if row.post or "statistician" not in row.ok.split():
            continue
        answer = ask(client, row, cast)
        got_in += answer.status_code == 200
        assert not people_told(answer, cast, cast.statistician), row.name
        assert not re.search(r'href="/members/\d', words_of(answer)), f"{row.name} links to a person"
    assert got_in >= 8


def test_only_who_may_remind_leaves_a_reminder(rules: None, cast: Cast, client: Client) -> None:
    wrote = set()
    for who in EVERYBODY.split():
        ask(sign_in(client, cast.users[who]), TABLE["home:remind"], cast)
        if Reminder.objects.all().delete()[0]:
            wrote.add(who)
    assert wrote == {"organiser", "clerk", "secretary"}
