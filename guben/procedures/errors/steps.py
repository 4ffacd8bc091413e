"""What taking a step of any kind may refuse: whose it is, whether it is its turn, its day, its fields."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from guben.house.templatetags.house import day as said
from guben.procedures.errors.base import Refused


class WrongPerson(Refused):
    """Somebody who may see the case but whose step it is not. `who` tells whose it is."""

    status = 403

    def __init__(self, who: str, article: str = "") -> None:
        super().__init__(_("这一步由%(who)s办，您不能办。") % {"who": who}, article)


class AboutOneself(Refused):
    status = 403

    def __init__(self, article: str = "") -> None:
        super().__init__(_("这件事和您本人有关，这一步要由别人办。"), article)


class NobodyActs(Refused):
    """No unit above fulfils what the procedure says of the place."""

    def __init__(self, place: str, article: str = "") -> None:
        super().__init__(
            _("上级里没有“%(place)s”，这一步没有人能办。在组织树里登记好上级，或改规则里“谁办”的条件。")
            % {"place": place},
            article,
        )


class CaseEnded(Refused):
    def __init__(self, on: date) -> None:
        super().__init__(_("这件%(day)s已经办结，不能再办。有新情况另开一件。") % {"day": said(on)})


class AlreadyTaken(Refused):
    status = 409

    def __init__(self, title: str) -> None:
        super().__init__(_("这一步已经登记过：%(step)s。刷新页面看看现在到哪一步；记错了用更正。") % {"step": title})


class NotItsTurn(Refused):
    def __init__(self, title: str, current: str, article: str = "") -> None:
        super().__init__(
            _("还没有轮到“%(step)s”，现在要办的是“%(current)s”。步骤不能跳过。") % {"step": title, "current": current},
            article,
        )


class UnknownStep(Refused):
    def __init__(self, key: str) -> None:
        super().__init__(_("这个程序没有步骤“%(step)s”。") % {"step": key})


class UnknownOutcome(Refused):
    field = "outcome"

    def __init__(self, known: str, article: str = "") -> None:
        super().__init__(_("这一步的结果只能是：%(known)s。选其中一个。") % {"known": known}, article)


class OnceOnly(Refused):
    field = "outcome"

    def __init__(self, title: str, on: date, article: str = "") -> None:
        super().__init__(
            _("“%(outcome)s”只能有一次，%(day)s已经用过。选别的结果。") % {"outcome": title, "day": said(on)}, article
        )


class ReasonMissing(Refused):
    field = "reason"

    def __init__(self, article: str = "") -> None:
        super().__init__(_("没有写理由。写一句，办的人和以后查的人都看得到。"), article)


class InFuture(Refused):
    field = "done_on"

    def __init__(self, day: date, today: date, article: str = "") -> None:
        super().__init__(
            _("%(day)s还没到，今天是%(today)s。办过以后再登记，或改日期。") % {"day": said(day), "today": said(today)},
            article,
        )


class TooEarly(Refused):
    """`opens_on` is the first day on which the step may be taken; None where it hangs on a step not yet done."""

    field = "done_on"

    def __init__(self, because: str, opens_on: date | None, article: str = "") -> None:
        self.opens_on = opens_on
        if opens_on is None:
            sentence = _("现在还不能办：%(because)s。") % {"because": because}
        else:
            sentence = _("%(because)s，%(day)s开放。") % {"because": because, "day": said(opens_on)}
        super().__init__(sentence, article)


class BeforeEarlierStep(Refused):
    field = "done_on"

    def __init__(self, day: date, earlier: str, earlier_on: date, article: str = "") -> None:
        super().__init__(
            _("%(day)s早于前面的“%(earlier)s”（%(earlier_on)s）。核对日期；前面记错了先更正。")
            % {"day": said(day), "earlier": earlier, "earlier_on": said(earlier_on)},
            article,
        )


class FieldMissing(Refused):
    def __init__(self, field: str, title: str, article: str = "") -> None:
        super().__init__(_("没有填“%(field)s”。") % {"field": title}, article, field)


class FieldWrong(Refused):
    """`why` is a sentence on what is wrong with the value."""

    def __init__(self, field: str, title: str, why: str, article: str = "") -> None:
        super().__init__(_("“%(field)s”：%(why)s") % {"field": title, "why": why}, article, field)


class UnknownField(Refused):
    def __init__(self, field: str) -> None:
        super().__init__(_("这一步没有“%(field)s”这一栏。") % {"field": field})


class TrainingTooShort(Refused):
    def __init__(self, field: str, needed: int, given: int, article: str = "") -> None:
        if field == "hours":
            sentence = _("培训至少%(needed)s学时，填了%(given)s学时。补够再登记。")
        else:
            sentence = _("培训至少%(needed)s天，填了%(given)s天。补够再登记。")
        super().__init__(sentence % {"needed": needed, "given": given}, article, field)


class ExaminedTooSeldom(Refused):
    field = "outcome"

    def __init__(self, months: int, needed: int, there: int, article: str = "") -> None:
        super().__init__(
            _("每%(months)s个月考察一次，同一期里几次算一次：至少要考察%(needed)s期，现在有%(there)s期。先登记考察。")
            % {"months": months, "needed": needed, "there": there},
            article,
        )


class WarningHeeded(Refused):
    """What elsewhere only stands beside a step, and by this rule refuses it. `said` is the warning's sentence."""


class NoSuchEffect(Refused):
    def __init__(self, name: str) -> None:
        super().__init__(_("规则里写的效果“%(name)s”这里不会做。改规则，或装上带这个效果的部分。") % {"name": name})
