"""The names of coded values, so that a rule can be told in words."""

from __future__ import annotations

from django.db.models import TextChoices

from guben.meetings.choices import Form
from guben.members.choices import EDUCATION, ETHNICITY, Occupation, Sex, StageKind, StandingKind
from guben.organisations.choices import Condition, Field, Kind, PostKind, Tenure, Territory
from guben.rulebook_engine.facts import Column

_CHOICES: dict[str, tuple[type[TextChoices], ...]] = {
    "kind": (Kind, PostKind),
    "field": (Field,),
    "territory": (Territory,),
    "tenure": (Tenure,),
    "condition": (Condition,),
    "stage": (StageKind,),
    "standing": (StandingKind,),
    "sex": (Sex,),
    "holder_sex": (Sex,),
    "occupation": (Occupation,),
    "form": (Form,),
}
_CODES = {"education": EDUCATION, "holder_education": EDUCATION, "ethnicity": ETHNICITY}


def label_of(column: Column, code: str) -> str | None:
    """The name of a code of a column in the reader's language; None where it has none."""
    if column.name in _CODES:
        return _CODES[column.name].get(code)
    for choices in _CHOICES.get(column.name, ()):
        if code in choices.values and set(column.values) >= {code}:
            return str(choices(code).label)
    return None
