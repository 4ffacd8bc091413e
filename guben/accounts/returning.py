"""Where a form leads back to: an address the page carried along, if it is one of this house."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def next_of(request: HttpRequest) -> str:
    """The path in the form's `next`, else in the address; empty where there is none or it leads elsewhere."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    ours = url.startswith("/") and url_has_allowed_host_and_scheme(
        url, {request.get_host()}, require_https=request.is_secure()
    )
    return url if ours else ""
