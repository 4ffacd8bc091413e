"""The make-up of the members of a subtree on a day: counts by sex, ethnicity, age, education and the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, CharField, Count, Value, When
from django.utils.translation import gettext as _

from guben.kit.coarsening import coarsened
from guben.members import calculations
from guben.members.choices import (
    EDUCATION,
    HAN,
    MEMBER_STAGES,
    Occupation,
    Sex,
    StageKind,
    StandingKind,
    education_label,
)
from guben.members.queries.lists import below
from guben.members.spans import placed_on
from guben.organisations.models import Organisation

UNKNOWN = "unknown"
DIMENSIONS = ("age", "education", "occupation", "sex", "ethnicity", "standing", "stage")
ON_THE_ROLL = [kind for kind in StageKind if kind != StageKind.ENDED]
COLUMNS = {"age": "band", "ethnicity": "people"}
Tally = dict[str, Counter[str]]


@dataclass(frozen=True, slots=True)
class Slice:
    """One bar: how many, which share, and the superior's share. None where the number would tell about very few."""

    key: str
    label: str
    count: int | None
    share: float | None
    also: float | None


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way to divide the members (`stage` divides all people on the roll)."""

    key: str
    title: str
    slices: list[Slice]

    @property
    def widest(self) -> float:
        """The largest share of all, for the scale of the bars."""
        return max([value for s in self.slices for value in (s.share or 0, s.also or 0)], default=0) or 1


@dataclass(frozen=True, slots=True)
class Structure:
    """The structure of a unit's members on a day; `also_name` names the superior whose shares stand beside."""

    total: int
    on: date
    dimensions: list[Dimension]
    also_name: str
    is_coarse: bool


def structure_of(  # noqa: PLR0913 - whose, when, and who looks at what of it
    unit: Organisation,
    on: date,
    *,
    also: Organisation | None = None,
    coarse: bool = False,
    coarse_beside: bool = True,
    by: Sequence[str] = DIMENSIONS,
) -> Structure:
    """The structure of the members at and below a unit on a day, in one query, and one more for the superior's shares.

    `coarse` hides numbers that tell about very few people, for who sees figures but no persons; `coarse_beside` does
    so for the superior's. `by` names the dimensions that are asked for: fewer of them cost less.

    Source: M3.1; 以上 and 以下 include the number.
    """
    tally = _tally(unit, on, by)
    beside = _tally(also, on, by) if also else {}
    dimensions = [_dimension(key, tally[key], _shares(key, beside, coarse_beside), coarse) for key in by]
    total = sum(number for stage, number in tally["stage"].items() if stage in MEMBER_STAGES)
    return Structure(total, on, dimensions, also.short_name if also else "", coarse)


def _tally(unit: Organisation, on: date, by: Sequence[str]) -> Tally:
    """How many people are in each slice of the dimensions asked for, and at each stage."""
    band = Case(
        *(
            When(born_on__gt=after, then=Value(key))
            for key, (first, last) in calculations.AGE_BANDS.items()
            if (after := calculations.birth_days_of(first, last, on)[0])
        ),
        default=Value("60+"),
        output_field=CharField(),
    )
    han = Case(When(ethnicity=HAN, then=Value("han")), default=Value("minority"))
    kept = [key for key in by if key != "stage"]
    stages = ON_THE_ROLL if "stage" in by else list(MEMBER_STAGES)
    groups = (
        placed_on(on, standing="standing" in by)
        .filter(below(unit, on), stage__in=stages)
        .annotate(band=band, people=han)
        .order_by()
        .values_list("stage", *(COLUMNS.get(key, key) for key in kept))
        .annotate(number=Count("pk"))
    )
    tally: Tally = {key: Counter() for key in (*by, "stage")}
    for stage, *values, number in groups:
        tally["stage"][stage] += number
        if stage in MEMBER_STAGES:
            for key, value in zip(kept, values, strict=True):
                tally[key][value or UNKNOWN] += number
    return tally


def labels_of(key: str) -> dict[str, str]:
    """The slices of a dimension with their words, in the order they are shown."""
    known: dict[str, Mapping[str, object]] = {
        "age": {
            "35-": _("35岁及以下"),
            "36-45": _("36—45岁"),
            "46-54": _("46—54岁"),
            "55-59": _("55—59岁"),
            "60+": _("60岁及以上"),
        },
        "education": {code: education_label(code) for code in EDUCATION} | {UNKNOWN: _("未填")},
        "occupation": dict(Occupation.choices) | {UNKNOWN: _("未填")},
        "sex": dict(Sex.choices),
        "ethnicity": {"han": _("汉族"), "minority": _("少数民族")},
        "standing": dict(StandingKind.choices),
        "stage": {kind.value: kind.label for kind in ON_THE_ROLL},
    }
    return {code: str(label) for code, label in known[key].items()}


def title_of(key: str) -> str:
    """The name of a dimension."""
    titles = {
        "age": _("年龄"),
        "education": _("学历"),
        "occupation": _("职业"),
        "sex": _("性别"),
        "ethnicity": _("民族"),
        "standing": _("在册情况"),
        "stage": _("人员类别"),
    }
    return titles[key]


def _shares(key: str, beside: Tally, coarse: bool) -> dict[str, float | None]:
    """The superior's shares of a dimension, None where they would tell about very few."""
    counts = beside.get(key, Counter())
    total = sum(counts.values())
    full = {code: counts[code] for code in labels_of(key)}
    shown: Mapping[str, int | None] = coarsened(full) if coarse else full
    return {code: None if count is None or not total else count / total for code, count in shown.items()}


def _dimension(key: str, counts: Counter[str], beside: Mapping[str, float | None], coarse: bool) -> Dimension:
    labels = labels_of(key)
    full = {code: counts[code] for code in labels}
    if not full.get(UNKNOWN):
        full.pop(UNKNOWN, None)
    shown: Mapping[str, int | None] = coarsened(full) if coarse else full
    total = sum(full.values())
    slices = [
        Slice(
            key=code,
            label=labels[code],
            count=count,
            share=None if count is None or not total else count / total,
            also=beside.get(code),
        )
        for code, count in shown.items()
    ]
    return Dimension(key, title_of(key), slices)
