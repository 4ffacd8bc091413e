"""Only reading and sending: no page answers another method."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast, sign_in


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace"])
def test_an_unknown_method_is_not_allowed(client: Client, cast: Cast, method: str) -> None:
    answer = getattr(sign_in(client, cast.secretary), method)(reverse("home:today"))
    assert answer.status_code == 405
