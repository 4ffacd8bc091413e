from django.apps import AppConfig


class FiguresConfig(AppConfig):
    name = "guben.figures"
    label = "figures"
    verbose_name = "数字"
