"""One balance for each member and year, the decisions behind its months, the payments, and the year's publication."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from guben.dues.choices import MONTHS, PaymentKind
from guben.members.models import Person
from guben.organisations.models import Organisation


class Balance(models.Model):
    """A member's year: what each month owes, in cents (0 = nothing: exempt, or not yet a member)."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="dues", verbose_name=_("党员"))
    year = models.PositiveSmallIntegerField(_("年度"))
    band = models.CharField(_("档次"), max_length=40)
    due_01 = models.PositiveIntegerField(_("1月"), default=0)
    due_02 = models.PositiveIntegerField(_("2月"), default=0)
    due_03 = models.PositiveIntegerField(_("3月"), default=0)
    due_04 = models.PositiveIntegerField(_("4月"), default=0)
    due_05 = models.PositiveIntegerField(_("5月"), default=0)
    due_06 = models.PositiveIntegerField(_("6月"), default=0)
    due_07 = models.PositiveIntegerField(_("7月"), default=0)
    due_08 = models.PositiveIntegerField(_("8月"), default=0)
    due_09 = models.PositiveIntegerField(_("9月"), default=0)
    due_10 = models.PositiveIntegerField(_("10月"), default=0)
    due_11 = models.PositiveIntegerField(_("11月"), default=0)
    due_12 = models.PositiveIntegerField(_("12月"), default=0)

    class Meta:
        verbose_name = _("党费台账")
        verbose_name_plural = _("党费台账")
        ordering = ["-year", "person"]
        constraints = [models.UniqueConstraint(fields=["person", "year"], name="one_balance_a_year")]
        indexes = [models.Index(fields=["year", "person"], name="dues_year_person")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.year}"

    def get_absolute_url(self) -> str:
        return f"{reverse('dues:account', args=[self.person_id])}?year={self.year}"

    @property
    def months(self) -> tuple[int, ...]:
        """What each of the twelve months owes, January first."""
        return tuple(getattr(self, due_field(month)) for month in MONTHS)

    def set_months(self, first: int, last: int, cents: int) -> None:
        """Lets each month from `first` to `last`, both included, owe so much."""
        for month in range(first, last + 1):
            setattr(self, due_field(month), cents)


def due_field(month: int) -> str:
    """The column of a month."""
    return f"due_{month:02d}"


class Decision(models.Model):
    """From which month of the year a member's standard is so much, in which band, and on which paper."""

    balance = models.ForeignKey(Balance, models.CASCADE, related_name="decisions", verbose_name=_("台账"))
    from_month = models.PositiveSmallIntegerField(_("从几月起"))
    monthly_cents = models.PositiveIntegerField(_("每月（分）"))
    band = models.CharField(_("档次"), max_length=40)
    paper = models.CharField(_("批复文号"), max_length=80, blank=True)
    recorded_at = models.DateTimeField(_("登记时刻"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("登记人")
    )

    class Meta:
        verbose_name = _("党费核定")
        verbose_name_plural = _("党费核定")
        ordering = ["balance", "id"]

    def __str__(self) -> str:
        return f"{self.balance_id} {self.from_month}"


class Payment(models.Model):
    """An amount that was taken, or its counter-entry (negative, `corrects` names what it takes back)."""

    balance = models.ForeignKey(Balance, models.PROTECT, related_name="payments", verbose_name=_("台账"))
    kind = models.CharField(_("款项"), max_length=8, choices=PaymentKind.choices, default=PaymentKind.DUES)
    amount_cents = models.IntegerField(_("金额（分）"))
    paid_on = models.DateField(_("交款日期"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("收缴组织"))
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="corrected_by", verbose_name=_("冲销")
    )
    note = models.CharField(_("说明"), max_length=200, blank=True)
    recorded_at = models.DateTimeField(_("登记时刻"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("经手人")
    )

    class Meta:
        verbose_name = _("交款")
        verbose_name_plural = _("交款")
        ordering = ["paid_on", "id"]
        constraints = [models.CheckConstraint(condition=~models.Q(amount_cents=0), name="payment_is_not_nought")]
        indexes = [models.Index(fields=["balance", "kind", "paid_on"], name="payment_balance_day")]

    def __str__(self) -> str:
        return f"{self.balance_id} {self.paid_on} {self.amount_cents}"


class Publication(models.Model):
    """A branch made a year's collection public to its members (公布)."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="dues_publications", verbose_name=_("党支部")
    )
    year = models.PositiveSmallIntegerField(_("年度"))
    published_on = models.DateField(_("公布日期"))
    way = models.CharField(_("方式"), max_length=60, blank=True)
    recorded_at = models.DateTimeField(_("登记时刻"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("登记人")
    )

    class Meta:
        verbose_name = _("党费公布")
        verbose_name_plural = _("党费公布")
        ordering = ["-published_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "year", "published_on"], name="published_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.published_on}"
