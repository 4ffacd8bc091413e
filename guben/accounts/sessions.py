"""Open sign-ins: noted when they begin, listed for their owner, ended one by one or all at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guben.accounts.models import SignIn, User

KEY = "sign_in"
LAST_SEEN = "last_seen"
BROWSERS = (
    ("MicroMessenger", _("微信")), ("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS", "Firefox"),
    ("Chrome/", "Chrome"), ("CriOS", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"), ("OpenHarmony", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"),
    ("iPad", "iPad"), ("Windows", "Windows"), ("Macintosh", "Mac"), ("Linux", "Linux"),
)  # fmt: skip
WAYS = {"password": _("密码"), "factor": _("密码和第二重验证"), "passkey": _("通行密钥"), "demo": _("演示身份")}


@dataclass(frozen=True, slots=True)
class Open:
    """A sign-in that still holds. `last_seen` is exact to about a minute."""

    sign_in: SignIn
    last_seen: datetime
    is_this: bool

    @property
    def device(self) -> str:
        return self.sign_in.device or gettext("没有说是什么设备")

    @property
    def way(self) -> str:
        return str(WAYS.get(self.sign_in.way, ""))


def device_of(agent: str) -> str:
    """The browser and the system by name, without versions: enough to know one's own, too little to follow anybody."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return " · ".join(str(part) for part in (browser, system) if part)


def note_sign_in(sender: Any, request: HttpRequest | None, user: User, **more: Any) -> None:
    """Called when somebody has signed in."""
    if request is None or not hasattr(request, "session"):
        return
    if not request.session.session_key:
        request.session.create()
    row, _made = SignIn.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": user,
            "device": device_of(request.META.get("HTTP_USER_AGENT", "")),
            "way": _way(request, user),
        },
    )
    request.session[KEY] = row.pk
    tidy(user)


def note_sign_out(sender: Any, request: HttpRequest, **more: Any) -> None:
    """Called before somebody signs out."""
    if key := request.session.session_key:
        SignIn.objects.filter(session_key=key).delete()


def _way(request: HttpRequest, user: User) -> str:
    records = get_authentication_records(request, user)
    if any(record.get("passwordless") for record in records):
        return "passkey"
    if any(record["method"] == "mfa" for record in records):
        return "factor"
    return "password" if records else "demo" if user.is_demo else ""


def follow(request: HttpRequest) -> None:
    """Keeps the row with its session when that got another key (after a change of the password); a session without a
    row, from before there were any, gets one."""
    if pk := request.session.get(KEY):
        current = request.session.session_key
        SignIn.objects.filter(pk=pk).exclude(session_key=current).update(session_key=current)
    elif isinstance(request.user, User):
        note_sign_in(None, request, request.user)


def open_ones(user: User, request: HttpRequest) -> list[Open]:
    """The user's sign-ins that still hold, this one first, then the latest seen."""
    follow(request)
    mine = {row.session_key: row for row in SignIn.objects.filter(user=user)}
    sessions = Session.objects.filter(session_key__in=mine, expire_date__gt=timezone.now())
    found = [_open(mine[one.session_key], one, request) for one in sessions]
    idle = timezone.now() - timedelta(minutes=settings.IDLE_MINUTES + 2)
    found = [one for one in found if one.is_this or one.last_seen > idle]
    return sorted(found, key=lambda one: (not one.is_this, -one.last_seen.timestamp()))


def _open(row: SignIn, session: Session, request: HttpRequest) -> Open:
    seen = session.get_decoded().get(LAST_SEEN)
    last_seen = datetime.fromtimestamp(seen, tz=UTC) if seen else row.started_at
    return Open(row, last_seen, is_this=row.session_key == request.session.session_key)


def end(user: User, pk: int) -> bool:
    """Ends one of the user's own sign-ins; False where there is none of that number."""
    return bool(_end(SignIn.objects.filter(user=user, pk=pk)))


def end_others(user: User, request: HttpRequest) -> int:
    """Ends all of the user's sign-ins but this one; how many."""
    return _end(SignIn.objects.filter(user=user).exclude(session_key=request.session.session_key))


def end_all(user: User) -> int:
    """Ends every sign-in of a user: the next click of that user leads to the sign-in page."""
    return _end(SignIn.objects.filter(user=user))


def _end(rows: Any) -> int:
    keys: Sequence[str] = list(rows.values_list("session_key", flat=True))
    for key in keys:
        import_module(settings.SESSION_ENGINE).SessionStore(key).delete()
    rows.delete()
    return len(keys)


def tidy(user: User) -> None:
    """Forgets the user's sign-ins whose sessions are gone."""
    old = SignIn.objects.filter(user=user)
    known = set(Session.objects.filter(session_key__in=old.values("session_key")).values_list("session_key", flat=True))
    old.exclude(session_key__in=known).filter(started_at__lt=timezone.now() - timedelta(minutes=1)).delete()


def connect() -> None:
    from guben.accounts.lockout import forget_old_attempts

    user_logged_in.connect(note_sign_in, dispatch_uid="guben.accounts.sessions")
    user_logged_out.connect(note_sign_out, dispatch_uid="guben.accounts.sessions.out")
    user_logged_in.connect(forget_old_attempts, dispatch_uid="guben.accounts.lockout")
