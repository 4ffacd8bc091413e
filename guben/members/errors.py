"""What an action on people may refuse, each with its sentence."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guben.kit.errors import DomainError


def _day(day: date) -> str:
    return date_format(day, "Y-m-d")


class IdNumberError(DomainError):
    """Something is wrong with an identity number."""


class IdNumberLength(IdNumberError):
    def __init__(self, length: int) -> None:
        super().__init__(
            ngettext(
                "公民身份号码要18位，这里是%(length)d位。对照身份证核对。",
                "公民身份号码要18位，这里是%(length)d位。对照身份证核对。",
                length,
            )
            % {"length": length}
        )


class IdNumberOld(IdNumberError):
    def __init__(self) -> None:
        super().__init__(_("这是15位的旧号码。填现在身份证上的18位号码。"))


class IdNumberCharacters(IdNumberError):
    def __init__(self) -> None:
        super().__init__(_("公民身份号码前17位是数字，末位是数字或X。对照身份证核对。"))


class IdNumberBirthDay(IdNumberError):
    def __init__(self) -> None:
        super().__init__(_("公民身份号码第7到14位不是一个出生日期。对照身份证核对。"))


class IdNumberCheckDigit(IdNumberError):
    def __init__(self) -> None:
        super().__init__(_("公民身份号码的校验码对不上，18位里有一处写错。对照身份证核对。"))


class IdNumberOtherBirthDay(DomainError):
    def __init__(self, in_number: date, given: date) -> None:
        super().__init__(
            _("公民身份号码上的出生日期是%(in_number)s，填的是%(given)s。核对哪一个写错了。")
            % {"in_number": _day(in_number), "given": _day(given)}
        )


class IdNumberOtherSex(DomainError):
    def __init__(self) -> None:
        super().__init__(_("公民身份号码第17位表示的性别和填的不同。核对哪一个写错了。"))


class PhoneUnclear(DomainError):
    def __init__(self) -> None:
        super().__init__(_("电话号码不完整。手机写11位，固定电话写区号和号码。"))


class NameMissing(DomainError):
    def __init__(self) -> None:
        super().__init__(_("没有写姓名。写身份证上的姓名。"))


class NameTooLong(DomainError):
    def __init__(self, length: int, limit: int) -> None:
        super().__init__(
            _("姓名有%(length)d个字，最多%(limit)d个。写身份证上的姓名。") % {"length": length, "limit": limit}
        )


class NameUnclear(DomainError):
    def __init__(self, name: str) -> None:
        super().__init__(_("姓名“%(found)s”里有不该有的字符。写身份证上的姓名。") % {"found": name[:30]})


class BirthDayMissing(DomainError):
    def __init__(self) -> None:
        super().__init__(_("没有出生日期和性别。填公民身份号码，或填出生日期和性别。"))


class TextUnclear(DomainError):
    def __init__(self, field: object, room: int) -> None:
        super().__init__(_("%(column)s以文字或数字开头，最多%(room)d个字。") % {"column": field, "room": room})


class CorrectionUnclear(DomainError):
    def __init__(self, most: int) -> None:
        super().__init__(_("党龄校正值是整数，不超过%(most)d。照全国系统里的写。") % {"most": most})


class UnknownCode(DomainError):
    """A value that is none of the closed list of its field."""

    def __init__(self, field: object, value: str) -> None:
        super().__init__(_("“%(field)s”里没有“%(value)s”这一项。从列出的各项中选。") % {"field": field, "value": value})


class TooYoung(DomainError):
    def __init__(self, born_on: date, on: date, age: int) -> None:
        super().__init__(
            _("年满十八岁才可以申请入党。生于%(born_on)s，到%(day)s是%(age)d岁。核对这两个日期。")
            % {"born_on": _day(born_on), "day": _day(on), "age": age}
        )


class StagesMissing(DomainError):
    def __init__(self) -> None:
        super().__init__(_("没有写人员类别和它的起始日期。至少写一项。"))


class StagesOutOfOrder(DomainError):
    def __init__(self, earlier: object, later: object) -> None:
        super().__init__(
            _("“%(later)s”要在“%(earlier)s”之后，日期也要更晚。核对这两项的日期。")
            % {"earlier": earlier, "later": later}
        )


class StageAlready(DomainError):
    def __init__(self, name: str, stage: object) -> None:
        super().__init__(_("%(name)s现在就是“%(stage)s”。没有要改的。") % {"name": name, "stage": stage})


class DayInFuture(DomainError):
    def __init__(self, day: date, today: date) -> None:
        super().__init__(
            _("%(day)s还没有到。今天是%(today)s，到那天再登记。") % {"day": _day(day), "today": _day(today)}
        )


class DayTooEarly(DomainError):
    """Something is already recorded from a later day."""

    def __init__(self, since: date) -> None:
        super().__init__(_("自%(since)s起的情况已经登记。日期改为这一天或以后。") % {"since": _day(since)})


class BeforeFounding(DomainError):
    def __init__(self, unit: str, founded_on: date) -> None:
        super().__init__(_("“%(unit)s”%(day)s才成立。日期改为这一天或以后。") % {"unit": unit, "day": _day(founded_on)})


class EndedBefore(DomainError):
    """A membership that ended before the person came to the unit."""

    def __init__(self, ended_on: date, since: date) -> None:
        super().__init__(
            _("%(ended_on)s已不再是党员，不能自%(since)s编入支部。核对这两个日期。")
            % {"ended_on": _day(ended_on), "since": _day(since)}
        )


class RegisteredElsewhere(DomainError):
    """All that anybody learns about a person outside the own reach."""

    def __init__(self) -> None:
        super().__init__(_("已在其他组织登记，请走转接。"))


class AlreadyRegistered(DomainError):
    def __init__(self, name: str, unit: str) -> None:
        super().__init__(
            _("这个公民身份号码已登记在“%(unit)s”%(name)s名下。要改资料，到本人页面改。") % {"name": name, "unit": unit}
        )


class TwiceInTheList(DomainError):
    def __init__(self, row: int) -> None:
        super().__init__(_("公民身份号码和第%(row)d行相同。同一个人只写一行。") % {"row": row})


class TooManyElsewhere(DomainError):
    """Files of one user met too many people of other units."""

    status = 429

    def __init__(self, limit: int) -> None:
        super().__init__(
            _(
                "一天里导入的号码有%(limit)d个以上登记在别的组织，今天不再查对。只留本组织的人，明天再导入，或找上级组织部门。"
            )
            % {"limit": limit}
        )


class TooManyLookUps(DomainError):
    status = 429

    def __init__(self, limit: int) -> None:
        super().__init__(
            ngettext(
                "一小时内已查过%(limit)d个本组织以外的号码。过一小时再查。",
                "一小时内已查过%(limit)d个本组织以外的号码。过一小时再查。",
                limit,
            )
            % {"limit": limit}
        )


class RowRefused(DomainError):
    """One row of many; nothing of the list was saved."""

    def __init__(self, row: int, name: str, reason: DomainError) -> None:
        super().__init__(_("第%(row)d行%(name)s：%(reason)s") % {"row": row, "name": name, "reason": reason.sentence})
        self.row = row
        self.reason = reason


class NotABranch(DomainError):
    """Members belong to a branch. Source: 党员教育管理工作条例 Art. 25."""

    def __init__(self, unit: str, kind: object) -> None:
        super().__init__(
            _("“%(unit)s”是%(kind)s，党员编入党支部。选它之下的一个党支部。") % {"unit": unit, "kind": kind}
        )


class TemporaryBranch(DomainError):
    """Source: 支部工作条例 Art. 8."""

    def __init__(self, unit: str) -> None:
        super().__init__(_("“%(unit)s”是临时党支部，组织关系留在原支部。选党员的原支部。") % {"unit": unit})


class UnitUnknown(DomainError):
    def __init__(self) -> None:
        super().__init__(_("没有这个党支部。从自己管理的党支部里选。"))


class UnitDissolved(DomainError):
    def __init__(self, unit: str, on: date) -> None:
        super().__init__(_("“%(unit)s”已于%(day)s撤销。选一个现有的党支部。") % {"unit": unit, "day": _day(on)})


class GroupElsewhere(DomainError):
    def __init__(self, unit: str) -> None:
        super().__init__(_("这个党小组不在“%(unit)s”。选本支部的党小组。") % {"unit": unit})


class AlreadyThere(DomainError):
    def __init__(self, name: str, unit: str) -> None:
        super().__init__(_("%(name)s已在“%(unit)s”。没有要改的。") % {"name": name, "unit": unit})


class NothingChanged(DomainError):
    def __init__(self, name: str) -> None:
        super().__init__(_("%(name)s的资料没有要改的，和原来一样。") % {"name": name})


class RecordedSince(DomainError):
    """Somebody whose registration was to be taken back is no longer as registered."""

    status = 409

    def __init__(self) -> None:
        super().__init__(_("其中有人刚有了新的记录，没有撤回。重新打开这一页再看。"))


class NotAMember(DomainError):
    def __init__(self, name: str, on: date) -> None:
        super().__init__(_("%(name)s在%(day)s不是党员。核对日期或人员类别。") % {"name": name, "day": _day(on)})


class NotAFullMember(DomainError):
    """Source: 支部工作条例 Art. 21; 选举工作条例 Art. 5."""

    def __init__(self, name: str, on: date) -> None:
        super().__init__(
            _("%(name)s在%(day)s还不是正式党员，不能担任班子职务。选一名正式党员。") % {"name": name, "day": _day(on)}
        )


class ContactOutsideUnit(DomainError):
    """Source: 党员教育管理工作条例 Art. 33; M3.6."""

    def __init__(self, name: str, unit: str) -> None:
        super().__init__(
            _("联系人要是“%(unit)s”的党员，%(name)s不是。选本支部的一名党员。") % {"name": name, "unit": unit}
        )


class OwnContact(DomainError):
    def __init__(self) -> None:
        super().__init__(_("本人不能作自己的联系人。选本支部的另一名党员。"))


class ContactBeforeJoining(DomainError):
    def __init__(self, name: str, joined_on: date) -> None:
        super().__init__(
            _("%(name)s%(day)s才入党。联系日期改为这一天或以后。") % {"name": name, "day": _day(joined_on)}
        )


class PostFilled(DomainError):
    def __init__(self, post: str, name: str) -> None:
        super().__init__(_("“%(post)s”由%(name)s担任。先登记免去，再登记任职。") % {"post": post, "name": name})


class PostOverlaps(DomainError):
    """Somebody held the post beyond the day on which the next one would begin."""

    def __init__(self, post: str, until_on: date) -> None:
        super().__init__(
            _("“%(post)s”到%(day)s前有人担任。任职日期改为这一天或以后。") % {"post": post, "day": _day(until_on)}
        )


class PostNotOpen(DomainError):
    def __init__(self, post: str, from_on: date, until_on: date | None) -> None:
        sentence = (
            _("“%(post)s”从%(from_on)s设到%(until_on)s。任职日期要在这段时间内。")
            if until_on
            else _("“%(post)s”自%(from_on)s起设立。任职日期改为这一天或以后。")
        )
        super().__init__(
            sentence % {"post": post, "from_on": _day(from_on), "until_on": _day(until_on) if until_on else ""}
        )


class HoldingEnded(DomainError):
    def __init__(self, name: str, post: str, on: date) -> None:
        super().__init__(
            _("%(name)s的“%(post)s”已于%(day)s结束。没有要改的。") % {"name": name, "post": post, "day": _day(on)}
        )


class DayNotLater(DomainError):
    def __init__(self, since: date) -> None:
        super().__init__(_("任职自%(since)s开始，免去日期要晚于这一天。") % {"since": _day(since)})


class NumberMissing(DomainError):
    def __init__(self, name: str) -> None:
        super().__init__(_("%(name)s没有登记这一项。到本人资料里补上。") % {"name": name})


class UserTaken(DomainError):
    def __init__(self, user: str) -> None:
        super().__init__(_("账户“%(user)s”已是另一个人的。选另一个账户。") % {"user": user})


class ListTooLong(DomainError):
    def __init__(self, count: int, limit: int) -> None:
        super().__init__(
            _("名单有%(count)d人，一次最多导出%(limit)d人。选一个下级组织，或加上筛选条件。")
            % {"count": count, "limit": limit}
        )


class OnTheListAlready(DomainError):
    def __init__(self, name: str) -> None:
        super().__init__(_("%(name)s已在这个培养方向的名单上。没有要改的。") % {"name": name})


class EntryEnded(DomainError):
    def __init__(self, name: str, on: date) -> None:
        super().__init__(_("%(name)s已于%(day)s移出名单。") % {"name": name, "day": on.isoformat()})


class SentByItself(DomainError):
    def __init__(self, unit: str) -> None:
        super().__init__(_("下派的干部来自别的单位，“%(unit)s”不能派给自己。") % {"unit": unit})


class SenderUnknown(DomainError):
    def __init__(self) -> None:
        super().__init__(_("没有这个代码的单位，或不在你管的范围里。核对派出单位的代码。"))


class GroundsMissing(DomainError):
    """Why somebody comes on the list or leaves it, and who decided."""

    def __init__(self) -> None:
        super().__init__(_("没有写理由，或没有写由谁决定。写清楚再保存。"))
