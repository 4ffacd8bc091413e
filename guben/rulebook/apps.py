from django.apps import AppConfig


class RulebookConfig(AppConfig):
    name = "guben.rulebook"
    label = "rulebook"
    verbose_name = "制度"
