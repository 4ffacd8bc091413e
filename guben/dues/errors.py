"""What keeping dues may refuse, each with its sentence."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from guben.dues.money import yuan
from guben.kit.errors import DomainError


class YearOutOfReach(DomainError):
    def __init__(self, year: int, first: int, last: int) -> None:
        super().__init__(
            _("%(year)s年度不在可办的范围。改成%(first)s到%(last)s年。") % {"year": year, "first": first, "last": last}
        )


class NoStandard(DomainError):
    def __init__(self, name: str, year: int) -> None:
        super().__init__(_("%(name)s还没有定%(year)s年的标准。先定标准，再记交款。") % {"name": name, "year": year})


class UnknownBand(DomainError):
    def __init__(self, band: str) -> None:
        super().__init__(_("没有“%(band)s”这一档。从列出的档次里选。") % {"band": band})


class AmountOutsideBand(DomainError):
    def __init__(self, name: str, title: str, least: int, most: int | None) -> None:
        if most is None:
            text = _("%(name)s：“%(title)s”每月不少于%(least)s元。改金额，或换一档。")
        elif least == most:
            text = _("%(name)s：“%(title)s”每月就是%(least)s元。去掉金额，或换一档。")
        else:
            text = _("%(name)s：“%(title)s”每月%(least)s到%(most)s元。改金额，或换一档。")
        super().__init__(text % {"name": name, "title": title, "least": yuan(least), "most": yuan(most or 0)})


class AmountMissing(DomainError):
    def __init__(self, name: str) -> None:
        super().__init__(_("%(name)s：没有写金额。写月收入或每月交多少。") % {"name": name})


class PaperMissing(DomainError):
    def __init__(self, name: str, title: str) -> None:
        super().__init__(_("%(name)s：“%(title)s”要上级批准。写批复文号。") % {"name": name, "title": title})


class WrongMonth(DomainError):
    def __init__(self, month: int) -> None:
        super().__init__(_("没有%(month)s月。选1到12月。") % {"month": month})


class NotAMemberThen(DomainError):
    def __init__(self, name: str, year: int) -> None:
        text = _("%(name)s%(year)s年还不是党员，或已经不是。核对年度和入党日期。")
        super().__init__(text % {"name": name, "year": year})


class NotOnTheRoll(DomainError):
    def __init__(self) -> None:
        super().__init__(_("选中的人里有不在本支部的。回到名单再选一次。"))


class NobodyChosen(DomainError):
    def __init__(self) -> None:
        super().__init__(_("没有选人。勾上交了党费的人，再记。"))


class NothingToCollect(DomainError):
    def __init__(self, month: int) -> None:
        super().__init__(_("选中的人都已交到%(month)s月，没有要记的。") % {"month": month})


class TooFarAhead(DomainError):
    def __init__(self, last: int) -> None:
        super().__init__(_("党费不预收：这一天最多记到%(last)s月。改月份或交款日期。") % {"last": last})


class PaidInFuture(DomainError):
    def __init__(self, paid_on: date, today: date) -> None:
        text = _("%(day)s还没有到，今天是%(today)s。改日期。")
        super().__init__(text % {"day": paid_on.isoformat(), "today": today.isoformat()})


class PaidBeforeYear(DomainError):
    def __init__(self, year: int) -> None:
        super().__init__(_("%(year)s年的党费不能记在%(year)s年以前。改交款日期或年度。") % {"year": year})


class AmountWrong(DomainError):
    def __init__(self) -> None:
        super().__init__(_("金额要大于0，最多到分。"))


class MoreThanOwed(DomainError):
    def __init__(self, owed: int, paid: int, left: int) -> None:
        super().__init__(
            _("全年应交%(owed)s元，已交%(paid)s元，最多再记%(left)s元。多出来的另记一笔“自愿多交”。")
            % {"owed": yuan(owed), "paid": yuan(paid), "left": yuan(left)}
        )


class LessThanPaid(DomainError):
    def __init__(self, name: str, paid: int) -> None:
        super().__init__(
            _("%(name)s已交%(paid)s元，新标准全年不到这个数。先冲销多记的交款，或从后面的月份起改。")
            % {"name": name, "paid": yuan(paid)}
        )


class AlreadyCorrected(DomainError):
    def __init__(self) -> None:
        super().__init__(_("这一笔已经冲销，或本身就是冲销，不能再冲。"))


class ReasonMissing(DomainError):
    def __init__(self) -> None:
        super().__init__(_("没有写原因。写一句，账上看得到。"))


class NothingToCarryOver(DomainError):
    def __init__(self, year: int) -> None:
        super().__init__(_("没有人可以沿用%(year)s年的标准。逐个定标准。") % {"year": year})


class PublishedAlready(DomainError):
    def __init__(self, day: date) -> None:
        super().__init__(_("%(day)s已经登记公布。一天只登记一次。") % {"day": day.isoformat()})
