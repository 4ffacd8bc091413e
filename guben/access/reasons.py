"""Reasons that people write: long enough, and words."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from guben.kit.errors import DomainError

LETTERS = 4
WORDS = re.compile(r"[^\W\d_]")


class ReasonUnclear(DomainError):
    def __init__(self) -> None:
        super().__init__(_("原因没有写清。写明用途，至少4个字，例如“办理转接核对”。"))


def require_reason(text: str) -> str:
    """The reason without blanks around it.

    Raises:
        ReasonUnclear: too short, or no words: `1234`, `。。。。`, `啊啊啊啊`.
    """
    reason = " ".join(text.split())
    letters = WORDS.findall(reason)
    if len(letters) < LETTERS or len(set(letters)) < LETTERS - 1:
        raise ReasonUnclear
    return reason
