"""What transfers know beyond the cases: letters, members away as both sides registered them, batches of graduates."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from guben.meetings.models import Meeting
from guben.members.models import Contact, Person
from guben.organisations.models import Organisation
from guben.procedures.models import Case
from guben.transfers.choices import EndedBecause, RowState


class Letter(models.Model):
    """A letter of introduction of a case. One is in force at a time; the one before is void when another is issued."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="letters", verbose_name=_("办件"))
    number = models.CharField(_("介绍信编号"), max_length=40, unique=True)
    issued_by = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("开信组织"))
    receiver = models.CharField(_("开给谁"), max_length=200)
    issued_on = models.DateField(_("开信日期"))
    valid_until = models.DateField(_("有效期到"))
    received_on = models.DateField(_("接收日期"), null=True, blank=True)
    receipt_on = models.DateField(_("回执日期"), null=True, blank=True)
    void_on = models.DateField(_("作废日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("介绍信")
        verbose_name_plural = _("介绍信")
        ordering = ["case", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(void_on__isnull=True), name="one_letter_in_force"),
            models.CheckConstraint(condition=Q(valid_until__gte=models.F("issued_on")), name="letter_valid_after"),
        ]

    def __str__(self) -> str:
        return self.number


class Stay(models.Model):
    """What both sides write of somebody away: who keeps contact, and how it ended."""

    contact_person = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("联系人")
    )
    ended_on = models.DateField(_("结束日期"), null=True, blank=True)
    ended_because = models.CharField(_("为什么结束"), max_length=12, choices=EndedBecause.choices, blank=True)
    recorded_at = models.DateTimeField(_("登记时刻"), auto_now_add=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class Outflow(Stay):
    """A member away, as the home branch registered it: since when, where, until when, who keeps contact (M3.5)."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="outflows", verbose_name=_("人员"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="outflows", verbose_name=_("流出地支部")
    )
    from_on = models.DateField(_("什么时候外出"))
    expected_until = models.DateField(_("预计什么时候回来"), null=True, blank=True)
    place = models.CharField(_("去了哪里"), max_length=60)
    workplace = models.CharField(_("在那里做什么"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("流出登记")
        verbose_name_plural = _("流出登记")
        ordering = ["organisation", "from_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(ended_on__isnull=True), name="one_open_outflow"),
        ]
        indexes = [models.Index(fields=["organisation", "ended_on"], name="outflow_unit")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.from_on}"


class Inflow(Stay):
    """A member from elsewhere, as the branch on the spot registered it. Matched with what the home branch registered;
    somebody who is not in Guben, or whom home has not registered, stays unmatched and is listed on the sides known."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="inflows", verbose_name=_("流入地支部"))
    person = models.ForeignKey(
        Person, models.CASCADE, null=True, blank=True, related_name="inflows", verbose_name=_("人员")
    )
    name = models.CharField(_("姓名"), max_length=60)
    home_words = models.CharField(_("组织关系在哪里"), max_length=120)
    home = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("流出地支部")
    )
    outflow = models.OneToOneField(
        Outflow, models.SET_NULL, null=True, blank=True, related_name="inflow", verbose_name=_("流出登记")
    )
    from_on = models.DateField(_("什么时候来报到"))

    class Meta:
        verbose_name = _("流入登记")
        verbose_name_plural = _("流入登记")
        ordering = ["organisation", "from_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(ended_on__isnull=True, person__isnull=False),
                name="one_open_inflow",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "ended_on"], name="inflow_unit")]

    def __str__(self) -> str:
        return f"{self.name} {self.from_on}"


class GuestAttendance(models.Model):
    """Whether a guest was invited to a meeting of the host and came. Counts at home as organisational life, and as a
    contact with whoever is known (`contact`)."""

    inflow = models.ForeignKey(Inflow, models.CASCADE, related_name="attendances", verbose_name=_("流入登记"))
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="guests", verbose_name=_("会议"))
    present = models.BooleanField(_("到会"))
    contact = models.OneToOneField(
        Contact, models.SET_NULL, null=True, blank=True, related_name="attendance", editable=False
    )
    recorded_at = models.DateTimeField(_("登记时刻"), auto_now=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("流动党员参会")
        verbose_name_plural = _("流动党员参会")
        constraints = [models.UniqueConstraint(fields=["inflow", "meeting"], name="guest_once_a_meeting")]

    def __str__(self) -> str:
        return f"{self.inflow_id} {self.meeting_id}"


class Batch(models.Model):
    """Many transfers from one list, such as graduates: one list, many receivers."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("转出组织"))
    title = models.CharField(_("名称"), max_length=80)
    valid_days = models.PositiveSmallIntegerField(_("介绍信有效期（天）"))
    cause = models.CharField(_("为什么转"), max_length=40)
    begun_on = models.DateField(_("开始日期"))
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("登记人"))

    class Meta:
        verbose_name = _("批量转接")
        verbose_name_plural = _("批量转接")
        ordering = ["-begun_on", "-id"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("transfers:batch", args=[self.pk])


class BatchRow(models.Model):
    """One person of a batch. A row that fails keeps its reason and can be tried again."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="rows", verbose_name=_("批量转接"))
    number = models.PositiveIntegerField(_("行号"))
    name = models.CharField(_("姓名"), max_length=60)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("人员"))
    receiver = models.CharField(_("接收组织"), max_length=200)
    outside = models.CharField(_("系统外接收组织"), max_length=200, blank=True)
    case = models.ForeignKey(Case, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("办件"))
    state = models.CharField(_("情况"), max_length=10, choices=RowState.choices, default=RowState.WAITING)
    reason = models.CharField(_("为什么没有办成"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("批量转接的一行")
        verbose_name_plural = _("批量转接的行")
        ordering = ["batch", "number"]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="batch_row_once")]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.number}"
