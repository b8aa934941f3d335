"""What administrators' programs see of webhooks, and the deliveries that they try again."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from partners import tenancy
from tests.client import Client
from tests.factories import PartnerFactory
from tests.webhooks.clients import reachable, receiver
from tests.webhooks.factories import happen
from tests.webhooks.rows import due, now_is, subscribe
from webhooks import dispatch, monitoring, subscribing
from webhooks.models import Delivery, DispatchState

__all__ = ["reachable", "receiver"]

MONITOR = "/v1/admin/webhooks/monitor"
RECENT = [
    *("id", "practicepass", "subscriptionId", "event", "eventId", "hookUrl", "success"),
    *("statusCode", "attempts", "durationMs", "errorMessage", "sourceDeliveryId", "createdAt"),
]


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


@pytest.mark.parametrize(
    ("ppass", "expected"),
    [
        (None, (3, 2, 4, 1, 75.0)),
        ("demooffice", (2, 1, 3, 1, 66.67)),
        ("OtherOffice", (1, 1, 1, 0, 100.0)),
    ],
)
def test_summary_counts_what_was_tried(administrator, subscriptions, staff, ppass, expected):
    ours, rivals, others = subscriptions
    tried(ours, 1)
    tried(ours, 2)
    tried(rivals, 3, status="pending", status_code=500)
    tried(others, 4)
    due(ours, 5)
    with staff():
        subscribing.disable(subscription=rivals, now=timezone.now())

    answer = administrator.get(MONITOR, {"practicepass": ppass} if ppass else None)

    assert answer.status_code == 200
    assert list(answer.json()) == ["summary", "dispatchStates", "recentDeliveries"]
    summary = answer.json()["summary"]
    assert list(summary) == [
        *("totalSubscriptions", "activeSubscriptions", "totalDeliveries", "failedDeliveries"),
        "successRate",
    ]
    assert tuple(summary.values()) == expected


def test_without_deliveries_all_is_well(administrator):
    answer = administrator.get(MONITOR)

    assert answer.json() == {
        "summary": {
            "totalSubscriptions": 0,
            "activeSubscriptions": 0,
            "totalDeliveries": 0,
            "failedDeliveries": 0,
            "successRate": 100.0,
        },
        "dispatchStates": [],
        "recentDeliveries": [],
    }


def test_removed_subscriptions_are_not_counted(administrator, subscriptions, staff):
    with staff():
        subscribing.remove(subscription=subscriptions[0], now=timezone.now())

    assert administrator.get(MONITOR).json()["summary"]["totalSubscriptions"] == 2


def test_dispatch_states_are_by_practice(administrator, our_practice, other_practice, staff):
    with staff():
        DispatchState.objects.create(practice=other_practice, last_log_id=7)
        DispatchState.objects.create(practice=our_practice, last_log_id=14656636)

    states = administrator.get(MONITOR).json()["dispatchStates"]
    one = administrator.get(MONITOR, {"practicepass": "DEMOOFFICE"}).json()["dispatchStates"]

    assert states == [
        {"practicepass": "DemoOffice", "lastLogId": 14656636},
        {"practicepass": "OtherOffice", "lastLogId": 7},
    ]
    assert one == states[:1]


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


def test_dispatch_that_is_behind_is_told_in_headers(administrator, our_practice, other_practice):
    calm = administrator.get(MONITOR)
    happen(our_practice, 1, 2)
    happen(other_practice, 3)
    waiting = administrator.get(MONITOR)
    with tenancy.acting_as(tenancy.STAFF), connection.cursor() as cursor:
        cursor.execute("UPDATE webhooks_log SET created_at = now() - interval '95 s'")
    late = administrator.get(MONITOR)
    with tenancy.acting_as(tenancy.SENDER):
        dispatch.publish()
    done = administrator.get(MONITOR)

    assert [each["X-Dispatch-Waiting"] for each in (calm, waiting, late, done)] == list("0330")
    assert (calm["X-Dispatch-Lag-Seconds"], done["X-Dispatch-Lag-Seconds"]) == ("0", "0")
    assert 95 <= int(late["X-Dispatch-Lag-Seconds"]) <= 125
    assert ["X-Dispatch-Warning" in each for each in (calm, waiting, late, done)] == [
        *(False, False, True, False)
    ]


def test_deliveries_that_nobody_sends_are_warned_of(administrator, subscriptions, make_key):
    make_key(subscriptions[0].practice)
    due(subscriptions[0], 7, next_attempt_at=timezone.now() - datetime.timedelta(minutes=6))

    assert "is the sender up?" in administrator.get(MONITOR)["X-Dispatch-Warning"]


@pytest.mark.parametrize("count", [1, 3, 100])
def test_monitor_costs_the_same_however_many_there_are(administrator, subscriptions, count):
    due(subscriptions[0], *range(1, count + 1))

    with CaptureQueriesContext(connection) as queries:
        answer = administrator.get(MONITOR, {"limit": "200"})

    assert len(answer.json()["recentDeliveries"]) == count
    asked = [each["sql"] for each in queries if each["sql"].startswith("SELECT")]
    assert len([sql for sql in asked if "webhooks_" in sql]) == 5


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_success_rate_is_per_cent_with_two_decimals(arrived, failed):
    rate = monitoring.success_rate(arrived + failed, failed)

    assert 0 <= rate <= 100
    assert rate == rate.quantize(Decimal("0.01"))
    if not failed:
        assert rate == 100
    else:
        exact = Decimal(100) * arrived / (arrived + failed)
        assert abs(rate - exact) <= Decimal("0.005")


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
