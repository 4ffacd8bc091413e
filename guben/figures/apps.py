from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FiguresConfig(AppConfig):
    name = "guben.figures"
    label = "figures"
    verbose_name = "数字"

    def ready(self) -> None:
        from guben.audit import sentences

        sentences.register("snapshots.taken", _("取快照"))
        sentences.register("snapshots.forgotten", _("删除到期的快照"))
        sentences.register("tree.rebuilt", _("重建组织树的顺序"), _("改了%(changed)s个组织"))
