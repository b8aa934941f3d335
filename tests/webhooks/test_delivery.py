"""One delivery: what is sent."""

import datetime

import orjson
import pytest
from django.db import connection, transaction
from django.utils import timezone

from partners import tenancy
from tests.webhooks.deliveries import claimed, deliver, state_of, subscription, tries
from tests.webhooks.receivers import behaving
from tests.webhooks.rows import change, due, now_is, subscribe
from webhooks import secrets, signing
from webhooks.delivery import deliver_now, send
from webhooks.models import Delivery, LogEntry
from webhooks.outgoing import door

__all__ = ["subscription"]


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
    now = timezone.now().timestamp()
    signing.verify(subscription.plain_secret, headers=request.headers, body=request.body, now=now)
    assert request.headers == {
        "host": f"127.0.0.1:{receiver.port}",
        "content-type": "application/json",
        "content-length": str(len(request.body)),
        "accept-encoding": "identity",
        "user-agent": "OfficePro-Webhooks/1.0",
        "x-officepro-event": "patient.created",
        "x-officepro-event-id": "4711",
        "webhook-id": "evt_4711",
        "webhook-timestamp": request.headers["webhook-timestamp"],
        "webhook-signature": request.headers["webhook-signature"],
    }
    assert (after.status, after.attempts, after.status_code, after.error, after.hook_url) == (
        "delivered", 1, 200, "", receiver.url,
    )  # fmt: skip
    assert after.finished_at is not None
    assert after.lease_until is None
    assert tries(delivery) == [(1, 200, "", "ok")]


def test_test_event_is_sent_once_and_blames_nobody(receiver, subscription):
    receiver.answers(500)
    with tenancy.acting_as(tenancy.STAFF):
        delivery = Delivery.objects.create(
            practice_id=subscription.practice_id,
            subscription=subscription,
            occurred_at=timezone.now(),
            event="webhook.test",
            origin="test",
        )

    after = deliver(delivery)

    (request,) = receiver.requests
    body = orjson.loads(request.body)
    assert (body["id"], body["type"], body["data"]) == (f"test_{delivery.pk}", "webhook.test", {})
    assert (request.headers["webhook-id"], request.headers["x-officepro-event-id"]) == (
        f"test_{delivery.pk}", "0",
    )  # fmt: skip
    assert (after.status, after.status_code) == ("failed", 500)
    assert state_of(subscription) == ("active", "", 0)


def test_retry_carries_the_same_id_and_body_under_a_new_signature(receiver, subscription):
    (delivery,) = due(subscription, 1)
    receiver.answers(500)
    deliver(delivery)
    receiver.answers(200)
    assert deliver(delivery).status == "delivered"

    first, second = receiver.requests
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == "evt_1"


def test_both_secrets_sign_for_a_day_after_a_rotation(receiver, our_practice, partner):
    old = signing.new_secret()
    subscription = subscribe(
        our_practice,
        partner,
        receiver.url,
        previous_secret=secrets.seal(old),
        previous_secret_until=timezone.now() + datetime.timedelta(hours=24),
    )
    first, second = due(subscription, 1, 2)
    now = timezone.now().timestamp()

    deliver(first)
    change(subscription, previous_secret_until=timezone.now())
    deliver(second)

    during, after = receiver.requests
    for secret in (old, subscription.plain_secret):
        signing.verify(secret, headers=during.headers, body=during.body, now=now)
    signing.verify(subscription.plain_secret, headers=after.headers, body=after.body, now=now)
    with pytest.raises(signing.BadSignature):
        signing.verify(old, headers=after.headers, body=after.body, now=now)


def test_secret_that_cannot_be_read_sends_nothing_unsigned(receiver, our_practice, partner):
    subscription = subscribe(our_practice, partner, receiver.url, secret="v0:AAAA")
    (delivery,) = due(subscription, 1)

    after = deliver(delivery)

    assert (after.status, after.error) == ("pending", "The subscription's secret cannot be read.")
    assert receiver.connections == 0


def test_numbers_that_python_cannot_hold_go_out_as_they_are(receiver, subscription):
    (delivery,) = due(subscription, 1)
    with tenancy.acting_as(tenancy.STAFF), connection.cursor() as cursor:
        cursor.execute("""UPDATE webhooks_log SET data = '{"n": 12345678901234567890.10}'""")

    deliver(delivery)

    assert b'"data":{"n": 12345678901234567890.10}}' in receiver.requests[0].body


def test_event_that_the_log_has_no_more_fails_without_a_request(receiver, subscription):
    (delivery,) = due(subscription, 1)
    with tenancy.acting_as(tenancy.STAFF):
        LogEntry.objects.all().delete()

    after = deliver(delivery)

    assert (after.status, after.error) == ("failed", "The event is no longer in the log.")
    assert (receiver.connections, state_of(subscription)) == (0, ("active", "", 0))


def test_nothing_is_sent_inside_a_transaction(receiver, subscription):
    (delivery,) = due(subscription, 1)

    with pytest.raises(RuntimeError, match="inside a transaction"), transaction.atomic():
        deliver(delivery)

    assert receiver.connections == 0


def test_nothing_is_sent_for_another_practice(receiver, subscription, other_practice):
    (delivery,) = due(subscription, 1)

    with pytest.raises(Delivery.DoesNotExist):
        deliver_now(delivery.pk, practice_id=other_practice.pk)

    assert (receiver.connections, now_is(delivery).attempts) == (0, 0)


def test_one_that_is_over_or_under_way_is_left_as_it_is(receiver, subscription):
    first, second = due(subscription, 1, 2)
    assert deliver(first).status == "delivered"
    (taken,) = claimed(1)

    assert deliver(first).attempts == 1
    assert deliver(second).attempts == taken.number == 1

    assert len(receiver.requests) == 1


def test_no_request_is_waited_for_with_a_transaction_open(loopback, our_practice, partner):
    """While the receiver dawdles, the database sees this connection idle."""
    seen = []

    def answer(arrived):
        arrived.recv(65536)
        seen.append(connection.in_atomic_block)
        with tenancy.acting_as(tenancy.STAFF), connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND state = 'idle in transaction'"
            )
            seen.append(cursor.fetchone()[0])
        connection.close()
        arrived.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    with behaving(answer) as url:
        (delivery,) = due(subscribe(our_practice, partner, url), 1)
        assert deliver(delivery).status == "delivered"

    assert seen == [False, 0]


def test_sending_needs_no_database(subscription, django_assert_num_queries):
    due(subscription, 1)
    (taken,) = claimed()

    with django_assert_num_queries(0):
        assert send(taken, door()).answer.status_code == 200
