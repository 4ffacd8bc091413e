from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "guben.access"
    label = "access"
    verbose_name = "权限"
