from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RulebookConfig(AppConfig):
    name = "guben.rulebook"
    label = "rulebook"
    verbose_name = "制度"

    def ready(self) -> None:
        from guben.access.roles import roles
        from guben.audit import sentences
        from guben.rulebook_engine.facts import catalogue

        catalogue.papers = ("S0", "S1", "S2", "S3", "S4")  # the study papers, as mechanisms cite them
        catalogue.publish_roles(roles)
        sentences.register("rules.installed", _("装入制度"), "%(key)s")
        sentences.register("rules.drafted", _("起草制度"), "%(title)s")
        sentences.register("rules.draft_dropped", _("删掉制度草稿"), "%(title)s")
        sentences.register("rules.issued", _("公布制度"), _("%(key)s，%(paper)s，%(from)s起"))
        sentences.register("rules.amended", _("公布制度新版"), _("%(key)s，%(paper)s，%(from)s起"))
        sentences.register("rules.ended", _("废止制度"), _("%(key)s，%(paper)s，%(until)s起"))
        sentences.register("calendar.installed", _("装入工作日历"), "%(year)s")
        sentences.register("rules.withdrawn", _("撤回制度"), _("%(key)s，原定%(from)s起"))
