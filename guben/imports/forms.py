"""The form that takes a file in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guben.access import policy
from guben.accounts.models import User
from guben.imports.actions import RIGHTS
from guben.imports.columns import TITLES
from guben.imports.queries import units_to_import_to
from guben.kit.tables import MAX_BYTES
from guben.organisations.models import Organisation


class StartForm(forms.Form):
    """Which kind of sheet, to which unit, which file."""

    kind = forms.ChoiceField(label=gettext_lazy("导入什么"), widget=forms.RadioSelect)
    at = forms.ChoiceField(
        label=gettext_lazy("导入到"), help_text=gettext_lazy("只收这个组织和它以下的行，别处的行会指出来。")
    )
    file = forms.FileField(
        label=gettext_lazy("文件"),
        help_text=gettext_lazy(".xlsx 或 .xls 工作簿，或 CSV（UTF-8、GB18030）。最多20兆、10万行。"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.txt"}),
        error_messages={"required": gettext_lazy("没有选文件。选填好的名册。")},
    )

    def __init__(self, *args: Any, user: User, at: Organisation | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = {unit.code: unit for unit in units_to_import_to(user)}
        if at is not None:
            units.setdefault(at.code, at)
        self.units = units
        kinds = [(kind, title) for kind, title in TITLES.items() if policy.may_anywhere(user, RIGHTS[kind])]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        self.fields["at"].choices = [(unit.code, unit.name) for unit in units.values()]  # type: ignore[attr-defined]
        self.initial.setdefault("kind", kinds[0][0] if kinds else "")
        self.initial.setdefault("at", at.code if at else next(iter(units), ""))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("文件超过20兆。分成几个文件再导入。"))
        return file
