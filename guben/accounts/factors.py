"""Second factors: their secrets are sealed with the house's keys, and who needs one cannot take the last one away."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import qrcode
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy
from qrcode.constants import ERROR_CORRECT_M

from guben.accounts.keyring import sealer
from guben.accounts.models import User
from guben.accounts.sealed_columns import Renew, SealedColumn, Value

COLUMN = "mfa_authenticator.data"
QUIET = 4  # modules of white around the code

Needed = Callable[[User], bool]
_needed: list[Needed] = []


def register(needed: Needed) -> None:
    """Tells this floor who needs a second factor; the app that knows rights calls it when Django starts."""
    _needed[:] = [needed]


def is_needed(user: User) -> bool:
    return bool(_needed) and _needed[0](user)


def has_one(user: User | AnonymousUser) -> bool:
    """Has the user an app for codes or a passkey? Recovery codes alone are none."""
    mine = Authenticator.objects.filter(user_id=user.pk).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return bool(mine.exists())


def remove_all(user: User) -> int:
    """Takes every factor away; how many."""
    return int(Authenticator.objects.filter(user=user).delete()[0])


def note_added(sender: Any, request: HttpRequest, user: Any, authenticator: Authenticator, **more: Any) -> None:
    """Who just set a factor up has shown to hold it: nothing is asked again on the page that follows."""
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type, reauthenticated=True)


class SealedFactors(DefaultMFAAdapter):  # type: ignore[misc]  # allauth carries no types
    """How allauth's second factors behave here."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": gettext_lazy("您的角色要有第二重验证。先加上另一种，再停用这一种。"),
        "cannot_generate_recovery_codes": gettext_lazy("还没有第二重验证，用不着备用码。先设动态口令或通行密钥。"),
        "incorrect_code": gettext_lazy("没有通过。核对后再试一次；动态口令要用手机上最新的一个。"),
    }

    def encrypt(self, text: str) -> str:
        """The secret as it is stored: sealed, in base64."""
        return base64.b64encode(sealer().seal(text, COLUMN)).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        return sealer().open(base64.b64decode(encrypted_text), COLUMN)

    def get_totp_issuer(self) -> str:
        return "固本"

    def _get_site_name(self) -> str:
        return "固本"

    def build_totp_svg(self, url: str) -> str:
        """The QR code as one path, without styles, so that it may stand in the page."""
        code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET)
        code.add_data(url)
        matrix = code.get_matrix()
        size = len(matrix)
        words = gettext("二维码，用手机上的验证器扫")
        path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark)
        return (
            f'<svg viewBox="0 0 {size} {size}" width="240" height="240" shape-rendering="crispEdges" role="img" '
            f'aria-label="{words}"><rect width="{size}" height="{size}" fill="#fff"/>'
            f'<path d="{path}" fill="#000"/></svg>'
        )

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """Not the last one of who needs one."""
        others = Authenticator.objects.filter(user=authenticator.user).exclude(pk=authenticator.pk)
        others = others.exclude(type=Authenticator.Type.RECOVERY_CODES)
        return bool(others.exists()) or not is_needed(authenticator.user)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 - allauth's name
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("通行密钥") if not count else gettext("通行密钥%(number)s") % {"number": count + 1}


class FactorSecrets(SealedColumn):
    """The secrets inside `Authenticator.data`: of an app for codes, and the seed of recovery codes."""

    FIELDS = ("secret", "seed")

    def __init__(self) -> None:
        super().__init__(COLUMN, "mfa.Authenticator")

    def values_of(self, row: Any) -> list[Value]:
        return [Value(row.pk, base64.b64decode(row.data[name])) for name in self.FIELDS if name in row.data]

    def put(self, row: Any, renew: Renew) -> list[str]:
        changed = False
        for name in self.FIELDS:
            if name in row.data:
                old = base64.b64decode(row.data[name])
                cipher, _index = renew(old, "")
                changed |= cipher != old
                row.data[name] = base64.b64encode(cipher).decode("ascii")
        return ["data"] if changed else []
