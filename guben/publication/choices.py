"""Closed lists about publication."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Audience(models.TextChoices):
    """Who may read what is published. Source: 党务公开条例 Art. 7-8."""

    UNIT = "unit", _("本组织党员")
    SUBTREE = "subtree", _("本组织和下级")
    SIGNED_IN = "signed_in", _("登录用户")
    PUBLIC = "public", _("社会")


class Way(models.TextChoices):
    """How an objection came in."""

    IN_PERSON = "in_person", _("当面")
    LETTER = "letter", _("来信")
    TELEPHONE = "telephone", _("电话")
    ONLINE = "online", _("网上")


class Finding(models.TextChoices):
    """What became of an objection."""

    UPHELD = "upheld", _("属实，影响公示结果")
    NOT_UPHELD = "not_upheld", _("查无实据或不影响")
    OUTSIDE = "outside", _("不属于公示事项，已转有关方面")
