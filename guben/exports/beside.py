"""What an export of all that a roll holds reads besides: where the unit stands, when each stage began, posts, contact.

Read for many people at once, a question a table.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Max

from guben.imports.columns import source_words
from guben.members.models import Contact, Holding, Stage
from guben.members.spans import holds_on
from guben.organisations.choices import PostKind
from guben.organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person's unit stands; `kind` and `field` are codes."""

    code: str = ""
    kind: str = ""
    field: str = ""
    above: str = ""
    above_code: str = ""


@dataclass(frozen=True, slots=True)
class Posts:
    """The posts that a person holds, in words, and since when the first of them."""

    titles: str = ""
    from_on: date | None = None


TITLES = {kind: word for word, kind in source_words(PostKind.choices).items()}


def places(units: Collection[int]) -> dict[int, Place]:
    """Where these units stand."""
    rows = Organisation.objects.filter(pk__in=units).values_list(
        "pk", "code", "kind", "field", "parent__name", "parent__code"
    )
    return {
        pk: Place(code, kind, field, above or "", above_code or "") for pk, code, kind, field, above, above_code in rows
    }


def stages_begun(people: Collection[int], kinds: Collection[str], on: date) -> dict[int, dict[str, date]]:
    """The first day of each of these stages up to a day, by person."""
    begun: dict[int, dict[str, date]] = {}
    stages = Stage.objects.filter(person__in=people, kind__in=kinds, from_on__lte=on).order_by("-from_on")
    for person, kind, from_on in stages.values_list("person", "kind", "from_on"):
        begun.setdefault(person, {})[kind] = from_on
    return begun


def last_contacts(people: Collection[int], on: date) -> dict[int, date]:
    """The day of the last contact up to a day, by person."""
    contacts = Contact.objects.filter(person__in=people, contacted_on__lte=on).order_by()
    return dict(contacts.values_list("person").annotate(Max("contacted_on")))


def posts_held(people: Collection[int], on: date) -> dict[int, Posts]:
    """The posts held on a day, the longest held first; each with its unit, as on the page of a person."""
    held: dict[int, Posts] = {}
    rows = Holding.objects.filter(holds_on(on), person__in=people).order_by("from_on", "pk")
    for person, kind, title, unit, from_on in rows.values_list(
        "person", "post__kind", "post__title", "post__organisation__short_name", "from_on"
    ):
        words = unit + (title or TITLES.get(kind, kind))
        known = held.get(person)
        held[person] = Posts(f"{known.titles}、{words}", known.from_on) if known else Posts(words, from_on)
    return held
