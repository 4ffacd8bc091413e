from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RollupConfig(AppConfig):
    name = "guben.rollup"
    label = "rollup"
    verbose_name = "汇总"

    def ready(self) -> None:
        from guben.audit import sentences
        from guben.figures import doctor, queries
        from guben.rollup.freshness.alarms import faults
        from guben.rollup.freshness.reading import KeptFigures

        queries.register_keeper(KeptFigures())
        doctor.register("figures kept for large trees: as the records say", faults)
        sentences.register("rollup.disagreed", _("汇总的数字和记录对不上"), _("%(on)s：%(figures)s，已改正"))
        sentences.register("rollup.published", _("公开汇总结果"), _("%(on)s，%(top)s"))
        sentences.register("rollup.withdrawn", _("撤下汇总结果"), _("%(on)s，%(top)s"))
