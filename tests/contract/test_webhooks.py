"""The documented examples of webhooks, replayed key by key in both practices."""

from typing import Any

import pytest

from partners import tenancy
from partners.models import Partner
from tests.client import Client
from tests.contract.reference import PUBLISHED
from tests.factories import PartnerFactory
from tests.webhooks.clients import reachable, receiver
from tests.webhooks.receivers import Receiver
from tests.webhooks.rows import due, subscribe
from webhooks.models import DispatchState, Subscription

__all__ = ["reachable", "receiver"]

PUBLISHED_BY_PATH = {each.operation: each for each in PUBLISHED}
SIGNUP = PUBLISHED_BY_PATH["POST /v1/webhooks/signup"]
MONITOR = PUBLISHED_BY_PATH["GET /v1/admin/webhooks/monitor"]
RETRY = PUBLISHED_BY_PATH["POST /v1/admin/webhooks/retry/{id}"]
# As contract.md lists them, in its order.
RECENT = (
    "id practicepass subscriptionId event eventId hookUrl success statusCode attempts durationMs"
    " errorMessage sourceDeliveryId createdAt"
).split()
SECRET = "s" * 40


@pytest.fixture(params=["ours", "theirs"])
def client(request: pytest.FixtureRequest, ours: Client, theirs: Client) -> Client:
    found: Client = request.getfixturevalue(request.param)
    return found


@pytest.fixture(params=["our_practice", "other_practice"])
def practice(request: pytest.FixtureRequest, our_practice: Any, other_practice: Any) -> Any:
    return request.getfixturevalue(request.param)


def as_administrator(method: str, path: str, settings: Any) -> Any:
    settings.ADMIN_SECRETS = [SECRET]
    return Client(ppass="").send(method, path, X_Admin_Secret=SECRET)


def test_signup_as_documented(client: Client) -> None:
    answer = client.post("/v1/webhooks/signup", SIGNUP.request)

    made = answer.json()
    assert answer.status_code == 201
    assert list(made) == ["message", "data"]
    assert made["message"] == SIGNUP.response["message"]
    assert list(made["data"]) == [*SIGNUP.response["data"], "secret"]
    assert type(made["data"]["id"]) is int
    secret = made["data"]["secret"]
    assert secret.startswith("whsec_")
    assert made["data"] == {**SIGNUP.response["data"], "id": made["data"]["id"], "secret": secret}


def test_signup_again_answers_exactly_the_documented_fields(client: Client) -> None:
    first = client.post("/v1/webhooks/signup", SIGNUP.request).json()["data"]

    answer = client.post("/v1/webhooks/signup", SIGNUP.request)

    assert answer.status_code == 200
    assert answer.json()["data"] == {**SIGNUP.response["data"], "id": first["id"]}


def test_monitor_as_documented(practice: Any, partner: Partner, settings: Any) -> None:
    active, _, disabled = (
        subscribe(practice, each, "https://partner.example.com/hook", **facts)
        for each, facts in (
            (partner, {}),
            (PartnerFactory.create(), {}),
            (PartnerFactory.create(), {"status": Subscription.Status.DISABLED}),
        )
    )
    tried = {"attempts": 1, "duration_ms": 20}
    due(active, *range(1, 147), status="delivered", status_code=200, **tried)
    failed = due(disabled, *range(201, 205), status="failed", status_code=500, **tried)
    with tenancy.acting_as(tenancy.STAFF):
        DispatchState.objects.create(practice=practice, last_log_id=14656636)
    query = f"practicepass={practice.ppass}&success=false&limit=50&offset=0"

    answer = as_administrator("GET", f"/v1/admin/webhooks/monitor?{query}", settings)

    shown = answer.json()
    recent = shown.pop("recentDeliveries")
    assert answer.status_code == 200
    assert shown == {
        "summary": MONITOR.response["summary"],
        "dispatchStates": [{"practicepass": practice.ppass, "lastLogId": 14656636}],
    }
    assert [list(each) for each in recent] == [RECENT] * 4
    assert [each["id"] for each in recent] == [each.pk for each in reversed(failed)]
    assert b'"successRate":97.33}' in answer.content
    assert set(MONITOR.query.split()) == {"practicepass", "success", "limit", "offset"}


def test_retry_as_documented(
    practice: Any, partner: Partner, receiver: Receiver, settings: Any
) -> None:
    (source,) = due(subscribe(practice, partner, receiver.url), 10, status="failed", attempts=13)

    answer = as_administrator("POST", f"/v1/admin/webhooks/retry/{source.pk}", settings)

    told = answer.json()
    assert answer.status_code == 200
    assert list(told) == list(RETRY.response)
    assert told["message"] == RETRY.response["message"]
    assert list(told["data"]) == list(RETRY.response["data"])
    assert told["data"] == {
        **RETRY.response["data"],
        "sourceDeliveryId": source.pk,
        "retryDeliveryId": told["data"]["retryDeliveryId"],
    }


def test_delivery_has_the_documented_headers(
    client: Client, receiver: Receiver, our_practice: Any, other_practice: Any
) -> None:
    client.post("/v1/webhooks/signup", {**SIGNUP.request, "hookUrl": receiver.url})
    practice = our_practice if client.ppass == our_practice.ppass else other_practice
    with tenancy.acting_as(tenancy.STAFF):
        subscription = Subscription.objects.get(practice=practice)
    (source,) = due(subscription, 14656636, status="failed")

    client.post(f"/v1/webhooks/deliveries/{source.pk}/retry")

    (got,) = receiver.requests
    assert got.headers["x-officepro-event"] == "patient.created"
    assert got.headers["x-officepro-event-id"] == "14656636"
