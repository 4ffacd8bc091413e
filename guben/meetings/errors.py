"""What recording and withdrawing a meeting may refuse, each with its sentence."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from guben.kit.errors import DomainError

if TYPE_CHECKING:
    from guben.meetings.models import Meeting


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")


class HeldInFuture(DomainError):
    def __init__(self, held_on: date, today: date) -> None:
        super().__init__(
            _("%(day)s还没到，今天是%(today)s。开过以后再记，或改日期。") % {"day": _day(held_on), "today": _day(today)}
        )


class OutsideUnitsLife(DomainError):
    def __init__(self, held_on: date, founded_on: date, dissolved_on: date | None) -> None:
        if held_on < founded_on:
            text = _("本组织%(founded)s成立，%(day)s还没有它。核对日期。")
        else:
            text = _("本组织%(dissolved)s撤销，%(day)s已经没有它。核对日期。")
        dissolved = _day(dissolved_on) if dissolved_on else ""
        super().__init__(text % {"founded": _day(founded_on), "dissolved": dissolved, "day": _day(held_on)})


class TopicMissing(DomainError):
    def __init__(self) -> None:
        super().__init__(_("没有写议题。写一句就够。"))


class NobodyOnRoll(DomainError):
    def __init__(self, on: date) -> None:
        super().__init__(_("%(day)s名册上没有应到的人。先登记党员或班子成员，再记会议。") % {"day": _day(on)})


class NotOnRoll(DomainError):
    def __init__(self, how_many: int, on: date) -> None:
        super().__init__(
            _("没来的人里有%(count)s人当天不在名册上（%(day)s）。去掉他们，或核对日期。")
            % {"count": how_many, "day": _day(on)}
        )


class TooManyAbsent(DomainError):
    def __init__(self, entitled: int, absent: int) -> None:
        super().__init__(
            _("应到%(entitled)s人，却记了%(absent)s人没来。改没来的人数。") % {"entitled": entitled, "absent": absent}
        )


class GroupElsewhere(DomainError):
    def __init__(self) -> None:
        super().__init__(_("这个党小组不在本支部，或当天还没有。另选一个党小组。"))


class GroupMissing(DomainError):
    def __init__(self) -> None:
        super().__init__(_("没有选是哪个党小组开的会。选一个，或选各小组一起。"))


class NamesMissing(DomainError):
    def __init__(self) -> None:
        super().__init__(_("各小组分开算到会，只有人数算不到哪个小组。写没来的人的姓名，或逐个小组记。"))


class MakesUpWrongDay(DomainError):
    def __init__(self, makes_up_on: date, held_on: date) -> None:
        super().__init__(
            _("%(held)s的会补不了%(day)s那一期：只能补以前的，最多一年。改日期，或不写补哪一期。")
            % {"held": _day(held_on), "day": _day(makes_up_on)}
        )


class AlreadyRecorded(DomainError):
    """`meeting` is the earlier record, so that a page can link to it."""

    def __init__(self, meeting: Meeting) -> None:
        self.meeting = meeting
        super().__init__(
            _("%(day)s的%(form)s已经记过：%(topic)s。打开那一条核对；记错了先撤回，再重记。")
            % {"day": _day(meeting.held_on), "form": meeting.get_form_display(), "topic": meeting.topic}
        )


class AlreadyWithdrawn(DomainError):
    def __init__(self) -> None:
        super().__init__(_("这条会议记录已经撤回，不用再撤。"))


class InUse(DomainError):
    """A higher app rests on the record; it says what to do."""


class ReasonMissing(DomainError):
    def __init__(self) -> None:
        super().__init__(_("没有写撤回的原因。写一句，历史里看得到。"))


class TooLateToTakeBack(DomainError):
    def __init__(self) -> None:
        super().__init__(_("整批撤回只在记下后10分钟内、由记的人来做。现在要逐条撤回，写明原因。"))
