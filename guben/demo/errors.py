"""What the demo refuses, in sentences."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from guben.kit.errors import DomainError


class NotEmpty(DomainError):
    """The demo city is built into an empty database only."""

    def __init__(self) -> None:
        super().__init__(_("这个数据库里已经有组织。演示城市只建在空的数据库里：换一个 GUBEN_DATA 文件夹再建。"))


class NotADemo(DomainError):
    """Records of a real installation stay free of invented people."""

    def __init__(self) -> None:
        super().__init__(_("这个数据库里已经有党员。演示资料不与真实资料放在一起：换一个 GUBEN_DATA 文件夹再建。"))


class SignInClosed(DomainError):
    """Closing is final."""

    def __init__(self) -> None:
        super().__init__(_("演示登录已经关掉，不能再打开。"))


class DayFixed(DomainError):
    """The operator's setting comes before the page."""

    def __init__(self) -> None:
        super().__init__(_("演示日由环境变量 GUBEN_DEMO_DAY 定着，在这里移不动。去掉它再移。"))


class DayOutOfBounds(DomainError):
    """Days that no calendar of the demo reaches."""

    def __init__(self, first: date, last: date) -> None:
        words = {"first": first.isoformat(), "last": last.isoformat()}
        super().__init__(_("演示日只能在%(first)s和%(last)s之间。换一天。") % words)


class NoDemoDay(DomainError):
    """A real installation lives in the real day."""

    def __init__(self) -> None:
        super().__init__(_("这里不是演示数据，今天就是今天，移不动。"))
