from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DemoConfig(AppConfig):
    name = "guben.demo"
    label = "demo"
    verbose_name = "演示"

    def ready(self) -> None:
        from guben.audit import sentences

        sentences.register("demo.built", _("建演示城市"), _("种子%(seed)s，党员%(members)s人"))
        sentences.register("demo.filled", _("填演示资料"), _("种子%(seed)s，组织%(units)s个"))
        sentences.register("demo.day_moved", _("移演示日"), _("移到%(day)s"))
        sentences.register("demo.sign_in_closed", _("关掉演示登录"))
