"""Closed lists about cases."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class PaperState(models.TextChoices):
    """How a paper is kept. An original on paper is enough: nobody has to photograph it."""

    RECEIVED = "received", _("原件已收")
    UPLOADED = "uploaded", _("已交文件")
    PRODUCED = "produced", _("已出")
