"""Who signs in, and what kind of installation this is."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """A person or service that signs in. Rights come from grants alone; `is_superuser` opens nothing."""

    display_name = models.CharField(_("姓名"), max_length=60, blank=True)
    language = models.CharField(_("语言"), max_length=10, blank=True, help_text=_("空着就随浏览器。"))
    large_type = models.BooleanField(_("大字"), default=False)
    theme = models.CharField(_("明暗和对比"), max_length=8, blank=True)
    is_operator = models.BooleanField(_("命令行操作员"), default=False)
    is_demo = models.BooleanField(_("演示用户"), default=False)
    factor_due_on = models.DateField(_("第二重验证最迟"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("用户")
        verbose_name_plural = _("用户")

    def __str__(self) -> str:
        return self.display_name or self.username


class SignIn(models.Model):
    """One open sign-in, so that its owner can see and end it. Nothing says where it happened, and it goes with its
    session."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="sign_ins", verbose_name=_("用户"))
    session_key = models.CharField(max_length=40, unique=True, editable=False)
    device = models.CharField(_("设备"), max_length=40, blank=True)
    way = models.CharField(_("怎么登录"), max_length=10, blank=True)
    started_at = models.DateTimeField(_("登录时刻"), auto_now_add=True)

    class Meta:
        verbose_name = _("登录")
        verbose_name_plural = _("登录")

    def __str__(self) -> str:
        return f"{self.user_id} {self.device}"


class Installation(models.Model):
    """One row that says what this database is: real or demo, and the demo's fixed day (演示日)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    is_demo = models.BooleanField(default=False)
    demo_day = models.DateField(null=True, blank=True)
    demo_sign_in = models.BooleanField(default=False)
    demo_root_code = models.CharField(max_length=32, blank=True)
    broken_places = models.JSONField(default=list, editable=False, help_text="Paths at which the tree is broken.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="installation_is_one_row"),
        ]

    def __str__(self) -> str:
        return "demo" if self.is_demo else "records"
