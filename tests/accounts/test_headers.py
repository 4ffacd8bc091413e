"""What every answer tells the browser: no foreign script or style, no use of its instruments, cookies for this host."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from tests.cast import Cast, sign_in

PAGES = ["/account/login/", "/account/", "/account/factors/", "/account/factors/webauthn/add/", "/account/factors/totp/activate/",
         "/account/sign-ins/", "/account/second-factor/", "/nothing/", "/history/"]  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_it(client: Client, cast: Cast, page: str) -> None:
    answer = sign_in(client, None if "login" in page else cast.auditor).get(page)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "camera=()" in answer["Permissions-Policy"]
    assert "geolocation=()" in answer["Permissions-Policy"]
    assert "publickey-credentials-get=(self)" in answer["Permissions-Policy"]
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    html = answer.content.decode()
    scripts = re.findall(r"<script\b([^>]*)>", html)
    assert [tag for tag in scripts if "src=" not in tag and "application/json" not in tag] == []
    assert not re.search(r"""\s(?:style|on\w+)=["']""", html)


def test_over_https_cookies_are_this_hosts_alone(tmp_path: Path) -> None:
    names = "SESSION_COOKIE_NAME CSRF_COOKIE_NAME LANGUAGE_COOKIE_NAME SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE"
    code = (
        f"import json; from guben import settings as s; print(json.dumps([getattr(s, n) for n in '{names}'.split()]))"
    )
    environment = {**os.environ, "GUBEN_HTTPS": "1", "GUBEN_DATA": str(tmp_path)}
    out = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert json.loads(out.stdout) == ["__Host-session", "__Host-csrf", "__Host-language", True, True]
