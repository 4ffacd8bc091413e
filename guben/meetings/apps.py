from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeetingsConfig(AppConfig):
    name = "guben.meetings"
    label = "meetings"
    verbose_name = "会议"

    def ready(self) -> None:
        from guben.audit import sentences
        from guben.meetings.facts import TABLES
        from guben.meetings.queries import held_later
        from guben.organisations import obstacles
        from guben.rulebook_engine.facts import catalogue

        catalogue.publish(TABLES)
        obstacles.register("dissolve", held_later)
        obstacles.register("reform", held_later)
        sentences.register("meetings.recorded", _("记录会议"), _("%(held_on)s的会"))
        sentences.register("meetings.withdrawn", _("撤回会议记录"), _("%(held_on)s的会"))
