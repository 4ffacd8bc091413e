"""How often something may be done: counted in the database, so that all processes count together.

Uses are counted in slots of a twelfth of the shortest span. A `soft` limit is counted in its process first and written
every tenth time; it never stands in the way of reading while the database is busy.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import F, Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guben.access.models import Use
from guben.kit.errors import DomainError

HOUR, DAY = 3600, 86_400
SLOTS = 12
SOFT_STEP = 10
View = Callable[..., HttpResponse]
KEPT = timedelta(days=2)
TIDY_ONE_IN = 200


@dataclass(frozen=True, slots=True)
class Limit:
    """So many in so many seconds, and the sentence for the one after."""

    number: int
    seconds: int
    sentence: str | Promise
    soft: bool = False


LIMITS: dict[str, tuple[Limit, ...]] = {
    "unmask": (
        Limit(20, HOUR, _("一小时内已看过%(limit)d个完整号码。过一小时再看；成批核对用名册，不要逐个打开。")),
        Limit(60, DAY, _("一天内已看过%(limit)d个完整号码。明天再看；确有需要，和上级组织员商量。")),
    ),
    "export": (Limit(30, HOUR, _("一小时内已导出%(limit)d次。过一小时再导出。")),),
    "search": (Limit(60, 60, _("一分钟内已找过%(limit)d次。过一分钟再找。"), soft=True),),
    "guess": (
        Limit(300, HOUR, _("一小时内有%(limit)d个打不开的地址。过一小时再试；要找组织，用上面的查找。"), soft=True),
    ),
    "code": (Limit(10, HOUR, _("一小时内已有%(limit)d次没有通过。过一小时再试；手机丢了，找安全管理员重设。")),),
    "password": (Limit(10, HOUR, _("一小时内密码已错%(limit)d次。过一小时再试；忘了密码，找给您开账户的人。")),),
    "objection": (Limit(10, HOUR, _("一小时内从这里已交了%(limit)d份反映。过一小时再交，或当面、来信反映。")),),
    "notice": (Limit(60, HOUR, _("这个公示一小时内已收到%(limit)d份反映。过一小时再交，或当面、来信反映。")),),
    "receipt": (Limit(30, HOUR, _("一小时内已查过%(limit)d次回执。过一小时再查。")),),
    "sign_in": (Limit(100, HOUR, _("这个网络一小时内密码已错%(limit)d次。过一小时再登录。")),),
}


class TooOften(DomainError):
    """A limit is reached."""

    status = 429

    def __init__(self, limit: Limit) -> None:
        super().__init__(str(limit.sentence) % {"limit": allowed(limit)})


def allowed(limit: Limit) -> int:
    return limit.number * int(settings.LIMITS_FACTOR)


def use(kind: str, key: object, amount: int = 1) -> None:
    """Counts a use. Call it outside the transaction that a refusal would undo.

    Raises:
        TooOften: nothing is counted then.
    """
    check(kind, key, amount)
    note(kind, key, amount)


def check(kind: str, key: object, amount: int = 1) -> None:
    """Refuses where the limit is reached, and counts nothing.

    Raises:
        TooOften.
    """
    for limit in LIMITS[kind]:
        if _count(kind, str(key), limit) + amount > allowed(limit):
            raise TooOften(limit)


def note(kind: str, key: object, amount: int = 1) -> None:
    """Counts without refusing: what has gone wrong already."""
    if amount < 1:
        return
    if LIMITS[kind][0].soft:
        amount = _collected(kind, str(key), amount)
    if not amount:
        return
    try:
        _write(kind, str(key), amount)
    except OperationalError:
        if not LIMITS[kind][0].soft:
            raise


def key_of_address(request: HttpRequest) -> str:
    """A stand-in for the network address, which is kept nowhere here."""
    address = request.META.get("REMOTE_ADDR", "")
    return hmac.new(settings.SECRET_KEY.encode(), f"address {address}".encode(), hashlib.sha256).hexdigest()[:40]


def limited(kind: str, when: Callable[[HttpRequest], bool] | None = None) -> Callable[[View], View]:
    """Decorates a view that may be asked for so often by each user; with `when`, only such requests count."""

    def decorate(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if when is None or when(request):
                use(kind, request.user.pk)
            return view(request, *args, **kwargs)

        return counted

    return decorate


def _count(kind: str, key: str, limit: Limit) -> int:
    since = timezone.now() - timedelta(seconds=limit.seconds)
    found = Use.objects.filter(kind=kind, key=key, slot__gt=since).aggregate(total=Sum("count"))["total"] or 0
    waiting = caches["process"].get(_cache_key(kind, key), 0) if limit.soft else 0
    return int(found) + int(waiting)


def _collected(kind: str, key: str, amount: int) -> int:
    """What is to be written now: nothing until enough has come together."""
    name = _cache_key(kind, key)
    total = int(caches["process"].get(name, 0)) + amount
    caches["process"].set(name, total if total < SOFT_STEP else 0, LIMITS[kind][0].seconds)
    return total if total >= SOFT_STEP else 0


def _cache_key(kind: str, key: str) -> str:
    return f"limits:{kind}:{key}"


def _write(kind: str, key: str, amount: int) -> None:
    row = {"kind": kind, "key": key, "slot": _slot(LIMITS[kind])}
    with transaction.atomic():
        if not Use.objects.filter(**row).update(count=F("count") + amount):
            try:
                with transaction.atomic():
                    Use.objects.create(**row, count=amount)
            except IntegrityError:  # another process made it just now
                Use.objects.filter(**row).update(count=F("count") + amount)
        if not secrets.randbelow(TIDY_ONE_IN):
            Use.objects.filter(slot__lt=timezone.now() - KEPT).delete()


def _slot(limits: tuple[Limit, ...]) -> datetime:
    step = max(min(limit.seconds for limit in limits) // SLOTS, 1)
    now = timezone.now()
    return datetime.fromtimestamp(int(now.timestamp()) // step * step, tz=now.tzinfo)
