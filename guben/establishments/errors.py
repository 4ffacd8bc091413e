"""What keeping establishments may refuse, each with its sentence."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from guben.kit.errors import DomainError


class EstablishmentError(DomainError):
    """`fields` names what it is about, so that a page can put the sentence beside it."""

    fields: tuple[str, ...] = ()

    def __init__(self, text: str, **values: Any) -> None:
        super().__init__(text % values)


class NameMissing(EstablishmentError):
    fields = ("name",)

    def __init__(self) -> None:
        super().__init__(_("没有写名称。写单位的全称。"))


class CodeWrong(EstablishmentError):
    fields = ("uscc",)

    def __init__(self, code: str) -> None:
        super().__init__(_("%(code)s不是统一社会信用代码：18位，最后一位是校验位。核对执照，或先空着。"), code=code)


class CodeKnown(EstablishmentError):
    fields = ("uscc",)

    def __init__(self, name: str) -> None:
        if name:
            super().__init__(_("这个代码已经登记：%(name)s。打开那一条改。"), name=name)
        else:
            super().__init__(_("这个代码已在其他组织登记。问上级在哪里。"))


class NotTerritorial(EstablishmentError):
    fields = ("organisation",)

    def __init__(self, name: str) -> None:
        super().__init__(_("%(name)s不管一个地方或领域。选街道、乡镇、村、社区的组织或党工委。"), name=name)


class UnitDissolved(EstablishmentError):
    fields = ("organisation",)

    def __init__(self, name: str) -> None:
        super().__init__(_("%(name)s已经撤销。选还在的组织。"), name=name)


class NotACoveringUnit(EstablishmentError):
    fields = ("organisation",)

    def __init__(self, name: str) -> None:
        super().__init__(_("%(name)s不是党支部、党总支或基层党委，覆盖不了单位。另选一个。"), name=name)


class UnknownKind(EstablishmentError):
    fields = ("kind",)

    def __init__(self) -> None:
        super().__init__(_("没有选类别。从列出的类别里选。"))


class DayInFuture(EstablishmentError):
    fields = ("from_on", "on")

    def __init__(self, day: date) -> None:
        super().__init__(_("%(day)s还没有到。改日期。"), day=day.isoformat())


class DayTooEarly(EstablishmentError):
    fields = ("from_on", "on")

    def __init__(self, day: date) -> None:
        super().__init__(_("日期要晚于%(day)s。改日期。"), day=day.isoformat())


class Ended(EstablishmentError):
    def __init__(self, name: str, day: date) -> None:
        super().__init__(_("%(name)s从%(day)s起已不在册。"), name=name, day=day.isoformat())


class NothingOpen(EstablishmentError):
    def __init__(self) -> None:
        super().__init__(_("现在没有可以结束的。回到单位的页面看。"))


class CoveredAlready(EstablishmentError):
    fields = ("organisation",)

    def __init__(self, name: str) -> None:
        super().__init__(_("已由%(name)s覆盖，不用再记。"), name=name)


class LinkedAlready(EstablishmentError):
    fields = ("person",)

    def __init__(self, name: str) -> None:
        super().__init__(_("%(name)s已经记在这个单位。"), name=name)


class NotAMember(EstablishmentError):
    fields = ("person",)

    def __init__(self, name: str) -> None:
        super().__init__(_("%(name)s当天不是党员。只连名册上的党员。"), name=name)


class NotAFullMember(EstablishmentError):
    fields = ("person",)

    def __init__(self, name: str) -> None:
        super().__init__(_("%(name)s当天不是正式党员，不能当党建指导员。另选一人。"), name=name)
