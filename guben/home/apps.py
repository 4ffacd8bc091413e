from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "guben.home"
    label = "home"
    verbose_name = "今日"
