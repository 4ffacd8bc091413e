"""Why a whole file is refused, each with its sentence. What is wrong with one cell stands in `results.Fault`."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from guben.house.words import listed
from guben.kit.errors import DomainError
from guben.kit.tables import UnreadableTable


class DemoRefusesRosters(DomainError):
    """A demo with open sign-in is no place for real people."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            _("演示登录还开着，谁都能进来，所以这里不收真实名册。先在“演示”页永久关闭演示登录，或另装一套正式系统。")
        )


class SheetRefused(DomainError):
    """The file can't be read as a table."""

    def __init__(self, cause: UnreadableTable) -> None:
        super().__init__(_sentence(cause))
        self.problem = cause.problem


def _sentence(cause: UnreadableTable) -> str:
    sentences = {
        "too_large": _("文件超过%(megabytes)s兆。分成几个文件再导入。"),
        "unpacks_too_large": _("工作簿解开后太大，不像名册。把数据复制到一个新工作簿再导入。"),
        "too_many_rows": _("超过%(rows)s行。分成几个文件再导入。"),
        "too_far_out": _("%(cell)s那么远的地方还有内容，最多读%(columns)s列。删掉表格以外的内容再导入。"),
        "locked": _("工作簿加了密码，读不了。在 Excel 或 WPS 里打开，去掉密码再保存，然后导入。"),
        "broken": _("文件打不开，不是完好的工作簿。在 Excel 或 WPS 里另存为“Excel 工作簿（.xlsx）”再导入。"),
        "unknown_encoding": _(
            "看不出这个文本文件的编码（能读 UTF-8 和 GB18030）。在 Excel 里另存为“CSV UTF-8（逗号分隔）”；"
            "在 WPS 里直接另存为“Excel 工作簿（.xlsx）”。"
        ),
        "empty": _("第一张表是空的。把名册放在第一张表，第一行写列名。"),
        "header_twice": _("列名“%(header)s”出现了两次。改掉或删去其中一列。"),
        "same_header": _("“%(one)s”和“%(other)s”两列说的是同一件事（%(header)s）。删去其中一列再导入。"),
    }
    return sentences[cause.problem] % cause.values


class HeadersMissing(DomainError):
    def __init__(self, missing: Sequence[str], found: Sequence[str]) -> None:
        super().__init__(
            _("缺少列：%(missing)s。第一行现在是：%(found)s。列名照模板写，一字不差。")
            % {"missing": listed(missing), "found": listed(found[:15]) or "—"}
        )


class NoRows(DomainError):
    def __init__(self) -> None:
        super().__init__(_("列名下面没有一行内容。填好再导入。"))


class UploadExpired(DomainError):
    """Uploads are kept for some days only."""

    status = 410

    def __init__(self) -> None:
        super().__init__(_("上传的文件已到期删除。重新选择文件。"))


class CheckedAgain(DomainError):
    """Another window has asked for a newer check; what is asked here would go back behind it."""

    status = 409

    def __init__(self) -> None:
        super().__init__(_("这份文件刚在另一个窗口里又检查过。打开最新的结果，接着改。"))


class AllLeftOut(DomainError):
    def __init__(self) -> None:
        super().__init__(_("每一行都标了不导入，没有可检查的。至少留一行。"))


class NothingToTakeUp(DomainError):
    status = 409

    def __init__(self) -> None:
        super().__init__(_("这件任务没有停下，不用继续。打开它的页面看结果。"))


class NothingToWithdraw(DomainError):
    status = 409

    def __init__(self) -> None:
        super().__init__(_("没有一个人可以撤回。原因写在页面上。"))


class StillSaving(DomainError):
    status = 409

    def __init__(self) -> None:
        super().__init__(_("这份文件还在保存。等它办完，或先停下它，再撤回。"))


class NothingToSave(DomainError):
    def __init__(self) -> None:
        super().__init__(_("没有一行要保存。改好文件再导入。"))


class RowNotSaved(DomainError):
    """The records changed between the check and the saving; of the file, only batches before this row were saved."""

    def __init__(self, row: int, reason: DomainError, saved: int = 0) -> None:
        whole = _("第%(row)d行存不进去，整个文件都没有保存：%(reason)s 重新检查一次再保存。")
        part = _("第%(row)d行存不进去，前面的%(saved)d行已保存，其余没有：%(reason)s 重新检查一次再保存。")
        super().__init__((part if saved else whole) % {"row": row, "saved": saved, "reason": reason.sentence})
        self.row = row
