"""One delivery: what is sent, and what its rows say afterwards."""

import datetime
import threading

import orjson
import pytest
from django.db import connection, transaction
from django.utils import timezone

from partners import tenancy
from tests.webhooks.receivers import behaving
from tests.webhooks.rows import change, due, now_is, subscribe
from webhooks import secrets, signing
from webhooks.claiming import claim, claim_one, give_back
from webhooks.delivery import deliver_now, send, settle
from webhooks.models import Attempt, Delivery, LogEntry
from webhooks.outcomes import Outcome
from webhooks.outgoing import Answer, door

OK = Answer(200, "ok", 7)
BROKEN = Answer(500, "", 7, "The receiver answered 500 Internal Server Error.")
NOBODY = Answer(None, "", 3000, "The connection was refused.", unreachable=True)
GONE = Answer(410, "", 7, "The receiver answered 410 Gone.")


@pytest.fixture
def subscription(our_practice, partner, receiver):
    return subscribe(our_practice, partner, receiver.url)


def deliver(delivery):
    return deliver_now(delivery.pk, practice_id=delivery.practice_id)


def tries(delivery):
    with tenancy.acting_as(tenancy.STAFF):
        found = Attempt.objects.filter(delivery_id=delivery.pk).order_by("number")
        return [(each.number, each.status_code, each.error, each.answer) for each in found]


def claimed(limit=100, **busy):
    with tenancy.acting_as(tenancy.SENDER):
        return claim(limit, busy=busy.get("busy", {}))


def settled(*outcomes):
    with tenancy.acting_as(tenancy.SENDER):
        return settle([Outcome(*outcome) for outcome in outcomes])


def ids_of(subscription):
    with tenancy.acting_as(tenancy.STAFF):
        found = Delivery.objects.filter(subscription=subscription).order_by("id")
        return list(found.values_list("id", flat=True))


def seconds_until(instant):
    return (instant - timezone.now()).total_seconds()


def state_of(subscription):
    row = now_is(subscription)
    return row.status, row.disabled_reason, row.failures


# --- What is sent ---


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


# --- What comes of it ---


def test_failure_is_tried_again_after_a_while(receiver, subscription):
    receiver.answers(503, b"busy")
    (delivery,) = due(subscription, 1)

    after = deliver(delivery)

    assert (after.status, after.status_code, after.attempts, after.finished_at) == (
        "pending", 503, 1, None,
    )  # fmt: skip
    assert after.lease_until is None
    assert 3 <= seconds_until(after.next_attempt_at) <= 6
    assert tries(delivery) == [(1, 503, "The receiver answered 503 Service Unavailable.", "busy")]
    assert state_of(subscription) == ("active", "", 1)


def test_retry_after_puts_off_the_delivery_and_its_subscription(receiver, subscription):
    receiver.answers(429, Retry_After="3600")
    (delivery,) = due(subscription, 1)

    after = deliver(delivery)

    assert 3590 < seconds_until(after.next_attempt_at) <= 3600
    assert 3590 < seconds_until(now_is(subscription).held_until) <= 3600


def test_last_attempt_that_fails_ends_the_delivery(subscription):
    (delivery,) = due(subscription, 1, attempts=12)
    (taken,) = claimed()

    settled((taken, BROKEN))

    after = now_is(delivery)
    assert (after.status, after.attempts) == ("failed", 13)
    assert after.finished_at is not None


def test_success_makes_good_for_all_failures(receiver, subscription):
    change(subscription, failures=7, failing_since=timezone.now(), held_until=timezone.now())
    (delivery,) = due(subscription, 1)

    deliver(delivery)

    row = now_is(subscription)
    assert (row.failures, row.failing_since, row.held_until) == (0, None, None)


def test_410_disables(receiver, subscription):
    receiver.answers(410)
    delivery, waiting = due(subscription, 1, 2)

    after = deliver(delivery)

    assert (after.status, after.status_code) == ("failed", 410)
    assert state_of(subscription) == ("disabled", "gone", 1)
    assert now_is(subscription).disabled_at is not None
    assert claimed() == []
    assert now_is(waiting).status == "pending"


