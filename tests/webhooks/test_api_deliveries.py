"""A client's deliveries: tested, listed, sent again, replayed, each by its owner alone."""

import datetime
import threading
import time

import orjson
import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partners import tenancy
from partners.models import StoredAnswer
from tests.webhooks.clients import clients, reachable, receiver, rival, rivals_key
from tests.webhooks.factories import happen
from tests.webhooks.rows import due, now_is
from webhooks import dispatch, signing, subscribing
from webhooks.models import Delivery, Subscription

__all__ = ["clients", "reachable", "receiver", "rival", "rivals_key"]

DELIVERIES = "/v1/webhooks/deliveries"
TEST = "/v1/webhooks/test"
REPLAY = "/v1/webhooks/replay"
KEYS = [
    *("id", "subscriptionId", "event", "eventId", "hookUrl", "status", "success", "statusCode"),
    *("attempts", "durationMs", "errorMessage", "origin", "sourceDeliveryId", "createdAt"),
    "nextAttemptAt",
]


def subscribe(client, receiver, scopes=("Patients",)):
    """Sign up; the row, with its secret at `.plain_secret`."""
    body = {"hookUrl": receiver.url, "scopes": list(scopes)}
    data = client.post("/v1/webhooks/signup", body).json()["data"]
    with tenancy.acting_as(tenancy.STAFF, staff="tests"):
        row = Subscription.objects.get(pk=data["id"])
    row.plain_secret = data["secret"]
    return row


def publish():
    with tenancy.acting_as(tenancy.SENDER):
        while dispatch.publish():
            pass


# --- A test --------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", [0, 1, 2])
def test_test_is_a_signed_delivery_tried_at_once(clients, receiver, which):
    client = clients[which]
    rows = [subscribe(each, receiver) for each in clients]
    receiver.answers(201, b"thank you")

    answer = client.post(TEST)

    (got,) = receiver.requests
    data = answer.json()["data"]
    assert (answer.status_code, answer.json()["message"]) == (200, "The receiver answered 201.")
    assert data == {
        "deliveryId": data["deliveryId"],
        "success": True,
        "statusCode": 201,
        "durationMs": data["durationMs"],
        "errorMessage": None,
        "answer": "thank you",
    }
    signing.verify(rows[which].plain_secret, headers=got.headers, body=got.body, now=time.time())
    body = orjson.loads(got.body)
    assert body["id"] == got.headers["webhook-id"] == f"test_{data['deliveryId']}"
    assert (body["type"], body["practice"], body["data"]) == ("webhook.test", client.ppass, {})
    assert got.headers["x-officepro-event"] == "webhook.test"
    assert client.get(DELIVERIES).json()["data"][0]["origin"] == "test"


@pytest.mark.parametrize(
    ("code", "message"), [(500, "The receiver answered 500."), (302, "The receiver answered 302.")]
)
def test_test_that_fails_says_what_was_answered_and_is_not_repeated(ours, receiver, code, message):
    subscribe(ours, receiver)
    receiver.answers(code, b"out of order", Location=receiver.url)

    answer = ours.post(TEST)

    data = answer.json()["data"]
    assert (answer.status_code, answer.json()["message"]) == (200, message)
    assert (data["success"], data["statusCode"]) == (False, code)
    assert data["errorMessage"]
    assert len(receiver.requests) == 1
    (delivery,) = ours.get(DELIVERIES).json()["data"]
    assert (delivery["status"], delivery["nextAttemptAt"]) == ("failed", None)


def test_test_of_a_receiver_that_is_not_there_says_so(ours, receiver, settings):
    subscribe(ours, receiver)
    settings.WEBHOOKS_ALLOWED_NETWORKS = []

    answer = ours.post(TEST).json()

    assert answer["message"].startswith("The receiver did not answer: ")
    assert (answer["data"]["statusCode"], answer["data"]["answer"]) == (None, "")
    assert receiver.requests == []


