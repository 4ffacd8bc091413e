from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "guben.meetings"
    label = "meetings"
    verbose_name = "会议"

    def ready(self) -> None:
        from guben.meetings.facts import TABLES
        from guben.rulebook_engine.facts import catalogue

        catalogue.publish(TABLES)
