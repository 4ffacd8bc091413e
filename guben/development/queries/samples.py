"""Samples and their cases, within what a reader may see."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from guben.access import policy
from guben.access.policy import Someone
from guben.development.models import Sample, SampledCase
from guben.organisations.models import Organisation
from guben.procedures.queries import cases_for

SEE = "cases.view"


@dataclass(frozen=True, slots=True)
class SampleLine:
    """A case of a sample. `is_visible` is false where the reader may not see it: then nothing of it is shown."""

    row: SampledCase
    is_visible: bool


def samples_at(user: Someone, unit: Organisation) -> QuerySet[Sample]:
    """The samples drawn at and below a unit that the user may see, newest first, with their numbers."""
    found = Sample.objects.filter(policy.in_subtrees([unit.path], "organisation__path"), _seen(user))
    return (
        found.select_related("organisation", "drawn_by")
        .annotate(drawn=Count("cases"), done=Count("cases", filter=~Q(cases__found="")))
        .order_by("-drawn_at", "-pk")
    )


def sample_for(user: Someone, pk: int) -> Sample:
    """Raises Http404 for strangers."""
    found = Sample.objects.filter(_seen(user), pk=pk).select_related("organisation", "drawn_by", "closed_by").first()
    if found is None:
        raise Http404
    return found


def _seen(user: Someone) -> Q:
    """Who sees the cases there."""
    return policy.within(user, SEE)


def lines_of(user: Someone, sample: Sample) -> list[SampleLine]:
    """The cases in the order of their lots; of those the reader may not see, only that they are there."""
    rows = list(sample.cases.select_related("case__organisation", "case__person", "found_by").order_by("place"))
    seen = set(cases_for(user).filter(pk__in=[row.case_id for row in rows]).values_list("pk", flat=True))
    return [SampleLine(row, row.case_id in seen) for row in rows]
