from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "guben.members"
    label = "members"
    verbose_name = "党员"

    def ready(self) -> None:
        from guben.members.facts import EXTENSIONS, TABLES
        from guben.rulebook_engine.facts import catalogue

        for table in TABLES:
            catalogue.register(table)
        for name, extensions in EXTENSIONS.items():
            for extension in extensions:
                catalogue.extend(name, extension)
