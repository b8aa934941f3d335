"""The pump: from the log to the receivers, and who waits for whom."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager

import pytest
from celery.worker import state
from django.db import OperationalError, connection
from django.utils import timezone

from partners import tenancy
from tests.factories import PartnerFactory
from tests.process import PROJECT, environment
from tests.webhooks.factories import happen
from tests.webhooks.misbehaving import (
    SLOW,
    answering_with_a_long_header,
    closing_at_once,
    never_answering,
)
from tests.webhooks.receivers import behaving
from tests.webhooks.rows import change, due, now_is, subscribe
from webhooks import lines, pump, tasks
from webhooks.models import Attempt, Delivery
from webhooks.outgoing import Door
from webhooks.pump import Pump
from webhooks.waking import looked_at


@pytest.fixture
def door(loopback):
    door = Door(total_seconds=2.0)
    yield door
    door.close()


@contextmanager
def as_sender():
    """Connections have the sender's role from the start, as in its process."""
    options = connection.settings_dict["OPTIONS"]
    kept = options["options"]
    connection.close()
    options["options"] = "-c timezone=UTC -c role=emr_sender"
    try:
        yield
    finally:
        connection.close()
        options["options"] = kept


@pytest.fixture
def run(door, database):
    """Run a pump until nothing is due."""

    def run(pump=None, **options):
        with as_sender():
            return (pump or Pump(door)).run(**{"idle_seconds": 0.0, "seconds": 20.0, **options})

    return run


@pytest.fixture
def practices(our_practice, other_practice):
    return our_practice, other_practice


def statuses(deliveries):
    return Counter(now_is(each).status for each in deliveries)


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


def test_long_wait_for_a_thread_ends_before_the_lease_does(
    run, door, receiver, our_practice, partner, monkeypatch
):
    """What its lease may not outlast is left to the next claim."""
    monkeypatch.setattr(pump, "_LONGEST_WAIT", -1.0)
    waiting = due(subscribe(our_practice, partner, receiver.url), 1, 2)
    tired = Pump(door)

    assert run(tired, seconds=0.3) == 0

    assert (receiver.requests, tired.under_way) == ([], 0)
    assert all(now_is(each).lease_until > timezone.now() for each in waiting)


def test_fault_of_ours_costs_no_thread_and_no_delivery(
    run, door, receiver, our_practice, partner, monkeypatch
):
    (delivery,) = due(subscribe(our_practice, partner, receiver.url), 1)
    faulty = Pump(door, threads=1)
    with monkeypatch.context() as patch:
        patch.setattr(pump, "send", lambda *_: 1 / 0)
        assert run(faulty) == 1
    assert (now_is(delivery).status, now_is(delivery).error) == ("pending", "We failed to send it.")

    change(delivery, next_attempt_at=timezone.now())
    change(delivery.subscription, held_until=None)
    assert run(faulty) == 1
    assert now_is(delivery).status == "delivered"


def test_outcome_survives_a_database_that_goes_away(
    run, door, receiver, our_practice, partner, monkeypatch
):
    (delivery,) = due(subscribe(our_practice, partner, receiver.url), 1)
    steady = Pump(door)

    def settle(outcomes):
        if outcomes:
            connection.connection.close()
        return claiming_settle(outcomes)

    claiming_settle = pump.settle
    with monkeypatch.context() as patch:
        patch.setattr(pump, "settle", settle)
        with pytest.raises(OperationalError):
            run(steady)
    assert now_is(delivery).status == "pending"

    assert run(steady) == 1
    assert (now_is(delivery).status, len(receiver.requests)) == ("delivered", 1)


def test_run_hands_over_and_the_next_one_collects_what_is_under_way(
    run, door, our_practice, partner
):
    may_answer = threading.Event()

    def answer(arrived):
        arrived.recv(65536)
        may_answer.wait(1.5)
        arrived.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    steady = Pump(door)
    with behaving(answer) as url:
        (delivery,) = due(subscribe(our_practice, partner, url), 1)
        assert run(steady, seconds=0.2) == 0
        assert steady.under_way == 1
        may_answer.set()
        assert run(steady) == 1

    assert now_is(delivery).status == "delivered"


def test_pump_that_has_to_end_gives_back_what_has_not_left(run, door, our_practice, partner):
    ending = threading.Event()
    arrived_at = []

    def answer(arrived):
        arrived.recv(65536)
        arrived_at.append(time.monotonic())
        ending.set()
        time.sleep(0.3)
        arrived.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    with behaving(answer) as url:
        deliveries = due(subscribe(our_practice, partner, url), *range(1, 5))
        narrow = Pump(door, threads=1)
        begun = time.monotonic()
        assert run(narrow, is_ending=ending.is_set) == 1

    assert time.monotonic() - begun < 3
    assert len(arrived_at) == 1
    assert statuses(deliveries) == {"delivered": 1, "pending": 3}
    rows = [now_is(each) for each in deliveries]
    assert [(each.attempts, each.lease_until) for each in rows if each.status == "pending"] == [
        (0, None)
    ] * 3


def test_pump_that_has_to_end_does_not_wait_for_who_hangs(
    run, door, our_practice, partner, monkeypatch
):
    monkeypatch.setattr(pump, "_PARTING_SECONDS", 0.3)
    ending = threading.Event()

    def hang(arrived):
        arrived.recv(65536)
        ending.set()
        time.sleep(5)

    with behaving(hang) as url:
        (delivery,) = due(subscribe(our_practice, partner, url), 1)
        begun = time.monotonic()
        run(is_ending=ending.is_set)
        took = time.monotonic() - begun

    assert took < 1.5
    assert now_is(delivery).lease_until is not None


@pytest.mark.parametrize(
    ("told", "is_ending"), [(None, False), (False, False), (0, True), (True, True), (1, True)]
)
def test_worker_that_is_told_to_end_is_heard(monkeypatch, told, is_ending):
    monkeypatch.setattr(state, "should_stop", told)

    assert tasks._is_ending() == is_ending


def test_sender_ends_in_time_on_sigterm(settings, our_practice, partner):
    """The real process, told to end while a receiver hangs for as long as it may."""
    arrived = threading.Event()

    def hang(connection_):
        connection_.recv(65536)
        arrived.set()
        time.sleep(20)

    queue = f"tests-{os.getpid()}"
    with behaving(hang) as url:
        due(subscribe(our_practice, partner, url), 1)
        sender = subprocess.Popen(
            [sys.executable, "-m", "celery", "--app", "emrapi", "--quiet", "worker"]
            + ["--queues", queue, "--pool", "solo", "--without-gossip", "--without-mingle"],
            cwd=PROJECT,
            env=environment(
                DATABASE_ROLE="emr_sender",
                REDIS_URL=settings.REDIS_URL,
                WEBHOOKS_ALLOW_HTTP="true",
                WEBHOOKS_ALLOWED_NETWORKS="127.0.0.0/8",
            ),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            tasks.pump.apply_async(queue=queue)
            assert arrived.wait(60)
            told_at = time.monotonic()
            sender.send_signal(signal.SIGTERM)
            code = sender.wait(30)
            took = time.monotonic() - told_at
        finally:
            sender.kill()
            sender.wait()

    assert (code, took < 6) == (0, True)
