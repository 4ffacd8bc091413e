"""What taking a step may refuse, each with its sentence and the article it stands on."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guben.house.templatetags.house import day as said
from guben.kit.errors import DomainError


class Refused(DomainError):
    """A step that can't be taken. `article` stands before the sentence; `field` names what to mend in the form."""

    field = ""

    def __init__(self, sentence: str, article: str = "", field: str = "") -> None:
        self.article = article
        self.field = field or self.field
        super().__init__(
            _("%(article)s：%(sentence)s") % {"article": article, "sentence": sentence} if article else sentence
        )


class UnknownProcedure(Refused):
    def __init__(self, key: str) -> None:
        super().__init__(_("没有装程序“%(key)s”，或它这天还没有生效。先装规则，或改日期。") % {"key": key})


class NotHere(Refused):
    def __init__(self, procedure: str, unit: str) -> None:
        super().__init__(
            _("“%(unit)s”不办“%(procedure)s”：规则写明了哪些组织可以办。换一个组织。")
            % {"unit": unit, "procedure": procedure}
        )


class OpenCaseExists(Refused):
    """`case_pk` is the open case, so that a page can link to it; 0 where it is not known."""

    def __init__(self, about: str, number: str = "", case_pk: int = 0) -> None:
        self.case_pk = case_pk
        if number:
            sentence = _("%(about)s已有一件在办：%(number)s。打开那一件接着办。") % {"about": about, "number": number}
        else:
            sentence = _("%(about)s已有一件在办。打开那一件接着办。") % {"about": about}
        super().__init__(sentence)


class SubjectMissing(Refused):
    field = "person"

    def __init__(self) -> None:
        super().__init__(_("没有选是谁的事。选一个人。"))


class SubjectNotWanted(Refused):
    def __init__(self) -> None:
        super().__init__(_("这个程序不是关于某个人的，不用选人。"))


class SubjectElsewhere(Refused):
    field = "person"

    def __init__(self, name: str, unit: str) -> None:
        super().__init__(
            _("%(name)s不在“%(unit)s”的名册上。到所在组织办，或先登记组织关系。") % {"name": name, "unit": unit}
        )


class SubjectUnfit(Refused):
    field = "person"

    def __init__(self, name: str, procedure: str) -> None:
        super().__init__(
            _("%(name)s不符合“%(procedure)s”的条件（人员类别、年龄等）。核对资料，或选别的程序。")
            % {"name": name, "procedure": procedure}
        )


class HostMissing(Refused):
    field = "host"

    def __init__(self) -> None:
        super().__init__(_("没有写接收组织。选一个，它要和承办组织不同。"))


