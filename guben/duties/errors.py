"""What reminding may refuse, each with its sentence."""

from __future__ import annotations

from django.utils.translation import gettext as _

from guben.kit.errors import DomainError


class RemindedToday(DomainError):
    def __init__(self, unit: str) -> None:
        super().__init__(_("今天已经提醒过%(unit)s，一天只提醒一次。") % {"unit": unit})


class NothingToRemind(DomainError):
    def __init__(self, unit: str) -> None:
        super().__init__(_("%(unit)s这件事已经做了，或不要求做，不用提醒。") % {"unit": unit})
