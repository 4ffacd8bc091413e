"""Cases that run through a procedure: what was begun, what was done, counted and handed in. Entries are only added."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from guben.meetings.models import Meeting
from guben.members.models import Person
from guben.organisations.models import Organisation
from guben.procedures.choices import PaperState, ReminderKind
from guben.publication.models import Notice


class Case(models.Model):
    """One run of a procedure, about a person, a unit or a matter.

    `step`, `actor`, `opens_on`, `due_on` and `edition` say where the case stands. They follow from the entries and the
    rules, are written by every action, and `guben case check` works them out anew. A case without `ended_on` is open.
    `once_about` names whom an open case is about where there may be one only.
    """

    number = models.CharField(_("办件编号"), max_length=40, unique=True)
    procedure = models.CharField(_("程序"), max_length=80)
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="cases", verbose_name=_("人员")
    )
    title = models.CharField(_("事由"), max_length=120)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="cases", verbose_name=_("承办组织"))
    host = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="hosted_cases", verbose_name=_("接收组织")
    )
    begun_on = models.DateField(_("开始日期"))
    begun_at = models.DateTimeField(_("登记时刻"))
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("登记人"))
    step = models.CharField(_("当前步骤"), max_length=80, blank=True, editable=False)
    edition = models.CharField(_("适用版本"), max_length=80, blank=True, editable=False)
    actor = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", editable=False, verbose_name=_("谁办")
    )
    opens_on = models.DateField(_("最早"), null=True, blank=True, editable=False)
    due_on = models.DateField(_("期限"), null=True, blank=True, editable=False)
    ended_on = models.DateField(_("办结日期"), null=True, blank=True)
    ended_as = models.CharField(_("办结结果"), max_length=80, blank=True)
    once_about = models.CharField(max_length=24, null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("办件")
        verbose_name_plural = _("办件")
        ordering = ["-begun_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["procedure", "once_about"], name="one_open_case_about_one"),
            models.CheckConstraint(
                condition=models.Q(ended_on__isnull=True) | models.Q(once_about__isnull=True),
                name="ended_case_blocks_none",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "ended_on", "due_on"], name="case_unit_due"),
            models.Index(fields=["host", "ended_on", "due_on"], name="case_host_due"),
            models.Index(fields=["actor", "ended_on", "due_on"], name="case_actor_due"),
            models.Index(fields=["procedure", "ended_on", "step"], name="case_procedure_step"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("procedures:case", args=[self.pk])


class Entry(models.Model):
    """One thing done in a case: a step taken, returned, examined again, withdrawn or corrected. Never changed.

    `number` counts within the case. `edition` is the edition of the procedure under which it was done. `values` holds
    what was filled in, persons and units by their ids. An entry that `corrects` another one takes its place; with the
    outcome `taken_back` it only takes it away. `days_since` counts from the entry before (or the beginning) and
    `days_late` from the last day allowed, as they were when it was recorded.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="entries", verbose_name=_("办件"))
    number = models.PositiveIntegerField(_("序号"))
    step = models.CharField(_("步骤"), max_length=80)
    outcome = models.CharField(_("结果"), max_length=80)
    edition = models.CharField(_("适用版本"), max_length=80)
    done_on = models.DateField(_("哪天"))
    recorded_on = models.DateField(_("登记日期"))
    recorded_at = models.DateTimeField(_("登记时刻"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("登记人")
    )
    acted_at = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("谁办"))
    recorded_for_unit = models.BooleanField(_("代录"), default=False)
    days_since = models.IntegerField(_("距上一步几天"), default=0, editable=False)
    days_late = models.PositiveIntegerField(_("晚几天"), default=0, editable=False)
    reason = models.CharField(_("说明"), max_length=500, blank=True)
    values = models.JSONField(_("填写内容"), default=dict, blank=True)
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="case_entries", verbose_name=_("会议")
    )
    notice = models.ForeignKey(
        Notice, models.PROTECT, null=True, blank=True, related_name="case_entries", verbose_name=_("公示")
    )
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="corrected_by", verbose_name=_("更正")
    )

    class Meta:
        verbose_name = _("经过")
        verbose_name_plural = _("经过")
        ordering = ["case", "number"]
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="entry_number_once")]
        indexes = [models.Index(fields=["step", "done_on"], name="entry_step_day")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.number} {self.step}"


