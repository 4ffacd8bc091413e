"""How allauth behaves here: accounts are opened by those in charge, nobody signs up."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class NoSignUpAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Closes sign-up and lets no mail address be added."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: accounts come from those who may grant."""
        return False
