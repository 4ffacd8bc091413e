from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    name = "guben.access"
    label = "access"
    verbose_name = "权限"

    def ready(self) -> None:
        """Tells the history whose eyes may read it, and what the actions of this app are called."""
        from guben.access.history import reach_of
        from guben.audit import reach, sentences

        reach.register(reach_of)
        who = _("%(user)s，角色%(role)s")
        sentences.register("access.granted", _("给角色"), who)
        sentences.register("access.ended", _("终止授权"), who)
        sentences.register("access.opened", _("开账户"))
        sentences.register("access.password_link", _("给设密码的链接"))
        sentences.register("keys.made", _("换新密钥"), _("密钥%(sealing)s"))
        sentences.register("keys.renewed", _("用新密钥重新加密"), _("密钥%(sealing)s，%(rows)s个值"))
        sentences.register("keys.destroyed", _("销毁旧密钥"), _("密钥%(key)s"))
