from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EstablishmentsConfig(AppConfig):
    name = "guben.establishments"
    label = "establishments"
    verbose_name = _("单位覆盖")

    def ready(self) -> None:
        from guben.audit import sentences
        from guben.establishments import succession
        from guben.establishments.facts import LINKS, TABLES
        from guben.organisations import carrying, obstacles
        from guben.rulebook_engine.facts import catalogue

        catalogue.publish(TABLES)
        catalogue.publish_links(LINKS)
        carrying.register(succession.EstablishmentCarrier())
        obstacles.register("dissolve", succession.left_at)
        sentences.register("establishments.registered", _("登记单位"), _("%(on)s起"))
        sentences.register("establishments.changed", _("改单位登记"))
        sentences.register("establishments.exported", _("导出单位名单"), _("%(count)s条"))
        sentences.register("establishments.ended", _("单位不再在册"), _("%(on)s起"))
        sentences.register("establishments.covered", _("记单位覆盖"), _("%(on)s起，%(organisation)s"))
        sentences.register("establishments.uncovered", _("结束单位覆盖"), _("%(on)s起"))
        sentences.register("establishments.instructor_sent", _("派党建指导员"), _("%(on)s起"))
        sentences.register("establishments.instructor_left", _("党建指导员离任"), _("%(on)s起"))
        sentences.register("establishments.linked", _("记党员的工作单位"), _("%(on)s起"))
        sentences.register("establishments.unlinked", _("结束党员的工作单位"), _("%(on)s起"))
