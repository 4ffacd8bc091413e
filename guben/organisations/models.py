"""The tree of units with its acts, posts, teams, groups and sites, all with dates.

Dated rows hold from `from_on` (included) to `until_on` (excluded, empty = still).
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from guben.house.byte_order import ByteOrderedField
from guben.organisations.choices import ActKind, Condition, Field, Kind, PostKind, Tenure, Territory


class Organisation(models.Model):
    """A unit. Its code never changes; what may change stands in `Placement`, of which the columns from
    `parent` to `territory` are today's copy (rebuilt and checked by `guben doctor`)."""

    code = models.CharField(_("代码"), max_length=32, unique=True)
    founded_on = models.DateField(_("成立日期"))
    dissolved_on = models.DateField(_("撤销日期"), null=True, blank=True)
    kept_from = models.DateField(_("建账日"), null=True, blank=True, help_text=_("此前的职责不算逾期，只算未建账。"))
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        db_index=False,  # organisation_parent_path serves it
        verbose_name=_("上级组织"),
    )
    path = ByteOrderedField(max_length=80, unique=True, editable=False)
    name = models.CharField(_("名称"), max_length=120)
    short_name = models.CharField(_("简称"), max_length=40)
    kind = models.CharField(_("组织类别"), max_length=20, choices=Kind.choices)
    field = models.CharField(_("所属领域"), max_length=24, choices=Field.choices)
    territory = models.CharField(_("所在层级"), max_length=12, choices=Territory.choices, blank=True)
    succeeded_on = models.DateField(
        _("承接日期"), null=True, blank=True, editable=False, help_text=_("最近一次合并或拆分后承接原组织的那天。")
    )

    class Meta:
        verbose_name = _("组织")
        verbose_name_plural = _("组织")
        ordering = ["path"]
        indexes = [models.Index(fields=["parent", "path"], name="organisation_parent_path")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("home:unit", args=[self.code])


class Act(models.Model):
    """A change of the tree with its paper: found, rename, move, merge, split, dissolve.

    A wrong act is put right by a later one that points to it in `corrects`; both stay. `journal` names the rows an act
    wrote, with what stood in them before and after, so that it can be taken back exactly.
    """

    kind = models.CharField(_("事项"), max_length=10, choices=ActKind.choices)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="acts", verbose_name=_("组织"))
    effective_on = models.DateField(_("生效日期"))
    paper = models.CharField(_("批复文号"), max_length=80, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections", verbose_name=_("更正的事项")
    )
    journal = models.JSONField(default=list, editable=False)
    recorded_at = models.DateTimeField(_("登记时刻"), auto_now_add=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("登记人")
    )

    class Meta:
        verbose_name = _("组织变更")
        verbose_name_plural = _("组织变更")
        ordering = ["-effective_on", "-id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.organisation} {self.effective_on}"


class Placement(models.Model):
    """Where a unit stood, under which name and as what, for a span of days.

    When a unit moves, every unit below it gets a new placement too, because its path changed.
    """

    organisation = models.ForeignKey(  # placement_unit_from serves it
        Organisation, models.CASCADE, related_name="placements", db_index=False, verbose_name=_("组织")
    )
    parent = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", verbose_name=_("上级组织"))
    path = ByteOrderedField(max_length=80)
    name = models.CharField(_("名称"), max_length=120)
    short_name = models.CharField(_("简称"), max_length=40)
    kind = models.CharField(_("组织类别"), max_length=20, choices=Kind.choices)
    field = models.CharField(_("所属领域"), max_length=24, choices=Field.choices)
    territory = models.CharField(_("所在层级"), max_length=12, choices=Territory.choices, blank=True)
    from_on = models.DateField(_("起"))
    until_on = models.DateField(_("止（不含）"), null=True)
    act = models.ForeignKey(  # asked for by corrections alone, which may read the table; a move writes 30,000 rows
        Act, models.PROTECT, related_name="placements", db_index=False, verbose_name=_("依据")
    )

    class Meta:
        verbose_name = _("隶属")
        verbose_name_plural = _("隶属")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until_on__isnull=True) | models.Q(until_on__gt=models.F("from_on")),
                name="placement_ends_after_it_starts",
            ),
            models.UniqueConstraint(
                fields=["organisation"], condition=models.Q(until_on__isnull=True), name="one_open_placement"
            ),
        ]
        indexes = [
            models.Index(fields=["path", "from_on"], name="placement_path_from"),
            models.Index(fields=["organisation", "from_on"], name="placement_unit_from"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.from_on}"


class Succession(models.Model):
    """After a merger or a split one unit follows another; what the former kept in the running period counts on."""

    act = models.ForeignKey(Act, models.CASCADE, related_name="successions", verbose_name=_("依据"))
    former = models.ForeignKey(Organisation, models.PROTECT, related_name="followed_by", verbose_name=_("原组织"))
    successor = models.ForeignKey(Organisation, models.PROTECT, related_name="follows", verbose_name=_("新组织"))
    on = models.DateField(_("生效日期"))

    class Meta:
        verbose_name = _("承接")
        verbose_name_plural = _("承接")
        ordering = ["on", "id"]
        constraints = [models.UniqueConstraint(fields=["act", "former", "successor"], name="succession_once")]

    def __str__(self) -> str:
        return f"{self.former_id} -> {self.successor_id} {self.on}"


class FormerBooks(models.Model):
    """The day from which records were kept, as it held before it was set anew: for the days from `from_on` on."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="former_books", verbose_name=_("组织"))
    kept_from = models.DateField(_("建账日"), null=True)
    from_on = models.DateField(_("起"))
    until_on = models.DateField(_("止（不含）"))

    class Meta:
        verbose_name = _("以前的建账日")
        verbose_name_plural = _("以前的建账日")
        ordering = ["organisation", "from_on"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until_on__gt=models.F("from_on")), name="former_books_end_after_they_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.kept_from} {self.until_on}"


class TreeProof(models.Model):
    """One nightly proof of the tree: what it looked at, how long it took, and what is broken."""

    proved_at = models.DateTimeField(_("时刻"), auto_now_add=True)
    units = models.PositiveIntegerField(_("组织数"))
    milliseconds = models.PositiveIntegerField(_("用时（毫秒）"))
    faults = models.JSONField(_("问题"), default=list)

    class Meta:
        verbose_name = _("组织树核对")
        verbose_name_plural = _("组织树核对")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.proved_at} {len(self.faults)}"


class Team(models.Model):
    """A leading team (班子) for one term: elected on a day, for so many months."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="teams", verbose_name=_("组织"))
    elected_on = models.DateField(_("选举日期"))
    term_months = models.PositiveSmallIntegerField(_("任期（月）"))
    ends_on = models.DateField(_("届满日期"))
    seats = models.PositiveSmallIntegerField(_("职数"))
    until_on = models.DateField(_("实际结束（不含）"), null=True, blank=True)

    class Meta:
        verbose_name = _("班子")
        verbose_name_plural = _("班子")
        ordering = ["-elected_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=models.Q(until_on__isnull=True), name="one_team_in_office"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.elected_on}"


class Post(models.Model):
    """A post at a unit, filled or vacant; who holds it stands in `members.Holding`."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="posts", verbose_name=_("组织"))
    kind = models.CharField(_("职务"), max_length=24, choices=PostKind.choices)
    title = models.CharField(_("职务名称"), max_length=60, blank=True)
    is_full_time = models.BooleanField(_("专职"), default=False)
    on_grassroots_work = models.BooleanField(_("直接从事基层党建"), default=False)
    from_on = models.DateField(_("起"))
    until_on = models.DateField(_("止（不含）"), null=True, blank=True)

    class Meta:
        verbose_name = _("岗位")
        verbose_name_plural = _("岗位")
        ordering = ["organisation", "id"]
        indexes = [models.Index(fields=["organisation", "kind"], name="post_unit_kind")]

    def __str__(self) -> str:
        return self.title or str(self.get_kind_display())


class Group(models.Model):
    """A group (党小组) inside a branch."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="groups", verbose_name=_("党支部"))
    name = models.CharField(_("名称"), max_length=60)
    from_on = models.DateField(_("起"))
    until_on = models.DateField(_("止（不含）"), null=True, blank=True)

    class Meta:
        verbose_name = _("党小组")
        verbose_name_plural = _("党小组")
        ordering = ["organisation", "id"]

    def __str__(self) -> str:
        return self.name


class Site(models.Model):
    """A site for activities (阵地) (M2.4), as it was for a span of days; a change ends the row and begins the next."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="sites", verbose_name=_("组织"))
    name = models.CharField(_("名称"), max_length=80)
    address = models.CharField(_("地址"), max_length=120, blank=True)
    area_m2 = models.DecimalField(_("面积（平方米）"), max_digits=8, decimal_places=1)
    tenure = models.CharField(_("产权"), max_length=10, choices=Tenure.choices)
    lease_ends_on = models.DateField(_("租借到期"), null=True, blank=True)
    condition = models.CharField(_("房屋状况"), max_length=10, choices=Condition.choices)
    checked_on = models.DateField(_("最近检查"), null=True, blank=True)
    from_on = models.DateField(_("启用"))
    until_on = models.DateField(_("停用（不含）"), null=True, blank=True)
    former = models.OneToOneField(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="later",
        verbose_name=_("此前的登记"),
    )

    class Meta:
        verbose_name = _("阵地")
        verbose_name_plural = _("阵地")
        ordering = ["organisation", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(area_m2__gt=0),
                name="site_has_an_area",
                violation_error_message=_("面积要大于0。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name
