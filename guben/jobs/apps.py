from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "guben.jobs"
    label = "jobs"
    verbose_name = "任务"
