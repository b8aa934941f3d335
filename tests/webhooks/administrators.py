"""An administrator of the API, and subscriptions to look at."""

import pytest

from tests.client import Client
from tests.factories import PartnerFactory
from tests.webhooks.rows import due, subscribe

MONITOR = "/v1/admin/webhooks/monitor"


class Administrator:
    """Calls with the secret."""

    def __init__(self, secret):
        self._client, self._secret = Client(ppass=""), secret

    def get(self, path, params=None):
        return self._client.get(path, params, X_Admin_Secret=self._secret)

    def post(self, path):
        return self._client.post(path, X_Admin_Secret=self._secret)


@pytest.fixture
def administrator(database, settings):
    settings.ADMIN_SECRETS = ["s" * 40]
    return Administrator("s" * 40)


@pytest.fixture
def subscriptions(our_practice, other_practice, partner, receiver):
    """Two partners in our practice, one in the other one."""
    rival = PartnerFactory.create(name="Rival")
    return [
        subscribe(our_practice, partner, receiver.url),
        subscribe(our_practice, rival, receiver.url),
        subscribe(other_practice, partner, receiver.url),
    ]


def tried(subscription, log_id, **facts):
    (row,) = due(
        subscription,
        log_id,
        **{"status": "delivered", "attempts": 1, "duration_ms": 5, "status_code": 200, **facts},
    )
    return row
