"""The step at hand as a card: whose it is, until when, why it is closed, what it lacks, and its buttons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guben.access.policy import Someone
from guben.house.templatetags.house import day, in_script
from guben.procedures import tallies, words
from guben.procedures.advice import on_step
from guben.procedures.kinds.votes import present_at
from guben.procedures.lacking import Lacking, lacks_of
from guben.procedures.models import Case, Count
from guben.procedures.places import Acting, acting
from guben.procedures.rules import say
from guben.procedures.standing import Standing, StepStanding, words_of
from guben.rulebook_engine.plans import KEPT, POSTED, outcomes
from guben.rulebook_engine.procedures import END, STAY, Ballot, Outcome

SOON = 7  # days from which a deadline is amber
DANGER, SOLID = "btn-danger-outline", "btn-solid"


@dataclass(frozen=True, slots=True)
class Button:
    """One way to end the step; one that is not possible yet says when and why."""

    key: str
    title: str
    look: str
    is_open: bool
    opens_on: date | None = None
    because: str = ""
    letter: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A heading with the sentence below it."""

    title: str
    text: str

    @property
    def because(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class StepCard:
    """Everything that the card of a step shows beside its form."""

    key: str
    number: str
    title: str
    kind: str
    who: str
    latest: str
    why: str
    article: str
    chip: str
    chip_words: str
    closed: Said | None
    not_mine: Said | None
    acting: Acting
    lacks: tuple[Lacking, ...]
    buttons: tuple[Button, ...]
    form_title: str
    ends_words: str
    count_words: str
    record_meeting_url: str
    advice: tuple[str, ...] = ()

    @property
    def is_mine(self) -> bool:
        return bool(self.acting)

    @property
    def hints(self) -> tuple[str, ...]:
        """Why outcomes are not possible, each reason once."""
        return tuple(dict.fromkeys(one.because for one in self.buttons if not one.is_open and one.because))

    @property
    def has_open_button(self) -> bool:
        return any(button.is_open for button in self.buttons)


def card(standing: Standing, stands: StepStanding, user: Someone, counts: Sequence[Count] = ()) -> StepCard:
    """The card of one of the steps at which a case stands."""
    case, step = standing.case, stands.step
    mine = acting(user, step, stands.actor, case)
    chip, chip_words = _chip(stands)
    buttons = tuple(_buttons(standing, stands, counts)) if mine else ()
    asks_here = any(button.is_open for button in buttons)
    return StepCard(
        key=step.key,
        number=words.number_of(step, stands.procedure),
        title=say(step.title),
        kind=step.kind,
        who=_("由%(who)s办。") % {"who": stands.who},
        latest=_latest(stands),
        why=say(step.why),
        article=in_script(stands.article),
        chip=chip,
        chip_words=chip_words,
        closed=_closed(stands),
        not_mine=None if mine else _not_mine(stands),
        acting=mine,
        lacks=tuple(lacks_of(standing, stands, counts, may_act=bool(mine), asks_here=asks_here)),
        buttons=buttons,
        form_title=_form_title(stands, mine),
        ends_words=_ends_words(stands),
        count_words=_count_words(stands, counts),
        record_meeting_url=_record_url(case, stands),
        advice=on_step(case, step.key, stands.on),
    )


def _chip(stands: StepStanding) -> tuple[str, str]:
    due_on = stands.due_on
    if stands.late_by:
        return "late", words.days_words(-stands.late_by)
    if due_on is not None and (due_on - stands.on).days <= SOON:
        return "soon", words.days_words((due_on - stands.on).days)
    if stands.opens_on and stands.opens_on > stands.on:
        return "closed", _("%(day)s开放") % {"day": day(stands.opens_on)}
    return ("waiting", words.days_words((due_on - stands.on).days)) if due_on else ("", "")


def _latest(stands: StepStanding) -> str:
    due_on, because = stands.due_on, stands.road_step.due_because
    if due_on is None:
        return ""
    sentence = _("最晚%(day)s。") % {"day": day(due_on)}
    if because is None:
        return sentence
    why = _("（%(because)s）") % {"because": words_of(because, stands.procedure, end=True)}
    return sentence[:-1] + why + sentence[-1]


def _closed(stands: StepStanding) -> Said | None:
    if not stands.closed_because:
        return None
    named = _result_title(stands) if stands.notice else say(stands.step.title)
    if stands.opens_on and stands.opens_on > stands.on:
        title = _("“%(title)s”%(day)s开放") % {"title": named, "day": day(stands.opens_on)}
    else:
        title = _("“%(title)s”现在不能办") % {"title": named}
    posted = ""
    if stands.notice and stands.leaves_on and stands.leaves_on > stands.on:
        posted = _("%(first)s贴出，到%(last)s满期，次一工作日可登记。") % {
            "first": day(stands.notice.posted_on),
            "last": day(stands.notice.term_ends_on),
        }
    text = _("因为%(because)s%(more)s") % {"because": in_script(stands.closed_because), "more": posted}
    return Said(title, text)


def _result_title(stands: StepStanding) -> str:
    """登记公示结果: the act that waits for the end of a notice."""
    return _("登记公示结果")


def _not_mine(stands: StepStanding) -> Said:
    who = stands.who
    if stands.step.kind == "wait":
        return Said(_("到期自己过去。"), _("这一步不用谁办。"))
    return Said(_("等%(who)s。") % {"who": who}, _("您能看到进度，不能办这一步。"))


def _buttons(standing: Standing, stands: StepStanding, counts: Sequence[Count]) -> list[Button]:
    """A button for each outcome. A vote has none until its tellers agree; then their count decides which of them are
    possible. Waits pass by themselves."""
    step = stands.step
    if step.kind == "wait":
        return []
    won, line = None, ""
    if step.vote and step.vote.tellers:
        if len(counts) < step.vote.tellers:
            return []
        won, line = _is_won(stands, step.vote, counts[0])
    known = outcomes(step)
    found: list[Button] = []
    letters = {"A": False, "R": False}
    for outcome in known:
        if outcome.key == POSTED and stands.notice is not None:
            continue
        is_open, opens_on, because = _openness(standing, stands, outcome)
        if is_open and won is not None and outcome.to != STAY and outcome.good != won:
            is_open, because = False, line
        letter = _letter(outcome, letters)
        solid = is_open and outcome.good and not any(button.look == SOLID for button in found)
        look = SOLID if solid else (DANGER if outcome.to == END and not outcome.good else "")
        title = _button_title(stands, outcome, len(known))
        found.append(Button(outcome.key, title, look, is_open, opens_on, because, letter))
    return found


def _is_won(stands: StepStanding, ballot: Ballot, counted: Count) -> tuple[bool, str]:
    """Do the votes that the tellers agreed on reach the line? With the article and the numbers that say so."""
    numbers = [counted.cast, *(getattr(counted, part) for part in tallies.PARTS)]
    found = tallies.tally(counted.meeting, present_at(counted.meeting), numbers)
    base = tallies.base_of(ballot.majority, found)
    won = ballot.majority.reached(found.in_favour, base)
    words = {
        "article": stands.article,
        "line": tallies.line_in_words(ballot.majority),
        "base": base,
        "least": tallies.least(ballot.majority, base),
        "in_favour": found.in_favour,
    }
    if won:
        return won, _("%(article)s：至少要%(least)s票，赞成%(in_favour)s票，达到了。") % words
    return won, _("%(article)s：%(line)s，按%(base)s人算至少要%(least)s票，赞成%(in_favour)s票，没有达到。") % words


def _openness(standing: Standing, stands: StepStanding, outcome: Outcome) -> tuple[bool, date | None, str]:
    """Is this outcome possible today? Else from when, and why not."""
    on, step = stands.on, stands.step
    if standing.hold or stands.actor is None:
        return False, None, ""
    if step.kind == "notice" and stands.notice is None:
        if outcome.key == POSTED:
            return _after(stands.road_step.opens_on, on)
        return False, None, _("先登记公示贴出，满期后再登记结果。")
    if outcome.to == STAY:
        return _after(stands.road_step.opens_on, on) if step.kind != "examination" else (True, None, "")
    if outcome.once and any(
        entry.step == step.key and entry.outcome == outcome.key for entry in standing.records.standing
    ):
        return False, None, _("“%(title)s”只能有一次，已经用过。") % {"title": say(outcome.title)}
    upheld = bool(stands.notice_standing and stands.notice_standing.upheld)
    if stands.notice and (outcome.key == "upheld") != upheld and stands.is_open:
        why = _("没有反映查证属实。") if not upheld else _("有反映查证属实。")
        return False, None, why
    return (
        _after(stands.leaves_on or stands.opens_on, on) if not stands.closed_because else (False, stands.opens_on, "")
    )


def _after(opens_on: date | None, on: date) -> tuple[bool, date | None, str]:
    return (False, opens_on, "") if opens_on and opens_on > on else (True, None, "")


def _letter(outcome: Outcome, taken: dict[str, bool]) -> str:
    """A agrees, R returns: the first outcome of each sort."""
    returns = not outcome.good and outcome.to not in (END, STAY)
    letter = "R" if returns else "A" if outcome.good else ""
    if not letter or taken[letter]:
        return ""
    taken[letter] = True
    return letter


def _button_title(stands: StepStanding, outcome: Outcome, number: int) -> str:
    title = say(outcome.title)
    if outcome.key == KEPT and not stands.step.outcome:
        return _("记录这次考察")
    if number == 1 and not stands.step.outcome:
        return _("记录“%(title)s”") % {"title": say(stands.step.title)}
    return title


def _form_title(stands: StepStanding, mine: Acting) -> str:
    if mine == "below" and stands.actor:
        return _("替%(unit)s代录") % {"unit": stands.actor.short_name}
    titles = {
        "review": _("审查意见"),
        "vote": _("登记计票"),
        "notice": _("登记公示贴出") if stands.notice is None else _("登记公示结果"),
        "training": _("登记培训"),
        "examination": _("登记考察"),
        "talk": _("记录谈话"),
    }
    return titles.get(stands.step.kind, _("登记这一步"))


def _ends_words(stands: StepStanding) -> str:
    """What the calendar works out and nobody fills in."""
    notice = stands.step.notice
    if stands.step.kind == "notice" and notice and stands.notice is None:
        return ngettext(
            "公示%(count)d个工作日，满期那天按工作日历算出，不用填。",
            "公示%(count)d个工作日，满期那天按工作日历算出，不用填。",
            notice.working_days,
        ) % {"count": notice.working_days}
    return ""


def _count_words(stands: StepStanding, counts: Sequence[Count]) -> str:
    vote = stands.step.vote
    if vote is None:
        return ""
    if vote.tellers > 1:
        return _("两名计票人各登记一份，谁也看不到对方的数；两份相同才算数，不同就都作废，重新数。")
    return _("计票人登记一份，登记后算出结果。")


def _record_url(case: Case, stands: StepStanding) -> str:
    """The entry of a meeting, with its form, day and topic filled in; it leads back to the step."""
    vote = stands.step.vote
    if vote is None or stands.actor is None:
        return ""
    about = case.person.name if case.person else case.title
    query = {
        "at": stands.actor.code,
        "form": vote.form,
        "on": stands.on.isoformat(),
        "topic": _("%(step)s：%(about)s") % {"step": say(stands.step.title), "about": about},
        "next": f"{case.get_absolute_url()}?{urlencode({'step': stands.step.key, 'recorded': 1})}#step-title",
    }
    return f"{reverse('meetings:record')}?{urlencode(query)}"
