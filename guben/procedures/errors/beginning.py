"""What beginning a case may refuse."""

from __future__ import annotations

from django.utils.translation import gettext as _

from guben.procedures.errors.base import Refused


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

    def __init__(self, name: str, procedure: str, article: str = "") -> None:
        super().__init__(
            _("%(name)s不符合“%(procedure)s”的条件（人员类别、年龄等）。核对资料，或选别的程序。")
            % {"name": name, "procedure": procedure},
            article,
        )


class HostMissing(Refused):
    field = "host"

    def __init__(self) -> None:
        super().__init__(_("没有写接收组织。选一个，它要和承办组织不同。"))


class TitleMissing(Refused):
    field = "title"

    def __init__(self) -> None:
        super().__init__(_("没有写事由。写一句就够。"))
