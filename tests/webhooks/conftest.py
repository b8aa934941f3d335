"""Receivers on loopback, which only tests and sandboxes may send to."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.webhooks.receivers import Receiver, receiving
from webhooks import outgoing


@pytest.fixture
def loopback(settings: Any) -> Iterator[None]:
    """Webhooks may go to loopback, and without TLS; no connection outlives the test."""
    settings.WEBHOOKS_ALLOW_HTTP = True
    settings.WEBHOOKS_ALLOWED_NETWORKS = ["127.0.0.0/8"]
    yield
    outgoing.door().close()


@pytest.fixture
def receiver(loopback: None) -> Iterator[Receiver]:
    """Answers 200 until it is told otherwise."""
    with receiving() as started:
        yield started
