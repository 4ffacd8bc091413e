from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    name = "guben.members"
    label = "members"
    verbose_name = _("党员")

    def ready(self) -> None:
        from guben.accounts import sealed_columns
        from guben.members import sealed, told
        from guben.members.facts import EXTENSIONS, LINKS, TABLES
        from guben.rulebook_engine.facts import catalogue

        catalogue.publish(TABLES, EXTENSIONS)
        catalogue.publish_links(LINKS)
        told.register()
        sealed_columns.register(sealed.SEALED)
