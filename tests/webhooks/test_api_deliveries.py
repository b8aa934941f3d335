"""A client's deliveries, listed and read by their owner alone."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.webhooks.clients import clients, reachable, receiver, rival, rivals_key
from tests.webhooks.rows import due
from tests.webhooks.signing_up import DELIVERIES, subscribe

__all__ = ["clients", "reachable", "receiver", "rival", "rivals_key"]
KEYS = [
    *("id", "subscriptionId", "event", "eventId", "hookUrl", "status", "success", "statusCode"),
    *("attempts", "durationMs", "errorMessage", "origin", "sourceDeliveryId", "createdAt"),
    "nextAttemptAt",
]


def test_each_client_sees_its_own_and_no_other(clients, receiver):
    made = [due(subscribe(client, receiver), n + 1)[0] for n, client in enumerate(clients)]

    for client, own in zip(clients, made, strict=True):
        listed = client.get(DELIVERIES).json()
        assert [each["id"] for each in listed["data"]] == [own.pk]
        assert (listed["count"], listed["total"]) == (1, 1)
        for other in made:
            expected = 200 if other is own else 404
            assert client.get(f"{DELIVERIES}/{other.pk}").status_code == expected
            retried = client.post(f"{DELIVERIES}/{other.pk}/retry")
            assert retried.status_code == expected
    assert len(receiver.requests) == 3


def test_delivery_is_told_with_its_attempts(ours, receiver):
    row = subscribe(ours, receiver)
    due(row, 7)
    receiver.answers(503, b"later")
    delivery_id = ours.get(DELIVERIES).json()["data"][0]["id"]
    retried = ours.post(f"{DELIVERIES}/{delivery_id}/retry").json()["data"]["retryDeliveryId"]

    one = ours.get(f"{DELIVERIES}/{retried}").json()["data"]

    assert list(one) == [*KEYS, "tries"]
    assert one == {
        **one,
        "subscriptionId": row.pk,
        "event": "patient.created",
        "eventId": 7,
        "hookUrl": receiver.url,
        "status": "pending",
        "success": False,
        "statusCode": 503,
        "attempts": 1,
        "origin": "retry",
        "sourceDeliveryId": delivery_id,
    }
    (attempt,) = one["tries"]
    assert list(attempt) == ["number", "at", "statusCode", "durationMs", "errorMessage", "answer"]
    assert (attempt["number"], attempt["statusCode"], attempt["answer"]) == (1, 503, "later")
    assert attempt["errorMessage"] == one["errorMessage"]
    assert list(ours.get(DELIVERIES).json()["data"][0]) == KEYS


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [6, 5, 4, 3, 2, 1]),
        ({"success": "true"}, [2]),
        ({"success": "false"}, [6, 5, 4, 3, 1]),
        ({"status": "pending"}, [6, 5, 1]),
        ({"status": "cancelled"}, [4]),
        ({"event": "patient.created"}, [6, 5, 4, 3, 2, 1]),
        ({"event": "claim.paid"}, []),
        ({"event": ""}, [6, 5, 4, 3, 2, 1]),
        ({"eventId": "evt_3"}, [3]),
        ({"eventId": "3"}, [3]),
        ({"limit": "2", "page": "2"}, [4, 3]),
        ({"since": "2026-01-02T00:00:00Z"}, [6, 5, 4, 3, 2]),
        ({"until": "2026-01-02T00:00:00Z"}, [1]),
    ],
)
def test_list_is_filtered_and_paged(ours, receiver, staff, query, expected):
    row = subscribe(ours, receiver)
    due(row, 1, created_at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
    due(row, 2, status="delivered")
    due(row, 3, status="failed")
    due(row, 4, status="cancelled")
    due(row, 5, 6)

    answer = ours.get(DELIVERIES, query)

    assert [each["eventId"] for each in answer.json()["data"]] == expected


@pytest.mark.parametrize(
    "query",
    [
        {"status": "x"},
        {"success": "1"},
        {"eventId": "x"},
        {"eventId": "evt_-1"},
        {"since": "today"},
        {"limit": "101"},
        {"partner": "1"},
        {"practice": "1"},
        {"subscription": "1"},
    ],
)
def test_bad_filters_are_refused(ours, query):
    answer = ours.get(DELIVERIES, query)

    assert answer.status_code == 400
    assert [each["field"] for each in answer.json()["errors"]] == list(query)


@pytest.mark.parametrize("count", [1, 3, 100])
def test_lists_cost_the_same_however_many_there_are(ours, receiver, count):
    due(subscribe(ours, receiver), *range(1, count + 1))

    with CaptureQueriesContext(connection) as listed:
        answer = ours.get(DELIVERIES, {"limit": "100"})
    first = answer.json()["data"][0]["id"]
    with CaptureQueriesContext(connection) as read:
        ours.get(f"{DELIVERIES}/{first}")

    assert answer.json()["count"] == count
    assert statements(listed) == 4  # who calls; whose they are; how many; which
    assert statements(read) == 4  # who calls; whose they are; it; its attempts


def statements(queries):
    return len([each for each in queries if each["sql"] not in ("BEGIN", "COMMIT")])
