"""Two partners in each of two practices, and receivers that they may be called at."""

from collections.abc import Iterator
from typing import Any

import pytest

from partners.models import ApiKey, Practice
from tests.client import Client
from tests.factories import PartnerFactory
from tests.webhooks.receivers import Receiver, receiving

__all__ = ["clients", "reachable", "receiver", "rival", "rivals_key"]


@pytest.fixture
def reachable(settings: Any) -> None:
    """Plain HTTP to this machine, which nobody else is allowed."""
    settings.WEBHOOKS_ALLOW_HTTP = True
    settings.WEBHOOKS_ALLOWED_NETWORKS = ["127.0.0.0/8"]


@pytest.fixture
def receiver(reachable: None) -> Iterator[Receiver]:
    """Answers 200."""
    with receiving() as made:
        yield made


@pytest.fixture
def rivals_key(our_practice: Practice, make_key: Any) -> ApiKey:
    """The key of another partner in our practice."""
    key: ApiKey = make_key(our_practice, partner=PartnerFactory.create(name="Rival"))
    return key


@pytest.fixture
def rival(rivals_key: ApiKey, client_for: Any) -> Client:
    """Another partner in our practice."""
    client: Client = client_for(rivals_key)
    return client


@pytest.fixture
def clients(ours: Client, theirs: Client, rival: Client) -> list[Client]:
    """Us in our practice, us in the other one, and another partner in ours."""
    return [ours, theirs, rival]
