"""Answers that carry a file: never cached, never opened inside the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from guben.kit.tables import Written, workbook_bytes

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8", "json": "application/json"}


def file_response(name: str, content: bytes) -> HttpResponse:
    """A download under this name."""
    kind = TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(True, name)  # noqa: FBT003
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def workbook_response(name: str, headers: Sequence[str], rows: Iterable[Sequence[Written]]) -> HttpResponse:
    """An xlsx download. `name` may come without its ending; rows must already be masked and within rights."""
    name = name if name.endswith(".xlsx") else f"{name}.xlsx"
    return file_response(name, workbook_bytes([str(header) for header in headers], rows, sheet_name="名单"))