def test_disabled_subscription_is_sent_nothing(ours, receiver, staff):
    row = subscribe(ours, receiver)
    (delivery,) = due(row, 1, status="failed")
    with staff():
        subscribing.disable(subscription=row, now=timezone.now())
    since = timezone.now() - datetime.timedelta(hours=1)

    answers = [
        ours.post(TEST),
        ours.post(f"{DELIVERIES}/{delivery.pk}/retry"),
        ours.post(REPLAY, {"since": since.isoformat()}),
    ]

    assert [answer.status_code for answer in answers] == [409, 409, 409]
    assert {answer.json()["type"] for answer in answers} == {
        "urn:officepro:problem:subscription-not-active"
    }
    assert receiver.requests == []
    assert ours.get(DELIVERIES).json()["total"] == 1


def test_tries_by_hand_are_limited_for_each_client(clients, receiver, settings):
    settings.WEBHOOK_TRIES_BY_HAND = 2
    for client in clients:
        subscribe(client, receiver)
    ours, theirs, rival = clients

    answers = [ours.post(TEST).status_code for _ in range(3)]

    assert answers == [200, 200, 429]
    assert ours.get(DELIVERIES).json()["total"] == 2
    assert (theirs.post(TEST).status_code, rival.post(TEST).status_code) == (200, 200)


def test_two_may_wait_for_a_receiver_at_a_time(clients, receiver):
    for client in clients:
        subscribe(client, receiver)
    ours, theirs, _ = clients
    go_on = threading.Event()
    receiver.answer = lambda _: (200 if go_on.wait(20) else 500, {}, b"")

    def send():
        try:
            waited.append(ours.post(TEST).json()["data"]["success"])
        finally:
            connection.close()

    waited = []
    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    while len(receiver.requests) < 2:
        time.sleep(0.01)
    third = ours.post(TEST)
    go_on.set()
    for thread in threads:
        thread.join()

    assert (third.status_code, third["Retry-After"]) == (429, "5")
    assert waited == [True, True]
    assert ours.post(TEST).json()["data"]["success"]
    assert theirs.post(TEST).json()["data"]["success"]


# --- The list ------------------------------------------------------------------------------------


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


# --- A retry -------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", [0, 1])
def test_retry_makes_a_new_delivery_and_tries_it_at_once(clients, receiver, which):
    client = clients[which]
    row = subscribe(client, receiver)
    (source,) = due(row, 7, status="failed", attempts=13)

    answer = client.post(f"{DELIVERIES}/{source.pk}/retry")

    data = answer.json()["data"]
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "message": "Webhook delivery retried successfully",
            "data": {
                "sourceDeliveryId": source.pk,
                "retryDeliveryId": data["retryDeliveryId"],
                "success": True,
                "statusCode": 200,
                "attempts": 1,
                "errorMessage": None,
            },
        },
    )
    assert data["retryDeliveryId"] != source.pk
    assert now_is(source).status == "failed"
    (got,) = receiver.requests
    assert got.headers["webhook-id"] == "evt_7"
    assert got.headers["x-officepro-event-id"] == "7"
    assert orjson.loads(got.body)["data"] == {"PatientID": 7}


def test_retry_that_fails_says_so_and_is_tried_again_later(ours, receiver):
    (source,) = due(subscribe(ours, receiver), 7, status="failed")
    receiver.answers(500)

    answer = ours.post(f"{DELIVERIES}/{source.pk}/retry").json()

    assert answer["message"] == "Webhook delivery retried, but it failed; it will be tried again"
    assert (answer["data"]["success"], answer["data"]["statusCode"]) == (False, 500)
    assert answer["data"]["errorMessage"]
    with tenancy.acting_as(tenancy.STAFF):
        made = Delivery.objects.get(pk=answer["data"]["retryDeliveryId"])
    assert (made.status, made.attempts) == ("pending", 1)
    assert made.next_attempt_at > timezone.now()


