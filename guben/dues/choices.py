"""What a payment is for."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

MONTHS = range(1, 13)


class PaymentKind(models.TextChoices):
    """Source: 党费收缴规定; what is given beyond the standard settles no month."""

    DUES = "dues", _("党费")
    EXTRA = "extra", _("自愿多交")
