"""Who commits an event calls the sender: once, not for nothing, and never waits for an answer."""

import json
import socket
import time

import pytest
import redis
from django.db import transaction

from partners import tenancy
from tests.webhooks.factories import happen
from webhooks import waking
from webhooks.models import LogEntry


@pytest.fixture(autouse=True)
def no_rest(monkeypatch):
    monkeypatch.setattr(waking, "_resting_until", 0.0)


@pytest.fixture
def calls(counters, database):
    """The messages that wait for the sender, as their headers."""
    return lambda: [json.loads(each)["headers"] for each in counters.lrange("webhooks", 0, -1)]


@pytest.fixture
def redis_at(monkeypatch):
    """Redis is at the address from now on."""

    def move(url):
        elsewhere = redis.Redis.from_url(url, socket_timeout=0.25, socket_connect_timeout=0.25)
        monkeypatch.setattr(waking, "_client", lambda: elsewhere)

    return move


def unheard():
    return waking.unheard._value.get()


def test_commit_of_an_event_calls_the_sender(our_practice, calls):
    happen(our_practice, 71)

    (call,) = calls()
    assert call["task"] == "webhooks.tasks.pump"
    assert call["ignore_result"] is True
    assert call["expires"] is not None


def test_nobody_is_called_before_the_commit(our_practice, calls):
    with tenancy.within_practice(our_practice.pk):
        happen(our_practice, 71)
        assert calls() == []

    assert len(calls()) == 1


def test_nobody_is_called_for_what_was_rolled_back(our_practice, calls):
    with tenancy.within_practice(our_practice.pk):
        happen(our_practice, 71)
        transaction.set_rollback(True)

    assert calls() == []


def test_many_events_make_one_call(our_practice, calls):
    happen(our_practice, *range(20))
    happen(our_practice, *range(20))

    assert len(calls()) == 1


def test_rolled_back_savepoint_does_not_take_the_call_with_it(our_practice, calls):
    with tenancy.within_practice(our_practice.pk):
        with tenancy.within_practice(our_practice.pk):
            happen(our_practice, 71)
            transaction.set_rollback(True)
        happen(our_practice, 72)

    assert len(calls()) == 1


def test_sender_who_is_awake_is_not_called(our_practice, calls):
    waking.stay_awake()
    happen(our_practice, 71)
    assert calls() == []

    waking.fall_asleep()
    happen(our_practice, 72)

    assert len(calls()) == 1


def test_call_that_nobody_answers_is_repeated(our_practice, calls, counters):
    happen(our_practice, 71)
    assert 0 < counters.pttl("webhooks:awake") <= 1000
    counters.delete("webhooks:awake")  # as it is after a second

    happen(our_practice, 72)

    assert len(calls()) == 2


def test_sender_tells_when_it_last_looked(database):
    assert waking.looked_at() is None

    waking.stay_awake()

    assert abs(time.time() - waking.looked_at()) < 5


def test_event_is_written_though_redis_is_down(our_practice, staff, redis_at):
    redis_at("unix:///nowhere/redis.sock")
    before = unheard()

    happen(our_practice, 71)
    waking.stay_awake()
    waking.fall_asleep()

    assert unheard() == before + 1
    assert waking.looked_at() is None
    with staff():
        assert LogEntry.objects.count() == 1


def test_redis_that_does_not_answer_is_waited_for_once(our_practice, redis_at):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        redis_at(f"redis://127.0.0.1:{deaf.getsockname()[1]}")
        before, began = unheard(), time.monotonic()

        for number in range(10):
            happen(our_practice, number)

        assert time.monotonic() - began < 1.5
        assert unheard() == before + 10
