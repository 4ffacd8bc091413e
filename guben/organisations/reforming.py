"""What a merger or a split would carry, and what stands in its way, before anything is written."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from guben.accounts.installation import today
from guben.kit import tree
from guben.organisations import calculations, carrying, errors, obstacles
from guben.organisations.carrying import Count, Heir, Reform
from guben.organisations.choices import ActKind, PostKind
from guben.organisations.models import Act, Group, Organisation, Placement, Post, Site, Team

MOST_UNITS = 20


def problems(reform: Reform) -> list[str]:
    """Everything that stands in the way, in sentences; each once."""
    found = [*_shape(reform)]
    if not found:
        found = [*_days(reform), *_places(reform), *_below(reform), *_posts(reform), *_groups(reform)]
        for unit in reform.ending:
            found += obstacles.sentences("reform", unit, reform.on)
        for carrier in carrying.carriers():
            found += carrier.problems(reform)
    return list(dict.fromkeys(found))


def counts(reform: Reform, *, carries_grants: bool) -> list[Count]:
    """What is carried over and what ends, one line each."""
    lines: list[Count] = []
    for carrier in carrying.carriers():
        lines += carrier.counts(reform)
    ending = {unit.pk for unit in reform.ending}
    posts = list(Post.objects.filter(_at(reform)))
    carried = sum(post.organisation_id in reform.posts for post in posts)
    lines.append(Count(_("岗位随任职者转到新组织"), carried))
    left = ending - set(reform.posts)
    lines.append(Count(_("岗位到那天结束"), sum(post.organisation_id in left for post in posts)))
    groups = list(Group.objects.filter(_at(reform)))
    lines.append(Count(_("党小组照原样转过去"), sum(group.pk in reform.groups for group in groups)))
    lines.append(
        Count(_("党小组到那天撤销"), sum(g.pk not in reform.groups and g.organisation_id in ending for g in groups))
    )
    sites = list(Site.objects.filter(_at(reform)))
    lines.append(Count(_("阵地转过去"), sum(site.pk in reform.sites for site in sites)))
    lines.append(
        Count(_("阵地到那天停用"), sum(s.pk not in reform.sites and s.organisation_id in ending for s in sites))
    )
    lines.append(Count(_("下级组织连同其下各级一起转"), len(reform.below)))
    lines.append(Count(_("原组织撤销"), len(reform.ending)))
    lines.append(Count(_("新成立组织"), sum(heir.unit is None for heir in reform.heirs)))
    if reform.ending:
        words = _("授权一并转到新组织。") if carries_grants else _("原组织的授权到那天结束，由有权的人重新授予。")
        lines.append(Count(_("授权"), 0, words))
    return [line for line in lines if line.number or line.words]


def stamp(units: Iterable[Organisation]) -> str:
    """What the units are like now, in a few letters: a form opened earlier shows by it that something changed."""
    pks = sorted(unit.pk for unit in units)
    parts: list[Any] = [
        sorted(Act.objects.filter(organisation__in=pks).values_list("pk", flat=True)),
        sorted(Placement.objects.filter(organisation__in=pks).values_list("pk", "until_on")),
        sorted(Organisation.objects.filter(pk__in=pks).values_list("pk", "dissolved_on", "path"), key=str),
        sorted(Organisation.objects.filter(parent__in=pks).values_list("pk", "dissolved_on"), key=str),
    ]
    parts += [
        sorted(model._default_manager.filter(organisation__in=pks).values_list("pk", "until_on"), key=str)
        for model in (Post, Group, Site, Team)
    ]
    for carrier in carrying.carriers():
        parts.append(getattr(carrier, "stamp", lambda units: "")(pks))
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:20]


def place_stamp(unit: Organisation) -> str:
    """Where the unit stands and which acts were done to it, in a few letters: for the forms of single acts."""
    acts = sorted(Act.objects.filter(organisation=unit).values_list("pk", flat=True))
    parts = [acts, unit.path, unit.name, unit.short_name, unit.kind, unit.field, unit.territory, unit.dissolved_on]
    return hashlib.sha256(repr([*parts, unit.kept_from]).encode()).hexdigest()[:20]


def _at(reform: Reform) -> Q:
    return Q(organisation__in=reform.sources, until_on__isnull=True)


def _shape(reform: Reform) -> Iterator[str]:
    """Too few units, codes and names that can't be, kinds that do not exist."""
    if len({unit.pk for unit in reform.sources}) < len(reform.sources) or len(reform.sources) > MOST_UNITS:
        yield _("一次最多合并%(most)d个组织，每个只选一次。") % {"most": MOST_UNITS}
    if reform.kind == ActKind.MERGE and (len(reform.sources) < 2 or len(reform.heirs) != 1):  # noqa: PLR2004
        yield _("合并至少要两个组织，合成一个。再选一个要合并的组织。")
    if reform.kind == ActKind.SPLIT and (len(reform.sources) != 1 or len(reform.heirs) < 2):  # noqa: PLR2004
        yield _("拆分后至少要有两个组织。再写一个新组织的名称和代码。")
    if reform.on > today():
        yield str(errors.DayInFuture(reform.on, today()))
    for heir in reform.heirs:
        yield from _heir(heir, reform)
    for number, times in Counter(heir.code for heir in reform.heirs if heir.unit is None).items():
        if times > 1:
            yield _("代码%(code)s写了两次。每个组织用自己的代码。") % {"code": number}


