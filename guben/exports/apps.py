from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExportsConfig(AppConfig):
    name = "guben.exports"
    label = "exports"
    verbose_name = _("导出")

    def ready(self) -> None:
        from guben.audit import sentences

        counts = _("%(rows)s行，%(format)s，按%(on)s")
        whole = _("%(rows)s行，%(format)s，按%(on)s，完整号码。原因：%(reason)s")
        sentences.register("exports.members", _("导出党员名册"), counts)
        sentences.register("exports.members_whole", _("导出完整号码的党员名册"), whole)
        sentences.register("exports.organisations", _("导出组织名册"), counts)
