"""What the board of a unit shows to one reader on a day: what hangs, what is newest on each matter, what was before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import Http404
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guben.access import policy as access
from guben.organisations.models import Organisation
from guben.publication import policy
from guben.publication.models import Notice, Publication
from guben.rulebook.queries import library

MOST_NOTICES, MOST_NOW, MOST_EARLIER = 50, 30, 100


@dataclass(frozen=True, slots=True)
class Item:
    """One publication with the title of its matter."""

    publication: Publication
    matter: str


@dataclass(frozen=True, slots=True)
class Board:
    """`now` holds the newest publication of each matter, `earlier` those before."""

    unit: Organisation
    notices: list[Notice]
    now: list[Item]
    earlier: list[Item]
    for_strangers: bool

    @property
    def is_empty(self) -> bool:
        return not (self.notices or self.now or self.earlier)


def of(user: access.Someone, code: str, on: date) -> Board:
    """The board of the unit with this code. A stranger is told the same of a unit that shows nothing as of none.

    Raises:
        Http404: there is nothing for this reader, and she may not see the unit either.
    """
    meant = policy.reader(user, on).hears()
    here = {"organisation__code": code}
    notices = Notice.objects.filter(policy.hangs(on) & meant, **here).select_related("organisation")
    shown = Publication.objects.filter(policy.stands(on) & meant, **here).select_related("organisation")
    hanging = list(notices.order_by("term_ends_on", "pk")[:MOST_NOTICES])
    published = list(shown[: MOST_NOW + MOST_EARLIER])
    units = [*(one.organisation for one in hanging), *(one.organisation for one in published)]
    unit = units[0] if units else _seen(user, code)
    now, earlier = _parted([Item(one, title_of_matter(one)) for one in published])
    return Board(unit, hanging, now[:MOST_NOW], earlier[:MOST_EARLIER], not user.is_authenticated)


def _seen(user: access.Someone, code: str) -> Organisation:
    """The unit, for whoever may see it or belongs to it; everybody else learns nothing."""
    if user.is_authenticated:
        unit = Organisation.objects.filter(code=code).first()
        if unit is not None and access.may(user, "units.view", unit):
            return unit
    raise Http404


def _parted(items: list[Item]) -> tuple[list[Item], list[Item]]:
    """The newest of each matter, and what came before; what belongs to no matter is new for itself."""
    now: list[Item] = []
    earlier: list[Item] = []
    known: set[str] = set()
    for item in items:
        key = item.publication.rule
        (earlier if key and key in known else now).append(item)
        known.add(key)
    return now, earlier


def title_of_matter(publication: Publication) -> str:
    """The title of the catalogue's matter, as it was called when this was published."""
    if not publication.rule:
        return _("公开")
    known = library()
    found = known.get(publication.rule, publication.counts_on) or next(iter(known.editions(publication.rule)), None)
    return found.title.say(get_language() or "zh") if found else _("公开")
