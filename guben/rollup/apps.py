from django.apps import AppConfig


class RollupConfig(AppConfig):
    name = "guben.rollup"
    label = "rollup"
    verbose_name = "汇总"
