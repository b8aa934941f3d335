"""The deliveries of the monitor: shown, filtered, and tried again for any practice."""

import pytest
from django.utils import timezone

from partners import tenancy
from tests.webhooks.administrators import MONITOR, administrator, subscriptions, tried
from tests.webhooks.clients import reachable, receiver
from tests.webhooks.rows import due, now_is
from webhooks import subscribing
from webhooks.models import Delivery

__all__ = ["administrator", "reachable", "receiver", "subscriptions"]

RECENT = [
    *("id", "practicepass", "subscriptionId", "event", "eventId", "hookUrl", "success"),
    *("statusCode", "attempts", "durationMs", "errorMessage", "sourceDeliveryId", "createdAt"),
]


def test_delivery_is_shown_in_the_published_fields(administrator, subscriptions, receiver):
    ours = subscriptions[0]
    row = tried(
        ours, 7, status="pending", status_code=500, attempts=2, duration_ms=31, error="Bad.",
        hook_url="https://old.example.com/", source_delivery_id=3, origin="retry",
    )  # fmt: skip

    (shown,) = administrator.get(MONITOR).json()["recentDeliveries"]

    assert list(shown) == RECENT
    assert shown == {
        "id": row.pk,
        "practicepass": "DemoOffice",
        "subscriptionId": ours.pk,
        "event": "patient.created",
        "eventId": 7,
        "hookUrl": "https://old.example.com/",
        "success": False,
        "statusCode": 500,
        "attempts": 2,
        "durationMs": 31,
        "errorMessage": "Bad.",
        "sourceDeliveryId": 3,
        "createdAt": now_is(row).created_at.isoformat().replace("+00:00", "Z"),
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [5, 4, 3, 2, 1]),
        ({"success": "true"}, [4, 1]),
        ({"success": "false"}, [5, 3, 2]),
        ({"practicepass": "DemoOffice"}, [3, 2, 1]),
        ({"practicepass": "DemoOffice", "success": "false", "limit": "50"}, [3, 2]),
        ({"limit": "2", "offset": "1"}, [4, 3]),
        ({"offset": "5"}, []),
        ({"limit": "200"}, [5, 4, 3, 2, 1]),
    ],
)
def test_recent_deliveries_are_filtered(administrator, subscriptions, query, expected):
    ours, rivals, others = subscriptions
    tried(ours, 1)
    tried(rivals, 2, status="failed")
    due(ours, 3)
    tried(others, 4)
    tried(others, 5, status="cancelled")

    shown = administrator.get(MONITOR, query).json()["recentDeliveries"]

    assert [each["eventId"] for each in shown] == expected
    if "success" in query:
        assert {each["success"] for each in shown} == {query["success"] == "true"}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"limit": "0"}, "out_of_range"),
        ({"limit": "201"}, "out_of_range"),
        ({"limit": "x"}, "invalid"),
        ({"offset": "-1"}, "out_of_range"),
        ({"success": "yes"}, "invalid"),
        ({"practicepass": "NoSuchOffice"}, "not_found"),
        ({"practicepass": "a\0b"}, "invalid"),
        ({"practice": "DemoOffice"}, "unknown"),
    ],
)
def test_bad_queries_are_refused(administrator, our_practice, query, code):
    answer = administrator.get(MONITOR, query)

    assert answer.status_code == 400
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [
        (next(iter(query)), code)
    ]


def test_retry_reaches_any_practice(administrator, subscriptions, receiver):
    for subscription in subscriptions:
        source = tried(subscription, 100 + subscription.pk, status="failed", status_code=500)
        before = len(receiver.requests)

        answer = administrator.post(f"/v1/admin/webhooks/retry/{source.pk}")

        made = answer.json()["data"]["retryDeliveryId"]
        assert (answer.status_code, answer.json()) == (
            200,
            {
                "message": "Webhook delivery retried successfully",
                "data": {
                    "sourceDeliveryId": source.pk,
                    "retryDeliveryId": made,
                    "success": True,
                    "statusCode": 200,
                    "attempts": 1,
                    "errorMessage": None,
                },
            },
        )
        assert len(receiver.requests) == before + 1
        with tenancy.acting_as(tenancy.STAFF):
            row = Delivery.objects.get(pk=made)
        assert (row.practice_id, row.origin) == (subscription.practice_id, "retry")


def test_retry_that_fails_says_so(administrator, subscriptions, receiver):
    source = tried(subscriptions[0], 7, status="failed")
    receiver.answers(502)

    answer = administrator.post(f"/v1/admin/webhooks/retry/{source.pk}")

    assert answer.status_code == 200
    assert answer.json()["message"].startswith("Webhook delivery retried, but it failed")
    data = answer.json()["data"]
    assert (data["success"], data["statusCode"], data["attempts"]) == (False, 502, 1)
    assert data["errorMessage"]


def test_retry_to_a_disabled_subscription_is_a_conflict(administrator, subscriptions, staff):
    source = tried(subscriptions[0], 7, status="failed")
    with staff():
        subscribing.disable(subscription=subscriptions[0], now=timezone.now())

    answer = administrator.post(f"/v1/admin/webhooks/retry/{source.pk}")

    assert answer.status_code == 409
    with staff():
        assert Delivery.objects.count() == 1


def test_partners_token_is_no_secret(administrator, ours):
    assert ours.get(MONITOR).status_code == 401
