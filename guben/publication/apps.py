from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PublicationConfig(AppConfig):
    name = "guben.publication"
    label = "publication"
    verbose_name = _("党务公开")

    def ready(self) -> None:
        from guben.accounts import sealed_columns
        from guben.audit import sentences
        from guben.organisations import carrying, obstacles
        from guben.publication import queries, sealed
        from guben.publication.carrying import NoticeCarrier
        from guben.publication.facts import TABLES
        from guben.rulebook_engine.facts import catalogue

        catalogue.publish(TABLES)
        sealed_columns.register(sealed.SEALED)
        obstacles.register("dissolve", queries.still_running)
        carrying.register(NoticeCarrier())
        sentences.register("publication.posted", _("贴出公示"), _("编号%(number)s"))
        sentences.register("publication.taken_down", _("撤下公示"), _("编号%(number)s"))
        sentences.register("publication.objection_received", _("收到反映"), _("编号%(number)s"))
        sentences.register("publication.objection_opened", _("打开反映"), _("编号%(number)s"))
        sentences.register("publication.objection_decided", _("处理反映"), _("编号%(number)s"))
        sentences.register("publication.published", _("公开"))
        sentences.register("publication.withdrawn", _("撤回公开"))
