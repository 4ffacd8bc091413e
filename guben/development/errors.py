"""What the development of members refuses, each with its sentence."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from guben.kit.errors import DomainError


class DevelopmentError(DomainError):
    """`fields` names what it is about, so that a page can put the sentence beside it."""

    fields: tuple[str, ...] = ()

    def __init__(self, text: str, **values: Any) -> None:
        super().__init__(text % values)


class NobodyNamed(DevelopmentError):
    """A case of development is about a person."""

    def __init__(self) -> None:
        super().__init__(_("这件办件没有写是谁。发展党员的办件要先定人。"))


class WrongStage(DevelopmentError):
    def __init__(self, name: str, stage: object, needed: object) -> None:
        super().__init__(
            _("%(name)s现在是“%(stage)s”，这一步要先是“%(needed)s”。到本人页面核对人员类别。"),
            name=name, stage=stage, needed=needed,
        )  # fmt: skip


class WrongNumberOfContacts(DevelopmentError):
    """Source: 发展党员工作细则 Art. 9."""

    fields = ("contacts",)

    def __init__(self, count: int) -> None:
        super().__init__(_("培养联系人要1到2名，这里是%(count)d名。"), count=count)


class WrongNumberOfIntroducers(DevelopmentError):
    """Source: 发展党员工作细则 Art. 14."""

    fields = ("introducers",)

    def __init__(self, count: int) -> None:
        super().__init__(_("入党介绍人要2名，这里是%(count)d名。"), count=count)


class NotAFullMember(DevelopmentError):
    """Source: 发展党员工作细则 Art. 9 and 14."""

    def __init__(self, name: str, on: date) -> None:
        super().__init__(_("%(name)s在%(day)s不是正式党员。选一名正式党员。"), name=name, day=on.isoformat())


class PersonUnknown(DevelopmentError):
    def __init__(self) -> None:
        super().__init__(_("填的人里有一个找不到。从名单里重新选。"))


class OneselfNamed(DevelopmentError):
    def __init__(self, name: str) -> None:
        super().__init__(_("%(name)s不能作自己的联系人、介绍人或亲属。选别的人。"), name=name)


class GroupUnknown(DevelopmentError):
    fields = ("group",)

    def __init__(self, group: str, unit: str) -> None:
        super().__init__(
            _("“%(unit)s”没有党小组“%(group)s”。照党小组的名称写，没有分组就空着。"), group=group, unit=unit
        )


class NoAdmissionVote(DevelopmentError):
    """Source: 发展党员工作细则 Art. 31: the year counts from the day the meeting passed the admission."""

    def __init__(self) -> None:
        super().__init__(_("没有通过接收的支部大会表决。预备期从那一天起算，先登记表决。"))


class ProbationNotOver(DevelopmentError):
    """Source: 发展党员工作细则 Art. 31-33."""

    def __init__(self, ends_on: date, on: date) -> None:
        super().__init__(
            _("预备期到%(ends_on)s满，%(day)s还不能转正。"), ends_on=ends_on.isoformat(), day=on.isoformat()
        )


class ExtendedAlready(DevelopmentError):
    """Source: 发展党员工作细则 Art. 31: once."""

    def __init__(self, ends_on: date) -> None:
        super().__init__(
            _("预备期已延长过一次，到%(day)s满。只能延长一次：到期按期转正，或取消预备党员资格。"),
            day=ends_on.isoformat(),
        )


class ExtensionTooLong(DevelopmentError):
    """Source: 发展党员工作细则 Art. 31: from half a year to one year."""

    fields = ("months",)

    def __init__(self, months: object) -> None:
        super().__init__(_("延长预备期不少于6个月，不超过12个月，这里是%(months)s个月。"), months=months)


class EffectStands(DevelopmentError):
    """A correction that would take a step's effect back."""

    def __init__(self, name: str, stage: object, on: date) -> None:
        super().__init__(
            _("%(name)s自%(day)s起登记为“%(stage)s”，后面又有变动，这一步的日期不能再改。写明原因撤回办件，从头更正。"),
            name=name, stage=stage, day=on.isoformat(),
        )  # fmt: skip


class OutcomeStands(DevelopmentError):
    """A correction that would turn an outcome into its opposite after it had its effect."""

    def __init__(self) -> None:
        super().__init__(_("这一步的结果已经办成，不能改成别的结果；日期、人名和说明可以更正。"))


