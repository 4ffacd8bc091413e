"""People who were registered by mistake: about whom nothing was recorded since, so that it can be taken back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Count

from guben.audit.models import Entry
from guben.members.models import Affiliation, Person, Standing

CHUNK = 500
MANY = 5000
REGISTERED = "members.registered"
LEAVES_NO_TRACE = (REGISTERED, "members.unmasked")  # who looked at a number has changed nothing
WRITTEN_WITH = ("stages", "affiliations", "standings")  # what a registration writes itself


def with_later_records(keys: Sequence[int]) -> set[int]:
    """Those of these people about whom more is recorded than their registration: anything in the history, a row of
    whatever app that points to them, a second affiliation or standing, an account of their own."""
    found: set[int] = set()
    for start in range(0, len(keys), MANY):  # keys of one file stand together, so that a range reads hardly more
        block = sorted(keys[start : start + MANY])
        for model, name in _pointing():
            near = {f"{name}__gte": block[0], f"{name}__lte": block[-1]}
            found.update(model._base_manager.filter(**near).order_by().values_list(name, flat=True).distinct())
    found.intersection_update(keys)
    for part in _parts(keys):
        entries = Entry.objects.filter(object_type=Person._meta.label_lower, object_id__in=list(map(str, part)))
        found.update(map(int, entries.exclude(action__in=LEAVES_NO_TRACE).values_list("object_id", flat=True)))
        for dated in (Affiliation, Standing):
            rows = dated._base_manager.filter(person__in=part).order_by().values("person").annotate(rows=Count("pk"))
            found.update(rows.filter(rows__gt=1).values_list("person", flat=True))
        found.update(Person.objects.filter(pk__in=part, user__isnull=False).values_list("pk", flat=True))
    return found


def _pointing() -> list[tuple[Any, str]]:
    """Every model of whatever app with a key to a person, and the key's name; not what a registration writes."""
    relations = [field for field in Person._meta.get_fields(include_hidden=True) if field.auto_created]
    return [
        (relation.related_model, relation.field.name)  # type: ignore[union-attr]
        for relation in relations
        if (relation.one_to_many or relation.one_to_one) and relation.name not in WRITTEN_WITH
    ]


def _parts(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK]


def belonging(keys: Sequence[int]) -> dict[int, Affiliation]:
    """Where each of these people belongs, with the unit."""
    found: dict[int, Affiliation] = {}
    for part in _parts(keys):
        rows = Affiliation.objects.filter(person__in=part).select_related("organisation").order_by("from_on", "pk")
        found.update({row.person_id: row for row in rows})
    return found


def existing(keys: Sequence[int]) -> list[int]:
    """Those who are still there."""
    return [pk for part in _parts(keys) for pk in Person.objects.filter(pk__in=part).values_list("pk", flat=True)]
