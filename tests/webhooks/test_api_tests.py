"""A test of a client's own receiver, by the API: sent at once, and limited."""

import datetime
import threading
import time

import orjson
import pytest
from django.db import connection
from django.utils import timezone

from tests.webhooks.clients import clients, reachable, receiver, rival, rivals_key
from tests.webhooks.rows import due
from tests.webhooks.signing_up import DELIVERIES, REPLAY, TEST, subscribe
from webhooks import signing, subscribing

__all__ = ["clients", "reachable", "receiver", "rival", "rivals_key"]


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