def test_retry_goes_to_the_address_of_now(ours, receiver, staff):
    row = subscribe(ours, receiver)
    (source,) = due(row, 7, status="failed", hook_url="https://old.example.com/")

    ours.post(f"{DELIVERIES}/{source.pk}/retry")

    assert len(receiver.requests) == 1
    assert ours.get(f"{DELIVERIES}/{source.pk}").json()["data"]["hookUrl"] == (
        "https://old.example.com/"
    )


def test_retry_of_a_test_is_a_test(ours, receiver):
    subscribe(ours, receiver)
    first = ours.post(TEST).json()["data"]["deliveryId"]

    again = ours.post(f"{DELIVERIES}/{first}/retry").json()["data"]

    assert again["success"]
    assert [r.headers["webhook-id"] for r in receiver.requests] == [
        f"test_{first}",
        f"test_{again['retryDeliveryId']}",
    ]


def test_retry_of_a_removed_subscriptions_delivery_is_refused(ours, receiver):
    (source,) = due(subscribe(ours, receiver), 7, status="failed")
    ours.delete("/v1/webhooks/signup")
    subscribe(ours, receiver)

    answer = ours.post(f"{DELIVERIES}/{source.pk}/retry")

    assert answer.status_code == 409
    assert receiver.requests == []


# --- Once, under an Idempotency-Key --------------------------------------------------------------


def test_retry_under_an_idempotency_key_is_sent_once(ours, receiver, staff):
    (source,) = due(subscribe(ours, receiver), 7, status="failed")
    path = f"{DELIVERIES}/{source.pk}/retry"

    first = ours.post(path, Idempotency_Key="k1")
    again = ours.post(path, Idempotency_Key="k1")

    assert first.json()["data"]["success"] is True
    assert again.content == first.content
    assert again["Idempotent-Replayed"] == "true"
    assert len(receiver.requests) == 1
    assert ours.get(DELIVERIES).json()["total"] == 2


def test_twin_of_a_retry_that_is_waiting_for_the_receiver_is_told_so(ours, receiver, owner):
    (source,) = due(subscribe(ours, receiver), 7, status="failed")
    path = f"{DELIVERIES}/{source.pk}/retry"
    arrived, go_on = threading.Event(), threading.Event()

    def answer_late(_):
        arrived.set()
        go_on.wait(10)
        return 200, {}, b""

    receiver.answer = answer_late
    answers = []

    def send():
        try:
            answers.append(ours.post(path, Idempotency_Key="k1"))
        finally:
            connection.close()

    waiting = threading.Thread(target=send)
    waiting.start()
    assert arrived.wait(10)
    twin = ours.post(path, Idempotency_Key="k1")
    assert len(locks(owner)) == 1
    go_on.set()
    waiting.join()
    later = ours.post(path, Idempotency_Key="k1")

    assert twin.status_code == 409
    assert twin.json()["type"] == "urn:officepro:problem:idempotency-running"
    assert answers[0].json()["data"]["success"] is True
    assert later.content == answers[0].content
    assert len(receiver.requests) == 1
    assert locks(owner) == []


def test_answer_is_true_if_we_die_while_the_receiver_thinks(
    ours, receiver, staff, owner, monkeypatch
):
    (source,) = due(subscribe(ours, receiver), 7, status="failed")
    path = f"{DELIVERIES}/{source.pk}/retry"
    died = []

    def die(*_, **__):
        died.append(True)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("webhooks.views.base.deliver_now", die)
        with pytest.raises(KeyboardInterrupt):
            ours.post(path, Idempotency_Key="k1")

    assert locks(owner) == []
    again = ours.post(path, Idempotency_Key="k1")

    assert died
    assert again["Idempotent-Replayed"] == "true"
    assert again.json()["message"] == "Webhook delivery is on its way"
    made = again.json()["data"]["retryDeliveryId"]
    assert again.json()["data"]["attempts"] == 0
    with staff():
        assert Delivery.objects.get(pk=made).status == "pending"
        assert StoredAnswer.objects.count() == 1


