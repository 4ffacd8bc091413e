"""Settings for processes that tests start: the house as it is served, with a quick password hash and plain static files."""

from __future__ import annotations

from guben.settings import *  # noqa: F403
from guben.settings import STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
REQUIRE_MFA = "none"
