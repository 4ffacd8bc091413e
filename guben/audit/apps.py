from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "guben.audit"
    label = "audit"
    verbose_name = "历史"

    def ready(self) -> None:
        from guben.audit import sentences

        sentences.register("database.copied", _("把记录复制到另一个数据库"), "%(tables)s / %(rows)s")
        sentences.register("backup.made", _("做备份"), "%(file)s")
        sentences.register("backup.restored", _("从备份恢复"), _("%(made_at)s的备份"))
