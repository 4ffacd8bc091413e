"""Figures of large trees kept in the database, each unit's own and those at and below it, what disagreed, and which
results of runs the pages show."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from guben.house.byte_order import ByteOrderedField
from guben.organisations.models import Organisation


class KeptTree(models.Model):
    """The figures of all units for one day and one logic of rules; a sum that can be made anew, and no record of
    anything.

    `seen` is the last entry of the history that is in them; `gaps` are the numbers before it whose entries may still
    come. `version` grows with each change, so that of two who work at once one gives way.
    """

    on = models.DateField(_("哪天"))
    fingerprint = models.CharField(max_length=64)
    is_whole = models.BooleanField(default=False)
    version = models.PositiveBigIntegerField(default=0)
    seen = models.BigIntegerField(default=0)
    gaps = models.JSONField(default=list)
    units = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField(_("开始"), auto_now_add=True)
    as_of = models.DateTimeField(_("算到哪一刻"))
    checked_at = models.DateTimeField(_("核对时刻"), null=True)

    class Meta:
        verbose_name = _("大树的数字")
        verbose_name_plural = _("大树的数字")
        ordering = ["-on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["on", "fingerprint"], name="kept_tree_once")]

    def __str__(self) -> str:
        return f"{self.on} {self.fingerprint[:8]}"


class KeptUnit(models.Model):
    """One unit: where it stands, its own atoms, those at and below it, its verdicts, and how many units at and below it
    have each verdict. A unit without others below it has `below` and `tally` empty: they are its own.

    Units are named by their ids without a key of the database: a unit that is gone is found by the history.
    """

    tree = models.ForeignKey(KeptTree, models.CASCADE, related_name="+", db_index=False)
    unit = models.BigIntegerField()
    parent = models.BigIntegerField(null=True)
    path = ByteOrderedField(max_length=80)
    own = models.BinaryField()
    below = models.BinaryField()
    marks = models.BinaryField()
    tally = models.BinaryField()

    class Meta:
        verbose_name = _("组织的数字")
        verbose_name_plural = _("组织的数字")
        constraints = [models.UniqueConstraint(fields=["tree", "unit"], name="kept_unit_once")]
        indexes = [
            models.Index(fields=["tree", "parent"], name="kept_unit_parent"),
            models.Index(fields=["tree", "path"], name="kept_unit_path"),
        ]

    def __str__(self) -> str:
        return f"{self.tree_id} {self.path}"


class Disagreement(models.Model):
    """A unit whose kept figures were not what the records say. They were put right when it was found; that it happened
    at all is a fault of the program, or of someone who wrote into the database past it."""

    on = models.DateField(_("哪天"))
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+", verbose_name=_("组织"))
    figures = models.JSONField(_("哪些数字"))
    noticed_at = models.DateTimeField(_("发现时刻"), auto_now_add=True)

    class Meta:
        verbose_name = _("对不上的数字")
        verbose_name_plural = _("对不上的数字")
        ordering = ["-noticed_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.on} {self.organisation_id} {', '.join(self.figures)}"


class PublishedResult(models.Model):
    """A run's result that the pages show. The files stay where the run wrote them; `manifest_digest` is that of the
    manifest of the run in `folder`, so that another run in its place is not taken for it. `top` is what the highest
    unit is called."""

    on = models.DateField(_("哪天"))
    top = models.CharField(_("最上面的组织"), max_length=200)
    folder = models.CharField(_("文件夹"), max_length=500)
    manifest_digest = models.CharField(max_length=64)
    snapshot_digest = models.CharField(max_length=64)
    units = models.PositiveIntegerField(_("组织数"))
    is_generated = models.BooleanField(_("演示数据"))
    published_at = models.DateTimeField(_("公开时刻"), auto_now_add=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("谁"))
    withdrawn_at = models.DateTimeField(_("撤下时刻"), null=True)

    class Meta:
        verbose_name = _("汇总结果")
        verbose_name_plural = _("汇总结果")
        ordering = ["-on", "-published_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.on} {self.top}"
