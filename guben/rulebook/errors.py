"""What can be wrong with a rulebook that somebody wants to install."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from guben.house.words import listed
from guben.kit.errors import DomainError
from guben.rulebook_engine.errors import Mistake


class BrokenRulebook(DomainError):
    """The file has mistakes; each says where it stands."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


class UnknownRule(DomainError):
    status = 404

    def __init__(self, key: str, near: Sequence[str] = ()) -> None:
        hint = _("相近的有：%(near)s。") % {"near": listed(near)} if near else ""
        super().__init__(_("没有“%(key)s”这条制度。") % {"key": key} + hint)
