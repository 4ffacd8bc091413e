"""Forms for giving roles and opening accounts: text becomes users, units and days."""

from __future__ import annotations

from typing import Any

from django import forms
from django.apps import apps
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guben.access import policy, queries
from guben.access.roles import title_of
from guben.accounts.installation import today
from guben.accounts.models import User


class UnitAndRole(forms.Form):
    """A unit by its code and a role that the giver may give somewhere."""

    unit = forms.CharField(
        label=_("组织代码"), max_length=32, help_text=_("在组织页的标题下面；管它和它以下的全部组织。")
    )
    role = forms.ChoiceField(label=_("角色"))

    right = "accounts.grant"

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (role.key, title_of(role.key)) for role in queries.roles_given_anywhere(by)
        ]

    def clean_unit(self) -> Any:
        """The unit, where the giver may grant (or open accounts)."""
        code = self.cleaned_data["unit"].strip()
        units: Any = apps.get_model("organisations", "Organisation")._default_manager
        unit = units.filter(policy.within(self.by, self.right, "path"), code=code).first()
        if unit is None:
            raise forms.ValidationError(
                gettext("在您能授权的范围里没有代码“%(code)s”。核对代码，或找上级组织员。"), params={"code": code}
            )
        return unit


class GrantForm(UnitAndRole):
    """A role for an existing account, from a day, until a day."""

    user = forms.CharField(label=_("用户名"), max_length=150)
    from_on = forms.DateField(label=_("起"))
    until_on = forms.DateField(label=_("止（不含）"), required=False, help_text=_("空着就一直有效，离任时终止。"))
    field_order = ["user", "role", "unit", "from_on", "until_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from_on"].initial = today

    def clean_user(self) -> User:
        """The account, by its user name."""
        name = self.cleaned_data["user"].strip()
        user = User.objects.filter(username=name, is_active=True, is_operator=False).first()
        if user is None:
            raise forms.ValidationError(gettext("没有用户名“%(name)s”。核对，或先开账户。"), params={"name": name})
        return user


class OpenAccountForm(UnitAndRole):
    """A new account, with its first role where the opener may give roles."""

    right = "accounts.open"
    username = forms.CharField(
        label=_("用户名"), max_length=150, validators=[UnicodeUsernameValidator()], help_text=_("登录时用，不能改。")
    )
    display_name = forms.CharField(label=_("姓名"), max_length=60)
    field_order = ["username", "display_name", "role", "unit"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not policy.may_anywhere(self.by, "accounts.grant"):
            del self.fields["role"]
            self.fields["unit"].help_text = _("在组织页的标题下面；账户属于它或它以下的组织。")


class ReasonForm(forms.Form):
    """Why something is done to an account."""

    reason = forms.CharField(
        label=_("原因"), max_length=100, help_text=_("至少4个字，记入历史，例如“手机丢失，当面核对”“已调离本单位”。")
    )


class OpeningsForm(forms.Form):
    """Which openings the auditor looks at."""

    who = forms.CharField(label=_("谁"), required=False, max_length=60)
    unit = forms.CharField(label=_("组织名称或代码"), required=False, max_length=60)
    text = forms.CharField(label=_("原因里有"), required=False, max_length=60)
    first = forms.DateField(label=_("从哪天"), required=False, widget=forms.DateInput(format="%Y-%m-%d"))
    last = forms.DateField(label=_("到哪天"), required=False, widget=forms.DateInput(format="%Y-%m-%d"))
