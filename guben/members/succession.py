"""People in a merger or a split: affiliations, posts held, contact people and reserve lists go with their unit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from guben.kit.errors import DomainError
from guben.members import errors
from guben.members.choices import MEMBER_STAGES
from guben.members.models import Affiliation, Holding, ReserveEntry, Secondment, Stage, Standing
from guben.members.spans import holds_on
from guben.organisations.carrying import Carrying, Count, Heir, Reform
from guben.organisations.choices import BRANCH_KINDS, TEAM_POSTS, Kind

NAMES = 3  # named in a sentence


class PeopleCarrier:
    """Carries everybody of the former units, so that nobody is left over and nobody is in two places."""

    def counts(self, reform: Reform) -> list[Count]:
        moving = [row for row in _rows(reform) if _goes(row, reform)]
        members = _members(row.person_id for row in moving)
        held = Holding.objects.filter(_of(reform, "post__organisation"), until_on=None)
        carried = sum(row.post.organisation_id in reform.posts for row in held.select_related("post"))
        ending = {unit.pk for unit in reform.ending}
        ended = sum(
            row.post.organisation_id in ending and row.post.organisation_id not in reform.posts
            for row in held.select_related("post")
        )
        lines = [
            Count(_("党员转到新组织"), len(members)),
            Count(_("其他在册人员（申请人、积极分子等）转到新组织"), len(moving) - len(members)),
            Count(_("任职照旧，随岗位转过去"), carried),
            Count(_("任职到那天结束"), ended),
        ]
        for number, heir in enumerate(reform.heirs):
            count = sum(_heir_of(row, reform) == number for row in _rows(reform))
            lines.append(Count(_("之后在“%(name)s”") % {"name": heir.title}, count, _("原组织来的人")))
        if parted := len(_parted(reform)):
            lines.append(Count(_("联系人不在同一个组织了，要另定"), parted))
        return lines

    def problems(self, reform: Reform) -> list[str]:
        return [*_left_over(reform), *_wrong_kind(reform), *_later(reform), *_holders(reform)]

    def stamp(self, units: Sequence[int]) -> str:
        rows = Affiliation.objects.filter(organisation__in=units, until_on=None).order_by("pk").values_list("pk")
        held = Holding.objects.filter(post__organisation__in=units, until_on=None).order_by("pk").values_list("pk")
        return repr((list(rows), list(held)))

    def carry(self, carrying: Carrying) -> None:
        rows = [row for row in _rows(carrying.reform) if _goes(row, carrying.reform)]
        parted = _parted(carrying.reform)
        _affiliations(carrying, rows)
        _holdings(carrying)
        _standings(carrying, parted)
        _reserves(carrying, {row.person_id: _heir_of(row, carrying.reform) for row in rows})


def _of(reform: Reform, field: str) -> Q:
    return Q(**{f"{field}__in": reform.sources})


def _rows(reform: Reform) -> list[Affiliation]:
    rows = Affiliation.objects.filter(_of(reform, "organisation"), until_on=None)
    return list(rows.select_related("person").order_by("pk"))


def _heir_of(row: Affiliation, reform: Reform) -> int | None:
    return reform.heir_of_person(row.person_id, row.organisation_id)


def _goes(row: Affiliation, reform: Reform) -> bool:
    """Does the person change the unit? Who belongs to a unit that goes on may stay there."""
    number = _heir_of(row, reform)
    return number is not None and number != reform.staying.get(row.organisation_id)


def _members(person_ids: Iterable[int]) -> set[int]:
    stages = Stage.objects.filter(person__in=list(person_ids), kind__in=MEMBER_STAGES, until_on=None)
    return set(stages.values_list("person_id", flat=True))


def _left_over(reform: Reform) -> Iterator[str]:
    """Everybody goes somewhere, and nobody who is not of the unit goes anywhere."""
    rows = _rows(reform)
    left = [row for row in rows if _heir_of(row, reform) is None]
    if left:
        yield _("还有%(count)d人没有分到组织：%(names)s。") % {"count": len(left), "names": _named(left)}
    if set(reform.people) - {row.person_id for row in rows}:
        yield _("名单里有人不在这个组织，或已转走。重新打开本页。")


def _named(rows: Sequence[Any]) -> str:
    names = "、".join(row.person.name for row in rows[:NAMES])
    return _("%(names)s等") % {"names": names} if len(rows) > NAMES else names


def _wrong_kind(reform: Reform) -> Iterator[str]:
    used = {_heir_of(row, reform) for row in _rows(reform) if _goes(row, reform)}
    for number in sorted(one for one in used if one is not None):
        try:
            _refuse(reform.heirs[number])
        except DomainError as fault:
            yield str(fault)


def _refuse(heir: Heir) -> None:
    if heir.becomes == Kind.TEMPORARY_BRANCH:
        raise errors.TemporaryBranch(heir.title)
    if heir.becomes not in BRANCH_KINDS:
        raise errors.NotABranch(heir.title, dict(Kind.choices).get(heir.becomes, heir.becomes))


def _later(reform: Reform) -> Iterator[str]:
    """Rows that begin on the day or later, and rows of a unit that ends which end later."""
    day = reform.on.isoformat()
    late = [row for row in _rows(reform) if _goes(row, reform) and row.from_on >= reform.on]
    if late:
        yield _("%(names)s在%(day)s或以后才到这里。生效日期改晚。") % {"names": _named(late), "day": day}
    gone = Affiliation.objects.filter(organisation__in=reform.ending, until_on__gt=reform.on).select_related("person")
    if rows := list(gone):
        yield _("%(names)s在%(day)s以后才离开这里。生效日期改晚。") % {"names": _named(rows), "day": day}
    posts = Q(post__organisation__in=reform.ending) | Q(post__organisation__in=list(reform.posts))
    held = Holding.objects.filter(posts).filter(Q(from_on__gte=reform.on) | Q(until_on__gt=reform.on))
    if rows_held := list(held.select_related("person")):
        yield _("%(names)s的任职在%(day)s或以后还有变动。生效日期改晚。") % {"names": _named(rows_held), "day": day}
    standings = Standing.objects.filter(person__in=_parted(reform), until_on=None, from_on__gt=reform.on)
    if rows_stood := list(standings.select_related("person")):
        yield _("%(names)s的在册情况在%(day)s以后还有变动。生效日期改晚。") % {"names": _named(rows_stood), "day": day}


def _holders(reform: Reform) -> Iterator[str]:
    """Who leads a branch belongs to it."""
    if len(reform.heirs) == 1:
        return
    held = Holding.objects.filter(
        post__organisation__in=list(reform.posts), post__kind__in=TEAM_POSTS, until_on=None
    ).select_related("person", "post")
    for row in held:
        number = reform.posts[row.post.organisation_id]
        goes = reform.people.get(row.person_id)
        if goes is not None and goes != number and reform.heirs[number].becomes in BRANCH_KINDS:
            yield _("%(name)s的%(post)s岗位转到“%(heir)s”，人却分到别处。改一处，或让岗位到那天结束。") % {
                "name": row.person.name,
                "post": row.post,
                "heir": reform.heirs[number].title,
            }


def _parted(reform: Reform) -> list[int]:
    """Those whose contact person goes to another unit than they do."""
    if len(reform.heirs) == 1:
        return []
    goes = {row.person_id: _heir_of(row, reform) for row in _rows(reform)}
    pairs = Standing.objects.filter(person__in=list(goes), until_on=None, contact_person__isnull=False)
    return [
        person
        for person, contact in pairs.values_list("person_id", "contact_person_id")
        if goes[person] != goes.get(contact, goes[person])
    ]


def _affiliations(carrying: Carrying, rows: Sequence[Affiliation]) -> None:
    copies = []
    for row in rows:
        heir = carrying.units[_heir_of(row, carrying.reform) or 0]
        group = carrying.groups.get(row.group_id or 0)
        copies.append(
            Affiliation(
                person_id=row.person_id,
                organisation=heir,
                group=group if group is not None and group.organisation_id == heir.pk else None,
                from_on=carrying.reform.on,
            )
        )
    carrying.journal.change_many(rows, until_on=carrying.reform.on)
    carrying.journal.create_many(copies)
    _leave_groups(carrying)


def _leave_groups(carrying: Carrying) -> None:
    """Who stays in a unit whose group went elsewhere is in no group from the day on."""
    left = Affiliation.objects.filter(group__in=list(carrying.groups), until_on=None).select_related("person")
    rows = list(left)
    copies = [
        Affiliation(person_id=row.person_id, organisation_id=row.organisation_id, from_on=carrying.reform.on)
        for row in rows
    ]
    carrying.journal.change_many(rows, until_on=carrying.reform.on)
    carrying.journal.create_many(copies)


def _holdings(carrying: Carrying) -> None:
    rows = Holding.objects.filter(post__in=carrying.ended_posts, until_on=None).select_related("secondment")
    for row in list(rows):
        carrying.journal.change(row, until_on=carrying.reform.on)
        if (post := carrying.posts.get(row.post_id)) is None:
            continue
        copy = Holding(person_id=row.person_id, post=post, from_on=carrying.reform.on)
        carrying.journal.create(copy)
        carrying.holdings[row.pk] = copy.pk
        if (sent := getattr(row, "secondment", None)) is not None:
            carrying.journal.create(Secondment(holding=copy, sent_by_id=sent.sent_by_id, ends_on=sent.ends_on))


def _standings(carrying: Carrying, parted: Sequence[int]) -> None:
    """A contact person of another unit keeps contact no more, from the day on."""
    on = carrying.reform.on
    for row in Standing.objects.filter(person__in=parted, until_on=None):
        if row.from_on >= on:
            carrying.journal.change(row, contact_person_id=None)
            continue
        copy = Standing(person_id=row.person_id, kind=row.kind, place=row.place, from_on=on)
        carrying.journal.change(row, until_on=on)
        carrying.journal.create(copy)


def _reserves(carrying: Carrying, heirs: dict[int, int | None]) -> None:
    """Who is on the reserve list of a unit that ends stands on the list of the heir."""
    on = carrying.reform.on
    rows = ReserveEntry.objects.filter(organisation__in=carrying.reform.ending, until_on=None)
    for row in list(rows):
        number = heirs.get(row.person_id, 0 if len(carrying.units) == 1 else None)
        carrying.journal.change(row, until_on=max(on, row.from_on))
        if number is not None and not _listed(carrying, row, number):
            carrying.journal.create(
                ReserveEntry(
                    person_id=row.person_id,
                    organisation=carrying.units[number],
                    post_kind=row.post_kind,
                    reason=row.reason,
                    decided_by=row.decided_by,
                    from_on=max(on, row.from_on),
                )
            )


def _listed(carrying: Carrying, row: ReserveEntry, number: int) -> bool:
    return ReserveEntry.objects.filter(
        organisation=carrying.units[number], person=row.person_id, post_kind=row.post_kind, until_on=None
    ).exists()


def people_of(reform_sources: Sequence[int], on: Any) -> list[Affiliation]:
    """Everybody of these units on a day, with group and person, by group and name: for a split's table."""
    rows = Affiliation.objects.filter(holds_on(on), organisation__in=reform_sources, until_on=None)
    return list(rows.select_related("person", "group").order_by("group", "person__pinyin", "person"))
