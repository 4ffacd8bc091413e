from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "guben.audit"
    label = "audit"
    verbose_name = "历史"
