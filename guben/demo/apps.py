from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "guben.demo"
    label = "demo"
    verbose_name = "演示"
