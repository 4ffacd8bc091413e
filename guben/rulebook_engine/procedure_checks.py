"""What can be wrong in a procedure whose parts are right one by one: names, ways that lead nowhere, terms never met."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from guben.kit.calendar import Calendar
from guben.rulebook_engine.errors import did_you_mean
from guben.rulebook_engine.facts import Catalogue
from guben.rulebook_engine.plans import AFTER, HERE, Plan, Plans
from guben.rulebook_engine.positions import Path
from guben.rulebook_engine.procedures import BEFORE, BEGIN, END, NEXT, PLACES, STAY, NamedPlace, Procedure, Step, Term
from guben.rulebook_engine.projecting import project
from guben.rulebook_engine.tracks import Track

Fault = tuple[Path, str]
WAYS = (NEXT, STAY, BEFORE, END)
OF_ONE_KIND = {"vote": "vote", "notice": "notice", "training": "training", "every": "examination"}
RESERVED = (*WAYS, BEGIN)
STARTS = tuple(date(year, month, day) for year in (2023, 2024) for month, day in ((1, 31), (2, 28), (6, 30), (9, 29)))


def wrong_procedure(procedure: Procedure, catalogue: Catalogue) -> Iterator[Fault]:
    """Every mistake in one edition, with the path inside it."""
    names = list(_names(procedure, catalogue))
    yield from names
    yield from _kinds(procedure)
    if names:
        return
    plan = Plan(procedure)
    ways = list(_ways(plan))
    yield from ways
    if not ways:
        yield from _impossible(procedure, plan)


def wrong_was(editions: Sequence[Procedure]) -> Iterator[tuple[Procedure, Path, str]]:
    """A step that stands for one no earlier edition has. The editions come oldest first; what the first one stands for
    may lie in another file."""
    earlier: dict[str, None] = {}
    for procedure in editions:
        for number, step in enumerate(procedure.step):
            for name in step.was if earlier else ():
                if name not in earlier:
                    sentence = f"No earlier edition has a step '{name}'.{did_you_mean(name, tuple(earlier))}"
                    yield procedure, ("step", number, "was"), sentence
        earlier |= dict.fromkeys(step.key for step in procedure.step)


def _names(procedure: Procedure, catalogue: Catalogue) -> Iterator[Fault]:
    steps = tuple(step.key for step in procedure.step)
    places = (*PLACES, *(place.key for place in procedure.place_of))
    yield from _twice(procedure.step, ("step",), "step")
    yield from _twice(procedure.place_of, ("place_of",), "place")
    yield from _twice(procedure.paper, ("paper",), "paper")
    yield from _roles(procedure.begins, ("begins",), catalogue)
    yield from _roles(procedure.withdraws, ("withdraws",), catalogue)
    yield from _places(procedure.place_of)
    for number, step in enumerate(procedure.step):
        path: Path = ("step", number)
        if step.key in RESERVED:
            yield (*path, "key"), f"'{step.key}' is a word of the rulebook: give the step another key."
        if step.at not in places:
            yield (*path, "at"), f"No place '{step.at}'.{did_you_mean(step.at, places)}"
        if step.phase > max(len(procedure.phases), 1):
            yield (*path, "phase"), f"There is no phase {step.phase}: 'phases' names {len(procedure.phases)}."
        yield from _in_step(step, path, procedure, steps, catalogue)


def _in_step(
    step: Step, path: Path, procedure: Procedure, steps: tuple[str, ...], catalogue: Catalogue
) -> Iterator[Fault]:
    papers = tuple(paper.key for paper in procedure.paper)
    for name in ("needs", "produces"):
        for paper in getattr(step, name):
            if paper not in papers:
                yield (*path, name), f"No paper '{paper}' in this procedure.{did_you_mean(paper, papers)}"
    yield from _roles(step.by, (*path, "by"), catalogue)
    if step.notice is not None:
        yield from _roles((step.notice.objections_to,), (*path, "notice", "objections_to"), catalogue)
    meetings = catalogue.table("meeting")
    forms = meetings.column("form") if meetings else None
    if step.vote is not None and forms and step.vote.form not in forms.values:
        hint = did_you_mean(step.vote.form, forms.values)
        yield (*path, "vote", "form"), f"'{step.vote.form}' is no value of 'form'.{hint}"
    yield from _effect(step.effect, (*path, "effect"), catalogue)
    for name in step.heeds:
        if catalogue.warnings and name not in catalogue.warnings:
            yield (*path, "heeds"), f"No warning '{name}'.{did_you_mean(name, catalogue.warnings)}"
    yield from _twice(step.field, (*path, "field"), "field")
    yield from _twice(step.outcome, (*path, "outcome"), "outcome")
    yield from _terms(step, path, steps)
    for number, outcome in enumerate(step.outcome):
        here: Path = (*path, "outcome", number)
        if outcome.to not in (*WAYS, *steps):
            yield (*here, "to"), f"No step '{outcome.to}'.{did_you_mean(outcome.to, (*steps, *WAYS))}"
        if outcome.closes and outcome.to != STAY:
            yield (*here, "closes"), "Only an outcome that stays at its step can set another end to it."
        yield from _effect(outcome.effect, (*here, "effect"), catalogue)


def _terms(step: Step, path: Path, steps: tuple[str, ...]) -> Iterator[Fault]:
    lists: list[tuple[Path, tuple[Term, ...]]] = [((*path, "opens"), step.opens), ((*path, "closes"), step.closes)]
    lists += [((*path, "outcome", at, "closes"), outcome.closes) for at, outcome in enumerate(step.outcome)]
    before = steps[: steps.index(step.key)]
    for where, terms in lists:
        for number, term in enumerate(terms):
            if term.after not in (*steps, BEGIN):
                yield (*where, number, "after"), f"No step '{term.after}'.{did_you_mean(term.after, (*steps, BEGIN))}"
            elif term.after in steps and term.after not in before:
                said = f"The step '{term.after}' does not come before '{step.key}': a term counts from an earlier step."
                yield (*where, number, "after"), said


def _roles(named: Iterable[str], path: Path, catalogue: Catalogue) -> Iterator[Fault]:
    known = catalogue.roles
    for role in named:
        if known and role not in known:
            yield path, f"No role '{role}'.{did_you_mean(role, known)}"


def _effect(name: str, path: Path, catalogue: Catalogue) -> Iterator[Fault]:
    if name and catalogue.effects and name not in catalogue.effects:
        yield path, f"No effect '{name}'.{did_you_mean(name, catalogue.effects)}"


def _twice(parts: Sequence[Step | NamedPlace | object], path: Path, what: str) -> Iterator[Fault]:
    counted = Counter(getattr(part, "key", "") for part in parts)
    seen: set[str] = set()
    for number, part in enumerate(parts):
        key = getattr(part, "key", "")
        if counted[key] > 1 and key in seen:
            yield (*path, number, "key"), f"The {what} '{key}' stands here twice."
        seen.add(key)


def _places(places: Sequence[NamedPlace]) -> Iterator[Fault]:
    """A place stands above one that is told before it, so that none hangs on itself."""
    known = [*PLACES]
    for number, place in enumerate(places):
        if place.key in PLACES:
            yield ("place_of", number, "key"), f"'{place.key}' is a word of the rulebook: give the place another key."
        for name, named in (("above", place.above), ("otherwise", place.otherwise)):
            if named and named not in known:
                hint = did_you_mean(named, tuple(known))
                yield ("place_of", number, name), f"No place '{named}' is told before this one.{hint}"
        known.append(place.key)


def _kinds(procedure: Procedure) -> Iterator[Fault]:
    for number, step in enumerate(procedure.step):
        path: Path = ("step", number)
        for part, kind in OF_ONE_KIND.items():
            if getattr(step, part) is not None and step.kind != kind:
                yield (*path, part), f"'{part}' belongs to a step of kind '{kind}'; this one is of kind '{step.kind}'."
        if step.kind in ("vote", "notice") and getattr(step, step.kind) is None:
            yield path, f"A step of kind '{step.kind}' needs '{step.kind} = {{ … }}'."
        if step.kind == "wait" and not step.opens:
            yield path, "A wait needs 'opens': until when it lasts."
        if step.kind == "training" and step.training is not None and not (step.training.days or step.training.hours):
            yield (*path, "training"), "State how long a training lasts: 'days', 'hours' or both."
        for at, field in enumerate(step.field):
            if field.type == "choice" and not field.choices:
                yield (*path, "field", at), f"The field '{field.key}' offers no choices."


def _ways(plan: Plan) -> Iterator[Fault]:
    """Steps out of reach, steps without a way to the end, waits that lead back to themselves."""
    leads = [sorted(_targets(plan, number)) for number in range(plan.size)]
    reached = _spread({0}, leads)
    to_the_end = {number for number in range(plan.size) if plan.size in _spread({number}, [*leads, []])}
    for number, step in enumerate(plan.steps):
        if number not in reached:
            yield ("step", number), f"Nothing leads to the step '{step.key}'."
        elif step.kind == "wait" and _waits_for_itself(plan, number):
            yield ("step", number), f"The wait '{step.key}' leads back to itself by waits alone: it would never end."
        elif number not in to_the_end:
            yield ("step", number), f"From the step '{step.key}' there is no way to an end."


def _targets(plan: Plan, number: int) -> set[int]:
    found = {target for _, target in plan.ways[number].values() if target >= 0}
    if any(target == AFTER for _, target in plan.ways[number].values()):
        found.add(number + 1)
    return found


def _spread(start: set[int], leads: Sequence[Sequence[int]]) -> set[int]:
    reached, fresh = set(start), list(start)
    while fresh:
        here = fresh.pop()
        for other in leads[here] if here < len(leads) else ():
            if other not in reached:
                reached.add(other)
                fresh.append(other)
    return reached


def _waits_for_itself(plan: Plan, start: int) -> bool:
    here, seen = start, set[int]()
    while here < plan.size and plan.steps[here].kind == "wait":
        if here in seen:
            return True
        seen.add(here)
        target = next(iter(plan.ways[here].values()))[1]
        here = here + 1 if target == AFTER else here if target == HERE else target
    return False


def _impossible(procedure: Procedure, plan: Plan) -> Iterator[Fault]:
    """A step whose last day lies before its first one whenever the case begins and however fast it goes."""
    roads = [project(_begun(procedure, start), start) for start in STARTS]
    for number, step in enumerate(plan.steps):
        days = [road.get(number) for road in roads]
        late = [one for one in days if one is not None and one.latest is not None and one.latest < one.earliest]
        if len(late) == len(STARTS) and _can_wait_for_nothing(plan, step):
            yield ("step", number, "closes"), f"The step '{step.key}' closes before it opens, whenever a case begins."


def _begun(procedure: Procedure, start: date) -> Track:
    return Track(Plans([procedure]), start, Calendar())


def _can_wait_for_nothing(plan: Plan, step: Step) -> bool:
    """Whether no end counts from a step after those from which its opening counts: such a step could come later."""
    order = {BEGIN: -1, **plan.index}
    opening = [order[term.after] for term in step.opens]
    closing = [order[term.after] for term in step.closes]
    return bool(opening and closing) and min(closing) <= max(opening)
