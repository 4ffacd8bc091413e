"""Where a case stands on a day: its road, what is missing, who acts, from when until when, and why it is closed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guben.house.templatetags.house import day as said
from guben.members.choices import StageKind
from guben.members.models import Affiliation, Stage
from guben.members.spans import holds_on
from guben.organisations.models import Organisation
from guben.procedures import errors
from guben.procedures.models import Case, Entry, Held
from guben.procedures.places import Places, place_title, who
from guben.procedures.records import Records, records_of
from guben.procedures.rules import Rules, article_of, paper_title, rules, say
from guben.publication.calculations import NoticeStanding
from guben.publication.models import Notice
from guben.publication.queries import standing_of
from guben.rulebook_engine.plans import POSTED
from guben.rulebook_engine.procedures import Procedure, Step, Term
from guben.rulebook_engine.roads import Road, RoadStep, road
from guben.rulebook_engine.terms import describe


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that must be there before the step can be taken."""

    kind: str  # paper, notice, counts
    key: str
    title: str


@dataclass(frozen=True, slots=True)
class StepStanding:
    """One step that may be taken now or opens later: who acts, from when, until when, what is missing."""

    on: date
    road_step: RoadStep
    actor: Organisation | None
    actor_title: str
    missing: tuple[Lack, ...]
    notice: Notice | None
    notice_standing: NoticeStanding | None
    opens_on: date | None
    leaves_on: date | None
    closed_because: str

    @property
    def step(self) -> Step:
        return self.road_step.step

    @property
    def procedure(self) -> Procedure:
        return self.road_step.procedure

    @property
    def roles(self) -> tuple[str, ...]:
        return self.step.by

    @property
    def who(self) -> str:
        """Who acts, in words."""
        return who(self.roles, self.actor) if self.actor else self.actor_title

    @property
    def article(self) -> str:
        return article_of(self.step, self.procedure)

    @property
    def due_on(self) -> date | None:
        return self.road_step.due_on

    @property
    def late_by(self) -> int:
        """How many days past its last day."""
        return max((self.on - self.due_on).days, 0) if self.due_on else 0

    @property
    def is_open(self) -> bool:
        return not self.closed_because


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands. What is said of the current step stands here too."""

    case: Case
    on: date
    road: Road
    records: Records
    current: StepStanding | None
    open_steps: tuple[StepStanding, ...]
    hold: Held | None
    rules: Rules

    @property
    def procedure(self) -> Procedure:
        """The edition in force for the case on the day."""
        return self.road.procedure

    @property
    def actor(self) -> Organisation | None:
        return self.current.actor if self.current else None

    @property
    def roles(self) -> tuple[str, ...]:
        return self.current.roles if self.current else ()

    @property
    def who(self) -> str:
        return self.current.who if self.current else ""

    @property
    def missing(self) -> tuple[Lack, ...]:
        return self.current.missing if self.current else ()

    @property
    def closed_because(self) -> str:
        return self.current.closed_because if self.current else ""

    @property
    def opens_on(self) -> date | None:
        return self.current.opens_on if self.current else None

    @property
    def due_on(self) -> date | None:
        return self.current.due_on if self.current else None

    @property
    def late_by(self) -> int:
        return self.current.late_by if self.current else 0

    @property
    def is_ended(self) -> bool:
        return self.case.ended_on is not None or self.road.current is None

    def at(self, step: str) -> StepStanding | None:
        """One of the steps that may be taken now, under its key or the name it had in another edition."""
        return next((one for one in self.open_steps if step in (one.step.key, *one.step.was)), None)

    def entry(self, number: int) -> Entry | None:
        """The entry behind a `Done` of the road."""
        return self.records.by_number.get(number)


def of(
    case: Case,
    on: date,
    *,
    known: Rules | None = None,
    records: Records | None = None,
    places_on: date | None = None,
) -> Standing:
    """Where a case stands on a day. Raises UnknownProcedure where its procedure is installed no longer.

    Who acts is told by the facts of `places_on`, where a step of a past day is recorded today.
    """
    known = known or rules()
    records = records or records_of(case)
    way = the_road(case, records, on, known)
    places = Places([case.organisation, *([case.host] if case.host else [])], places_on or on)
    hold = records.hold_on(on)
    steps = tuple(_step(one, case, records, places, hold, on) for one in way.open_steps) if not case.ended_on else ()
    current = next((one for one in steps if way.current and one.step.key == way.current.step.key), None)
    return Standing(case, on, way, records, current, steps, hold, known)


def the_road(case: Case, records: Records, on: date, known: Rules) -> Road:
    editions = known.editions(case.procedure)
    if not editions:
        raise errors.UnknownProcedure(case.procedure)
    return road(editions, case.begun_on, records.done, on, known.calendar)


def _step(
    road_step: RoadStep, case: Case, records: Records, places: Places, hold: Held | None, on: date
) -> StepStanding:
    step, procedure = road_step.step, road_step.procedure
    actor = places.of(case, procedure, step.at)
    notice = hanging(records, step) if step.kind == "notice" else None
    stands = standing_of(notice, on) if notice else None
    leaves_on = leaving(road_step, stands)
    opens_on = road_step.opens_on
    found = StepStanding(
        on=on,
        road_step=road_step,
        actor=actor,
        actor_title=place_title(procedure, step.at),
        missing=tuple(_missing(step, procedure, records, notice)),
        notice=notice,
        notice_standing=stands,
        opens_on=leaves_on if notice else opens_on,
        leaves_on=leaves_on,
        closed_because="",
    )
    return replace(found, closed_because=_closed(found, hold, on))


def hanging(records: Records, step: Step) -> Notice | None:
    """The notice of a step that was posted last since the case came to it, unless it was taken down early."""
    posted = [entry for entry in records.latest(step.key) if entry.outcome == POSTED and entry.notice]
    notice = posted[-1].notice if posted else None
    if notice and notice.taken_down_on and notice.taken_down_on <= notice.term_ends_on:
        return None
    return notice


def leaving(road_step: RoadStep, stands: NoticeStanding | None) -> date | None:
    """The first day of a result: after the notice's term, and not while an objection holds it."""
    if stands is None:
        return road_step.leaves_on
    return max(filter(None, (road_step.leaves_on, stands.result_opens_on, stands.held_until)))


