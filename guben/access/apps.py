from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "guben.access"
    label = "access"
    verbose_name = "权限"

    def ready(self) -> None:
        from guben.access.history import reach_of
        from guben.audit import reach

        reach.register(reach_of)
