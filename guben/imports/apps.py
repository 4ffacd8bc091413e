from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "guben.imports"
    label = "imports"
    verbose_name = "导入"
