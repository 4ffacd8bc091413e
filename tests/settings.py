"""Settings for tests: the same house with a data folder of its own, a quick password hash and plain static files.

The tests run on SQLite; with `TEST_ON=postgres` on PostgreSQL: the server named in TEST_DATABASE_URL, else one of their own.
"""

from __future__ import annotations

import os
import tempfile

if "GUBEN_DATA" not in os.environ:
    os.environ["GUBEN_DATA"] = tempfile.mkdtemp(prefix="guben-tests-")
if worker := os.environ.get("PYTEST_XDIST_WORKER"):  # workers that run side by side share no keys and no files
    os.environ["GUBEN_DATA"] = os.path.join(os.environ["GUBEN_DATA"], worker)
os.environ.pop("GUBEN_DEMO_DAY", None)
os.environ.pop("DATABASE_URL", None)  # the records of an installation are no place for tests

from guben.kit.database_url import read_database_url  # noqa: E402
from guben.settings import *  # noqa: E402, F403
from guben.settings import DATA, STORAGES  # noqa: E402

ON_POSTGRES = os.environ.get("TEST_ON") == "postgres"
if ON_POSTGRES:
    from tests.postgres import url_of_a_server

    DATABASES = {"default": read_database_url(url_of_a_server())}
    DATABASES["default"]["TEST"] = {"NAME": f"guben_tests_{os.getppid() if worker else os.getpid()}"}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
(DATA / "static").mkdir(parents=True, exist_ok=True)
IDLE_MINUTES = 30
LIMITS_FACTOR = 100  # the tests of the limits themselves take 1
