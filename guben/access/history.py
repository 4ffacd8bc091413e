"""Whose history a user may read: `history.view` within its reach, `history.view_all` also what belongs to no unit."""

from __future__ import annotations

from django.db.models import Q

from guben.access import policy
from guben.audit.reach import Reach


def reach_of(user: policy.Someone) -> Reach:
    """The answer that `audit` asks for."""
    entries = policy.within(user, "history.view") | policy.within(user, "history.view_all")
    if sees_all := policy.may_anywhere(user, "history.view_all"):
        entries |= Q(organisation__isnull=True)
    return Reach(entries, is_open=sees_all or policy.may_anywhere(user, "history.view"))