def _heir(heir: Heir, reform: Reform) -> Iterator[str]:
    if heir.unit is not None:
        if heir.unit.pk not in {unit.pk for unit in reform.sources}:
            yield _("“%(name)s”不在要合并的组织里，不能由它承接。") % {"name": heir.unit.name}
        return
    if not calculations.is_code(heir.code):
        yield str(errors.BadCode(heir.code))
    elif Organisation.objects.filter(code=heir.code).exists():
        yield str(errors.CodeTaken(heir.code, ""))
    if not heir.name.strip() or not heir.short_name.strip():
        yield str(errors.NameMissing(heir.code))


def _days(reform: Reform) -> Iterator[str]:
    """Units that were not there on the day, and rows that are already dated on it or later."""
    for unit in reform.sources:
        if unit.dissolved_on:
            yield str(errors.AlreadyDissolved(unit.name, unit.dissolved_on))
            continue
        place = Placement.objects.filter(organisation=unit, until_on__isnull=True).first()
        if place is None or place.from_on >= reform.on:
            yield str(errors.DayTooEarly(unit.name, place.from_on if place else today()))
    for unit in reform.ending:
        for model in (Post, Group, Site, Team):
            start = "elected_on" if model is Team else "from_on"
            later = model._default_manager.filter(
                Q(**{f"{start}__gte": reform.on}) | Q(until_on__gt=reform.on), organisation=unit
            ).count()
            if later:
                yield _("“%(name)s”有%(count)d条“%(what)s”的日期在%(day)s或以后。生效日期改晚，或先更正它们。") % {
                    "name": unit.name,
                    "count": later,
                    "what": model._meta.verbose_name,
                    "day": reform.on.isoformat(),
                }


def _places(reform: Reform) -> Iterator[str]:
    """The parent of what is founded must have stood there on the day, outside of what ends, and be no branch."""
    if all(heir.unit for heir in reform.heirs):
        return
    parent = reform.parent
    if parent is None:
        if any(unit.parent_id for unit in reform.sources):
            yield _("选新组织的上级。")
        return
    if parent.dissolved_on:
        yield str(errors.ParentDissolved(parent.name, parent.dissolved_on))
    if calculations.is_branch(parent.kind):
        yield _("“%(name)s”是党支部，不能作上级。换一个上级。") % {"name": parent.name}
    for unit in reform.sources:
        if tree.is_at_or_below(parent.path, unit.path):
            yield str(errors.WouldBeItsOwnParent(unit.name, parent.name))
    stood = Placement.objects.filter(organisation=parent, path=parent.path).order_by("from_on").first()
    if stood is None or stood.from_on > reform.on:
        yield str(errors.ParentStoodElsewhere(parent.name, stood.from_on if stood else today()))


def _below(reform: Reform) -> Iterator[str]:
    """No unit below may be left without a parent, none may come under a branch or under itself."""
    sources = {unit.pk: unit for unit in reform.sources}
    living = {unit.pk: unit for unit in Organisation.objects.filter(parent__in=sources, dissolved_on__isnull=True)}
    ending = {unit.pk for unit in reform.ending}
    for pk, unit in living.items():
        if unit.parent_id in ending and pk not in reform.below:
            yield _("下级组织“%(name)s”还没有选归谁管。") % {"name": unit.name}
        if pk in sources:
            yield _("“%(name)s”和它的上级不能一起合并。先把它转出来。") % {"name": unit.name}
    for pk, number in reform.below.items():
        if pk not in living:
            yield _("有一个下级组织不在原组织之下，或已撤销。重新打开本页。")
            continue
        heir = reform.heirs[number]
        if calculations.is_branch(heir.becomes):
            yield _("“%(heir)s”是党支部，不能管“%(name)s”。") % {"heir": heir.title, "name": living[pk].name}
        place = Placement.objects.filter(organisation=pk, until_on__isnull=True).first()
        if place is None or place.from_on > reform.on:
            yield str(errors.DayTooEarly(living[pk].name, place.from_on if place else today()))


def _posts(reform: Reform) -> Iterator[str]:
    """No heir may come to have two secretaries."""
    seats: Counter[int] = Counter()
    posts = Post.objects.filter(_at(reform), kind=PostKind.SECRETARY)
    staying = reform.staying
    for post in posts:
        number = reform.posts.get(post.organisation_id, staying.get(post.organisation_id))
        if number is not None:
            seats[number] += 1
    for number, count in seats.items():
        if count > 1:
            yield _("“%(name)s”会有%(count)d个书记岗位。只让一个组织的岗位转过去，别的到那天结束。") % {
                "name": reform.heirs[number].title,
                "count": count,
            }


def _groups(reform: Reform) -> Iterator[str]:
    known = set(Group.objects.filter(_at(reform)).values_list("pk", flat=True))
    sites = set(Site.objects.filter(_at(reform)).values_list("pk", flat=True))
    if set(reform.groups) - known or set(reform.sites) - sites:
        yield _("有党小组或阵地已不在原组织。重新打开本页。")
    for number in set(reform.groups.values()):
        if not calculations.is_branch(reform.heirs[number].becomes):
            yield str(errors.NotABranch(reform.heirs[number].title))
