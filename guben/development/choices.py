"""Closed lists about the development of members. The words are those of the procedure's fields."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

PROCEDURE = "development"  # the key of the procedure in the rulebook
CULTIVATIONS = ("able-to-member", "member-to-able", "able-to-cadre")


class Channel(models.TextChoices):
    """Where an applicant was found (M3.4)."""

    WORKPLACE = "workplace", _("工作单位")
    RESIDENCE = "residence", _("居住地")
    SERVICE_CENTRE = "service_centre", _("党群服务中心")
    AWAY = "away", _("流动在外")
    ABLE = "able", _("能人")
    LEAGUE = "league", _("共青团")
    OTHER = "other", _("其他")


class Recommended(models.TextChoices):
    """Who recommends an activist. Source: 发展党员工作细则 Art. 8."""

    MEMBERS = "members", _("党员推荐")
    LEAGUE = "league", _("共青团推优")
    MASS = "mass", _("其他群团组织推优")


class TieKind(models.TextChoices):
    """What a person is to an applicant."""

    CONTACT = "contact", _("培养联系人")
    INTRODUCER = "introducer", _("入党介绍人")
    RELATIVE = "relative", _("申请书写明的亲属")


class Found(models.TextChoices):
    """What an investigator found in a case of a sample."""

    IN_ORDER = "in_order", _("没有问题")
    FLAW = "flaw", _("有瑕疵，要补正")
    SERIOUS = "serious", _("有严重问题")
