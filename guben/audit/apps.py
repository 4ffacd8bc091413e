from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "guben.audit"
    label = "audit"
    verbose_name = "历史"

    def ready(self) -> None:
        from guben.audit import sentences

        sentences.register("backup.made", _("做备份"), "%(file)s")
        sentences.register("backup.restored", _("从备份恢复"), _("%(made_at)s的备份"))
