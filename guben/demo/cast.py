"""The demo's users: one for each role, whom the sign-in page offers, and those who keep the records of the units."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Featured:
    """A user whom the sign-in page offers. `place` says where: city, town, branch."""

    username: str
    role: str
    place: str
    title: str | Promise
    tries: str | Promise
    post: str = ""
    elsewhere: str | Promise = ""  # the title where the place is no city, or no community


FEATURED: tuple[Featured, ...] = (
    Featured(
        "organiser", "organiser", "city", _("市委组织部组织员"),
        _("看全局：哪些问题、在哪里、凭哪条规定；打开一个数，看到它的记录。"), elsewhere=_("组织部组织员"),
    ),
    Featured(
        "town-clerk", "clerk", "town", _("镇党务干事"),
        _("替四十来个支部记会议：一次选中许多支部，只填没来的人；提醒还欠着的支部。"),
    ),
    Featured(
        "town-organiser", "organiser", "town", _("镇组织员"), _("看本镇各支部的欠项、班子任期和阵地，给人授权。"),
    ),
    Featured(
        "secretary", "secretary", "branch", _("社区支部书记"),
        _("看今天要办什么：逾期的、就要到期的、该联系的外出党员；记一次会议。"), "secretary", _("支部书记"),
    ),
    Featured(
        "deputy", "deputy", "branch", _("社区支部副书记"), _("记会议，改党员资料；不能授权，也不能看证件号码。"),
        "deputy_secretary", _("支部副书记"),
    ),
    Featured(
        "organisation-officer", "organisation_officer", "branch", _("社区支部组织委员"),
        _("登记党员，改在册情况，写明理由后看证件号码。"), "organisation", _("支部组织委员"),
    ),
    Featured(
        "discipline-officer", "discipline_officer", "branch", _("社区支部纪检委员"),
        _("只看不改：会议、党员和历史。"), "discipline", _("支部纪检委员"),
    ),
    Featured(
        "branch-clerk", "clerk", "branch", _("社区支部党务干事"), _("替支部登记会议和联系记录。"),
        elsewhere=_("支部党务干事"),
    ),
    Featured(
        "member", "member", "branch", _("社区支部党员"), _("看本支部的会议和自己的资料；看不到别人的资料。"),
        elsewhere=_("支部党员"),
    ),
    Featured("inspector", "inspector", "city", _("督查员"), _("走到每个支部看记录和历史，什么都不改。")),
    Featured("statistician", "statistician", "city", _("统计员"), _("看全部单位的数字和构成；一个人的姓名也看不到。")),
    Featured("auditor", "auditor", "city", _("审计员"), _("查谁在什么时候、凭什么权做了什么。")),
    Featured("administrator", "administrator", "city", _("系统管理员"), _("开账户，关掉演示登录；不给角色，看不到党员资料。")),
    Featured(
        "security-administrator", "security_administrator", "city", _("安全管理员"),
        _("给人角色，替丢了手机的人重设第二重验证；不开账户，看不到党员资料。"),
    ),
)  # fmt: skip
USERNAMES = tuple(entry.username for entry in FEATURED)


def title_at(featured: Featured, territory: str) -> str | Promise:
    """The featured user's title at a place of this territory."""
    usual = territory in ("city", "town", "community")
    return featured.title if usual or not featured.elsewhere else featured.elsewhere


def title_of(username: str, territory: str) -> str:
    """The title as it is stored: in the source language, whoever builds the demo."""
    with translation.override("zh-hans"):
        return next(str(title_at(entry, territory)) for entry in FEATURED if entry.username == username)
