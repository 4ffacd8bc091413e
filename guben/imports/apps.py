from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImportsConfig(AppConfig):
    name = "guben.imports"
    label = "imports"
    verbose_name = "导入"

    def ready(self) -> None:
        from guben.audit import sentences

        counts = _("%(rows)s行：新增%(accepted)s，更新%(updated)s，没有变化%(unchanged)s，没有保存%(rejected_rows)s")
        sentences.register("imports.members", _("导入党员名册"), counts)
        sentences.register("imports.registered", _("导入时新登记"), _("%(count)s人"))
        sentences.register("imports.withdrawn", _("撤回导入"), _("撤回%(count)s人，留下%(kept)s人"))
        sentences.register("imports.organisations", _("导入组织名册"), counts)
