"""Why a run or its result can't be had."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from guben.kit.errors import DomainError


class BrokenResult(DomainError):
    """The folder holds no result, or not the one it says it is."""

    def __init__(self, folder: str, reason: str) -> None:
        sentence = _("%(folder)s 不是完好的汇总结果：%(reason)s。用 guben run 重新汇总。")
        super().__init__(sentence % {"folder": folder, "reason": reason})


class AlreadyRunning(DomainError):
    """Another run writes into the same folder."""

    status = 409

    def __init__(self, folder: str) -> None:
        super().__init__(_("%(folder)s 正在汇总，等它做完，或者换一个文件夹。") % {"folder": folder})


class NotOfThatDay(DomainError):
    """The plan is of another day than the snapshot."""

    def __init__(self, on: date, wanted: date) -> None:
        sentence = _("快照是 %(on)s 的，规则要的是 %(wanted)s 的。用快照那一天的规则汇总。")
        super().__init__(sentence % {"on": on, "wanted": wanted})


class NoEngine(DomainError):
    """The packages that an engine needs are not installed."""

    def __init__(self, engine: str, extra: str) -> None:
        sentence = _(
            "这里没有装“%(engine)s”要的软件包。用 pip install 'guben[%(extra)s]' 安装，或者用 --engine duckdb。"
        )
        super().__init__(sentence % {"engine": engine, "extra": extra})


class NoCluster(DomainError):
    """Spark could not be started, or nobody answers at its address."""

    status = 503

    def __init__(self, master: str) -> None:
        sentence = _(
            "连不上 Spark（%(master)s）。这台机器要装 Java 17；地址写成 spark://主机:端口，那里的 Spark 要先启动。"
        )
        super().__init__(sentence % {"master": master})


class NotInResult(DomainError):
    """The result knows the unit or the figure not at all, or knows the rule by another meaning."""

    status = 404

    def __init__(self, what: str) -> None:
        sentence = _("这份汇总结果里没有“%(what)s”：它不在快照里，或者规则后来改了。改了规则要重新汇总。")
        super().__init__(sentence % {"what": what})


class ResultNotThere(DomainError):
    """A published result can't be read: its folder is gone, a file is damaged, or another run stands in its place."""

    status = 410

    def __init__(self, on: date) -> None:
        sentence = _(
            "%(on)s的汇总结果打不开：文件夹不在了，或者文件坏了。先看实时记录，再告诉管服务器的人重新汇总、重新公开。"
        )
        super().__init__(sentence % {"on": on})


class NotOurs(DomainError):
    """A result of real records that were not frozen here."""

    def __init__(self, folder: str) -> None:
        sentence = _("%(folder)s 不是从这里取的快照汇总的，不能公开。用 guben snapshot 取快照，再汇总。")
        super().__init__(sentence % {"folder": folder})


class NothingPublished(DomainError):
    """No result of the folder is published."""

    status = 404

    def __init__(self, folder: str) -> None:
        super().__init__(_("%(folder)s 没有公开过汇总结果，不用撤下。") % {"folder": folder})


class BrokenHiding(DomainError):
    """What is kept of few people beside a result is damaged."""

    def __init__(self, folder: str, reason: str) -> None:
        sentence = _("%(folder)s 里哪些数字不显示，记得不完好：%(reason)s。用 guben result hide 重新算。")
        super().__init__(sentence % {"folder": folder, "reason": reason})