@pytest.mark.parametrize(
    ("since", "status"),
    [
        (datetime.timedelta(days=5, minutes=1), "disabled"),
        (datetime.timedelta(days=4, hours=23), "active"),
    ],
)
def test_five_days_without_success_disable(subscription, since, status):
    change(subscription, failures=3, failing_since=timezone.now() - since)
    due(subscription, 1)
    (taken,) = claimed()

    disabled = settled((taken, BROKEN))

    assert state_of(subscription) == (status, "failing" if status == "disabled" else "", 4)
    assert [each.subscription_id for each in disabled] == (
        [subscription.pk] if status == "disabled" else []
    )


def test_nobody_there_is_left_alone_for_a_while(subscription):
    due(subscription, *range(1, 10))
    batch = claimed()
    assert len(batch) == 4

    settled(*((taken, NOBODY) for taken in batch))

    row = now_is(subscription)
    assert (row.failures, 4 < seconds_until(row.held_until) <= 5) == (1, True)
    assert claimed() == []
    change(subscription, held_until=timezone.now())
    assert len(claimed()) == 1


def test_subscription_disabled_meanwhile_stays_as_it_is(subscription):
    due(subscription, 1)
    (taken,) = claimed()
    change(subscription, status="removed")

    assert settled((taken, GONE)) == []

    assert now_is(subscription).status == "removed"


