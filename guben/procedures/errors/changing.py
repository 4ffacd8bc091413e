"""What correcting, holding and releasing may refuse."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from guben.house.templatetags.house import day as said
from guben.procedures.errors.base import Refused


class CaseHeld(Refused):
    def __init__(self, reason: str, until_on: date) -> None:
        super().__init__(
            _("这件暂停办理：%(reason)s。最晚%(day)s恢复，或由决定暂停的人解除。")
            % {"reason": reason, "day": said(until_on)}
        )


class NotHeld(Refused):
    def __init__(self) -> None:
        super().__init__(_("这件没有暂停，不用解除。"))


class HoldTooLong(Refused):
    field = "until_on"

    def __init__(self, months: int) -> None:
        super().__init__(
            _("暂停要写到哪天为止：晚于今天，最长%(months)s个月。到期还没查清的，再停一次。") % {"months": months}
        )


class NothingToCorrect(Refused):
    def __init__(self) -> None:
        super().__init__(_("这条经过已经更正过，或者没有变动。看最新的那条。"))


class LaterStepsHang(Refused):
    """A correction after which a later entry would be wrong. `title` names that one."""

    def __init__(self, title: str, on: date) -> None:
        super().__init__(
            _("这样更正，后面的“%(step)s”（%(day)s）就不成立了。先从后往前更正，或撤回这件另办。")
            % {"step": title, "day": said(on)}
        )


class OnlyTheLast(Refused):
    def __init__(self) -> None:
        super().__init__(_("只能收回最后一条经过。从最后一条起，一条一条往前收回。"))


class EffectStays(Refused):
    def __init__(self, title: str) -> None:
        super().__init__(
            _("“%(step)s”已经改动了别的记录（人员类别、组织关系等），不能在这里更正。在那边的记录里改。")
            % {"step": title}
        )


class VoteStays(Refused):
    def __init__(self) -> None:
        super().__init__(_("表决的结果、日期、会议和票数不能更正。它是最后一条时，收回后重新计票。"))


class NoticeStays(Refused):
    def __init__(self) -> None:
        super().__init__(_("已经贴出的公示不能在这里更正。先撤下公示，再重新贴出。"))
