from django.apps import AppConfig


class DutiesConfig(AppConfig):
    name = "guben.duties"
    label = "duties"
    verbose_name = "职责"
