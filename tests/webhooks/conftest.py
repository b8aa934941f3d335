"""Receivers on loopback, which only tests and sandboxes may send to."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.webhooks.receivers import Receiver, receiving


@pytest.fixture
def loopback(settings: Any) -> None:
    """Webhooks may go to loopback, and without TLS."""
    settings.WEBHOOKS_ALLOW_HTTP = True
    settings.WEBHOOKS_ALLOWED_NETWORKS = ["127.0.0.0/8"]


@pytest.fixture
def receiver(loopback: None) -> Iterator[Receiver]:
    """Answers 200 until it is told otherwise."""
    with receiving() as started:
        yield started
