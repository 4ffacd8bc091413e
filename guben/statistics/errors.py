"""Why statistics can't be given."""

from __future__ import annotations

from django.utils.translation import gettext as _

from guben.kit.errors import DomainError


class NoUnitToReckon(DomainError):
    """The unit of a job is gone."""

    def __init__(self) -> None:
        super().__init__(_("要统计的组织不在了。回到统计页，换一个组织。"))
