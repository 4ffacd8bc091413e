"""What transfers refuse, each with its sentence."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from guben.kit.errors import DomainError

BACK_BEFORE = gettext_noop("预计返回的日期要晚于外出的日期。")
ENDS_BEFORE = gettext_noop("结束的日期不能早于开始的日期。")


class TransferError(DomainError):
    """`fields` names what it is about, so that a page can put the sentence beside it."""

    fields: tuple[str, ...] = ()

    def __init__(self, text: str, **values: Any) -> None:
        super().__init__(text % values)


class NobodyNamed(TransferError):
    def __init__(self) -> None:
        super().__init__(_("这件转接没有写是谁。"))


class EffectStands(TransferError):
    def __init__(self) -> None:
        super().__init__(_("介绍信和接收已经生效，这里只能改文字。人转错了的，再办一次转接转回来。"))


class ElsewhereNow(TransferError):
    """Whoever moved meanwhile is moved by nobody else."""

    def __init__(self, name: str) -> None:
        super().__init__(_("%(name)s的组织关系已经不在转出支部。这件撤回，从现在的支部另办。"), name=name)


class UnderWayAlready(TransferError):
    def __init__(self, name: str, number: str) -> None:
        super().__init__(_("%(name)s已经有一件转接在办（%(number)s）。先办完或撤回那一件。"), name=name, number=number)


class HoldsPost(TransferError):
    def __init__(self, name: str, post: str) -> None:
        super().__init__(_("%(name)s还在转出支部任%(post)s。先免去职务，再开介绍信。"), name=name, post=post)


class LetterPast(TransferError):
    """Source: a letter holds until its day."""

    def __init__(self, number: str, until: date) -> None:
        super().__init__(
            _("介绍信%(number)s只到%(until)s有效。退回转出党委，重开一封再接收。"),
            number=number,
            until=until.isoformat(),
        )


class NoLetter(TransferError):
    def __init__(self) -> None:
        super().__init__(_("这件还没有有效的介绍信。请转出党委先开信。"))


class NotABranchHere(TransferError):
    fields = ("host",)

    def __init__(self, unit: str) -> None:
        super().__init__(_("%(unit)s不能接收党员。选接收的党支部。"), unit=unit)


class SameUnit(TransferError):
    fields = ("host",)

    def __init__(self) -> None:
        super().__init__(_("转出和接收是同一个支部。选另一个支部。"))


class GroupUnknown(TransferError):
    fields = ("group",)

    def __init__(self, name: str, unit: str) -> None:
        super().__init__(_("%(unit)s没有“%(name)s”这个党小组。改名称，或留空。"), unit=unit, name=name)


class NotOnTheRoll(TransferError):
    fields = ("person",)

    def __init__(self, name: str, unit: str) -> None:
        super().__init__(_("%(name)s还不在%(unit)s的名册上。先登记上册，再办报到。"), name=name, unit=unit)


class NotAMemberAway(TransferError):
    def __init__(self, name: str) -> None:
        super().__init__(_("%(name)s不是党员，不登记流动。"), name=name)


class AwayAlready(TransferError):
    def __init__(self, name: str) -> None:
        super().__init__(_("%(name)s已经登记为流动外出。先看原来的登记，有变化的改那一条。"), name=name)


class GuestAlready(TransferError):
    def __init__(self, name: str) -> None:
        super().__init__(_("%(name)s已经在一个支部报到。离开那里以后再登记。"), name=name)


class OwnMember(TransferError):
    def __init__(self, name: str, unit: str) -> None:
        super().__init__(_("%(name)s的组织关系就在%(unit)s，不是流入党员。"), name=name, unit=unit)


class EndedAlready(TransferError):
    def __init__(self) -> None:
        super().__init__(_("这条登记已经结束。"))


class DayWrong(TransferError):
    fields = ("on",)

    def __init__(self, on: date, why: str) -> None:
        super().__init__(_("%(on)s不对：%(why)s"), on=on.isoformat(), why=_(why))


class NotTheSame(TransferError):
    def __init__(self) -> None:
        super().__init__(_("两边的姓名对不上，或有一边已经对上别的登记。核对姓名和组织再对。"))


class ContactNotHere(TransferError):
    fields = ("contact_person",)

    def __init__(self, name: str, unit: str) -> None:
        super().__init__(_("%(name)s不是%(unit)s的党员，不能当这里的联系人。换一个人。"), name=name, unit=unit)


class NotTheirMeeting(TransferError):
    def __init__(self) -> None:
        super().__init__(_("这次会议不是接收支部在报到期间开的，不能登记流动党员参会。"))


class ValidityWrong(TransferError):
    fields = ("valid_days",)

    def __init__(self, most: int) -> None:
        super().__init__(_("介绍信有效期写1到%(most)d天。"), most=most)


class BatchEmpty(TransferError):
    def __init__(self) -> None:
        super().__init__(_("名单里没有一行能办。写姓名、身份证号或现支部，和接收组织。"))


class BatchTooLong(TransferError):
    def __init__(self, count: int, most: int) -> None:
        super().__init__(_("一批最多%(most)d人，现在%(count)d人。分成几批。"), count=count, most=most)


class ColumnsMissing(TransferError):
    def __init__(self, names: str) -> None:
        super().__init__(_("表里缺这几列：%(names)s。下载模板，照着填。"), names=names)


class PersonNotFound(TransferError):
    def __init__(self) -> None:
        super().__init__(_("没有找到这个人。写对身份证号，或姓名和现支部。"))


class SeveralOfTheName(TransferError):
    def __init__(self) -> None:
        super().__init__(_("同名的不止一人，写上身份证号。"))


class ReceiverUnknown(TransferError):
    fields = ("host",)

    def __init__(self, words: str) -> None:
        super().__init__(
            _("固本里没有“%(words)s”。写党支部的代码或全称；不在固本里的，写在“系统外接收组织”一列。"), words=words
        )
