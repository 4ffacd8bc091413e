from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    name = "guben.access"
    label = "access"
    verbose_name = "权限"

    def ready(self) -> None:
        """Tells the history whose eyes may read it, and what the actions of this app are called."""
        from guben.access import tasks  # noqa: F401 - registers the work of the night
        from guben.access.factors import is_needed
        from guben.access.history import reach_of
        from guben.accounts import factors
        from guben.audit import reach, sentences

        reach.register(reach_of)
        factors.register(is_needed)
        who = _("%(user)s，角色%(role)s")
        sentences.register("access.granted", _("给角色"), who)
        sentences.register("access.ended", _("终止授权"), who)
        sentences.register("access.opened", _("开账户"))
        sentences.register("access.password_link", _("给设密码的链接"))
        sentences.register("access.factors_reset", _("重设第二重验证"), _("%(user)s，原因：%(reason)s"))
        sentences.register("access.account_closed", _("停用账户"), _("%(user)s，原因：%(reason)s"))
        sentences.register("access.account_reopened", _("启用账户"), _("%(user)s，原因：%(reason)s"))
        sentences.register("access.openings_taken", _("导出查看号码记录"), _("%(rows)s行"))
        sentences.register("keys.made", _("换新密钥"), _("密钥%(sealing)s"))
        sentences.register("keys.renewed", _("用新密钥重新加密"), _("密钥%(sealing)s，%(rows)s个值"))
        sentences.register("keys.destroyed", _("销毁旧密钥"), _("密钥%(key)s"))