class TitleMissing(Refused):
    field = "title"

    def __init__(self) -> None:
        super().__init__(_("没有写事由。写一句就够。"))


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

    def __init__(self, day: date, today: date) -> None:
        super().__init__(
            _("%(day)s还没到，今天是%(today)s。办过以后再登记，或改日期。") % {"day": said(day), "today": said(today)}
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


class PaperMissing(Refused):
    field = "papers"

    def __init__(self, titles: str, article: str = "") -> None:
        super().__init__(_("还缺材料：%(papers)s。先登记材料，再办这一步。") % {"papers": titles}, article)


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


class NoticeHanging(Refused):
    """The term of the notice has not run. Source: M3.2."""

    field = "done_on"

    def __init__(self, working_days: int, opens_on: date, article: str = "") -> None:
        self.opens_on = opens_on
        super().__init__(
            ngettext(
                "公示不少于%(days)d个工作日，%(day)s开放。", "公示不少于%(days)d个工作日，%(day)s开放。", working_days
            )
            % {"days": working_days, "day": said(opens_on)},
            article,
        )


class NoticeMissing(Refused):
    def __init__(self, article: str = "") -> None:
        super().__init__(_("公示还没有贴出。先登记贴出，满期后再登记结果。"), article)


class NoticeTakenDown(Refused):
    def __init__(self, on: date, article: str = "") -> None:
        super().__init__(_("公示没有满期，%(day)s就撤下了，这次不算。重新贴出。") % {"day": said(on)}, article)


class NoticeHangsAlready(Refused):
    def __init__(self, number: str, article: str = "") -> None:
        super().__init__(_("公示%(number)s还在，不用再贴。满期后登记结果。") % {"number": number}, article)


class ObjectionOpen(Refused):
    def __init__(self, count: int, held_until: date, article: str = "") -> None:
        super().__init__(
            ngettext(
                "还有%(count)d条反映没有处理。处理完再登记结果；最晚等到%(day)s。",
                "还有%(count)d条反映没有处理。处理完再登记结果；最晚等到%(day)s。",
                count,
            )
            % {"count": count, "day": said(held_until)},
            article,
        )


class ObjectionUpheld(Refused):
    def __init__(self, title: str, article: str = "") -> None:
        super().__init__(_("有反映查证属实，结果只能选“%(outcome)s”。") % {"outcome": title}, article)


class NothingUpheld(Refused):
    def __init__(self, article: str = "") -> None:
        super().__init__(_("没有反映查证属实，不能选这个结果。"), article)


class PlacesMissing(Refused):
    field = "places"

    def __init__(self, least: int, article: str = "") -> None:
        super().__init__(
            ngettext("公示至少贴%(count)d处。写明贴在哪里。", "公示至少贴%(count)d处。写明贴在哪里。", least)
            % {"count": least},
            article,
        )


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


class TrainingTooShort(Refused):
    def __init__(self, field: str, needed: int, given: int, article: str = "") -> None:
        if field == "hours":
            sentence = _("培训至少%(needed)s学时，填了%(given)s学时。补够再登记。")
        else:
            sentence = _("培训至少%(needed)s天，填了%(given)s天。补够再登记。")
        super().__init__(sentence % {"needed": needed, "given": given}, article, field)


class ExaminedTooSeldom(Refused):
    field = "outcome"

    def __init__(self, needed: int, there: int, article: str = "") -> None:
        super().__init__(
            _("至少要有%(needed)s次考察记录，现在有%(there)s次。先登记考察。") % {"needed": needed, "there": there},
            article,
        )


class NoSuchEffect(Refused):
    def __init__(self, name: str) -> None:
        super().__init__(_("规则里写的效果“%(name)s”这里不会做。改规则，或装上带这个效果的部分。") % {"name": name})


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


class MeetingInUse(Refused):
    def __init__(self, numbers: str) -> None:
        super().__init__(
            _("这次会上的表决已用在办件里：%(numbers)s。先在办件里收回那一步，再撤回会议。") % {"numbers": numbers}
        )


class UnknownPaper(Refused):
    def __init__(self, key: str) -> None:
        super().__init__(_("这个程序没有材料“%(key)s”。") % {"key": key})


class PaperWhereMissing(Refused):
    field = "kept_where"

    def __init__(self) -> None:
        super().__init__(_("原件收在哪里没有写，也没有交文件。两样里写一样。"))


class FileRefused(Refused):
    field = "file"

    def __init__(self, why: str) -> None:
        super().__init__(why)


class NoTemplate(Refused):
    def __init__(self, title: str) -> None:
        super().__init__(_("“%(paper)s”没有可用的样式，不能自动出。用自己的文书，登记原件。") % {"paper": title})


class PaperNotFitting(Refused):
    def __init__(self) -> None:
        super().__init__(_("现在还没有这份材料要写的事，不能出。先办那一步。"))


class PaperIssued(Refused):
    def __init__(self, title: str, number: str) -> None:
        super().__init__(
            _("“%(paper)s”已经出过，编号%(number)s。要重出，先撤回那一份并写明原因。")
            % {"paper": title, "number": number}
        )


class PaperWithdrawn(Refused):
    def __init__(self) -> None:
        super().__init__(_("这份材料已经撤回，不用再撤。"))


class PaperInUse(Refused):
    def __init__(self, title: str) -> None:
        super().__init__(_("已经办过的“%(step)s”用了这份材料，不能撤回。登记新的一份，旧的留着。") % {"step": title})
