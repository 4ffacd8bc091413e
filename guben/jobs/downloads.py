"""Answers that carry a file: never cached, never opened inside the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from guben.kit.tables import Written, workbook_bytes

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
R = TypeVar("R", bound=HttpResponseBase)
TYPES = {"xlsx": XLSX, "csv": "text/csv", "json": "application/json"}


def file_response(name: str, content: bytes) -> HttpResponse:
    """A download under this name."""
    return _as_download(HttpResponse(content, content_type=_type(name)), name)


def kept_file_response(name: str, place: Path) -> FileResponse:
    """A download of a file on the disk, sent piece by piece."""
    return _as_download(FileResponse(place.open("rb"), content_type=_type(name)), name)


def _type(name: str) -> str:
    return TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")


def _as_download(response: R, name: str) -> R:
    response["Content-Disposition"] = content_disposition_header(True, name)  # noqa: FBT003
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def workbook_response(name: str, headers: Sequence[str], rows: Iterable[Sequence[Written]]) -> HttpResponse:
    """An xlsx download. `name` may come without its ending; rows must already be masked and within rights."""
    name = name if name.endswith(".xlsx") else f"{name}.xlsx"
    return file_response(name, workbook_bytes([str(header) for header in headers], rows, sheet_name="名单"))
