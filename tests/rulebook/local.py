"""A rule that the town makes for itself: written on the page, kept as a draft, issued."""

from __future__ import annotations

from datetime import date
from typing import Any

from guben.accounts.models import User
from guben.organisations.models import Organisation
from guben.rulebook import actions
from guben.rulebook.forms import FORMS
from guben.rulebook.models import Draft, Edition
from tests.cast import TOWN, Cast

FROM = date(2026, 7, 1)
KEY = f"safety-talk-{TOWN}"

DUTY: dict[str, Any] = {
    "title_zh": "支部每月议一次安全",
    "title_en": "Safety talk",
    "why_zh": "汛期里人人要知道往哪里撤。",
    "why_en": "",
    "source": "《青石镇党支部工作办法》",
    "article": "第三条",
    "paper": "青党发〔2026〕12号",
    "from_on": "2026-07-01",
    "until_on": "",
    "key": "",
    "kinds": ["branch", "joint_branch"],
    "who_more": "",
    "meeting": "member_meeting",
    "every": "month",
    "times": "1",
    "due_after_days": "0",
    "quorum": "half",
    "evidence_more": "",
    "minutes": "30",
    "answerable": "secretary",
}
FIGURE: dict[str, Any] = {
    **{name: DUTY[name] for name in ("why_zh", "why_en", "source", "article", "paper", "from_on", "until_on", "key")},
    "title_zh": "青年党员占比",
    "title_en": "Share of young members",
    "kinds": ["branch"],
    "who_more": "",
    "measure": "share",
    "measured": "",
    "where_1_column": "stage",
    "where_1_sign": "=",
    "where_1_value": "正式党员",
    "what_1_column": "age",
    "what_1_sign": "<=",
    "what_1_value": "35",
    "where_text": "",
    "what_text": "",
    "value_text": "",
    "scope": "own",
}
LINE: dict[str, Any] = {
    "line_sign": ">=",
    "line": "20",
    "line_unit": "percent",
    "severity": "low",
    "remedy_zh": "多到青年里发展。",
    "remedy_en": "",
}


def written(
    unit: Organisation, kind: str = "duty", typed: dict[str, Any] | None = None, **more: Any
) -> actions.Written:
    """What a form gives that was filled in like this."""
    form = FORMS[kind]({**(typed or DUTY), **more}, unit=unit)
    assert form.is_valid(), form.errors
    cleaned = form.cleaned_data
    return actions.Written(
        form=kind,
        title=cleaned.get("title_zh", "") or getattr(form, "title", ""),
        text=form.written_text,
        from_on=cleaned["from_on"],
        until_on=cleaned["until_on"],
        paper=cleaned["paper"],
        examples=cleaned.get("examples", ""),
        fields=form.kept(),
    )


def drafted(
    cast: Cast,
    kind: str = "duty",
    typed: dict[str, Any] | None = None,
    *,
    by: User | None = None,
    at: str = TOWN,
    **more: Any,
) -> Draft:
    unit = cast.units[at]
    return actions.keep_draft(unit, written(unit, kind, typed, **more), by=by or cast.organiser)


def issued(cast: Cast, *args: Any, **more: Any) -> Edition:
    if isinstance(more.get("from_on"), date):
        more["from_on"] = more["from_on"].isoformat()
    draft = drafted(cast, *args, **more)
    return actions.issue(draft, version=draft.version, by=more.get("by") or cast.organiser)


def amended(cast: Cast, edition: Edition, **more: Any) -> Edition:
    """The next edition, with some fields written anew."""
    draft = actions.start_amendment(edition, by=cast.organiser)
    unit = edition.organisation
    form = FORMS[edition.form](
        {**edition.fields, "from_on": "2026-09-01", "paper": "青党发〔2026〕20号", **more},
        unit=unit,
        keys=(edition.key, str(edition.fields["figure_key"])),
    )
    assert form.is_valid(), form.errors
    cleaned = form.cleaned_data
    text = actions.Written(
        form=edition.form,
        title=cleaned["title_zh"],
        text=form.written_text,
        from_on=cleaned["from_on"],
        until_on=cleaned["until_on"],
        paper=cleaned["paper"],
        fields=form.kept(),
    )
    draft = actions.keep_draft(unit, text, by=cast.organiser, draft=draft, version=draft.version)
    return actions.issue(draft, version=draft.version, by=cast.organiser)
