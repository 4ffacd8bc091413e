"""Reads DATABASE_URL into Django's settings for a database."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

# A page asks for few rows by their keys; a parallel plan reads a whole table beside it, and takes the other cores. What
# is prepared is planned once, not for each unit that it is asked about.
FOR_PAGES = "-c max_parallel_workers_per_gather=0 -c jit=off -c plan_cache_mode=force_generic_plan"


def read_database_url(url: str) -> dict[str, Any]:
    """The DATABASES entry for sqlite:///PATH or postgres://USER:PASSWORD@HOST:PORT/NAME?sslmode=require.

    What follows the question mark goes to libpq; `host` there names a folder with the server's socket, and `options`
    takes the place of what is set for pages.

    Raises:
        ValueError: another scheme, a part that is missing, or PostgreSQL without its driver.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = unquote(parts.path[1:] if parts.path.startswith("//") or parts.path == "/:memory:" else parts.path)
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": path or ":memory:",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY;"
                "PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456;"
                "PRAGMA wal_autocheckpoint=10000;",  # 40 MB: a page that batch after batch writes is copied back once
            },
        }
    if parts.scheme in {"postgres", "postgresql"} and parts.path.strip("/"):
        if find_spec("psycopg") is None:
            raise ValueError("DATABASE_URL names PostgreSQL, but its driver is missing: pip install 'guben[postgres]'.")
        options = dict(parse_qsl(parts.query))
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.strip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": options.pop("host", unquote(parts.hostname or "")),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 300,  # one connection for each thread that answers, asked first whether it still lives
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {"connect_timeout": 10, "options": FOR_PAGES, **options, "prepare_threshold": 0},
        }
    shown = url.replace(f":{parts.password}@", ":…@") if parts.password else url
    raise ValueError(
        f"DATABASE_URL {shown!r} is not understood: write sqlite:///PATH or postgres://USER:PASSWORD@HOST/NAME."
    )
