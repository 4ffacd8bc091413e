"""What an action on the tree, the posts, the groups or the sites may refuse, each with its sentence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guben.kit.errors import DomainError

# `fields` names the form fields that an error may stand beside, the first that the form has.
DAYS = ("effective_on", "on", "founded_on", "elected_on", "from_on", "day")


def _day(day: date) -> str:
    return date_format(day, "Y-m-d")


class SuperiorDecides(DomainError):
    """The act belongs to the level above the unit."""

    status = 403

    def __init__(self, name: str) -> None:
        super().__init__(
            _("“%(name)s”的设立、更名、隶属和撤销由上级党组织决定。要变更，找上级的组织员办理。") % {"name": name}
        )


class BadCode(DomainError):
    fields = ("code",)

    def __init__(self, code: str) -> None:
        super().__init__(
            _("代码“%(code)s”不合规。代码用字母、数字和连字符，最多32位，例如 442000109004。") % {"code": code}
        )


class CodeTaken(DomainError):
    fields = ("code",)

    def __init__(self, code: str, name: str) -> None:
        if name:
            super().__init__(_("代码%(code)s已由“%(name)s”使用。换一个代码。") % {"code": code, "name": name})
        else:
            super().__init__(_("代码%(code)s已有别的组织使用。换一个代码。") % {"code": code})


class NameMissing(DomainError):
    def __init__(self, code: str) -> None:
        super().__init__(_("代码%(code)s的组织没有名称。写上全称和简称。") % {"code": code})


class ParentUnknown(DomainError):
    def __init__(self, code: str, parent: str) -> None:
        super().__init__(
            _("代码%(code)s的上级%(parent)s还没有登记。先登记上级，或把它排在前面。") % {"code": code, "parent": parent}
        )


class UnknownChoice(DomainError):
    """A kind, field or territory that is none of the closed list."""

    def __init__(self, code: str, value: str) -> None:
        super().__init__(_("代码%(code)s的“%(value)s”不在可选的类别里。") % {"code": code, "value": value})


class AlreadyDissolved(DomainError):
    def __init__(self, name: str, on: date) -> None:
        super().__init__(_("“%(name)s”已于%(day)s撤销，不能再变更。") % {"name": name, "day": _day(on)})


class ParentDissolved(DomainError):
    fields = ("parent",)

    def __init__(self, name: str, on: date) -> None:
        super().__init__(_("“%(name)s”已于%(day)s撤销，不能作上级。换一个上级。") % {"name": name, "day": _day(on)})


class DayInFuture(DomainError):
    fields = DAYS

    def __init__(self, day: date, today: date) -> None:
        super().__init__(
            _("%(day)s还没有到。今天是%(today)s，到那天再登记。") % {"day": _day(day), "today": _day(today)}
        )


class DayTooEarly(DomainError):
    """Something is already recorded from a later day."""

    fields = DAYS

    def __init__(self, name: str, since: date) -> None:
        super().__init__(
            _("“%(name)s”自%(since)s起的情况已经登记。生效日期改为这一天或以后。")
            % {"name": name, "since": _day(since)}
        )


class DayNotLater(DomainError):
    fields = DAYS

    def __init__(self, name: str, since: date) -> None:
        super().__init__(_("“%(name)s”自%(since)s开始，结束日期要晚于这一天。") % {"name": name, "since": _day(since)})


class BeforeFounding(DomainError):
    fields = ("day", "from_on", "elected_on")

    def __init__(self, name: str, founded_on: date) -> None:
        super().__init__(_("“%(name)s”%(day)s才成立。日期改为这一天或以后。") % {"name": name, "day": _day(founded_on)})


class ParentStoodElsewhere(DomainError):
    """The new parent did not stand on that day where it stands today."""

    fields = DAYS

    def __init__(self, name: str, since: date) -> None:
        super().__init__(
            _("“%(name)s”自%(since)s起才在现在的位置。生效日期改为这一天或以后。")
            % {"name": name, "since": _day(since)}
        )


class WouldBeItsOwnParent(DomainError):
    fields = ("parent",)

    def __init__(self, name: str, parent: str) -> None:
        super().__init__(
            _("“%(parent)s”在“%(name)s”之内，不能作它的上级。换一个上级。") % {"name": name, "parent": parent}
        )


class AlreadyThere(DomainError):
    fields = ("parent",)

    def __init__(self, name: str, parent: str) -> None:
        super().__init__(_("“%(name)s”已隶属“%(parent)s”。没有要改的。") % {"name": name, "parent": parent})


class NothingChanged(DomainError):
    def __init__(self, name: str) -> None:
        super().__init__(_("“%(name)s”没有要改的，和原来一样。") % {"name": name})


class TooDeep(DomainError):
    def __init__(self, levels: int) -> None:
        super().__init__(_("组织最多%(levels)d级。换一个更高的上级。") % {"levels": levels})


class StillHasUnits(DomainError):
    def __init__(self, name: str, count: int) -> None:
        super().__init__(
            ngettext(
                "“%(name)s”之下还有%(count)d个组织。先把它转走或撤销。",
                "“%(name)s”之下还有%(count)d个组织。先把它们转走或撤销。",
                count,
            )
            % {"name": name, "count": count}
        )


class StandsInTheWay(DomainError):
    """Other records still hang on it; their apps say so in a sentence each (see `obstacles`)."""

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = list(sentences)


class AlreadyEnded(DomainError):
    def __init__(self, name: str, on: date) -> None:
        super().__init__(_("“%(name)s”已于%(day)s结束。没有要改的。") % {"name": name, "day": _day(on)})


class NotABranch(DomainError):
    def __init__(self, name: str) -> None:
        super().__init__(_("“%(name)s”不是党支部，不设党小组。") % {"name": name})


class AreaMissing(DomainError):
    def __init__(self) -> None:
        super().__init__(_("面积要大于0。写建筑面积，单位平方米。"))


class SeatsMissing(DomainError):
    def __init__(self) -> None:
        super().__init__(_("职数和任期都要大于0。"))


class ParentNotYours(DomainError):
    """The new parent is outside the user's reach, or there is none of that code; both read the same."""

    fields = ("parent",)

    def __init__(self) -> None:
        super().__init__(_("您的权限里没有这个上级。搜索名称或代码，从结果里选一个。"))


class ReasonMissing(DomainError):
    fields = ("reason",)

    def __init__(self) -> None:
        super().__init__(_("没有写原因。写清楚错在哪里。"))


class NotToCorrect(DomainError):
    """An act that can't be put right this way; the sentence says how else."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)


class PageIsOld(DomainError):
    """Something changed after the page was opened."""

    def __init__(self) -> None:
        super().__init__(_("页面打开以后，这里的记录又变过。核对下面的数，再办一次。"))
