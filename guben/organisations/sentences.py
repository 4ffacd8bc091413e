"""What the acts of this app are called in the history."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guben.audit import sentences


def register_sentences() -> None:
    """Called when Django starts."""
    for action, name, detail in (
        ("organisations.founded", _("成立组织"), _("%(on)s成立")),
        ("organisations.renamed", _("组织更名"), _("%(on)s起")),
        (
            "organisations.moved",
            _("改变隶属"),
            _("%(on)s起，从%(origin)s转到%(goal)s，连同下级共%(units)s个组织"),
        ),
        ("organisations.dissolved", _("撤销组织"), _("%(on)s起")),
        ("organisations.merged", _("合并组织"), _("%(on)s起，%(former)s合并为%(heirs)s")),
        ("organisations.split", _("拆分组织"), _("%(on)s起，%(former)s拆分为%(heirs)s")),
        ("organisations.corrected", _("更正组织变更"), _("%(on)s的%(kind)s")),
        ("organisations.kept_from_set", _("定建账日"), _("%(on)s起建账")),
        ("organisations.team_elected", _("登记班子"), _("%(on)s选出，%(seats)s职，%(until)s届满")),
        ("organisations.post_added", _("设岗位"), _("%(on)s起")),
        ("organisations.post_closed", _("撤岗位"), _("%(on)s起")),
        ("organisations.group_added", _("设党小组"), _("%(on)s起")),
        ("organisations.group_closed", _("撤党小组"), _("%(on)s起")),
        ("organisations.site_added", _("登记阵地"), _("%(on)s启用")),
        ("organisations.site_changed", _("改阵地登记"), ""),
        ("organisations.site_closed", _("停用阵地"), _("%(on)s起")),
        ("organisations.exported", _("导出组织名册"), _("%(on)s的，共%(rows)s个组织")),
    ):
        sentences.register(action, name, detail)
