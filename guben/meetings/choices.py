"""Forms of meetings and reasons for not coming."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Form(models.TextChoices):
    """Source: 支部工作条例 Art. 11-19; 民主生活会 is the team's own (M4.8)."""

    MEMBER_MEETING = "member_meeting", _("党员大会")
    COMMITTEE = "committee", _("支部委员会会议")
    GROUP = "group", _("党小组会")
    LECTURE = "lecture", _("党课")
    THEME_DAY = "theme_day", _("主题党日")
    ORGANISATIONAL_LIFE = "organisational_life", _("组织生活会")
    APPRAISAL = "appraisal", _("民主评议党员")
    DEMOCRATIC_LIFE = "democratic_life", _("民主生活会")
    TALK = "talk", _("谈心谈话")


TEAM_FORMS = (Form.COMMITTEE, Form.DEMOCRATIC_LIFE)


class Reason(models.TextChoices):
    """Why somebody on the roll did not come. Illness and age carry no blame (教育管理条例 Art. 23)."""

    LEAVE = "leave", _("请假")
    AWAY = "away", _("外出")
    ILL = "ill", _("生病")
    UNABLE = "unable", _("年老体弱")
    DUTY = "duty", _("公务")
    NONE = "none", _("没有说明")
