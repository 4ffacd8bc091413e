"""Installed rulebooks: each row is one edition of one rule, as it was written, with its dates and its issuer."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Rulebook(models.Model):
    """A rulebook file that was installed."""

    key = models.CharField(max_length=80)
    issued_by = models.CharField(_("制定机关"), max_length=32, default="national")
    file_name = models.CharField(max_length=120)
    text = models.TextField()
    examples = models.TextField(blank=True)
    digest = models.CharField(max_length=64)
    installed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("制度文件")
        verbose_name_plural = _("制度文件")
        constraints = [models.UniqueConstraint(fields=["key", "issued_by"], name="rulebook_key_and_issuer")]

    def __str__(self) -> str:
        return self.key