def test_answer_is_true_if_the_database_fails_after_the_commit(ours, receiver, owner, monkeypatch):
    (source,) = due(subscribe(ours, receiver), 7, status="failed")
    path = f"{DELIVERIES}/{source.pk}/retry"

    def fail(*_, **__):
        raise OperationalError("gone")

    with monkeypatch.context() as patch:
        patch.setattr("webhooks.views.base.deliver_now", fail)
        answer = ours.post(path, Idempotency_Key="k1")

    assert (answer.status_code, answer.json()["message"]) == (200, "Webhook delivery is on its way")
    assert ours.post(path, Idempotency_Key="k1").content == answer.content
    assert locks(owner) == []


def locks(owner):
    return owner.execute(
        "SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND database ="
        " (SELECT oid FROM pg_database WHERE datname = current_database())"
    ).fetchall()


# --- A replay ------------------------------------------------------------------------------------


@pytest.fixture
def past(clients, our_practice, other_practice, receiver):
    """Two events in either practice, which nobody was told of."""
    for practice in (our_practice, other_practice):
        happen(practice, 1, 2)
    publish()
    for client in clients:
        subscribe(client, receiver, ["Patients", "Claims"])
    return {"since": (timezone.now() - datetime.timedelta(hours=1)).isoformat()}


@pytest.mark.parametrize("which", [0, 1, 2])
def test_replay_sends_what_was_missed_to_the_caller_alone(clients, past, which):
    client = clients[which]

    dry = client.post(f"{REPLAY}?dryRun=true", past)
    assert client.get(DELIVERIES).json()["total"] == 0
    done = client.post(REPLAY, past)

    assert (dry.status_code, done.status_code) == (200, 200)
    assert dry.json()["message"] == "Nothing was sent: this was a dry run"
    assert done.json()["message"] == "Webhook events replayed successfully"
    for answer in (dry, done):
        data = answer.json()["data"]
        assert list(data) == ["since", "until", "scopes", "deliveries"]
        assert (data["scopes"], data["deliveries"]) == (["Patients", "Claims"], 2)
    totals = [each.get(DELIVERIES).json()["total"] for each in clients]
    assert totals == [2 if n == which else 0 for n in range(3)]
    assert {each["origin"] for each in client.get(DELIVERIES).json()["data"]} == {"replay"}


def test_replay_leaves_out_what_is_on_its_way(ours, past):
    ours.post(REPLAY, past)

    assert ours.post(REPLAY, past).json()["data"]["deliveries"] == 0


def test_replay_of_some_scopes(ours, past):
    assert ours.post(REPLAY, {**past, "scopes": ["Claims"]}).json()["data"]["deliveries"] == 0
    assert ours.post(REPLAY, {**past, "scopes": ["Patients"]}).json()["data"]["deliveries"] == 2
    refused = ours.post(REPLAY, {**past, "scopes": ["Payments"]})
    assert refused.status_code == 400
    assert refused.json()["detail"] == "scopes: Your subscription does not have Payments."


def test_replay_of_too_much_is_refused(ours, past, monkeypatch):
    monkeypatch.setattr("webhooks.views.deliveries.MOST_REPLAYED", 1)

    answer = ours.post(REPLAY, past)

    assert answer.status_code == 400
    assert ours.get(DELIVERIES).json()["total"] == 0


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "since", "required"),
        ({"since": "2026-01-01"}, "since", "invalid"),
        (
            {"since": "2026-01-02T00:00:00Z", "until": "2026-01-02T00:00:00Z"},
            "until",
            "out_of_range",
        ),
        (
            {"since": "2026-01-01T00:00:00Z", "until": "2026-02-02T00:00:00Z"},
            "until",
            "out_of_range",
        ),
        ({"since": "2026-01-01T00:00:00Z", "subscription": 1}, "subscription", "unknown"),
    ],
)
def test_bad_replays_are_refused(ours, past, body, field, code):
    answer = ours.post(REPLAY, body)

    assert answer.status_code == 400
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [(field, code)]
