"""Grants: one row gives one role to one user at one unit and all below it, for a span of days. And how often somebody
did what is limited."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Grant(models.Model):
    """A role held at a unit. It reaches the whole subtree and ends with its post when it came with one."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="grants", verbose_name=_("用户"))
    role = models.CharField(_("角色"), max_length=40)
    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, related_name="grants", verbose_name=_("组织")
    )
    from_on = models.DateField(_("起"))
    until_on = models.DateField(_("止（不含）"), null=True, blank=True)
    holding = models.ForeignKey(
        "members.Holding", models.SET_NULL, null=True, blank=True, related_name="grants", verbose_name=_("任职")
    )
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("授权人")
    )

    class Meta:
        verbose_name = _("授权")
        verbose_name_plural = _("授权")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until_on__isnull=True) | models.Q(until_on__gt=models.F("from_on")),
                name="grant_ends_after_it_starts",
                violation_error_message=_("止期要晚于起期。"),
            ),
        ]
        indexes = [models.Index(fields=["user", "until_on"], name="grant_user_until")]

    def __str__(self) -> str:
        return f"{self.user}: {self.role} @ {self.organisation_id}"


class Use(models.Model):
    """How many times somebody did something within a few minutes; deleted after two days."""

    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=64)
    slot = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key", "slot"], name="one_use_a_slot")]
        indexes = [models.Index(fields=["slot"], name="use_slot")]

    def __str__(self) -> str:
        return f"{self.kind} {self.count}"
