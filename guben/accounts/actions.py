"""What a user may do to her own account."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from guben.accounts.models import User

THEMES = ("light", "dark", "contrast")


@transaction.atomic
def change_settings(*, language: str, theme: str, large_type: bool, by: User) -> User:
    """Keeps how the house shows itself to this user. It changes no record, so the history does not tell of it."""
    by.language = language if language in dict(settings.LANGUAGES) else ""
    by.theme = theme if theme in THEMES else ""
    by.large_type = large_type
    by.save(update_fields=["language", "theme", "large_type"])
    return by
