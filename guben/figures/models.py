"""Frozen fact tables: which snapshots were taken, of which day, by whom, and where they lie."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Snapshot(models.Model):
    """A snapshot on disk. The manifest inside its folder is the truth; this row finds it again."""

    on = models.DateField(_("哪天"))
    folder = models.CharField(_("文件夹"), max_length=300)
    manifest_digest = models.CharField(max_length=64)
    taken_at = models.DateTimeField(_("生成时刻"), auto_now_add=True)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("谁"))
    keep_until = models.DateField(_("保留到"))

    class Meta:
        verbose_name = _("快照")
        verbose_name_plural = _("快照")
        ordering = ["-taken_at"]

    def __str__(self) -> str:
        return f"{self.on} {self.folder}"


class KeptDiagnosis(models.Model):
    """The diagnosis of a large tree as a job worked it out, so that every process finds it. `newest` is the last entry
    of the history before it was begun; later entries make it old. `content` is packed JSON without words."""

    organisation = models.ForeignKey("organisations.Organisation", models.CASCADE, related_name="+")
    on = models.DateField(_("哪天"))
    newest = models.BigIntegerField()
    content = models.BinaryField()
    made_at = models.DateTimeField(_("算出时刻"), auto_now=True)

    class Meta:
        verbose_name = _("大树的诊断")
        verbose_name_plural = _("大树的诊断")
        constraints = [models.UniqueConstraint(fields=["organisation", "on"], name="kept_diagnosis_once")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.on}"
