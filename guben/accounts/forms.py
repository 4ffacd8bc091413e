"""Forms about one's own account."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from guben.accounts.models import User

THEMES = [("", _("随系统")), ("light", _("亮")), ("dark", _("暗")), ("contrast", _("高对比"))]


class SettingsForm(forms.ModelForm[User]):
    """How the house shows itself to this user."""

    language = forms.ChoiceField(
        label=_("语言"),
        choices=[("", _("随浏览器")), *settings.LANGUAGES],
        required=False,
        widget=forms.RadioSelect,
    )
    theme = forms.ChoiceField(label=_("明暗和对比"), choices=THEMES, required=False, widget=forms.RadioSelect)
    large_type = forms.BooleanField(label=_("大字（放大到125%）"), required=False)

    class Meta:
        model = User
        fields = ["language", "theme", "large_type"]
