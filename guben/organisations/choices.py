"""Closed lists of the tree, the posts and the sites."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What a unit is. Source: 支部工作条例 Art. 4-8; 党章 ch. 5."""

    COMMITTEE = "committee", _("党委")
    WORK_COMMITTEE = "work_committee", _("党工委")
    GENERAL_BRANCH = "general_branch", _("党总支")
    BRANCH = "branch", _("党支部")
    JOINT_BRANCH = "joint_branch", _("联合党支部")
    TEMPORARY_BRANCH = "temporary_branch", _("临时党支部")


BRANCH_KINDS = (Kind.BRANCH, Kind.JOINT_BRANCH, Kind.TEMPORARY_BRANCH)


class Field(models.TextChoices):
    """The field a unit works in (M2.1)."""

    RURAL = "rural", _("农村")
    URBAN_COMMUNITY = "urban_community", _("城市社区")
    AGENCY = "agency", _("机关")
    PUBLIC_INSTITUTION = "public_institution", _("事业单位")
    ENTERPRISE = "enterprise", _("国有企业")
    NON_PUBLIC_ENTERPRISE = "non_public_enterprise", _("非公企业")
    SOCIAL_ORGANISATION = "social_organisation", _("社会组织")
    SCHOOL = "school", _("学校")
    FLOATING = "floating", _("流动党员")


class Territory(models.TextChoices):
    """The division a unit is the organisation of; empty where it stands for none."""

    NATION = "nation", _("全国")
    PROVINCE = "province", _("省")
    CITY = "city", _("市")
    COUNTY = "county", _("县（市、区）")
    TOWN = "town", _("乡镇、街道")
    VILLAGE = "village", _("村")
    COMMUNITY = "community", _("社区")


class ActKind(models.TextChoices):
    FOUND = "found", _("成立")
    RENAME = "rename", _("更名")
    MOVE = "move", _("改变隶属")
    DISSOLVE = "dissolve", _("撤销")
    MERGE = "merge", _("合并")
    SPLIT = "split", _("拆分")
    CORRECT = "correct", _("更正")


class PostKind(models.TextChoices):
    """Posts; the first six make the team (班子)."""

    SECRETARY = "secretary", _("书记")
    DEPUTY_SECRETARY = "deputy_secretary", _("副书记")
    ORGANISATION = "organisation", _("组织委员")
    PUBLICITY = "publicity", _("宣传委员")
    DISCIPLINE = "discipline", _("纪检委员")
    COMMITTEE_MEMBER = "committee_member", _("委员")
    DEPARTMENT_STAFF = "department_staff", _("组织部门干部")
    ORGANISER_FULL_TIME = "organiser_full_time", _("专职组织员")
    ORGANISER_PART_TIME = "organiser_part_time", _("兼职组织员")


TEAM_POSTS = (
    PostKind.SECRETARY,
    PostKind.DEPUTY_SECRETARY,
    PostKind.ORGANISATION,
    PostKind.PUBLICITY,
    PostKind.DISCIPLINE,
    PostKind.COMMITTEE_MEMBER,
)


class Tenure(models.TextChoices):
    """How a site is held (M2.4: 租借)."""

    OWNED = "owned", _("自有")
    RENTED = "rented", _("租用")
    BORROWED = "borrowed", _("借用")


class Condition(models.TextChoices):
    SOUND = "sound", _("完好")
    WORN = "worn", _("需修缮")
    DANGEROUS = "dangerous", _("危房")
