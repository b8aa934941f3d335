"""One delivery: what is sent, and what its rows say afterwards."""

import orjson
import pytest
from django.utils import timezone

from partners import tenancy
from tests.webhooks.rows import due, subscribe
from webhooks import signing
from webhooks.delivery import deliver_now
from webhooks.models import Attempt


@pytest.fixture
def subscription(our_practice, partner, receiver):
    return subscribe(our_practice, partner, receiver.url)


def deliver(delivery):
    return deliver_now(delivery.pk, practice_id=delivery.practice_id)


def tries(delivery):
    with tenancy.acting_as(tenancy.STAFF):
        found = Attempt.objects.filter(delivery_id=delivery.pk).order_by("number")
        return [(each.number, each.status_code, each.error, each.answer) for each in found]


def test_event_arrives_signed_with_its_documented_headers_and_body(receiver, subscription):
    (delivery,) = due(subscription, 4711)

    after = deliver(delivery)

    (request,) = receiver.requests
    assert request.path == "/hook"
    occurred = delivery.occurred_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert orjson.loads(request.body) == {
        "id": "evt_4711",
        "type": "patient.created",
        "timestamp": occurred,
        "practice": "DemoOffice",
        "data": {"PatientID": 4711},
    }
    assert {
        name: request.headers[name] for name in request.headers if name[:2] in ("x-", "co", "us")
    } == {
        "content-type": "application/json",
        "content-length": str(len(request.body)),
        "user-agent": "OfficePro-Webhooks/1.0",
        "x-officepro-event": "patient.created",
        "x-officepro-event-id": "4711",
    }
    now = timezone.now().timestamp()
    signing.verify(subscription.plain_secret, headers=request.headers, body=request.body, now=now)
    assert (after.status, after.attempts, after.status_code, after.error, after.hook_url) == (
        "delivered", 1, 200, "", receiver.url,
    )  # fmt: skip
    assert after.finished_at is not None
    assert after.lease_until is None
    assert tries(delivery) == [(1, 200, "", "ok")]
