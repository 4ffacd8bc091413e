"""Arithmetic of the tree, of terms and of vacancies: values in, values out."""

from __future__ import annotations

import re
from datetime import date

from guben.organisations.choices import BRANCH_KINDS, Kind, Territory

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,31}")
MAX_LEVELS = 20


def is_code(text: str) -> bool:
    """May this text be a unit's code (and so part of an address)?"""
    return CODE.fullmatch(text) is not None


def normal_term_months(kind: str, territory: str) -> int:
    """How long a team normally serves, in months.

    Source: 支部工作条例 Art. 22; 基层组织选举工作条例 Art. 3 (committees and villages 5 years, other branches 3).
    """
    if territory in (Territory.VILLAGE, Territory.COMMUNITY) or kind in (Kind.COMMITTEE, Kind.WORK_COMMITTEE):
        return 60
    return 36


def is_branch(kind: str) -> bool:
    return kind in BRANCH_KINDS


def term_share(elected_on: date, ends_on: date, on: date) -> float:
    """How much of a term is over on a day, 0 to 1."""
    whole = (ends_on - elected_on).days
    return min(1.0, max(0.0, (on - elected_on).days / whole)) if whole > 0 else 1.0
