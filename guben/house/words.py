"""Small pieces of sentences, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext, pgettext


def listed(items: Iterable[object]) -> str:
    """甲、乙、丙 or A, B, C."""
    return gettext("、").join(str(item) for item in items)


def titled(period: str, title: str) -> str:
    """A period and a title in one name: 二季度党员大会, Q2 members' meeting."""
    return pgettext("a period before a title", "%(period)s%(title)s") % {"period": period, "title": title}


def counted(title: str, number: int) -> str:
    """A title and how many of it: 党员大会9, members' meeting 9."""
    return pgettext("a title before a count", "%(title)s%(number)s") % {"title": title, "number": number}
