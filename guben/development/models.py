"""What the development of members knows beyond the cases: applications, ties, plans, samples."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from guben.development.choices import Channel, Found, Recommended, TieKind
from guben.members.models import Person
from guben.organisations.models import Organisation
from guben.procedures.models import Case


class Application(models.Model):
    """What a case of development says of its applicant. Taken from the steps' fields, never asked twice.

    The days are those on which the case made the person what he or she became; the stages of `members` follow them.
    """

    case = models.OneToOneField(Case, models.CASCADE, related_name="application", verbose_name=_("办件"))
    channel = models.CharField(_("发展渠道"), max_length=16, choices=Channel.choices, blank=True)
    recommended_by = models.CharField(_("谁推荐"), max_length=10, choices=Recommended.choices, blank=True)
    applied_on = models.DateField(_("申请日期"))
    activist_on = models.DateField(_("确定为积极分子"), null=True, blank=True)
    candidate_on = models.DateField(_("确定为发展对象"), null=True, blank=True)
    admitted_on = models.DateField(_("接收为预备党员"), null=True, blank=True)
    probation_ends_on = models.DateField(_("预备期满"), null=True, blank=True)
    is_extended = models.BooleanField(_("延长过预备期"), default=False)
    full_on = models.DateField(_("转正日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("入党申请")
        verbose_name_plural = _("入党申请")
        indexes = [models.Index(fields=["admitted_on"], name="application_admitted")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.applied_on}"


class Tie(models.Model):
    """A person who is something to an applicant: keeps contact, introduces, or is named as a relative."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="ties", verbose_name=_("入党申请"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="ties", verbose_name=_("人员"))
    kind = models.CharField(_("关系"), max_length=10, choices=TieKind.choices)
    from_on = models.DateField(_("起"))
    until_on = models.DateField(_("止（不含）"), null=True, blank=True)

    class Meta:
        verbose_name = _("有关人员")
        verbose_name_plural = _("有关人员")
        ordering = ["application", "kind", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "person", "kind"], condition=Q(until_on__isnull=True), name="one_tie_of_a_kind"
            ),
        ]
        indexes = [models.Index(fields=["person", "kind"], name="tie_person_kind")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.person_id}"


class Quota(models.Model):
    """How many a unit may admit in a year, as its superior decided. A later decision takes the place of this one,
    which is kept."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="quotas", verbose_name=_("组织"))
    given_by = models.ForeignKey(Organisation, models.PROTECT, related_name="given_quotas", verbose_name=_("下达组织"))
    year = models.PositiveSmallIntegerField(_("年度"))
    places = models.PositiveIntegerField(_("名额"))
    paper = models.CharField(_("依据文号"), max_length=120, blank=True)
    recorded_on = models.DateField(_("登记日期"))
    recorded_at = models.DateTimeField(_("登记时刻"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("登记人")
    )
    is_current = models.BooleanField(default=True, editable=False)

    class Meta:
        verbose_name = _("发展计划")
        verbose_name_plural = _("发展计划")
        ordering = ["year", "organisation", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "year"], condition=Q(is_current=True), name="one_quota_a_year"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.year} {self.places}"


class Sample(models.Model):
    """Cases drawn by lot for investigators (抽查). Whoever has the seed and the list of cases draws the same ones."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="samples", verbose_name=_("组织"))
    seed = models.CharField(_("抽签号"), max_length=40)
    size = models.PositiveSmallIntegerField(_("抽几件"))
    from_on = models.DateField(_("从哪天"))
    until_on = models.DateField(_("到哪天"))
    population = models.PositiveIntegerField(_("从几件中抽"), editable=False)
    drawn_on = models.DateField(_("抽取日期"))
    drawn_at = models.DateTimeField(_("抽取时刻"))
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("抽取人"))
    investigators = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="Investigator", related_name="samples", verbose_name=_("核查人")
    )
    closed_on = models.DateField(_("结束日期"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("结束人")
    )
    conclusion = models.CharField(_("结论"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("抽查")
        verbose_name_plural = _("抽查")
        ordering = ["-drawn_at", "-id"]

    def __str__(self) -> str:
        return f"{self.drawn_on} {self.seed}"

    def get_absolute_url(self) -> str:
        return reverse("development:sample", args=[self.pk])


class Investigator(models.Model):
    """Who looks at the cases of a sample."""

    sample = models.ForeignKey(Sample, models.CASCADE, related_name="named", verbose_name=_("抽查"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("核查人"))

    class Meta:
        verbose_name = _("核查人")
        verbose_name_plural = _("核查人")
        ordering = ["sample", "id"]
        constraints = [models.UniqueConstraint(fields=["sample", "user"], name="investigator_once")]

    def __str__(self) -> str:
        return f"{self.sample_id} {self.user_id}"


class SampledCase(models.Model):
    """A case of a sample, and what was found in it."""

    sample = models.ForeignKey(Sample, models.CASCADE, related_name="cases", verbose_name=_("抽查"))
    case = models.ForeignKey(Case, models.PROTECT, related_name="samples", verbose_name=_("办件"))
    place = models.PositiveSmallIntegerField(_("签序"))
    found = models.CharField(_("核查结果"), max_length=10, choices=Found.choices, blank=True)
    note = models.CharField(_("情况"), max_length=500, blank=True)
    found_on = models.DateField(_("核查日期"), null=True, blank=True)
    found_at = models.DateTimeField(_("登记时刻"), null=True, blank=True)
    found_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("核查人")
    )

    class Meta:
        verbose_name = _("抽中的办件")
        verbose_name_plural = _("抽中的办件")
        ordering = ["sample", "place"]
        constraints = [
            models.UniqueConstraint(fields=["sample", "case"], name="sampled_once"),
            models.UniqueConstraint(fields=["sample", "place"], name="one_case_a_place"),
        ]

    def __str__(self) -> str:
        return f"{self.sample_id} {self.place}"
