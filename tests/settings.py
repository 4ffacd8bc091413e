"""Settings for tests: the same house with a data folder of its own, a quick password hash and plain static files."""

from __future__ import annotations

import os
import tempfile

if "GUBEN_DATA" not in os.environ:
    os.environ["GUBEN_DATA"] = tempfile.mkdtemp(prefix="guben-tests-")
if worker := os.environ.get("PYTEST_XDIST_WORKER"):  # workers that run side by side share no keys and no files
    os.environ["GUBEN_DATA"] = os.path.join(os.environ["GUBEN_DATA"], worker)
os.environ.pop("GUBEN_DEMO_DAY", None)

from guben.settings import *  # noqa: E402, F403
from guben.settings import DATA, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
(DATA / "static").mkdir(parents=True, exist_ok=True)
IDLE_MINUTES = 30
