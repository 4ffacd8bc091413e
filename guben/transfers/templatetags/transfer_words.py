"""What templates of transfers ask for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def of_key(rows: Mapping[int, Any], key: int) -> Any:
    """The row under a key, None where there is none."""
    return rows.get(key)
