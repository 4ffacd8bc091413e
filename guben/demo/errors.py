"""What the demo refuses, in sentences."""

from __future__ import annotations

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
