"""Installed rulebooks, the editions of the rules that organisations issued themselves, and their drafts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from guben.organisations.models import Organisation


class Rulebook(models.Model):
    """A rulebook file that was installed, or the file of all editions of a rule that an organisation issued."""

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


class RuleForm(models.TextChoices):
    """How a rule is written on the page: the fields it is asked for."""

    DUTY = "duty", _("职责：要开的会")
    LINE = "line", _("标准：给已有的指标划一条线")
    STANDARD = "standard", _("标准：新指标加一条线")
    INDICATOR = "indicator", _("指标：只算数，不划线")
    TEXT = "text", _("制度文件：贴上或上传 TOML")


class Edition(models.Model):
    """One edition of a rule that an organisation issued, as it was written.

    It holds from `from_on` until `until_on` or until the next edition begins, whichever comes first, and is never
    rewritten: it may get an end, or be withdrawn before its first day.
    """

    key = models.CharField(_("编号"), max_length=80)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="rule_editions", verbose_name=_("制定机关")
    )
    form = models.CharField(max_length=10, choices=RuleForm.choices)
    fields = models.JSONField(default=dict)
    text = models.TextField()
    examples = models.TextField(blank=True)
    from_on = models.DateField(_("起"))
    until_on = models.DateField(_("止（不含）"), null=True, blank=True)
    paper = models.CharField(_("文号"), max_length=80)
    issued_at = models.DateTimeField(_("公布时刻"), auto_now_add=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("公布人"))
    end_paper = models.CharField(_("废止文号"), max_length=80, blank=True)
    withdrawn_at = models.DateTimeField(_("撤回时刻"), null=True, blank=True)

    class Meta:
        verbose_name = _("制度版本")
        verbose_name_plural = _("制度版本")
        ordering = ["key", "from_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until_on__isnull=True) | models.Q(until_on__gt=models.F("from_on")),
                name="edition_ends_after_it_starts",
            ),
            models.UniqueConstraint(
                fields=["organisation", "key", "from_on"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="one_edition_from_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.from_on}"


class Draft(models.Model):
    """A rule, or a new edition of one (`amends` its key), that somebody is writing. Whoever may issue rules at the
    organisation finds it; `version` grows with each change, so that nobody issues what she has not read."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="rule_drafts", verbose_name=_("制定机关")
    )
    amends = models.CharField(max_length=80, blank=True)
    form = models.CharField(max_length=10, choices=RuleForm.choices)
    title = models.CharField(_("名称"), max_length=200)
    fields = models.JSONField(default=dict)
    text = models.TextField()
    examples = models.TextField(blank=True)
    from_on = models.DateField(_("起"))
    until_on = models.DateField(_("止（不含）"), null=True, blank=True)
    paper = models.CharField(_("文号"), max_length=80, blank=True)
    version = models.PositiveIntegerField(default=1)
    kept_at = models.DateTimeField(_("保存时刻"), auto_now=True)
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("起草人"))

    class Meta:
        verbose_name = _("制度草稿")
        verbose_name_plural = _("制度草稿")
        ordering = ["-kept_at"]

    def __str__(self) -> str:
        return self.title


class CalendarYear(models.Model):
    """The official calendar of a year as an operator installed it. It takes the place of the one that is shipped."""

    year = models.PositiveSmallIntegerField(_("年份"), unique=True)
    text = models.TextField()
    digest = models.CharField(max_length=64)
    installed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("工作日历")
        verbose_name_plural = _("工作日历")
        ordering = ["year"]

    def __str__(self) -> str:
        return str(self.year)
