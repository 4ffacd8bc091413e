"""Closed lists about cases."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class PaperState(models.TextChoices):
    """How a paper is kept. An original on paper is enough: nobody has to photograph it."""

    RECEIVED = "received", _("原件已收")
    UPLOADED = "uploaded", _("已交文件")
    PRODUCED = "produced", _("已出")


class ReminderKind(models.TextChoices):
    """When a deadline is brought to mind."""

    SOON = "soon", _("将到期")
    LATE = "late", _("已逾期")


WITHDRAWN = "withdrawn"  # the outcome of the entry that ends a case before its road does
TAKEN_BACK = "taken_back"  # the outcome of a correction that only takes an entry away
