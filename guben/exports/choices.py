"""What an export may be of, with which columns, in which format."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class What(models.TextChoices):
    MEMBERS = "members", _("党员")
    ORGANISATIONS = "organisations", _("组织")


class Columns(models.TextChoices):
    OURS = "ours", _("固本模板的列")
    NATIONAL = "national", _("全国系统党员名单的列")
    ALL = "all", _("全部在册内容")


class Format(models.TextChoices):
    XLSX = "xlsx", _("Excel 工作簿（.xlsx）")
    CSV = "csv", _("CSV，UTF-8 编码")
    CSV_GB18030 = "csv-gb18030", _("CSV，GB18030 编码（旧软件用）")

    @property
    def ending(self) -> str:
        return "xlsx" if self == Format.XLSX else "csv"
