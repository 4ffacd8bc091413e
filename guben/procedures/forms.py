"""Forms of steps, counts, papers and cases: text into values. What a field asks comes from the rulebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guben.kit.errors import DomainError
from guben.procedures.fields import (
    LONGEST,
    MOST,
    PREFIX,
    VOTES,
    Choices,
    Groups,
    PlainText,
    UnitField,
    day_field,
    field_for,
    meeting_field,
    place_field,
    reason_field,
    votes_field,
)
from guben.procedures.lacking import paper_field
from guben.rulebook_engine.procedures import FormField

PAPER_ENDINGS = ".pdf,.jpg,.jpeg,.png,.docx,.ofd"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a step asks today. `meeting` is the vote's that was counted; `meetings` those to choose from in an open vote
    without tellers; `lengths` are the training's; `papers`, by key with their titles, those that are still missing."""

    fields: tuple[FormField, ...]
    people: Mapping[str, Choices]
    places: int = 0
    lengths: tuple[tuple[str, Any, int], ...] = ()
    meeting: int | None = None
    meetings: Choices | None = None
    asks_reason: bool = False
    reason_help: str = ""
    papers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class GivenPaper:
    """A paper that came with a step: where its original is kept, or its file, or both."""

    key: str
    title: str
    dated_on: date
    kept_where: str
    file: UploadedFile[bytes] | None


