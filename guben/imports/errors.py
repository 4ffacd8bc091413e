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
        "old_or_locked": _(
            "这是旧式（.xls）或加了密码的工作簿，读不了。在 Excel 或 WPS 里去掉密码，另存为“Excel 工作簿（.xlsx）”。"
        ),
        "broken": _("文件打不开，不是完好的工作簿。在 Excel 或 WPS 里另存为“Excel 工作簿（.xlsx）”再导入。"),
        "not_utf8": _(
            "这个 CSV 文件不是 UTF-8 编码。在 Excel 里另存为“CSV UTF-8（逗号分隔）”；"
            "在 WPS 里直接另存为“Excel 工作簿（.xlsx）”。"
        ),
        "empty": _("第一张表是空的。把名册放在第一张表，第一行写列名。"),
        "header_twice": _("列名“%(header)s”出现了两次。改掉或删去其中一列。"),
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


class NothingToSave(DomainError):
    def __init__(self) -> None:
        super().__init__(_("没有一行要保存。改好文件再导入。"))


class RowNotSaved(DomainError):
    """The records changed between the check and the saving; nothing of the file was saved."""

    def __init__(self, row: int, reason: DomainError) -> None:
        super().__init__(
            _("第%(row)d行存不进去，整个文件都没有保存：%(reason)s 重新检查一次再保存。")
            % {"row": row, "reason": reason.sentence}
        )
        self.row = row
