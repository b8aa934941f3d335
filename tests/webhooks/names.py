"""Names that lead where a test says, and an address that is public."""

import pytest

from tests.webhooks.resolver import Resolver

PUBLIC = "93.184.216.34"


@pytest.fixture
def resolver(monkeypatch):
    return Resolver(monkeypatch)
