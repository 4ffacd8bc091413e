"""What publishing, posting and answering may refuse, each with its sentence."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from guben.kit.errors import DomainError


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")


class NotYet(DomainError):
    def __init__(self, day: date, today: date) -> None:
        super().__init__(
            _("%(day)s还没到，今天是%(today)s。到了那天再登记，或改日期。") % {"day": _day(day), "today": _day(today)}
        )


class OutsideUnitsLife(DomainError):
    def __init__(self, day: date) -> None:
        super().__init__(_("%(day)s本组织还没有成立，或者已经撤销。核对日期和组织。") % {"day": _day(day)})


class TermTooShort(DomainError):
    def __init__(self) -> None:
        super().__init__(_("公示至少1个工作日，最多365个。改工作日数。"))


class WordsMissing(DomainError):
    def __init__(self) -> None:
        super().__init__(_("没有写标题或正文。两样都要写。"))


class WordsTooLong(DomainError):
    def __init__(self, most: int) -> None:
        super().__init__(_("正文太长，最多%(most)s字。写短些，详细材料另存。") % {"most": most})


class ShowsNumbers(DomainError):
    def __init__(self) -> None:
        super().__init__(_("公开的内容里有身份证号码或手机号码。删掉号码再公开：只写必须公开的。"))


class NobodyAnswers(DomainError):
    def __init__(self, role: str) -> None:
        super().__init__(_("角色“%(role)s”不处理反映。受理反映写纪检委员，或上级组织员。") % {"role": role})


class AlreadyTakenDown(DomainError):
    def __init__(self) -> None:
        super().__init__(_("这个公示已经撤下，不用再撤。"))


class TermIsOver(DomainError):
    def __init__(self, ended_on: date) -> None:
        super().__init__(_("公示期%(day)s已满，网页已经自动撤下，不用再撤。") % {"day": _day(ended_on)})


class ReasonMissing(DomainError):
    def __init__(self) -> None:
        super().__init__(_("没有写原因。写一句，历史里看得到。"))


class NoLongerOpen(DomainError):
    def __init__(self, ended_on: date) -> None:
        super().__init__(
            _("公示期%(day)s已满，这里不再收反映。还有情况要反映，按来信来访办，向上级党组织或纪检机关说。")
            % {"day": _day(ended_on)}
        )


class OutsideTerm(DomainError):
    def __init__(self, first: date, last: date) -> None:
        super().__init__(
            _("公示期是%(first)s到%(last)s。期外收到的按来信来访办，不记在这个公示下。核对收到日期。")
            % {"first": _day(first), "last": _day(last)}
        )


class AlreadyDecided(DomainError):
    def __init__(self) -> None:
        super().__init__(_("这条反映已经有处理结果，不能再改。"))


class AboutOneself(DomainError):
    status = 403

    def __init__(self) -> None:
        super().__init__(_("这个公示和您本人有关，反映要由别人处理。请上级组织员处理。"))


class DecidedTooEarly(DomainError):
    def __init__(self, received_on: date) -> None:
        super().__init__(_("处理日期要在收到日期%(day)s以后，不晚于今天。改日期。") % {"day": _day(received_on)})


class NoSuchReceipt(DomainError):
    status = 404

    def __init__(self) -> None:
        super().__init__(_("没有这个回执号。逐个核对回执上的字母和数字再查。"))


class AudienceTooNarrow(DomainError):
    def __init__(self, needed: str) -> None:
        super().__init__(_("这一项至少要对“%(needed)s”公开。放宽范围，或另立一项。") % {"needed": needed})


class NotOwed(DomainError):
    def __init__(self) -> None:
        super().__init__(_("本组织的公开目录里没有这一项。另选一项，或作为目录以外的公开。"))


class WrongPeriod(DomainError):
    def __init__(self) -> None:
        super().__init__(_("只能补最近一年以内的、已经开始的一期。改属于哪一期。"))


class AlreadyWithdrawn(DomainError):
    def __init__(self) -> None:
        super().__init__(_("这条公开已经撤回，不用再撤。"))


class EndsTooEarly(DomainError):
    def __init__(self) -> None:
        super().__init__(_("撤下日期要晚于公开日期。改日期，或空着（一直公开）。"))
