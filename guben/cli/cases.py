"""`guben case list|show|explain|check`."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from django.http import Http404

from guben.access import policy
from guben.accounts.models import User
from guben.cli.context import BadInput, day_of, print_json, progress, unit_of, user_of
from guben.procedures import queries, standing
from guben.procedures.models import Case, Entry, Paper
from guben.procedures.rules import outcome_of, say, step_of
from guben.procedures.standing import Standing, StepStanding, due_sentence, words_of
from guben.rulebook_engine.roads import RoadStep, source_of

MOST = 10_000


def case(options: Namespace) -> int:
    """Runs the verb."""
    return {"list": _list, "show": _show, "explain": _explain, "check": _check}[options.verb](options)


def _list(options: Namespace) -> int:
    """The cases in reach: most urgent first."""
    user, on = user_of(options), day_of(options)
    found = queries.cases_for(user).filter(begun_on__lte=on)
    if options.at:
        unit = unit_of(options.at, user)
        if not policy.may(user, queries.VIEW, unit):
            raise BadInput(f"{user} may not use {queries.VIEW} at {unit.code}.")
        found = found.filter(policy.in_subtrees([unit.path], "organisation__path"))
    if options.procedure:
        found = found.filter(procedure=options.procedure)
    if not options.ended:
        found = found.filter(ended_on=None)
    if options.late:
        found = found.filter(ended_on=None, due_on__lt=on)
    rows = list(queries.sorted_by_urgency(found)[:MOST])
    if options.json:
        return print_json({"on": on, "cases": [_case(one) for one in rows]})
    for one in rows:
        late = f"late {(on - one.due_on).days}" if not one.ended_on and one.due_on and one.due_on < on else ""
        step = one.step or f"ended {one.ended_as}"
        print(f"{one.number:<16} {one.organisation.code:<16} {step:<24} {one.due_on or '':<10} {late:<9} {one.title}")
    print(f"{len(rows)} cases.")
    return 0


def _case(one: Case) -> dict[str, Any]:
    return {
        "number": one.number,
        "procedure": one.procedure,
        "title": one.title,
        "unit": one.organisation.code,
        "host": one.host.code if one.host else None,
        "begun_on": one.begun_on,
        "step": one.step or None,
        "edition": one.edition,
        "actor": one.actor.code if one.actor else None,
        "opens_on": one.opens_on,
        "due_on": one.due_on,
        "ended_on": one.ended_on,
        "ended_as": one.ended_as or None,
    }


def _standing(options: Namespace) -> tuple[User, Case, Standing]:
    user = user_of(options)
    try:
        found = queries.case_by_number(user, options.number)
    except Http404:
        raise BadInput(f"There is no case {options.number!r} for this user to see.") from None
    return user, found, standing.of(found, day_of(options))


def _show(options: Namespace) -> int:
    """A case with its entries and papers, and what is next."""
    _user, found, stands = _standing(options)
    if options.json:
        return print_json(
            {
                **_case(found),
                "on": stands.on,
                "who": stands.who,
                "missing": [lack.title for lack in stands.missing],
                "closed_because": stands.closed_because or None,
                "late_by": stands.late_by,
                "entries": [_entry(one) for one in stands.records.entries],
                "papers": [
                    {
                        "key": one.key,
                        "state": one.state,
                        "number": one.number,
                        "withdrawn": one.withdrawn_at is not None,
                        "outdated": one.outdated_by_id is not None,
                    }
                    for one in stands.records.papers
                ],
            }
        )
    print(f"{found.number}  {found.title}  {found.organisation.short_name}")
    for one in stands.records.entries:
        rule = step_of(stands.rules.edition(found.procedure, one.edition), one.step)
        outcome = outcome_of(rule, one.outcome) if rule else None
        words = f"{say(rule.title) if rule else one.step}: {say(outcome.title) if outcome else one.outcome}"
        print(f"  {one.number:>3} {one.done_on} {words}  {one.acted_at.short_name}  {one.reason}".rstrip())
    print(f"  {_next(stands)}")
    return 0


def _entry(one: Entry) -> dict[str, Any]:
    return {
        "number": one.number,
        "step": one.step,
        "outcome": one.outcome,
        "done_on": one.done_on,
        "recorded_on": one.recorded_on,
        "edition": one.edition,
        "unit": one.acted_at.code,
        "for_unit": one.recorded_for_unit,
        "days_late": one.days_late,
        "corrects": one.corrects.number if one.corrects else None,
    }


def _paper(one: Paper) -> dict[str, Any]:
    return {"key": one.key, "state": one.state, "number": one.number, "withdrawn": one.withdrawn_at is not None}


def _next(stands: Standing) -> str:
    if stands.current is None:
        return f"ended {stands.case.ended_on}: {stands.case.ended_as}"
    missing = "、".join(lack.title for lack in stands.missing)
    words = [
        f"→ {say(stands.current.step.title)}",
        stands.who,
        stands.closed_because,
        missing,
        due_sentence(stands.current),
    ]
    return "  ".join(word for word in words if word)


def _explain(options: Namespace) -> int:
    """The whole road of a case: each step with its days, its source, and why it is closed."""
    _user, found, stands = _standing(options)
    now = {one.step.key: one for one in stands.open_steps}
    steps = [_step(one, now.get(one.step.key)) for one in stands.road.steps]
    if options.json:
        return print_json(
            {
                "number": found.number,
                "on": stands.on,
                "procedure": found.procedure,
                "edition": stands.procedure.edition_label,
                "begun_on": found.begun_on,
                "ended_on": found.ended_on,
                "ended_as": found.ended_as or None,
                "steps": steps,
            }
        )
    print(f"{found.number}  {say(stands.procedure.title)}  ({stands.procedure.edition_label})")
    for step in steps:
        days = step["done_on"] or " – ".join(str(step[name]) for name in ("opens_on", "due_on") if step[name])
        print(f"  {step['state']:<9} {step['title']}  {days or ''}  {step['source']}")
        for why in ("because", "closed_because"):
            if step[why]:
                print(f"            {step[why]}")
    return 0


def _step(one: RoadStep, now: StepStanding | None) -> dict[str, Any]:
    return {
        "key": one.step.key,
        "number": one.step.number,
        "title": say(one.step.title),
        "state": one.state,
        "done_on": one.done[-1].on if one.done and one.state == "done" else None,
        "edition": one.done[-1].edition if one.done and one.state == "done" else one.procedure.edition_label,
        "opens_on": now.opens_on if now else one.opens_on,
        "due_on": one.due_on,
        "because": words_of(one.opens_because, one.procedure) if one.opens_because else "",
        "closed_because": now.closed_because if now else "",
        "missing": [lack.title for lack in now.missing] if now else [],
        "who": now.who if now else "",
        "source": source_of(one.step, one.procedure),
    }


def _check(options: Namespace) -> int:
    """Works out anew where each open case stands; 1 where something differs and was not mended."""
    from guben.procedures.proving import prove

    proof = prove(day_of(options), mend=options.mend, progress=lambda done: progress("cases", done, done))
    if options.json:
        print_json(
            {
                "cases": proof.cases,
                "late": proof.late,
                "wrong": proof.wrong,
                "mended": proof.mended,
                "unknown_procedures": proof.unknown,
                "milliseconds": proof.milliseconds,
                "differences": [
                    {"number": one.number, "column": one.column, "kept": one.kept, "found": one.found}
                    for one in proof.differences
                ],
            }
        )
    else:
        for key in proof.unknown:
            print(f"  The procedure {key} is not installed: its cases can't be checked.")
        for one in proof.differences[:100]:
            print(f"  {one.number}: {one.column} is {one.kept or 'empty'}, should be {one.found or 'empty'}")
        print(
            f"{proof.cases} open cases in {proof.milliseconds} ms: {proof.late} late, {proof.wrong} not as they should "
            f"be, {proof.mended} mended."
        )
    return 1 if proof.wrong > proof.mended or proof.unknown else 0
