"""People, and what is dated about them: stage, affiliation, standing, contacts, posts held.

Dated rows hold from `from_on` (included) to `until_on` (excluded, empty = still).
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from guben.members.choices import EDUCATION, ETHNICITY, ContactWay, Degree, Occupation, Sex, StageKind, StandingKind
from guben.organisations.choices import PostKind
from guben.organisations.models import Group, Organisation, Post


class Person(models.Model):
    """A person on a roll. Identity number, telephone and addresses (where one lives, where one is registered) are
    encrypted; the indexes are keyed hashes."""

    name = models.CharField(_("姓名"), max_length=60)
    sex = models.CharField(_("性别"), max_length=1, choices=Sex.choices)
    born_on = models.DateField(_("出生日期"))
    ethnicity = models.CharField(_("民族"), max_length=2, choices=list(ETHNICITY.items()), default="01")
    education = models.CharField(_("学历"), max_length=2, choices=list(EDUCATION.items()), blank=True)
    occupation = models.CharField(_("工作岗位"), max_length=16, choices=Occupation.choices, blank=True)
    id_number_cipher = models.BinaryField(null=True, blank=True, editable=False)
    id_number_index = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    id_number_mask = models.CharField(_("公民身份号码"), max_length=20, blank=True, editable=False)
    phone_cipher = models.BinaryField(null=True, blank=True, editable=False)
    phone_index = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    phone_mask = models.CharField(_("手机号码"), max_length=20, blank=True, editable=False)
    pinyin = models.CharField(max_length=120, blank=True, db_index=True, editable=False)
    initials = models.CharField(max_length=20, blank=True, db_index=True, editable=False)
    degree = models.CharField(_("学位"), max_length=1, choices=Degree.choices, blank=True)
    stratum = models.CharField(_("新社会阶层类型"), max_length=40, blank=True)
    professional_post = models.CharField(_("从事专业技术职务"), max_length=40, blank=True)
    is_migrant_worker = models.BooleanField(_("是否农民工"), null=True, blank=True)
    service_correction = models.SmallIntegerField(_("党龄校正值"), null=True, blank=True)
    home_cipher = models.BinaryField(null=True, blank=True, editable=False)
    domicile_cipher = models.BinaryField(null=True, blank=True, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="person", verbose_name=_("用户")
    )

    class Meta:
        verbose_name = _("人员")
        verbose_name_plural = _("人员")
        indexes = [models.Index(fields=["name"], name="person_name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("members:person", args=[self.pk])


class Dated(models.Model):
    """A span of days: from `from_on` to the day before `until_on`."""

    from_on = models.DateField(_("起"))
    until_on = models.DateField(_("止（不含）"), null=True, blank=True)

    class Meta:
        abstract = True


class Stage(Dated):
    """What a person was on the way to, and as, a member (M3.2)."""

    person = models.ForeignKey(
        Person, models.CASCADE, related_name="stages", db_index=False, verbose_name=_("人员")
    )  # stage_person_kind serves it
    kind = models.CharField(_("人员类别"), max_length=12, choices=StageKind.choices)

    class Meta:
        verbose_name = _("阶段")
        verbose_name_plural = _("阶段")
        ordering = ["person", "from_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(until_on__isnull=True), name="one_open_stage"
            ),
        ]
        indexes = [models.Index(fields=["person", "kind", "from_on"], name="stage_person_kind")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.from_on}"


class Affiliation(Dated):
    """To which unit a person belongs: at any moment to exactly one."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="affiliations", verbose_name=_("人员"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="affiliations", db_index=False, verbose_name=_("党支部")
    )  # affiliation_unit serves it
    group = models.ForeignKey(
        Group, models.PROTECT, null=True, blank=True, related_name="affiliations", verbose_name=_("党小组")
    )

    class Meta:
        verbose_name = _("组织关系")
        verbose_name_plural = _("组织关系")
        ordering = ["person", "from_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(until_on__isnull=True), name="one_open_affiliation"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "until_on", "person"], name="affiliation_unit")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.from_on}"


class Standing(Dated):
    """Where and how a member takes part, and who keeps contact (M3.5, M3.6)."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="standings", verbose_name=_("人员"))
    kind = models.CharField(_("在册情况"), max_length=20, choices=StandingKind.choices)
    contact_person = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("联系人")
    )
    place = models.CharField(_("去向"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("在册情况")
        verbose_name_plural = _("在册情况")
        ordering = ["person", "from_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(until_on__isnull=True), name="one_open_standing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.from_on}"


class Contact(models.Model):
    """One contact with a member who cannot come: a visit, a call, a message (M3.6)."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="contacts", verbose_name=_("人员"))
    contacted_on = models.DateField(_("联系日期"))
    way = models.CharField(_("方式"), max_length=10, choices=ContactWay.choices)
    note = models.CharField(_("情况"), max_length=200, blank=True)
    recorded_at = models.DateTimeField(_("登记时刻"), auto_now_add=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("登记人")
    )

    class Meta:
        verbose_name = _("联系记录")
        verbose_name_plural = _("联系记录")
        ordering = ["-contacted_on", "-id"]
        indexes = [models.Index(fields=["person", "-contacted_on"], name="contact_person_day")]

    def __str__(self) -> str:
        return f"{self.contacted_on} {self.get_way_display()}"


class Holding(Dated):
    """A person holds a post."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="holdings", verbose_name=_("人员"))
    post = models.ForeignKey(Post, models.PROTECT, related_name="holdings", verbose_name=_("岗位"))

    class Meta:
        verbose_name = _("任职")
        verbose_name_plural = _("任职")
        ordering = ["post", "-from_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["post"], condition=models.Q(until_on__isnull=True), name="one_holder_a_post"
            ),
        ]
        indexes = [models.Index(fields=["person", "until_on"], name="holding_person")]

    def __str__(self) -> str:
        return f"{self.post_id} {self.from_on}"


class Secondment(models.Model):
    """A cadre sent down (下派): the holder of a post comes from another unit for a term (M2.2)."""

    holding = models.OneToOneField(Holding, models.CASCADE, related_name="secondment", verbose_name=_("任职"))
    sent_by = models.ForeignKey(Organisation, models.PROTECT, related_name="sent_down", verbose_name=_("派出单位"))
    ends_on = models.DateField(_("下派期满"))

    class Meta:
        verbose_name = _("下派")
        verbose_name_plural = _("下派")

    def __str__(self) -> str:
        return f"{self.holding_id} {self.ends_on}"


class ReserveEntry(Dated):
    """A person on the list of reserve cadres (后备干部) of a unit, for a post (M2.2)."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="reserve_entries", verbose_name=_("人员"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="reserve_entries", verbose_name=_("组织")
    )
    post_kind = models.CharField(_("培养方向"), max_length=24, choices=PostKind.choices)
    reason = models.CharField(_("列入理由"), max_length=200)
    decided_by = models.CharField(_("由谁决定"), max_length=120)
    ended_because = models.CharField(_("移出原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("后备干部")
        verbose_name_plural = _("后备干部")
        ordering = ["organisation", "from_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "person", "post_kind"],
                condition=models.Q(until_on__isnull=True),
                name="once_on_the_reserve_list",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "until_on"], name="reserve_unit")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.get_post_kind_display()}"
