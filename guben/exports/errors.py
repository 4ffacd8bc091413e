"""Why an export is refused, in sentences."""

from __future__ import annotations

from django.utils.translation import gettext as _

from guben.kit.errors import DomainError


class ReasonMissing(DomainError):
    def __init__(self) -> None:
        super().__init__(_("导出完整号码要写原因，至少4个字。原因记入历史。"))


class TooManyRows(DomainError):
    def __init__(self, rows: int, most: int) -> None:
        sentence = _("有%(rows)d行，一个工作簿最多%(most)d行。改选 CSV，或选小一些的组织。")
        super().__init__(sentence % {"rows": rows, "most": most})