class StepForm(forms.Form):
    """What a step asks, as its edition states it. The outcome is the button that was pressed.

    `step` and `after` say what the page showed: the step, and how many entries there were. A form that was sent twice
    is known by them. `asks_all` is false where an outcome needs nothing but its reason.
    """

    step = forms.CharField(widget=forms.HiddenInput, max_length=80)
    after = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MOST)

    def __init__(self, *args: Any, asked: Asked, asks_all: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        if asked.meeting is None and asked.meetings is None:
            self.fields["done_on"] = day_field(_("哪天贴的") if asked.places else _("哪天办的"))
        if asked.meetings is not None:
            self.fields["meeting"] = meeting_field(asked.meetings)
            self.fields.update({name: votes_field(label) for name, label in VOTES})
        for one in asked.fields:
            field = field_for(one, asked.people.get(one.key, ()))
            field.required = field.required and asks_all
            self.fields[PREFIX + one.key] = field
        for key, label, least in asked.lengths:
            text = gettext("不少于%(least)s。") % {"least": least}
            self.fields[key] = forms.IntegerField(
                label=label, min_value=0, max_value=10_000, help_text=text, required=len(asked.lengths) == 1
            )
        for number in range(1, asked.places + 1):
            self.fields[f"place-{number}"] = place_field(number, asked.places)
        if asked.asks_reason:
            self.fields["reason"] = reason_field(required=False)
            self.fields["reason"].help_text = asked.reason_help
        for key, _title in asked.papers:
            self.fields.update(paper_fields(paper_field(key)))

    def step_fields(self) -> list[forms.BoundField]:
        """What is shown first: everything but the papers."""
        asked = {name for key, _title in self.asked.papers for name in paper_fields(paper_field(key))}
        return [field for field in self.visible_fields() if field.name not in asked]

    def paper_groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields of each missing paper, under its title."""
        return [
            (title, [self[name] for name in paper_fields(paper_field(key))])
            for key, title in self.asked.papers
            if paper_field(key) in self.fields
        ]

    def given_papers(self, undated: date) -> list[GivenPaper]:
        """The papers that were filled in and have nothing wrong with them; those without a date get one."""
        found = []
        for key, title in self.asked.papers:
            where, file, dated = paper_fields(paper_field(key))
            data = self.cleaned_data
            if {where, file, dated}.isdisjoint(self.errors) and (data.get(where) or data.get(file)):
                on = data.get(dated) or undated
                found.append(GivenPaper(key, title, on, data.get(where, ""), data.get(file)))
        return found

    def refuse_paper(self, key: str, error: DomainError) -> None:
        """Shows what is wrong with a paper beside its field."""
        where, file, dated = paper_fields(paper_field(key))
        name = {"file": file, "done_on": dated}.get(str(getattr(error, "field", "")), where)
        self.add_error(name, str(error))

    def took_in(self, key: str) -> None:
        """The paper is in the file now: it is asked for no longer, whatever becomes of the step."""
        for name in paper_fields(paper_field(key)):
            del self.fields[name]

    def values(self) -> dict[str, Any]:
        """What `take` is given: the rule's fields, and those of the step's own kind."""
        data = self.cleaned_data
        found = read_values(self.asked.fields, data)
        given = [key for key, *_rest in self.asked.lengths]
        given += [name for name, _label in VOTES if name in self.fields]
        found |= {key: data[key] for key in given if data.get(key) is not None}
        places = [data[name] for name in self.fields if name.startswith("place-")]
        return {**found, "places": places} if places else found

    def refuse(self, error: DomainError) -> None:
        """Shows a refusal beside the field it belongs to, else on top."""
        refuse(self, error)


def read_values(fields: Sequence[FormField], data: Mapping[str, Any]) -> dict[str, Any]:
    """The rule's fields as JSON can hold them: persons and units by id, days and money as texts."""
    found: dict[str, Any] = {}
    for one in fields:
        value = data.get(PREFIX + one.key)
        if value not in (None, "", []):
            found[one.key] = _plain(value)
        elif one.type == "yes_no":
            found[one.key] = bool(value)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def refuse(form: forms.Form, error: DomainError) -> None:
    """Shows a refusal beside the field it names, where the form asks it; else on top of the form."""
    names = [str(getattr(error, "field", "") or ""), *map(str, getattr(error, "fields", ()))]
    wanted = [one for name in names if name for one in (name, PREFIX + name, "place-1" if name == "places" else "")]
    form.add_error(next((one for one in wanted if one in form.fields), None), str(error))


def paper_fields(name: str) -> dict[str, forms.Field]:
    """Where the original of a missing paper is kept, or its file; and its date."""
    endings = forms.FileInput(attrs={"accept": PAPER_ENDINGS})
    return {
        name: PlainText(
            label=_("原件在哪"), required=False, max_length=120, help_text=_("收的是原件，写收在哪里就够，不用拍照。")
        ),
        f"{name}-file": forms.FileField(label=_("或交一个文件"), required=False, widget=endings, max_length=200),
        f"{name}-on": day_field(_("落款日期"), required=False, help_text=_("空着就按办这一步的日期。")),
    }


class CountForm(forms.Form):
    """One teller's count of a paper vote."""

    step = forms.CharField(widget=forms.HiddenInput, max_length=80)

    def __init__(self, *args: Any, meetings: Choices, tellers: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meeting"] = meeting_field(meetings)
        self.fields["teller"] = forms.TypedChoiceField(
            label=_("计票人"),
            coerce=int,
            empty_value=None,
            choices=[("", gettext("选一个人")), *tellers],
            error_messages={"required": _("没有选计票人。")},
        )
        self.fields.update({name: votes_field(label) for name, label in VOTES})
        for name, _label in VOTES:
            self.fields[name].widget.attrs.update({"inputmode": "numeric", "data-count": name})

    def clean(self) -> dict[str, Any]:
        """Votes of all kinds together are the votes cast."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        parts = [data.get(name) for name in ("in_favour", "against", "abstained", "invalid")]
        cast = data.get("cast")
        if cast is not None and all(part is not None for part in parts):
            total = sum(part for part in parts if part is not None)
            if total != cast:
                text = gettext("收回%(cast)s张，赞成、反对、弃权、无效合计%(total)s张。两个数要相同，重新数一遍。")
                self.add_error("cast", text % {"cast": cast, "total": total})
        return data


class HandInForm(forms.Form):
    """A paper that was received on paper, or handed in as a file."""

    key = forms.ChoiceField(label=_("哪份材料"), error_messages={"required": _("没有选是哪份材料。")})
    dated_on = day_field(_("落款日期"))
    kept_where = PlainText(
        label=_("原件在哪"), required=False, max_length=120, help_text=_("收的是原件，写收在哪里就够，不用拍照。")
    )
    file = forms.FileField(label=_("或交一个文件"), required=False)

    def __init__(self, *args: Any, kinds: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].choices = kinds  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why something is taken back."""

    reason = reason_field(required=True)


class CorrectForm(forms.Form):
    """What an entry should have said: another day, outcome or values, and why."""

    def __init__(self, *args: Any, asked: Asked, outcomes: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        self.fields["done_on"] = day_field(_("哪天办的"))
        if len(outcomes) > 1:
            self.fields["outcome"] = forms.ChoiceField(label=_("结果"), choices=outcomes, widget=forms.RadioSelect)
        for one in asked.fields:
            self.fields[PREFIX + one.key] = field_for(one, asked.people.get(one.key, ()))
        self.fields["reason"] = reason_field(required=True)
        self.fields["reason"].label = _("为什么更正")

    def values(self) -> dict[str, Any]:
        return read_values(self.asked.fields, self.cleaned_data)


class StartForm(forms.Form):
    """Who or what a new case is about."""

    title = PlainText(label=_("事由"), max_length=120)
    begun_on = day_field(_("哪天开始"))

    def __init__(self, *args: Any, people: Choices | Groups | None, asks_host: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if people is not None:
            wrong = {"required": _("没有选是谁的事。选一个人。"), "invalid_choice": _("名册上没有这个人。另选一个。")}
            self.fields["person"] = forms.TypedChoiceField(
                label=_("谁"),
                coerce=int,
                empty_value=None,
                choices=[("", gettext("选一个人")), *people],
                error_messages=wrong,
            )
            self.order_fields(["person", "begun_on"])
            del self.fields["title"]
        if asks_host:
            self.fields["host"] = UnitField(
                label=_("接收组织"), max_length=LONGEST, help_text=_("写组织代码或全称。代码在组织页面的标题下。")
            )


class FilterForm(forms.Form):
    """The filters of the list; what cannot be read is left out."""

    q = PlainText(label=_("姓名、编号或事由"), required=False, max_length=60, strip=True)
    procedure = forms.ChoiceField(label=_("程序"), required=False)
    phase = forms.ChoiceField(label=_("阶段"), required=False)
    state = forms.ChoiceField(label=_("状态"), required=False)

    def __init__(
        self, *args: Any, procedures: Sequence[tuple[str, str]], phases: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        everything = ("", gettext("全部"))
        self.fields["procedure"].choices = [everything, *procedures]  # type: ignore[attr-defined]
        self.fields["phase"].choices = [everything, *phases]  # type: ignore[attr-defined]
        self.fields["state"].choices = [everything, *STATES]  # type: ignore[attr-defined]
        if not phases:
            del self.fields["phase"]


STATES = [
    ("mine", _("等我办")),
    ("others", _("在别人手里")),
    ("late", _("逾期")),
    ("open", _("没办结")),
    ("ended", _("已办结")),
]
