from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "guben.meetings"
    label = "meetings"
    verbose_name = "会议"
