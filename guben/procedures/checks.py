"""What stands in the way of taking a step: the checks that all kinds share, in the order in which they are told."""

from __future__ import annotations

from datetime import date

from guben.accounts.models import User
from guben.house.words import listed
from guben.procedures import advice, effects, errors
from guben.procedures.kinds import kind_of
from guben.procedures.lacking import paper_field
from guben.procedures.models import Case
from guben.procedures.places import Acting, acting
from guben.procedures.records import Records, holds
from guben.procedures.rules import article_of, outcome_of, paper_title, say, step_of
from guben.procedures.standing import Standing, StepStanding, too_early
from guben.procedures.taking import Taking
from guben.rulebook_engine.plans import effect_of, outcomes
from guben.rulebook_engine.procedures import STAY, Outcome, Procedure, Step

REASON_ROOM = 500


def open_step(standing: Standing, step: str) -> StepStanding:
    """The step, if the case stands at it. Raises CaseEnded, AlreadyTaken, NotItsTurn, UnknownStep."""
    case = standing.case
    if case.ended_on is not None:
        raise errors.CaseEnded(case.ended_on)
    found = standing.at(step)
    if found is not None:
        return found
    stated = next(
        (one for edition in reversed(standing.rules.editions(case.procedure)) if (one := step_of(edition, step))), None
    )
    if stated is None:
        raise errors.UnknownStep(step)
    if any(entry.step == step for entry in standing.records.standing):
        raise errors.AlreadyTaken(say(stated.title))
    current = standing.current
    if current is None:
        raise errors.CaseEnded(standing.on)
    raise errors.NotItsTurn(say(stated.title), say(current.step.title), current.article)


def actor(at: StepStanding, by: User, case: Case) -> Acting:
    """How the user may take the step. Raises NobodyActs, WrongPerson."""
    if at.actor is None:
        raise errors.NobodyActs(at.actor_title, at.article)
    how = acting(by, at.step, at.actor, case)
    if not how:
        raise errors.WrongPerson(at.who, at.article)
    return how


def outcome(at: StepStanding, key: str) -> Outcome:
    """The outcome of this key. Raises UnknownOutcome, OnceOnly."""
    found = next((one for one in outcomes(at.step) if one.key == key), None)
    if found is None or at.step.kind == "wait":
        raise errors.UnknownOutcome(listed(say(one.title) for one in outcomes(at.step)), at.article)
    if found.once:
        used = next((one for one in at.road_step.done if one.outcome == key), None)
        if used is not None:
            raise errors.OnceOnly(say(found.title), used.on, at.article)
    return found


def day(taking: Taking) -> None:
    """Refuses a day that has not come, on which the step was closed, or before what was done before it."""
    done_on, case = taking.done_on, taking.case
    if done_on > taking.today:
        raise errors.InFuture(done_on, taking.today, taking.article)
    if done_on < case.begun_on:
        raise errors.BeforeEarlierStep(done_on, str(case.title), case.begun_on, taking.article)
    before = max(taking.records.standing, key=lambda entry: entry.number, default=None)
    if before and done_on < before.done_on and not taking.step.any_order:
        stated = step_of(taking.standing.rules.edition(case.procedure, before.edition), before.step)
        title = say(stated.title) if stated else before.step
        raise errors.BeforeEarlierStep(done_on, title, before.done_on, taking.article)
    road_step = taking.at.road_step
    if road_step.opens_on and done_on < road_step.opens_on and not _is_examined(taking):
        raise too_early(road_step)
    leaves_on = road_step.leaves_on
    if taking.step.kind == "examination" and taking.leads_on and leaves_on and done_on < leaves_on:
        raise too_early(road_step, leaves_on)


def _is_examined(taking: Taking) -> bool:
    return taking.step.kind == "examination" and taking.outcome.to == STAY


def hold(taking: Taking) -> None:
    """Refuses while the case is held, on the day of the entry or today."""
    for one in taking.records.holds:
        if holds(one, taking.today) or holds(one, taking.done_on):
            raise errors.CaseHeld(one.reason, min(one.until_on, one.ended_on or one.until_on))


def reason(taking: Taking) -> None:
    text = taking.reason
    if taking.outcome.reason and not text:
        raise errors.ReasonMissing(taking.article)


def papers(taking: Taking) -> None:
    """Every paper that the step needs, before an outcome that completes it."""
    if not taking.leads_on:
        return
    missing = [key for key in taking.step.needs if not taking.records.papers_of(key)]
    if missing:
        titles = listed(paper_title(taking.procedure, key) for key in missing)
        raise errors.PaperMissing(titles, taking.article, paper_field(missing[0]))
    papers_in_time(taking.step, taking.procedure, taking.records, taking.done_on)


def papers_in_time(step: Step, procedure: Procedure, records: Records, done_on: date) -> None:
    """Refuses a day before that of the papers on which the step stands. Raises PaperLater."""
    for key in step.needs:
        first = min((paper.dated_on for paper in records.papers_of(key)), default=done_on)
        if first > done_on:
            raise errors.PaperLater(paper_title(procedure, key), first, done_on, article_of(step, procedure))


def warnings(taking: Taking) -> None:
    """Refuses an outcome that completes the step while something is said that the step heeds. Raises WarningHeeded."""
    if taking.leads_on and (said := advice.heeded(taking.case, taking.step, taking.done_on)):
        raise errors.WarningHeeded(said, taking.article)


def effect(taking: Taking) -> effects.Effect | None:
    """What the outcome will do to other records, checked. Raises NoSuchEffect and what the effect refuses."""
    name = effect_of(taking.step, taking.outcome)
    if not name:
        return None
    found = effects.find(name)
    if found.check is not None:
        with errors.citing(taking.article):
            found.check(taking.case, taking.filled, taking.done_on)
    return found


def all_of(taking: Taking) -> effects.Effect | None:
    """Everything that is checked once the step, its actor and the outcome are known; gives the effect."""
    reason(taking)
    day(taking)
    hold(taking)
    kind = kind_of(taking.step)
    taking.filled = kind.fill(taking)
    papers(taking)
    kind.check(taking)
    warnings(taking)
    return effect(taking)


def latest_day(standing: Standing) -> date:
    """The day of the last entry, or of the beginning."""
    return max((entry.done_on for entry in standing.records.standing), default=standing.case.begun_on)


__all__ = ["actor", "all_of", "article_of", "effect", "latest_day", "open_step", "outcome", "outcome_of"]
