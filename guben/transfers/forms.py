"""Text to values for the pages of transfers and members away. What is allowed is decided by the actions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guben.procedures.fields import PlainText, UnitField, day_field
from guben.transfers.choices import LETTER_MOST_DAYS

CAUSES = ("工作调动", "居住地变化", "毕业", "外出六个月以上", "退休", "其他")  # as the rulebook's field has them
CAUSE_WORDS = {
    "工作调动": _("工作调动"),
    "居住地变化": _("居住地变化"),
    "毕业": _("毕业"),
    "外出六个月以上": _("外出六个月以上"),
    "退休": _("退休"),
    "其他": _("其他"),
}
MOST_BYTES = 5 * 1024 * 1024
People = Sequence[tuple[int, str]]


class CauseField(forms.ChoiceField):
    def __init__(self, **more: Any) -> None:
        super().__init__(label=_("为什么转"), choices=list(CAUSE_WORDS.items()), **more)


class PersonField(forms.TypedChoiceField):
    """One of the people given."""

    def __init__(self, label: Any, people: People, **more: Any) -> None:
        choices = [("", _("选一个人")), *people]
        super().__init__(label=label, choices=choices, coerce=int, empty_value=None, **more)


class RequestForm(forms.Form):
    """Where to, or to whom the letter goes where the receiver is not in Guben or not known yet."""

    host = UnitField(
        label=_("转到哪个党支部"), required=False, max_length=120, help_text=_("写接收党支部的代码或全称。")
    )
    receiver = PlainText(
        label=_("接收方不在固本里，或还不知道：信开给谁"), required=False, max_length=200,
        help_text=_("写县以上党委组织部门的全称。收到回执以前，党员仍归原支部。"),
    )  # fmt: skip
    cause = CauseField()
    on = day_field(_("哪天提出"))
    note = PlainText(label=_("说明"), required=False, max_length=200)

    def __init__(self, data: Any = None, *, people: People | None = None, **more: Any) -> None:
        super().__init__(data, **more)
        if people is not None:
            self.fields["person"] = PersonField(_("谁转"), people)
            self.order_fields(["person", "host", "receiver", "cause", "on", "note"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and bool(data.get("host")) == bool(data.get("receiver")):
            self.add_error("host", gettext("接收党支部和收信的组织部门，写一个。"))
        return data


class OutflowForm(forms.Form):
    """A member who went away."""

    from_on = day_field(_("什么时候外出"))
    place = PlainText(label=_("去了哪里"), max_length=60, help_text=_("写到市、县或街道。"))
    workplace = PlainText(label=_("在那里做什么"), required=False, max_length=120)
    expected_until = day_field(_("预计什么时候回来"), required=False)

    def __init__(self, data: Any = None, *, people: People, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["person"] = PersonField(_("谁外出"), people)
        self.fields["contact_person"] = PersonField(_("家里的联系人"), people, required=False)
        self.order_fields(["person", "from_on", "place", "workplace", "expected_until", "contact_person"])


class InflowForm(forms.Form):
    """A member from elsewhere who reported here."""

    name = PlainText(label=_("姓名"), max_length=60)
    id_number = PlainText(
        label=_("公民身份号码"), required=False, max_length=18,
        help_text=_("写了能和流出地的登记对上。只用来找人，不另存。"),
    )  # fmt: skip
    home = UnitField(label=_("流出地党支部"), required=False, max_length=120, help_text=_("在固本里的，写代码或全称。"))
    home_words = PlainText(label=_("流出地（不在固本里的）"), required=False, max_length=120)
    from_on = day_field(_("哪天来报到"))

    def __init__(self, data: Any = None, *, people: People, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["contact_person"] = PersonField(_("这里的联系人"), people, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not (data.get("home") or data.get("home_words")):
            self.add_error("home", gettext("写组织关系在哪里。"))
        return data


class EndForm(forms.Form):
    """The end of a stay."""

    on = day_field(_("哪天"))


class GuestsForm(forms.Form):
    """For each guest: came, was invited and did not come, or was not invited."""

    def __init__(self, data: Any = None, *, guests: Sequence[tuple[int, str]], known: dict[int, bool]) -> None:
        super().__init__(data)
        for pk, name in guests:
            self.fields[f"guest-{pk}"] = forms.ChoiceField(
                label=name,
                choices=[("came", _("到会")), ("missed", _("通知了，没有来")), ("", _("没有通知"))],
                widget=forms.RadioSelect,
                required=False,
                initial={True: "came", False: "missed"}.get(known.get(pk), "came" if not known else ""),  # type: ignore[arg-type]
            )

    def came(self) -> dict[int, bool]:
        """By guest, those who were invited."""
        told = {int(name.partition("-")[2]): value for name, value in self.cleaned_data.items()}
        return {pk: value == "came" for pk, value in told.items() if value}


class BatchForm(forms.Form):
    """A list of those who go, and what all their letters have alike."""

    title = PlainText(label=_("名称"), max_length=80, help_text=_("例如：2026届毕业生。"))
    file = forms.FileField(label=_("名单"), help_text=_("Excel或CSV，每行一个人。先下载模板。"))
    cause = CauseField(initial="毕业")
    valid_days = forms.IntegerField(
        label=_("介绍信有效期（天）"), min_value=1, max_value=LETTER_MOST_DAYS, initial=LETTER_MOST_DAYS,
        help_text=_("最长90天。"),
    )  # fmt: skip

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(gettext("文件太大，最多5MB。分成几份。"))
        return file
