"""Closed lists about establishments, and what each step toward an organisation rests on."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class EstablishmentKind(models.TextChoices):
    NON_PUBLIC_ENTERPRISE = "non_public_enterprise", _("非公有制企业")
    SOCIAL_ORGANISATION = "social_organisation", _("社会组织")
    NEW_FIELD = "new_field", _("新业态、新就业群体")


class Way(models.TextChoices):
    """How an establishment is covered."""

    OWN = "own", _("单独组建")
    JOINT = "joint", _("联合组建")


class Step(models.TextChoices):
    """What comes next; `covered` needs nothing."""

    FOUND = "found", _("成立党支部")
    JOIN = "join", _("成立联合党支部")
    SEND_INSTRUCTOR = "send_instructor", _("派党建指导员")
    FIND_MEMBERS = "find_members", _("指导员找党员、育骨干")
    SEPARATE = "separate", _("可以单独成立党支部")
    COVERED = "covered", _("已覆盖")


STEP_WORDS = {
    Step.FOUND: _("有正式党员3人以上，应当成立党支部。向上级党委请示，批复后登记。"),
    Step.JOIN: _("正式党员不足3人，和相邻、相近的单位成立联合党支部。"),
    Step.SEND_INSTRUCTOR: _("没有正式党员，先派党建指导员，做联系和培养。"),
    Step.FIND_MEMBERS: _("已有指导员。摸清隐形党员，动员转组织关系，培养积极分子。"),
    Step.SEPARATE: _("在联合党支部里，自己的正式党员已有3人以上，可以单独成立。"),
    Step.COVERED: _("已有党组织，按期开展组织生活。"),
}
STEP_SOURCES = {
    Step.FOUND: _("《中国共产党支部工作条例（试行）》第四条"),
    Step.JOIN: _("《中国共产党支部工作条例（试行）》第五条（据转述）"),
    Step.SEND_INSTRUCTOR: _("S4《提高执政能力加快发展步伐》；派指导员是固本建议的做法"),
    Step.FIND_MEMBERS: _("S4《提高执政能力加快发展步伐》；做法是固本建议"),
    Step.SEPARATE: _("《中国共产党支部工作条例（试行）》第四条；单独成立由上级定，这里只提示"),
    Step.COVERED: _("《中国共产党支部工作条例（试行）》第四条、第五条"),
}
