"""Meetings as they were held: day, form, topic, and the roll minus exceptions. They are the only evidence."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from guben.meetings.choices import Form, Reason
from guben.members.models import Person
from guben.organisations.models import Group, Organisation


class Meeting(models.Model):
    """One meeting of one unit.

    `entitled_count` (应到) and `roll_count` (名册人数) are the roll as it was drawn up on the day of the meeting and
    belong to the minutes; who was present is `entitled_count` minus the absences of those entitled, named or not.
    `unnamed_absent_count` is for those of whom only the number is known.
    A meeting that makes up for an earlier period says so in `makes_up_on`, any day of that period.
    A wrong record is withdrawn with a reason, never deleted.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="meetings", verbose_name=_("组织"))
    group = models.ForeignKey(
        Group, models.PROTECT, null=True, blank=True, related_name="meetings", verbose_name=_("党小组")
    )
    form = models.CharField(_("什么会"), max_length=20, choices=Form.choices)
    held_on = models.DateField(_("哪天"))
    starts_at = models.TimeField(_("几点"), null=True, blank=True)
    minutes_long = models.PositiveSmallIntegerField(_("时长（分钟）"), null=True, blank=True)
    chair = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("主持人"))
    topic = models.CharField(_("议题"), max_length=200)
    minutes = models.TextField(_("记录"), blank=True)
    roll_count = models.PositiveIntegerField(_("名册人数"))
    entitled_count = models.PositiveIntegerField(_("应到"))
    unnamed_absent_count = models.PositiveIntegerField(_("没来，未写姓名"), default=0)
    makes_up_on = models.DateField(_("补哪一期"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("登记时刻"))
    recorded_on = models.DateField(_("登记日期"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("登记人")
    )
    recorded_for_unit = models.BooleanField(_("代录"), default=False)
    batch = models.UUIDField(null=True, blank=True, db_index=True, editable=False)
    withdrawn_at = models.DateTimeField(_("撤回时刻"), null=True, blank=True)
    withdrawn_reason = models.CharField(_("撤回原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("会议")
        verbose_name_plural = _("会议")
        ordering = ["-held_on", "-id"]
        indexes = [
            models.Index(fields=["organisation", "held_on"], name="meeting_unit_day"),
            models.Index(fields=["held_on", "form"], name="meeting_day_form"),
        ]

    def __str__(self) -> str:
        return f"{self.held_on} {self.get_form_display()}"

    def get_absolute_url(self) -> str:
        return reverse("meetings:detail", args=[self.pk])


class Absence(models.Model):
    """Somebody on the roll who did not come, and why. `entitled` tells whether the person counted in 应到."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="absences", verbose_name=_("会议"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="absences", verbose_name=_("谁"))
    reason = models.CharField(_("原因"), max_length=10, choices=Reason.choices)
    entitled = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("缺席")
        verbose_name_plural = _("缺席")
        constraints = [
            models.UniqueConstraint(fields=["meeting", "person"], name="absent_once_a_meeting"),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.get_reason_display()}"