def _missing(step: Step, procedure: Procedure, records: Records, notice: Notice | None) -> list[Lack]:
    lacks = []
    if step.kind == "notice" and notice is None:
        lacks.append(Lack("notice", "posted", _("贴出公示")))
    for key in step.needs:
        if not records.papers_of(key):
            lacks.append(Lack("paper", key, paper_title(procedure, key)))
    return lacks


def _closed(found: StepStanding, hold: Held | None, on: date) -> str:
    """Why a step can't be taken on the day; empty where nothing but its papers stands in the way."""
    if hold:
        return str(errors.CaseHeld(hold.reason, min(hold.until_on, hold.ended_on or hold.until_on)))
    if found.actor is None:
        return str(errors.NobodyActs(found.actor_title, found.article))
    if found.notice and found.notice_standing:
        stands = found.notice_standing
        if on < stands.result_opens_on:
            return str(errors.NoticeHanging(found.notice.working_days, stands.result_opens_on, found.article))
        if stands.held_until:
            return str(errors.ObjectionOpen(stands.open_objections, stands.held_until, found.article))
    if found.opens_on and on < found.opens_on:
        return str(too_early(found.road_step))
    return ""


def too_early(road_step: RoadStep, opens_on: date | None = None) -> errors.TooEarly:
    """Why a step opens on a later day only, with the article of the term."""
    step, procedure, term = road_step.step, road_step.procedure, road_step.opens_because
    article = (term.article if term else "") or article_of(step, procedure)
    because = words_of(term, procedure) if term else _("“%(step)s”还没有开放") % {"step": say(step.title)}
    return errors.TooEarly(because, opens_on or road_step.opens_on, article)


def words_of(term: Term, procedure: Procedure, *, end: bool = False) -> str:
    """A term in the reader's language."""
    return describe(term, get_language() or "zh", procedure, end=end)


def due_sentence(found: StepStanding) -> str:
    """Until when a step is to be taken, and why; empty where no term ends."""
    step = found.road_step
    if step.due_on is None:
        return ""
    because = words_of(step.due_because, found.procedure, end=True) if step.due_because else ""
    return _("%(day)s以前：%(because)s") % {"day": said(step.due_on + timedelta(days=1)), "because": because}


def person_note(case: Case, on: date) -> str:
    """What has become of the person since: gone to another unit, or no member any longer. The case stays open."""
    if case.person is None or case.ended_on is not None:
        return ""
    stage = Stage.objects.filter(holds_on(on), person=case.person).values_list("kind", flat=True).first()
    if stage == StageKind.ENDED:
        return _("%(name)s已不再是党员。这件还在办：办完，或撤回并写明原因。") % {"name": case.person.name}
    row = Affiliation.objects.filter(holds_on(on), person=case.person).select_related("organisation").first()
    units = {case.organisation_id, case.host_id}
    if row is None:
        return _("%(name)s现在不属于任何组织。这件还在办：办完，或撤回并写明原因。") % {"name": case.person.name}
    if row.organisation_id not in units and not row.organisation.path.startswith(case.organisation.path):
        return _("%(name)s的组织关系已在%(unit)s。这件还由%(own)s承办：转过去另办，或撤回。") % {
            "name": case.person.name,
            "unit": row.organisation.short_name,
            "own": case.organisation.short_name,
        }
    return ""
