from django.apps import AppConfig


class StatisticsConfig(AppConfig):
    name = "guben.statistics"
    label = "statistics"
    verbose_name = "统计"
