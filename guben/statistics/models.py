"""What jobs worked out for large trees, so that every process finds it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Standing(models.TextChoices):
    """On which tree the figures of a day are added up."""

    THEN = "then", _("当天的组织树")
    TODAY = "today", _("今天的组织树")


class KeptReckoning(models.Model):
    """The figures of a large tree's top on a day. `newest` is the last entry of the history before they were begun;
    later entries make them old. `content` is packed JSON without words."""

    organisation = models.ForeignKey("organisations.Organisation", models.CASCADE, related_name="+")
    on = models.DateField(_("哪天"))
    standing = models.CharField(_("按哪棵树"), max_length=5, choices=Standing.choices)
    newest = models.BigIntegerField()
    content = models.BinaryField()
    made_at = models.DateTimeField(_("算出时刻"), auto_now=True)

    class Meta:
        verbose_name = _("大树的统计")
        verbose_name_plural = _("大树的统计")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "on", "standing"], name="kept_reckoning_once"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.on} {self.standing}"
