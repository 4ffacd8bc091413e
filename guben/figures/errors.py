"""Why a figure can't be given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from guben.kit.errors import DomainError


class UnitNotThere(DomainError):
    """The unit did not exist on the day."""

    status = 404

    def __init__(self, code: str, on: date) -> None:
        super().__init__(_("%(on)s 这一天没有代码为 %(code)s 的组织。") % {"on": on, "code": code})


class NotInForce(DomainError):
    """The rule exists, with no edition for the day."""

    status = 404

    def __init__(self, key: str, on: date, spans: Sequence[tuple[date, date | None]]) -> None:
        known = "、".join(f"{first}–{last or ''}" for first, last in spans)
        sentence = _("“%(key)s”在 %(on)s 没有有效的版本。有效的日子：%(known)s。换一天再看。")
        super().__init__(sentence % {"key": key, "on": on, "known": known})


class NotAnIndicator(DomainError):
    """The key names a rule that gives no figure."""

    def __init__(self, key: str) -> None:
        super().__init__(_("“%(key)s”不是指标，也没有指标的线，算不出数。") % {"key": key})


class BrokenSnapshot(DomainError):
    """The folder holds no snapshot, or not the one it says it is."""

    def __init__(self, folder: str, reason: str) -> None:
        super().__init__(
            _("%(folder)s 不是完好的快照：%(reason)s。用 guben snapshot 重新生成。")
            % {"folder": folder, "reason": reason}
        )


class TrialExpired(DomainError):
    """The file of a trial is no longer kept."""

    status = 410

    def __init__(self) -> None:
        super().__init__(_("这次试算的文件已经到期删除。重新试算一次。"))
