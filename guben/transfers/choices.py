"""Closed lists about transfers and members away."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

TRANSFER, TRANSFER_OUT, TRANSFER_IN = "transfer", "transfer-out", "transfer-in"
PROCEDURES = (TRANSFER, TRANSFER_OUT, TRANSFER_IN)
LETTER_MOST_DAYS = 90  # Source: domain practice, at most three months; the rulebook's field says the same


class EndedBecause(models.TextChoices):
    """Why somebody is away no longer."""

    BACK = "back", _("已返回")
    TRANSFERRED = "transferred", _("组织关系已转走")
    LEFT = "left", _("离开接收地")
    MISTAKE = "mistake", _("登记有误")


class RowState(models.TextChoices):
    """How far a row of a batch is."""

    WAITING = "waiting", _("还没有办")
    UNDER_WAY = "under_way", _("已发起")
    SENT = "sent", _("介绍信已开")
    FAILED = "failed", _("没有办成")
