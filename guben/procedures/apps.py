from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProceduresConfig(AppConfig):
    name = "guben.procedures"
    label = "procedures"
    verbose_name = _("办件")

    def ready(self) -> None:
        from guben.procedures import printing, told

        told.register()
        printing.register()
