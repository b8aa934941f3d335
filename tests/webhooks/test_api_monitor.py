"""The monitor by the API: what was tried lately, and who is behind."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from partners import tenancy
from tests.webhooks.administrators import MONITOR, administrator, subscriptions, tried
from tests.webhooks.clients import reachable, receiver
from tests.webhooks.factories import happen
from tests.webhooks.rows import due
from webhooks import dispatch, monitoring, subscribing
from webhooks.models import DispatchState

__all__ = ["administrator", "reachable", "receiver", "subscriptions"]


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
