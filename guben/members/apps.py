from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "guben.members"
    label = "members"
    verbose_name = "党员"
