"""What came out of an import: counts that add up, and one fault for each cell that is wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

FAULT_KINDS = {
    "missing": _("必填的空着"),
    "text": _("写法看不懂"),
    "choice": _("不在可选的各项里"),
    "id_number": _("公民身份号码有错"),
    "id_mismatch": _("公民身份号码与出生日期或性别不一致"),
    "lost_digits": _("号码被表格软件变成了数字"),
    "day": _("日期看不懂"),
    "day_order": _("日期先后不对"),
    "unit": _("找不到组织"),
    "unit_reach": _("组织不在导入范围内"),
    "group": _("找不到党小组"),
    "twice": _("在本表里重复"),
    "elsewhere": _("已在别处登记"),
    "changed": _("与库里不同，导入不能改"),
    "parent": _("上级组织有错"),
    "month": _("日期没有写日"),
    "derived": _("与算出来的不同"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell: the sheet's row, the column's header, a sentence, a key of FAULT_KINDS.

    `choices` are the texts that the cell could hold instead, best first.
    """

    row: int
    column: str
    message: str
    kind: str
    cell: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportResult:
    """rows = accepted + updated + unchanged + rejected_rows. `checks` are accepted but deserve a look."""

    rows: int
    accepted: int
    updated: int
    unchanged: int
    rejected_rows: int
    faults: tuple[Fault, ...] = ()
    checks: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()
    dry_run: bool = False
    shown: dict[int, list[str]] = field(default_factory=dict)  # rejected and doubtful rows as a reader may see them

    def __post_init__(self) -> None:
        if self.rows != self.accepted + self.updated + self.unchanged + self.rejected_rows:
            raise AssertionError("The counts of an import do not add up.")

    def as_json(self) -> dict[str, Any]:
        """The published shape."""
        faults = [{"row": fault.row, "column": fault.column, "message": fault.message} for fault in self.faults]
        return {**self.counts(), "faults": faults}

    def counts(self) -> dict[str, int]:
        return {
            "rows": self.rows,
            "accepted": self.accepted,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "rejected_rows": self.rejected_rows,
        }

    def by_kind(self) -> dict[str, int]:
        """How many faults of each kind, most frequent first."""
        return dict(Counter(fault.kind for fault in self.faults).most_common())
