"""The pump in trouble and at its end: nothing is lost, sent twice, or waited for in vain."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from celery.worker import state
from django.db import OperationalError, connection
from django.utils import timezone

from tests.process import PROJECT, environment
from tests.webhooks.pumping import door, run, statuses
from tests.webhooks.receivers import behaving
from tests.webhooks.rows import change, due, now_is, subscribe
from webhooks import pump, tasks
from webhooks.pump import Pump

__all__ = ["door", "run"]


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
