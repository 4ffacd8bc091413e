"""The states of a duty, with their words."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Owed are all but the last two."""

    DUE = "due", _("待做")
    DONE = "done", _("按时")
    DONE_LATE = "done_late", _("迟做")
    LATE = "late", _("逾期")
    EXEMPT = "exempt", _("不要求")
    NOT_KEPT = "not_kept", _("未建账")


OWED = (State.DUE, State.DONE, State.DONE_LATE, State.LATE)
SETTLED = (State.DONE, State.DONE_LATE)
