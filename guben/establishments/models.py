"""Establishments at a territorial unit, which organisation covers them, who instructs them, which members work there.

Dated rows hold from `from_on` (included) to `until_on` (excluded, empty = still).
"""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from guben.establishments.choices import EstablishmentKind
from guben.members.models import Dated, Person
from guben.organisations.models import Organisation


class Establishment(Dated):
    """An enterprise, a social organisation or a new-field body: what is public about it, and nothing of its people."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="establishments", verbose_name=_("所在地组织")
    )
    name = models.CharField(_("名称"), max_length=120)
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, null=True, blank=True, unique=True)
    kind = models.CharField(_("类别"), max_length=24, choices=EstablishmentKind.choices)
    address = models.CharField(_("地址"), max_length=120, blank=True)
    staff_count = models.PositiveIntegerField(_("职工数"), null=True, blank=True)

    class Meta:
        verbose_name = _("单位")
        verbose_name_plural = _("单位")
        ordering = ["organisation", "name", "id"]
        indexes = [models.Index(fields=["organisation", "until_on"], name="establishment_unit")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("establishments:detail", args=[self.pk])


class Cover(Dated):
    """An establishment is covered by an organisation: its own branch, or a joint one."""

    establishment = models.ForeignKey(Establishment, models.CASCADE, related_name="covers", verbose_name=_("单位"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="covers", verbose_name=_("党组织"))

    class Meta:
        verbose_name = _("覆盖")
        verbose_name_plural = _("覆盖")
        ordering = ["establishment", "from_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["establishment"], condition=models.Q(until_on__isnull=True), name="one_open_cover"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.establishment_id} {self.from_on}"


class Instructor(Dated):
    """A member who instructs an establishment (党建指导员)."""

    establishment = models.ForeignKey(Establishment, models.CASCADE, related_name="instructors", verbose_name=_("单位"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="instructs", verbose_name=_("党建指导员"))

    class Meta:
        verbose_name = _("党建指导员")
        verbose_name_plural = _("党建指导员")
        ordering = ["establishment", "from_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["establishment"], condition=models.Q(until_on__isnull=True), name="one_open_instructor"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.establishment_id} {self.from_on}"


class Workplace(Dated):
    """A member on a roll works at an establishment."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="workplaces", verbose_name=_("党员"))
    establishment = models.ForeignKey(Establishment, models.CASCADE, related_name="workplaces", verbose_name=_("单位"))

    class Meta:
        verbose_name = _("工作单位")
        verbose_name_plural = _("工作单位")
        ordering = ["establishment", "from_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(until_on__isnull=True), name="one_open_workplace"
            ),
        ]
        indexes = [models.Index(fields=["establishment", "until_on"], name="workplace_establishment")]

    def __str__(self) -> str:
        return f"{self.establishment_id} {self.from_on}"
