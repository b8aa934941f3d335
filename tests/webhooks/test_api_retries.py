"""A retry by the API: once, at once, and told truly whatever happens meanwhile."""

import threading

import orjson
import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from partners import tenancy
from partners.models import StoredAnswer
from tests.webhooks.clients import clients, reachable, receiver, rival, rivals_key
from tests.webhooks.rows import due, now_is
from tests.webhooks.signing_up import DELIVERIES, TEST, subscribe
from webhooks.models import Delivery

__all__ = ["clients", "reachable", "receiver", "rival", "rivals_key"]


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
