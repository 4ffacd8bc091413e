"""What this app tells the lower ones: who holds a post, what stands in the way of an ending, how acts are named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from guben.access import policy
from guben.access.policy import Someone
from guben.audit import sentences
from guben.kit.days import completed_years
from guben.members.choices import ADDRESSES, MEMBER_STAGES, Sex, StageKind, education_label
from guben.members.models import Affiliation, Holding
from guben.members.queries import holdings_of
from guben.members.spans import holds_on
from guben.members.succession import PeopleCarrier
from guben.organisations import carrying, holders, obstacles, pages
from guben.organisations.holders import Holder
from guben.organisations.models import Group, Organisation, Post


def register() -> None:
    """Registers all of it; called when Django starts."""
    holders.register(post_holders)
    obstacles.register("dissolve", people_left)
    obstacles.register("close_post", holder_left)
    obstacles.register("close_group", group_members_left)
    carrying.register(PeopleCarrier())
    pages.register_counter(roll_of_unit)
    for action, (name, detail) in NAMES.items():
        sentences.register(action, name, detail)
    sentences.register_fields("members.person", FIELDS)


COLLEGE = ("10", "20", "30")  # 大专及以上, GB/T 4658-2006

NAMES: dict[str, tuple[Any, Any]] = {
    "members.registered": (_("登记人员"), ""),
    "members.registration_withdrawn": (_("撤回登记"), ""),
    "members.changed": (_("改资料"), ""),
    "members.stage_entered": (_("登记人员类别"), ""),
    "members.affiliated": (_("调整支部或党小组"), ""),
    "members.released": (_("转往系统外"), ""),
    "members.standing_taken": (_("改在册情况"), ""),
    "members.contact_recorded": (_("记录联系"), ""),
    "members.contacts_recorded": (_("记录一批联系"), _("%(count)s次")),
    "members.appointed": (_("登记任职"), _("自%(from_on)s起")),
    "members.relieved": (_("登记免职"), _("自%(until_on)s起")),
    "members.put_on_reserve": (_("列入后备干部"), _("自%(from_on)s起")),
    "members.taken_off_reserve": (_("移出后备干部"), _("自%(until_on)s起")),
    "members.sent_down": (_("登记下派"), _("到%(until_on)s期满")),
    "members.unmasked": (_("查看隐去的号码或住址"), _("原因：%(reason)s")),
    "members.user_linked": (_("关联账户"), ""),
    "members.number_looked_up": (_("查本组织以外的号码"), ""),
    "members.numbers_checked": (_("核对一批号码"), _("共%(tried)s个，在其他组织登记%(elsewhere)s个")),
    "members.exported": (_("导出党员名单"), _("%(count)s人，按%(on)s")),
}


# What the history names as written on a person and is not a field of that name.
FIELDS = {
    "id_number": _("公民身份号码"),
    "phone": _("手机号码"),
    **ADDRESSES,
    "stages": _("阶段"),
    "standing": _("在册情况"),
    "kind": _("类别"),
    "organisation": _("党支部"),
    "from_on": _("起"),
    "contact_person": _("联系人"),
    "place": _("去向"),
}


def post_holders(post_ids: Sequence[int], on: date) -> Mapping[int, Holder]:
    """The holders of these posts on a day, by the post's id."""
    return {
        post_id: Holder(
            holding_id=holding.pk,
            name=holding.person.name,
            url=holding.person.get_absolute_url(),
            sex=str(holding.person.get_sex_display()),
            is_woman=holding.person.sex == Sex.FEMALE,
            birth_year=holding.person.born_on.year,
            education=education_label(holding.person.education),
            since_on=holding.from_on,
            age=completed_years(holding.person.born_on, on),
            has_college=holding.person.education in COLLEGE,
            sent_by=sent.sent_by.short_name if (sent := getattr(holding, "secondment", None)) else "",
            sent_until=sent.ends_on if sent else None,
        )
        for post_id, holding in holdings_of(post_ids, on).items()
    }


def people_left(unit: Organisation, on: date) -> str | None:
    """People who still belong to a unit that is to be dissolved, and posts that are still held."""
    still = Q(until_on=None) | Q(until_on__gt=on)
    count = Affiliation.objects.filter(still, organisation=unit).count()
    if count:
        return ngettext(
            "还有%(count)d人在这里。先把组织关系转走。", "还有%(count)d人在这里。先把他们的组织关系转走。", count
        ) % {"count": count}
    held = Holding.objects.filter(still, post__organisation=unit).count()
    if held:
        return ngettext(
            "还有%(count)d个职务有人担任。先登记免职。", "还有%(count)d个职务有人担任。先逐个登记免职。", held
        ) % {"count": held}
    return None


def holder_left(post: Post, on: date) -> str | None:
    """Somebody who still holds a post that is to be closed."""
    holding = Holding.objects.filter(post=post, until_on=None).select_related("person").first()
    if holding is None:
        return None
    return gettext("这个职务由%(name)s担任。先登记免职。") % {"name": holding.person.name}


def group_members_left(group: Group, on: date) -> str | None:
    """Members who still belong to a group that is to be closed."""
    count = Affiliation.objects.filter(group=group, until_on=None).count()
    if not count:
        return None
    return ngettext(
        "还有%(count)d人在这个党小组。先把他编入别的党小组。",
        "还有%(count)d人在这个党小组。先把他们编入别的党小组。",
        count,
    ) % {"count": count}


def roll_of_unit(unit: Organisation, on: date, user: Someone) -> Mapping[str, int]:
    """How many members the unit has on a day, for those who may see its figures."""
    if not policy.may(user, "figures.view", unit):
        return {}
    stage = holds_on(on, "person__stages")
    return Affiliation.objects.filter(holds_on(on), organisation=unit).aggregate(
        members=Count("pk", filter=stage & Q(person__stages__kind__in=MEMBER_STAGES)),
        probationary=Count("pk", filter=stage & Q(person__stages__kind=StageKind.PROBATIONARY)),
    )
