from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "guben.home"
    label = "home"
    verbose_name = "今日"

    def ready(self) -> None:
        from guben.home.teller import DutyTeller
        from guben.meetings import consequences

        consequences.register(DutyTeller())
