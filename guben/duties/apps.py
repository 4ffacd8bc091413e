from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DutiesConfig(AppConfig):
    name = "guben.duties"
    label = "duties"
    verbose_name = "职责"

    def ready(self) -> None:
        from guben.audit import sentences
        from guben.duties.keeping import kept
        from guben.rulebook.burden import register_kept

        sentences.register("duties.reminded", _("发提醒"), "%(period)s")
        sentences.register("duties.exported", _("导出职责清单"), _("%(rows)s行"))
        register_kept(kept)
