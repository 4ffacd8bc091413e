"""allauth's forms with the house's limits on wrong passwords and codes."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm, ReauthenticateForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms

from guben.access import limits


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth carries no types
    """Name and password; from one network not without end."""

    def clean(self) -> Any:
        key = limits.key_of_address(context.request)
        try:
            limits.check("sign_in", key)
        except limits.TooOften as refusal:
            raise forms.ValidationError(str(refusal)) from None
        try:
            return super().clean()
        except forms.ValidationError:
            limits.note("sign_in", key)
            raise


class _Limited(forms.Form):
    """Counts wrong answers for each user."""

    kind = "code"
    user: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():  # the label above says it
            field.widget.attrs.pop("placeholder", None)

    def clean_limited(self, clean: Any) -> Any:
        try:
            limits.check(self.kind, self.user.pk)
        except limits.TooOften as refusal:
            raise forms.ValidationError(str(refusal)) from None
        try:
            return clean()
        except forms.ValidationError:
            limits.note(self.kind, self.user.pk)
            raise


class CodeForm(_Limited, AuthenticateForm):  # type: ignore[misc]
    """A code of the app, or a recovery code, when signing in."""

    def clean_code(self) -> Any:
        return self.clean_limited(super().clean_code)


class CodeAgainForm(_Limited, ReauthenticateByCodeForm):  # type: ignore[misc]
    """A code once more."""

    def clean_code(self) -> Any:
        return self.clean_limited(super().clean_code)


class FirstCodeForm(_Limited, ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new app."""

    def clean_code(self) -> Any:
        return self.clean_limited(super().clean_code)


class PasswordAgainForm(_Limited, ReauthenticateForm):  # type: ignore[misc]
    """The password once more."""

    kind = "password"

    def clean_password(self) -> Any:
        return self.clean_limited(super().clean_password)
