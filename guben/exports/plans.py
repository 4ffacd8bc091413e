"""What is asked of an export, and the name its file gets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from guben.exports.choices import Columns, Format, What


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One export. `extra` adds what the columns leave out; `reason` stands only where numbers are whole."""

    what: str = What.MEMBERS
    columns: str = Columns.OURS
    extra: bool = False
    format: str = Format.XLSX
    whole: bool = False
    reason: str = ""

    def as_arguments(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def is_all(self) -> bool:
        return self.what == What.MEMBERS and self.columns == Columns.ALL

    @property
    def file_format(self) -> Format:
        return Format(self.format)

    def columns_title(self) -> str:
        if self.what == What.ORGANISATIONS:
            return _("组织名册的列")
        title = str(Columns(self.columns).label)
        return _("%(title)s，加附加列") % {"title": title} if self.extra and not self.is_all else title

    def file_name(self, code: str, on: date) -> str:
        kind = "units" if self.what == What.ORGANISATIONS else "members"
        return f"{kind}-{code}-{on.isoformat()}.{self.file_format.ending}"


def plan_in(arguments: Mapping[str, Any]) -> Plan:
    """The plan that a job keeps among its arguments."""
    return Plan(**{name: arguments[name] for name in Plan.__dataclass_fields__})
