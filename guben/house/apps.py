from django.apps import AppConfig


class HouseConfig(AppConfig):
    name = "guben.house"
    label = "house"
    verbose_name = "页面用语"
