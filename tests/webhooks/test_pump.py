"""The pump: what it hands out and sends, when it waits, and that nobody holds up others."""

import threading
import time
from collections import Counter

import pytest
from django.db import connection
from django.utils import timezone

from partners import tenancy
from tests.factories import PartnerFactory
from tests.webhooks.factories import happen
from tests.webhooks.misbehaving import (
    SLOW,
    answering_with_a_long_header,
    closing_at_once,
    never_answering,
)
from tests.webhooks.pumping import as_sender, door, run, statuses
from tests.webhooks.receivers import behaving
from tests.webhooks.rows import change, due, now_is, subscribe
from webhooks import lines, pump
from webhooks.models import Attempt, Delivery
from webhooks.pump import Pump
from webhooks.waking import looked_at

__all__ = ["door", "run"]


@pytest.fixture
def practices(our_practice, other_practice):
    return our_practice, other_practice


def test_events_of_the_log_reach_their_receivers(run, receiver, practices, partner, make_key):
    for practice in practices:
        make_key(practice)
        subscribe(practice, partner, receiver.url)
    happen(practices[0], 1, 2, 3)
    happen(practices[1], 4)

    assert run() == 4

    sent = sorted(request.body.split(b'"practice":"')[1][:5] for request in receiver.requests)
    assert sent == [b"DemoO", b"DemoO", b"DemoO", b"Other"]
    assert run() == 0
    assert len(receiver.requests) == 4


def test_pump_says_that_it_is_awake(run):
    before = time.time()

    run()

    assert before <= looked_at() <= time.time()


def test_pump_that_had_work_waits_a_moment_for_more(run, receiver, our_practice, partner):
    subscription = subscribe(our_practice, partner, receiver.url)
    due(subscription, 1)
    late = threading.Timer(0.2, lambda: (due(subscription, 2), connection.close()))
    late.start()

    assert run(idle_seconds=3) == 2

    late.join()


def test_pump_that_finds_nothing_ends_at_once(run):
    begun = time.monotonic()

    assert run(idle_seconds=30) == 0

    assert time.monotonic() - begun < 10


def test_failing_receiver_is_tried_again_when_it_is_time(run, receiver, our_practice, partner):
    (delivery,) = due(subscribe(our_practice, partner, receiver.url), 1)
    receiver.answers(500)
    assert (run(), run()) == (1, 0)

    change(delivery, next_attempt_at=timezone.now())
    receiver.answers(200)

    assert run() == 1
    assert now_is(delivery).status == "delivered"
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 1


@pytest.mark.parametrize("behave", [*SLOW, closing_at_once, answering_with_a_long_header])
def test_bad_receiver_costs_the_others_nothing(
    run, receiver, practices, partner, behave, monkeypatch
):
    """All of the good one's deliveries are over before the first attempt at the bad one is."""
    monkeypatch.setattr(lines, "READ_SECONDS", 2.0)
    with behaving(behave) as url:
        bad = due(subscribe(practices[0], partner, url), *range(1, 9))
        good = due(subscribe(practices[1], partner, receiver.url), *range(101, 141))
        run()

    assert statuses(good) == {"delivered": 40}
    assert statuses(bad) == {"pending": 8}
    if behave in SLOW:
        good_ends = max(now_is(each).finished_at for each in good)
        with tenancy.acting_as(tenancy.STAFF):
            tries = Attempt.objects.filter(delivery__in=bad)
            bad_ends = min(each.at.timestamp() + each.duration_ms / 1000 for each in tries)
        assert good_ends.timestamp() < bad_ends


def test_receivers_that_hang_all_at_once_hold_nobody_up(
    run, door, receiver, practices, monkeypatch
):
    """They are many more than there are threads at work."""
    monkeypatch.setattr(pump, "_LONG_SECONDS", 0.1)
    good = subscribe(practices[1], PartnerFactory.create(), receiver.url)
    late = threading.Timer(0.4, lambda: (due(good, 5), connection.close()))
    with behaving(never_answering) as url:
        for _ in range(6):
            due(subscribe(practices[0], PartnerFactory.create(), url), *range(1, 5))
        late.start()
        run(Pump(door, threads=3))
    late.join()

    with tenancy.acting_as(tenancy.STAFF):
        delivery = Delivery.objects.get(subscription=good)
    assert (delivery.finished_at - delivery.created_at).total_seconds() < 1


def test_one_subscription_has_four_requests_under_way_and_no_more(run, our_practice, partner):
    under_way, most, lock = 0, 0, threading.Lock()

    def answer(arrived):
        nonlocal under_way, most
        while arrived.recv(65536):
            with lock:
                under_way += 1
                most = max(most, under_way)
            time.sleep(0.02)
            with lock:
                under_way -= 1
            arrived.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    with behaving(answer) as url:
        due(subscribe(our_practice, partner, url), *range(1, 60))
        assert run() == 59

    assert most == 4


def test_two_pumps_deliver_each_once(door, receiver, practices, partner):
    deliveries = [
        each
        for practice, first in zip(practices, (1, 1000), strict=True)
        for each in due(subscribe(practice, partner, receiver.url), *range(first, first + 100))
    ]

    def work():
        Pump(door).run(idle_seconds=0.2, seconds=30)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    with as_sender():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert statuses(deliveries) == {"delivered": 200}
    assert set(Counter(each.headers["webhook-id"] for each in receiver.requests).values()) == {1}
    assert {now_is(each).attempts for each in deliveries} == {1}
