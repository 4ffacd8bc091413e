"""Long work as rows: its owner finds it again, sees how far it is, and why it failed."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class JobState(models.TextChoices):
    WAITING = "waiting", _("等待")
    RUNNING = "running", _("进行中")
    DONE = "done", _("办成")
    FAILED = "failed", _("没办成")
    STOPPED = "stopped", _("已停下")


class Job(models.Model):
    """One piece of long work. `kind` names a registered function; `arguments` are ids and codes only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    title = models.CharField(_("事由"), max_length=200)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="jobs", verbose_name=_("谁的"))
    organisation = models.ForeignKey(
        "organisations.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("组织")
    )
    arguments = models.JSONField(default=dict)
    state = models.CharField(_("状态"), max_length=10, choices=JobState.choices, default=JobState.WAITING)
    done = models.PositiveIntegerField(_("已办"), default=0)
    total = models.PositiveIntegerField(_("共"), default=0)
    message = models.CharField(_("现在"), max_length=300, blank=True)
    log = models.TextField(_("记录"), blank=True)
    result = models.JSONField(default=dict)
    result_file = models.CharField(max_length=300, blank=True)
    stop_requested = models.BooleanField(default=False)
    created_at = models.DateTimeField(_("提出"), auto_now_add=True)
    started_at = models.DateTimeField(_("开始"), null=True)
    finished_at = models.DateTimeField(_("结束"), null=True)
    expires_on = models.DateField(_("保留到"), null=True)

    class Meta:
        verbose_name = _("任务")
        verbose_name_plural = _("任务")
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["owner", "-created_at"], name="job_owner")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("jobs:detail", args=[self.pk])


class NightlyRun(models.Model):
    """The last run of something that is done every night."""

    name = models.CharField(max_length=60, unique=True)
    last_on = models.DateField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    failed = models.BooleanField(default=False)
    message = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("每夜的任务")
        verbose_name_plural = _("每夜的任务")
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} {self.last_on}"
