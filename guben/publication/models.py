"""What a unit makes public, and the objections to it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from guben.members.models import Person
from guben.organisations.models import Organisation
from guben.publication.choices import Audience, Finding, Way


class Notice(models.Model):
    """A public notice (公示): who hangs it, for whom, for how many working days, and where objections go.

    `lines` are the pairs of words it shows, with no more about a person than it must. `term_ends_on` is its last day,
    worked out from the official calendar on the day it was posted. After its term it is shown no longer and kept in the
    file. `signed_as` is what the unit was called when it posted it, and stays so on the print and on the page that
    checks it, whatever becomes of the unit meanwhile. Objections go to who holds the role `objections_to` at
    `objections_at`, and are answered within `answer_days` working days.
    """

    number = models.CharField(_("公示编号"), max_length=40, unique=True)
    check_code = models.CharField(max_length=16, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="notices", verbose_name=_("公示组织"))
    signed_as = models.CharField(_("落款"), max_length=120, blank=True, editable=False)
    title = models.CharField(_("标题"), max_length=120)
    text = models.TextField(_("正文"))
    lines = models.JSONField(_("内容"), default=list, blank=True)
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="notices", verbose_name=_("公示对象")
    )
    audience = models.CharField(_("对谁公开"), max_length=10, choices=Audience.choices)
    working_days = models.PositiveSmallIntegerField(_("工作日"))
    posted_on = models.DateField(_("贴出日期"))
    term_ends_on = models.DateField(_("满期日期"), editable=False)
    places = models.JSONField(_("张贴地点"), default=list, blank=True)
    objections_to = models.CharField(_("谁受理反映"), max_length=40)
    objections_at = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("受理反映的组织"))
    answer_days = models.PositiveSmallIntegerField(_("几个工作日内答复"), default=10)
    channel = models.CharField(_("反映渠道"), max_length=200, blank=True)
    source = models.CharField(_("依据"), max_length=200, blank=True)
    posted_at = models.DateTimeField(_("登记时刻"))
    posted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("登记人"))
    taken_down_on = models.DateField(_("撤下日期"), null=True, blank=True)
    taken_down_reason = models.CharField(_("撤下原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("公示")
        verbose_name_plural = _("公示")
        ordering = ["-posted_on", "-id"]
        indexes = [
            models.Index(fields=["organisation", "term_ends_on"], name="notice_unit_term"),
            models.Index(fields=["objections_at", "term_ends_on"], name="notice_answers_term"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(term_ends_on__gte=models.F("posted_on")), name="notice_ends_after_it_hangs"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def signature(self) -> str:
        """The unit as the print names it."""
        return self.signed_as or self.organisation.name

    @property
    def is_carried(self) -> bool:
        """Has the unit another name now than on the print: renamed, merged, split?"""
        return self.signature != self.organisation.name

    def get_absolute_url(self) -> str:
        return reverse("publication:notice", args=[self.pk])


class Objection(models.Model):
    """An objection to a notice. Its words and its author are sealed and open only to those who answer it.

    The author gets a receipt, of which only the hash is kept, and reads with it what became of the objection.
    """

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="objections", verbose_name=_("公示"))
    number = models.CharField(_("反映编号"), max_length=50, unique=True)
    receipt_hash = models.CharField(max_length=64, unique=True, editable=False)
    received_on = models.DateField(_("收到日期"))
    way = models.CharField(_("方式"), max_length=10, choices=Way.choices)
    text_cipher = models.BinaryField(editable=False)
    author_cipher = models.BinaryField(null=True, blank=True, editable=False)
    due_on = models.DateField(_("答复期限"))
    recorded_at = models.DateTimeField(_("登记时刻"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("登记人")
    )
    decided_on = models.DateField(_("处理日期"), null=True, blank=True)
    finding = models.CharField(_("处理结果"), max_length=12, choices=Finding.choices, blank=True)
    answer_cipher = models.BinaryField(null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("处理人")
    )

    class Meta:
        verbose_name = _("反映")
        verbose_name_plural = _("反映")
        ordering = ["notice", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decided_on__isnull=True, finding="")
                | models.Q(decided_on__isnull=False) & ~models.Q(finding=""),
                name="objection_decided_with_finding",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Publication(models.Model):
    """Something a unit has made public under the publication catalogue (党务公开), for a period, until a day."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="publications", verbose_name=_("公开组织")
    )
    rule = models.CharField(_("公开事项"), max_length=80, blank=True)
    title = models.CharField(_("标题"), max_length=120)
    text = models.TextField(_("正文"))
    audience = models.CharField(_("对谁公开"), max_length=10, choices=Audience.choices)
    published_on = models.DateField(_("公开日期"))
    counts_on = models.DateField(_("属于哪一期"))
    until_on = models.DateField(_("撤下日期（不含）"), null=True, blank=True)
    recorded_on = models.DateField(_("登记日期"))
    published_at = models.DateTimeField(_("登记时刻"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("登记人")
    )
    recorded_for_unit = models.BooleanField(_("代录"), default=False)
    withdrawn_on = models.DateField(_("撤回日期"), null=True, blank=True)
    withdrawn_reason = models.CharField(_("撤回原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("公开")
        verbose_name_plural = _("公开")
        ordering = ["-published_on", "-id"]
        indexes = [
            models.Index(fields=["organisation", "rule", "counts_on"], name="publication_unit_rule"),
            models.Index(fields=["organisation", "until_on"], name="publication_unit_until"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("publication:publication", args=[self.pk])
