"""What a vote may refuse: its meeting, quorum and majority, its counts."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from guben.house.templatetags.house import day as said
from guben.procedures.errors.base import Refused


class MeetingMissing(Refused):
    field = "meeting"

    def __init__(self, form: str, article: str = "") -> None:
        super().__init__(_("没有选是哪次会。先记录“%(form)s”，再登记表决。") % {"form": form}, article)


class WrongMeeting(Refused):
    """The meeting named is another unit's, of another form, or was withdrawn."""

    field = "meeting"

    def __init__(self, unit: str, form: str, article: str = "") -> None:
        super().__init__(
            _("表决要在%(unit)s的“%(form)s”上，那次会要有记录、没有撤回。另选一次会。") % {"unit": unit, "form": form},
            article,
        )


class OtherDay(Refused):
    field = "done_on"

    def __init__(self, held_on: date, article: str = "") -> None:
        super().__init__(_("那次会是%(day)s开的，表决日期要是同一天。") % {"day": said(held_on)}, article)


class QuorumMissing(Refused):
    field = "meeting"

    def __init__(self, line: str, base: int, present: int, least: int, article: str = "") -> None:
        super().__init__(
            _("到会人数不够：%(line)s，应到%(base)s人，至少要到%(least)s人，实到%(present)s人。这次表决不算，另开会。")
            % {"line": line, "base": base, "least": least, "present": present},
            article,
        )


class MajorityMissing(Refused):
    field = "outcome"

    def __init__(self, line: str, base: int, in_favour: int, least: int, article: str = "") -> None:
        super().__init__(
            _("赞成票不够：%(line)s，按%(base)s人算至少要%(least)s票，得%(in_favour)s票。结果是未通过。")
            % {"line": line, "base": base, "least": least, "in_favour": in_favour},
            article,
        )


class MajorityReached(Refused):
    field = "outcome"

    def __init__(self, in_favour: int, least: int, article: str = "") -> None:
        super().__init__(
            _("赞成%(in_favour)s票，达到了%(least)s票，结果不是未通过。核对计票。")
            % {"in_favour": in_favour, "least": least},
            article,
        )


class CountsMissing(Refused):
    field = "counts"

    def __init__(self, wanted: int, there: int, article: str = "") -> None:
        super().__init__(
            _("要有%(wanted)s名计票人分别登记的计票，现在有%(there)s份。先登记计票。")
            % {"wanted": wanted, "there": there},
            article,
        )


class CountWrong(Refused):
    """Counts that contradict each other: entitled ≥ present ≥ cast = for + against + abstained + invalid."""

    field = "counts"

    def __init__(self, why: str, article: str = "") -> None:
        super().__init__(why, article)


class TellerUnfit(Refused):
    field = "teller"

    def __init__(self, why: str, article: str = "") -> None:
        super().__init__(why, article)


class MeetingInUse(Refused):
    def __init__(self, numbers: str) -> None:
        super().__init__(
            _("这次会上的表决已用在办件里：%(numbers)s。先在办件里收回那一步，再撤回会议。") % {"numbers": numbers}
        )
