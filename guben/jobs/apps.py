from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "guben.jobs"
    label = "jobs"
    verbose_name = "任务"

    def ready(self) -> None:
        autodiscover_modules("tasks")  # each app's tasks.py registers its kinds of job
