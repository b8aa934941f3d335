"""Whose turn it is to be sent, and that nobody takes what another has."""

import datetime
import threading

import pytest
from django.db import connection
from django.utils import timezone

from partners import tenancy
from tests.webhooks.deliveries import BROKEN, OK, claimed, settled, subscription, tries
from tests.webhooks.rows import change, due, now_is, subscribe
from webhooks.claiming import give_back

__all__ = ["subscription"]


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
