"""The history: who did what, on what, under which right. It holds no personal values."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Entry(models.Model):
    """One act of one actor, written in the transaction that did it and never changed afterwards.

    `fields` names what changed; `commitment` is SHA-256 over `salt` and the values, so that a value can be
    proved later without being kept here. `proof` is a keyed hash over the whole entry (see `proofs`).
    """

    at = models.DateTimeField(_("时刻"), default=timezone.now, editable=False)
    action = models.CharField(_("做了什么"), max_length=60)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("谁"))
    right = models.CharField(_("凭什么权"), max_length=60, blank=True)
    organisation = models.ForeignKey(
        "organisations.Organisation",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,  # audit_organisation serves it
        verbose_name=_("组织"),
    )
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=40)
    fields = models.JSONField(_("哪些栏"), default=list)
    details = models.JSONField(
        _("说明"), default=dict, help_text="Counts, days, codes and keys; never personal values."
    )
    salt = models.CharField(max_length=32)
    commitment = models.CharField(max_length=64)
    proof = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("历史")
        verbose_name_plural = _("历史")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["object_type", "object_id"], name="audit_object"),
            models.Index(fields=["organisation", "-id"], name="audit_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_id}"


class Checkpoint(models.Model):
    """The history up to an entry, summed up in one digest that follows from the one before.

    `root` is the Merkle root (RFC 9162) over the entries since the checkpoint before; `digest` is a keyed hash over
    that, the counts and the previous digest, so that no entry can be taken out or added later.
    """

    taken_at = models.DateTimeField(_("时刻"), default=timezone.now, editable=False)
    last_entry = models.BigIntegerField(_("到哪一条"))
    entries = models.PositiveIntegerField(_("条数"))
    root = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("历史核对点")
        verbose_name_plural = _("历史核对点")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.pk} {self.digest}"
