from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "guben.organisations"
    label = "organisations"
    verbose_name = "组织"

    def ready(self) -> None:
        from guben.organisations.facts import LINKS, TABLES
        from guben.organisations.sentences import register_sentences
        from guben.rulebook_engine.facts import catalogue

        catalogue.publish(TABLES)
        catalogue.publish_links(LINKS)
        register_sentences()
