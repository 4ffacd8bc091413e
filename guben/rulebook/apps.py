from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RulebookConfig(AppConfig):
    name = "guben.rulebook"
    label = "rulebook"
    verbose_name = "制度"

    def ready(self) -> None:
        from guben.audit import sentences

        sentences.register("rules.installed", _("装入制度"), "%(key)s")
