"""Only the rulebooks of development are installed here."""

from __future__ import annotations

import pytest

from tests.development.rules import install


@pytest.fixture
def rules(db: None) -> None:
    install()
