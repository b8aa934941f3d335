"""What comes of a delivery: for itself, its attempts and its subscription."""

import datetime
import threading

import pytest
from django.db import connection
from django.utils import timezone

from partners import tenancy
from tests.webhooks.deliveries import (
    BROKEN,
    OK,
    claimed,
    deliver,
    settled,
    state_of,
    subscription,
    tries,
)
from tests.webhooks.rows import change, due, now_is, subscribe
from webhooks.claiming import claim, claim_one
from webhooks.delivery import settle
from webhooks.models import Delivery
from webhooks.outcomes import Outcome
from webhooks.outgoing import Answer

__all__ = ["subscription"]
NOBODY = Answer(None, "", 3000, "The connection was refused.", unreachable=True)
GONE = Answer(410, "", 7, "The receiver answered 410 Gone.")


def ids_of(subscription):
    with tenancy.acting_as(tenancy.STAFF):
        found = Delivery.objects.filter(subscription=subscription).order_by("id")
        return list(found.values_list("id", flat=True))


def seconds_until(instant):
    return (instant - timezone.now()).total_seconds()


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


def test_batch_takes_as_many_statements_as_one(subscription, django_assert_num_queries):
    due(subscription, 1, 2, 3, 4)

    with tenancy.acting_as(tenancy.SENDER), django_assert_num_queries(3):
        batch = claim(100, busy={})
    assert len(batch) == 4
    with tenancy.acting_as(tenancy.SENDER), django_assert_num_queries(4):
        settle([Outcome(taken, OK) for taken in batch])  # two of them are the savepoint's
