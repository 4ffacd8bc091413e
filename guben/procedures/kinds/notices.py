"""A public notice: posted, then its result once its term has run and no objection holds it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext as _

from guben.kit.errors import DomainError
from guben.procedures import errors
from guben.procedures.kinds.base import Kind
from guben.procedures.rules import outcome_of, say
from guben.procedures.standing import hanging
from guben.procedures.taking import Taking
from guben.publication.queries import standing_of
from guben.rulebook_engine.plans import POSTED
from guben.rulebook_engine.procedures import Outcome

UPHELD = "upheld"
MOST_PLACES, PLACE_ROOM = 10, 60


class NoticeStep(Kind):
    """`places` says where the notice hangs, `text` what it says beyond the lines that the rule shows."""

    key = "notice"
    own_values: ClassVar[frozenset[str]] = frozenset({"places", "text"})

    def asks_fields(self, taking: Taking) -> bool:
        return taking.outcome.key == POSTED

    def check(self, taking: Taking) -> None:
        notice = hanging(taking.records, taking.step)
        if taking.outcome.key == POSTED:
            if notice is not None:
                raise errors.NoticeHangsAlready(notice.number, taking.article)
            taking.filled["places"] = self._places(taking)
            return
        if notice is None:
            posted = [one for one in taking.records.latest(taking.step.key) if one.notice]
            if posted and posted[-1].notice and posted[-1].notice.taken_down_on:
                raise errors.NoticeTakenDown(posted[-1].notice.taken_down_on, taking.article)
            raise errors.NoticeMissing(taking.article)
        stands = standing_of(notice, taking.done_on)
        upheld = taking.outcome.key == UPHELD
        if stands.upheld and not upheld and taking.outcome.good:
            raise errors.ObjectionUpheld(say(self._upheld(taking).title), taking.article)
        if upheld:
            if not stands.upheld:
                raise errors.NothingUpheld(taking.article)
            return
        if taking.done_on < stands.result_opens_on:
            raise errors.NoticeHanging(notice.working_days, stands.result_opens_on, taking.article)
        if stands.held_until:
            raise errors.ObjectionOpen(stands.open_objections, stands.held_until, taking.article)

    def _upheld(self, taking: Taking) -> Outcome:
        return outcome_of(taking.step, UPHELD) or taking.outcome

    def _places(self, taking: Taking) -> list[str]:
        given: Any = taking.values.get("places") or []
        given = given.splitlines() if isinstance(given, str) else given
        places = list(dict.fromkeys(text for one in given if (text := str(one).strip())))
        least = taking.step.notice.places if taking.step.notice else 1
        if len(places) < least:
            raise errors.PlacesMissing(least, taking.article)
        if len(places) > MOST_PLACES or any(len(one) > PLACE_ROOM for one in places):
            raise PlacesTooLong
        return places


class PlacesTooLong(DomainError):
    def __init__(self) -> None:
        super().__init__(
            _("张贴地点最多写%(most)s处，每处最多%(room)s字。") % {"most": MOST_PLACES, "room": PLACE_ROOM}
        )
