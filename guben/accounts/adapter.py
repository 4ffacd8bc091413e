"""How allauth behaves here: accounts are opened by those in charge, nobody signs up."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.http import HttpRequest

from guben.accounts import reauthentication


class NoSignUpAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Closes sign-up and lets no mail address be added or used."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: accounts come from those who may grant."""
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """A fresh sign-in counts as proof, as everywhere in this house."""
        return not reauthentication.recently(context.request)

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Nothing is mailed."""
