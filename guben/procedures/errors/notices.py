"""What a step that posts a notice may refuse."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guben.house.templatetags.house import day as said
from guben.procedures.errors.base import Refused


class NoticeHanging(Refused):
    """The term of the notice has not run. Source: M3.2."""

    field = "done_on"

    def __init__(self, working_days: int, opens_on: date, article: str = "") -> None:
        self.opens_on = opens_on
        super().__init__(
            ngettext(
                "公示不少于%(days)d个工作日，%(day)s开放。", "公示不少于%(days)d个工作日，%(day)s开放。", working_days
            )
            % {"days": working_days, "day": said(opens_on)},
            article,
        )


class NoticeMissing(Refused):
    def __init__(self, article: str = "") -> None:
        super().__init__(_("公示还没有贴出。先登记贴出，满期后再登记结果。"), article)


class NoticeTakenDown(Refused):
    def __init__(self, on: date, article: str = "") -> None:
        super().__init__(_("公示没有满期，%(day)s就撤下了，这次不算。重新贴出。") % {"day": said(on)}, article)


class NoticeHangsAlready(Refused):
    def __init__(self, number: str, article: str = "") -> None:
        super().__init__(_("公示%(number)s还在，不用再贴。满期后登记结果。") % {"number": number}, article)


class ObjectionOpen(Refused):
    def __init__(self, count: int, held_until: date, article: str = "") -> None:
        super().__init__(
            ngettext(
                "还有%(count)d条反映没有处理。处理完再登记结果；最晚等到%(day)s。",
                "还有%(count)d条反映没有处理。处理完再登记结果；最晚等到%(day)s。",
                count,
            )
            % {"count": count, "day": said(held_until)},
            article,
        )


class ObjectionUpheld(Refused):
    def __init__(self, title: str, article: str = "") -> None:
        super().__init__(_("有反映查证属实，结果只能选“%(outcome)s”。") % {"outcome": title}, article)


class NothingUpheld(Refused):
    def __init__(self, article: str = "") -> None:
        super().__init__(_("没有反映查证属实，不能选这个结果。"), article)


class PlacesMissing(Refused):
    field = "places"

    def __init__(self, least: int, article: str = "") -> None:
        super().__init__(
            ngettext("公示至少贴%(count)d处。写明贴在哪里。", "公示至少贴%(count)d处。写明贴在哪里。", least)
            % {"count": least},
            article,
        )
