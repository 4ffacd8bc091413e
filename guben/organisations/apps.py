from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "guben.organisations"
    label = "organisations"
    verbose_name = "组织"
