"""What papers may refuse: those handed in, those produced."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from guben.house.templatetags.house import day as said
from guben.procedures.errors.base import Refused


class PaperMissing(Refused):
    field = "papers"

    def __init__(self, titles: str, article: str = "", field: str = "") -> None:
        super().__init__(_("还缺材料：%(papers)s。先登记材料，再办这一步。") % {"papers": titles}, article, field)


class PaperLater(Refused):
    """A step can't stand on a paper that was not written yet."""

    field = "done_on"

    def __init__(self, title: str, dated_on: date, done_on: date, article: str = "") -> None:
        super().__init__(
            _("“%(paper)s”落款%(dated)s，晚于办这一步的%(day)s。改办理日期；落款登记错了，撤回那份材料重新登记。")
            % {"paper": title, "dated": said(dated_on), "day": said(done_on)},
            article,
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
