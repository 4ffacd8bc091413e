"""What is due is derived; only reminders are rows."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from guben.organisations.models import Organisation


class Reminder(models.Model):
    """A superior reminded a unit of a duty: at most once a day for each."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="reminders", verbose_name=_("组织"))
    rule = models.CharField(_("事项"), max_length=80)
    period = models.CharField(_("哪一期"), max_length=10)
    sent_on = models.DateField(_("哪天"))
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("谁"))

    class Meta:
        verbose_name = _("提醒")
        verbose_name_plural = _("提醒")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "rule", "period", "sent_on"],
                name="one_reminder_a_day",
                violation_error_message=_("今天已经提醒过。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.rule} {self.period}"
