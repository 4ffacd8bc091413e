from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TransfersConfig(AppConfig):
    name = "guben.transfers"
    label = "transfers"
    verbose_name = _("组织关系和流动党员")

    def ready(self) -> None:
        from guben.transfers import papers, told

        told.register()
        papers.register()
