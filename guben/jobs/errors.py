"""What can go wrong with jobs, in sentences for their owners."""

from __future__ import annotations

from django.utils.translation import gettext as _

from guben.kit.errors import DomainError


class Stopped(Exception):  # noqa: N818 - no error: the owner asked for it
    """The owner asked the job to stop; raised inside its function so that nothing is saved."""


class JobIsOver(DomainError):
    """A job that has ended can't be stopped any more."""

    status = 409

    def __init__(self) -> None:
        super().__init__(_("这件任务已经结束，停不下来了。结果在它的页面上。"))


class FileIsGone(DomainError):
    """Files of jobs are kept for some days only."""

    status = 410

    def __init__(self) -> None:
        super().__init__(_("文件已到期删除。要用的话重新办一次。"))