class YearOutOfReach(DevelopmentError):
    fields = ("year",)

    def __init__(self, year: int, first: int, last: int) -> None:
        super().__init__(_("%(year)s年不在可定的范围。改成%(first)s到%(last)s年。"), year=year, first=first, last=last)


class PlacesUnclear(DevelopmentError):
    fields = ("places",)

    def __init__(self, unit: str, most: int) -> None:
        super().__init__(_("%(unit)s的名额要是0到%(most)d的整数。"), unit=unit, most=most)


class NotBelow(DevelopmentError):
    def __init__(self, unit: str, giver: str) -> None:
        super().__init__(_("“%(unit)s”不是“%(giver)s”的直接下级。名额一级一级下达。"), unit=unit, giver=giver)


class GivenFromAbove(DevelopmentError):
    def __init__(self, unit: str, above: str) -> None:
        super().__init__(_("“%(unit)s”的名额由“%(above)s”下达，自己不能定。"), unit=unit, above=above)


class MoreThanGiven(DevelopmentError):
    fields = ("places",)

    def __init__(self, unit: str, year: int, given: int, own: int) -> None:
        super().__init__(
            _("“%(unit)s”%(year)s年有%(own)d个名额，下达了%(given)d个，多了%(over)d个。减少下级的名额，或请上级增加。"),
            unit=unit, year=year, own=own, given=given, over=given - own,
        )  # fmt: skip


class NothingChanged(DevelopmentError):
    def __init__(self) -> None:
        super().__init__(_("名额和原来一样，没有要改的。"))


class UnitDissolved(DevelopmentError):
    def __init__(self, unit: str, on: date) -> None:
        super().__init__(_("“%(unit)s”已于%(day)s撤销。"), unit=unit, day=on.isoformat())


class SizeUnclear(DevelopmentError):
    fields = ("size",)

    def __init__(self, most: int) -> None:
        super().__init__(_("抽几件要是1到%(most)d的整数。"), most=most)


class SeedUnclear(DevelopmentError):
    fields = ("seed",)

    def __init__(self) -> None:
        super().__init__(_("没有写抽签号。当众定一串字或数字，最多40个字，别人用它能抽出同样的办件。"))


class DaysUnclear(DevelopmentError):
    fields = ("until_on",)

    def __init__(self) -> None:
        super().__init__(_("“到哪天”早于“从哪天”。核对这两个日期。"))


class DayInFuture(DevelopmentError):
    fields = ("until_on",)

    def __init__(self, day: date, today: date) -> None:
        super().__init__(_("%(day)s还没有到，今天是%(today)s。"), day=day.isoformat(), today=today.isoformat())


class NothingToDraw(DevelopmentError):
    fields = ("from_on",)

    def __init__(self) -> None:
        super().__init__(_("这段时间这里没有办过发展党员的步骤，没有可抽的。换一段时间，或换一个组织。"))


class InvestigatorMissing(DevelopmentError):
    fields = ("investigators",)

    def __init__(self) -> None:
        super().__init__(_("没有写核查人。至少一人，写用户名。"))


class InvestigatorSeesNothing(DevelopmentError):
    """An investigator sees no more than the own rights open."""

    fields = ("investigators",)

    def __init__(self, username: str) -> None:
        super().__init__(
            _("用户“%(username)s”在这里看不了办件，不能当核查人。先给他督查员一类的角色，或换一个人。"),
            username=username,
        )


class NotAnInvestigator(DevelopmentError):
    def __init__(self) -> None:
        super().__init__(_("核查结果由这次抽查的核查人登记。"))


class OwnWork(DevelopmentError):
    """Nobody investigates what she did herself."""

    def __init__(self, number: str) -> None:
        super().__init__(_("%(number)s有你自己经办或相关的步骤，由别的核查人核查。"), number=number)


class SampleClosed(DevelopmentError):
    def __init__(self, on: date) -> None:
        super().__init__(_("这次抽查已于%(day)s结束，不能再改。"), day=on.isoformat())


class FindingUnclear(DevelopmentError):
    fields = ("note",)

    def __init__(self) -> None:
        super().__init__(_("有问题的写明情况：哪一步、缺什么、怎样补正。"))


class NotAllFound(DevelopmentError):
    def __init__(self, left: int) -> None:
        super().__init__(_("还有%(left)d件没有核查结果。全部核查完再结束。"), left=left)


class ConclusionMissing(DevelopmentError):
    fields = ("conclusion",)

    def __init__(self) -> None:
        super().__init__(_("没有写结论。写总的情况和要改的。"))
