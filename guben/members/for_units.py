"""What the unit pages and the acts on the tree ask about people: holders, what stands in the way, numbers for tabs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import Count, Q
from django.utils.translation import gettext, ngettext

from guben.access import policy
from guben.access.policy import Someone
from guben.members.choices import MEMBER_STAGES, StageKind, education_label
from guben.members.models import Affiliation, Holding
from guben.members.queries import holdings_of
from guben.members.spans import holds_on
from guben.organisations import holders, obstacles, pages
from guben.organisations.holders import Holder
from guben.organisations.models import Group, Organisation, Post

FEMALE = "2"


def register() -> None:
    """Called when Django starts."""
    holders.register(holders_on)
    obstacles.register("dissolve", people_belong)
    obstacles.register("dissolve", posts_are_held)
    obstacles.register("close_post", post_is_held)
    obstacles.register("close_group", people_are_in_group)
    pages.register_counter(roll_of_unit)


def holders_on(post_ids: Sequence[int], on: date) -> Mapping[int, Holder]:
    """The holders of posts on a day by post id, in one query."""
    return {
        post_id: Holder(
            holding_id=holding.pk,
            name=holding.person.name,
            url=holding.person.get_absolute_url(),
            sex=holding.person.get_sex_display(),
            is_woman=holding.person.sex == FEMALE,
            birth_year=holding.person.born_on.year,
            education=education_label(holding.person.education),
            since_on=holding.from_on,
        )
        for post_id, holding in holdings_of(post_ids, on).items()
    }


def people_belong(unit: Organisation, on: date) -> str | None:
    """Somebody belongs to the unit from that day on."""
    count = Affiliation.objects.filter(_still(on), organisation=unit).values("person").distinct().count()
    if not count:
        return None
    return ngettext(
        "还有%(count)d人的组织关系在这里。先转到别的支部。", "还有%(count)d人的组织关系在这里。先转到别的支部。", count
    ) % {"count": count}


def posts_are_held(unit: Organisation, on: date) -> str | None:
    """Somebody holds a post of the unit from that day on."""
    count = Holding.objects.filter(_still(on), post__organisation=unit).count()
    if not count:
        return None
    return ngettext("还有%(count)d个岗位有人任职。先免职。", "还有%(count)d个岗位有人任职。先免职。", count) % {
        "count": count
    }


def post_is_held(post: Post, on: date) -> str | None:
    """Somebody holds the post from that day on."""
    if not Holding.objects.filter(_still(on), post=post).exists():
        return None
    return gettext("“%(post)s”还有人任职。先免职，再撤岗位。") % {"post": post}


def people_are_in_group(group: Group, on: date) -> str | None:
    """Somebody is in the group from that day on."""
    count = Affiliation.objects.filter(_still(on), group=group).count()
    if not count:
        return None
    return ngettext(
        "还有%(count)d人在这个小组。先转到别的小组。", "还有%(count)d人在这个小组。先转到别的小组。", count
    ) % {"count": count}


def roll_of_unit(unit: Organisation, on: date, user: Someone) -> Mapping[str, int]:
    """How many members the unit has, for those who may know, in one query."""
    if not policy.may(user, "figures.view", unit):
        return {}
    belongs = Affiliation.objects.filter(holds_on(on), organisation=unit)
    return belongs.aggregate(
        members=Count("pk", filter=holds_on(on, "person__stages") & Q(person__stages__kind__in=MEMBER_STAGES)),
        probationary=Count(
            "pk", filter=holds_on(on, "person__stages") & Q(person__stages__kind=StageKind.PROBATIONARY)
        ),
    )


def _still(on: date) -> Q:
    return Q(until_on__isnull=True) | Q(until_on__gt=on)