class Count(models.Model):
    """A paper count of one teller. Two that agree make the result of a vote; two that differ are both set aside.

    Entitled ≥ present ≥ cast = for + against + abstained + invalid.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="counts", verbose_name=_("办件"))
    step = models.CharField(_("步骤"), max_length=80)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="counts", verbose_name=_("会议"))
    teller = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("计票人"))
    cast = models.PositiveIntegerField(_("收回票"))
    in_favour = models.PositiveIntegerField(_("赞成"))
    against = models.PositiveIntegerField(_("反对"))
    abstained = models.PositiveIntegerField(_("弃权"))
    invalid = models.PositiveIntegerField(_("无效"))
    entered_at = models.DateTimeField(_("登记时刻"))
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("登记人"))
    entry = models.ForeignKey(
        Entry, models.PROTECT, null=True, blank=True, related_name="counts", verbose_name=_("经过")
    )
    set_aside_at = models.DateTimeField(_("作废时刻"), null=True, blank=True)

    class Meta:
        verbose_name = _("计票")
        verbose_name_plural = _("计票")
        ordering = ["case", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    cast=models.F("in_favour") + models.F("against") + models.F("abstained") + models.F("invalid")
                ),
                name="count_adds_up",
            ),
            models.UniqueConstraint(
                fields=["case", "step", "teller"],
                condition=models.Q(set_aside_at__isnull=True, entry__isnull=True),
                name="one_count_a_teller",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.step} {self.teller_id}"


class Paper(models.Model):
    """A paper of a case: an original that was received, a file that was handed in, or one produced from the case.

    A produced paper is kept as it was issued; `digest` (SHA-256) tells whether a file is still that one, and who holds
    a print finds it by its `check_code`. `outdated_by` is the correction after which it would read otherwise.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="papers", verbose_name=_("办件"))
    entry = models.ForeignKey(
        Entry, models.PROTECT, null=True, blank=True, related_name="papers", verbose_name=_("经过")
    )
    step = models.CharField(_("步骤"), max_length=80)
    key = models.CharField(_("材料"), max_length=80)
    number = models.CharField(_("文号"), max_length=60, blank=True)
    state = models.CharField(_("怎样收存"), max_length=10, choices=PaperState.choices)
    dated_on = models.DateField(_("落款日期"))
    kept_where = models.CharField(_("原件在哪"), max_length=120, blank=True)
    file = models.CharField(_("文件"), max_length=200, blank=True, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    check_code = models.CharField(_("核对码"), max_length=16, unique=True, null=True, blank=True, editable=False)
    outdated_by = models.ForeignKey(
        Entry,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="outdated_papers",
        verbose_name=_("因哪条更正作废"),
    )
    made_at = models.DateTimeField(_("登记时刻"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("登记人"))
    withdrawn_at = models.DateTimeField(_("撤回时刻"), null=True, blank=True)
    withdrawn_reason = models.CharField(_("撤回原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("材料")
        verbose_name_plural = _("材料")
        ordering = ["case", "id"]
        indexes = [models.Index(fields=["case", "key"], name="paper_case_key")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.key}"

    @property
    def counts(self) -> bool:
        """Neither withdrawn nor out of date."""
        return self.withdrawn_at is None and self.outdated_by_id is None


class Held(models.Model):
    """A case that may not go on for a while, and by what. It runs out by itself: nobody can block a case for ever."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="holds", verbose_name=_("办件"))
    reason = models.CharField(_("为什么停"), max_length=200)
    from_on = models.DateField(_("起"))
    until_on = models.DateField(_("最晚到（不含）"))
    ended_on = models.DateField(_("解除日期"), null=True, blank=True)
    ended_reason = models.CharField(_("为什么恢复"), max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("登记人")
    )
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("解除人")
    )

    class Meta:
        verbose_name = _("暂停")
        verbose_name_plural = _("暂停")

    def __str__(self) -> str:
        return f"{self.case_id} {self.from_on}"


class Reminder(models.Model):
    """A deadline that comes near or has passed, noted by night: for who acts, and for the level that supervises."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="reminders", verbose_name=_("办件"))
    step = models.CharField(_("步骤"), max_length=80)
    kind = models.CharField(_("什么提醒"), max_length=8, choices=ReminderKind.choices)
    due_on = models.DateField(_("期限"))
    actor = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="+", verbose_name=_("谁办"))
    supervisor = models.ForeignKey(
        Organisation, models.CASCADE, null=True, related_name="+", verbose_name=_("督促组织")
    )
    noted_on = models.DateField(_("哪天"))

    class Meta:
        verbose_name = _("办件提醒")
        verbose_name_plural = _("办件提醒")
        constraints = [
            models.UniqueConstraint(fields=["case", "step", "due_on", "kind"], name="reminded_once"),
        ]
        indexes = [
            models.Index(fields=["actor", "noted_on"], name="case_reminder_actor"),
            models.Index(fields=["supervisor", "noted_on"], name="case_reminder_supervisor"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.step} {self.kind}"


class Numbering(models.Model):
    """The last number given in a series, such as the cases of a procedure in a year."""

    series = models.CharField(max_length=80, unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.series} {self.last}"
