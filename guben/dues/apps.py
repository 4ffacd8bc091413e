from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DuesConfig(AppConfig):
    name = "guben.dues"
    label = "dues"
    verbose_name = _("党费")

    def ready(self) -> None:
        from guben.audit import sentences
        from guben.dues import told
        from guben.dues.facts import EXTENSIONS, TABLES
        from guben.members import pages
        from guben.rulebook_engine.facts import catalogue

        catalogue.publish(TABLES, EXTENSIONS)
        pages.register_card(told.balance_of)
        sentences.register("dues.standard_set", _("定党费标准"), _("%(year)s年%(month)s月起"))
        sentences.register("dues.collected", _("记交党费"), _("%(year)s年，%(paid_on)s交"))
        sentences.register("dues.corrected", _("冲销交款"), _("%(year)s年"))
        sentences.register("dues.published", _("登记党费公布"), _("%(year)s年，%(published_on)s"))