def test_two_processes_with_opposite_news_do_not_block_each_other(
    our_practice, other_practice, partner, loopback
):
    """One says that A works and B fails, the other that B works and A fails, again and again."""
    rows = [
        subscribe(practice, partner, f"http://127.0.0.1:{number}/", failures=1)
        for number, practice in enumerate((our_practice, other_practice), start=1)
    ]
    due(rows[0], *range(1, 61))
    due(rows[1], *range(101, 161))
    with tenancy.acting_as(tenancy.SENDER):
        pairs = [
            (claim_one(first), claim_one(second))
            for first, second in zip(*(ids_of(row) for row in rows), strict=True)
        ]
    barrier, problems = threading.Barrier(2), []

    def tell(news, answers):
        try:
            for pair in news:
                barrier.wait(30)
                settled(*zip(pair, answers, strict=True))
        except Exception as problem:  # noqa: BLE001 - told below
            problems.append(problem)
            barrier.abort()
        finally:
            connection.close()

    threads = [
        threading.Thread(target=tell, args=(pairs[:30], (OK, BROKEN))),
        threading.Thread(target=tell, args=([pair[::-1] for pair in pairs[30:]], (OK, BROKEN))),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert problems == []


# --- Whose turn it is ---


@pytest.mark.parametrize(
    "state",
    [
        {"status": "disabled"},
        {"status": "removed"},
        {"held_until": timezone.now() + datetime.timedelta(days=1)},
    ],
)
def test_nothing_is_due_to_a_subscription_that_is_not_to_be_sent_to(subscription, state):
    due(subscription, 1)
    change(subscription, **state)

    assert claimed() == []


@pytest.mark.parametrize("whose", ["practice", "partner"])
def test_nothing_is_due_to_who_is_not_active(subscription, whose):
    due(subscription, 1)
    change(getattr(subscription, whose), is_active=False)

    assert claimed() == []


@pytest.mark.parametrize("status", ["delivered", "failed", "cancelled"])
def test_what_is_over_is_not_due(subscription, status):
    due(subscription, 1, status=status)

    assert claimed() == []


def test_what_is_to_wait_is_not_due(subscription):
    due(subscription, 1, next_attempt_at=timezone.now() + datetime.timedelta(seconds=30))

    assert claimed() == []


def test_four_at_a_time_to_one_subscription(subscription):
    due(subscription, *range(1, 10))

    assert [each.log_id for each in claimed()] == [1, 2, 3, 4]
    assert claimed(busy={subscription.pk: 4}) == []
    assert [each.log_id for each in claimed(busy={subscription.pk: 3})] == [5]


def test_one_at_a_time_to_one_that_is_failing(subscription):
    change(subscription, failures=1)
    due(subscription, *range(1, 10))

    assert [each.log_id for each in claimed()] == [1]
    assert claimed(busy={subscription.pk: 1}) == []


def test_nobodys_backlog_comes_before_anothers_first(
    our_practice, other_practice, partner, loopback
):
    crowded = subscribe(our_practice, partner, "http://127.0.0.1:1/")
    quiet = subscribe(other_practice, partner, "http://127.0.0.1:2/")
    due(crowded, *range(1, 100))
    due(quiet, 1000)

    assert {each.subscription_id for each in claimed(2)} == {crowded.pk, quiet.pk}


def test_lease_that_ran_out_is_taken_by_another_and_the_first_has_no_say(subscription):
    (delivery,) = due(subscription, 1)
    (first,) = claimed()
    assert claimed() == []
    change(delivery, lease_until=timezone.now() - datetime.timedelta(seconds=1))
    (second,) = claimed()
    assert (first.number, second.number) == (1, 2)

    settled((first, BROKEN))
    assert (now_is(delivery).status, now_is(delivery).status_code) == ("pending", None)
    settled((second, OK))
    settled((first, BROKEN))

    after = now_is(delivery)
    assert (after.status, after.status_code, after.attempts) == ("delivered", 200, 2)
    assert [each[:2] for each in tries(delivery)] == [(1, 500), (2, 200)]


def test_many_claims_at_once_take_each_delivery_once_and_the_server_lives(
    our_practice, other_practice, partner
):
    """Locking rows that were just leased, in one statement with the rest, crashed PostgreSQL."""
    for first, practice in ((1, our_practice), (10_001, other_practice)):
        due(subscribe(practice, partner, "https://a.example.com/"), *range(first, first + 750))
    taken, problems = [], []

    def work():
        try:
            while len(taken) < 1500:
                batch = claimed()
                taken.extend(each.delivery_id for each in batch)
                settled(*((each, OK) for each in batch))
        except Exception as problem:  # noqa: BLE001 - told below
            problems.append(problem)
            taken.extend([0] * 1500)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert problems == []
    assert len(taken) == len(set(taken)) == 1500


def test_what_is_given_back_is_due_at_once_as_if_never_taken(subscription):
    (delivery,) = due(subscription, 1)
    (taken,) = claimed()

    with tenancy.acting_as(tenancy.SENDER):
        give_back([taken])

    assert (now_is(delivery).attempts, now_is(delivery).lease_until) == (0, None)
    assert [each.number for each in claimed()] == [1]


def test_racing_claims_share_no_delivery(subscription, our_practice, other_practice, partner):
    due(subscription, *range(1, 40))
    found, barrier = [], threading.Barrier(4)

    def take():
        barrier.wait()
        # Who chose the same ones a moment later gets none of them, and looks again.
        for _ in range(100):
            found.extend(each.delivery_id for each in claimed())
            if len(found) >= 39:
                break
        connection.close()

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == len(set(found)) == 39


def test_batch_takes_as_many_statements_as_one(subscription, django_assert_num_queries):
    due(subscription, 1, 2, 3, 4)

    with tenancy.acting_as(tenancy.SENDER), django_assert_num_queries(3):
        batch = claim(100, busy={})
    assert len(batch) == 4
    with tenancy.acting_as(tenancy.SENDER), django_assert_num_queries(4):
        settle([Outcome(taken, OK) for taken in batch])  # two of them are the savepoint's


def test_sending_needs_no_database(subscription, django_assert_num_queries):
    due(subscription, 1)
    (taken,) = claimed()

    with django_assert_num_queries(0):
        assert send(taken, door()).answer.status_code == 200
