"""Files of jobs: uploads and results, one folder a job, readable by this account of the machine alone."""

from __future__ import annotations

import os
import re
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.conf import settings


def folder(job_id: uuid.UUID) -> Path:
    """Where a job's files lie; made when first asked for."""
    place = Path(settings.MEDIA_ROOT) / "jobs" / str(job_id)
    for made in (place.parent.parent, place.parent, place):
        made.mkdir(mode=0o700, exist_ok=True, parents=True)
    return place


def safe_name(name: str) -> str:
    """The last part of a file name, without anything that could lead elsewhere."""
    return re.sub(r"[^\w.\-（）()]", "_", name.replace("\\", "/").rpartition("/")[2]).lstrip(".")[-100:] or "file"


def write(job_id: uuid.UUID, name: str, content: bytes) -> str:
    """Keeps a file, whole or not at all; returns the name under which it lies."""
    name = safe_name(name)
    place = folder(job_id) / name
    part = place.with_name(f".{name[-80:]}.part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    part.replace(place)
    return name


@contextmanager
def writing(job_id: uuid.UUID, name: str) -> Iterator[BinaryIO]:
    """A file to write piece by piece, which is kept when all of it is written, and not at all after a fault."""
    place = folder(job_id) / safe_name(name)
    part = place.with_name(f".{place.name[-80:]}.part")
    try:
        with open(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as file:
            yield file
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)


def read(job_id: uuid.UUID, name: str) -> bytes | None:
    """A kept file, or None once it has expired."""
    place = path(job_id, name)
    return place.read_bytes() if place else None


def path(job_id: uuid.UUID, name: str) -> Path | None:
    place = Path(settings.MEDIA_ROOT) / "jobs" / str(job_id) / safe_name(name)
    return place if name and place.is_file() else None


def remove(job_id: uuid.UUID) -> None:
    shutil.rmtree(Path(settings.MEDIA_ROOT) / "jobs" / str(job_id), ignore_errors=True)


def folders_older_than(*, days: int) -> list[uuid.UUID]:
    """The ids of jobs with a folder that nothing was put into for so many days."""
    places = (Path(settings.MEDIA_ROOT) / "jobs").glob("*-*-*-*-*")
    return [uuid.UUID(place.name) for place in places if place.stat().st_mtime < time.time() - days * 86_400]
