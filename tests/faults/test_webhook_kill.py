"""Everything is killed at random, again and again, and yet every event arrives.

Five receivers: two behave, one hangs, one answers 500 at random, one drops connections.
KILL_EVENTS=20000 makes a long one of it.
"""

import itertools
import json
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest

from emrapi import embedded
from emrapi.embedded import postgres, valkey
from tests.faults import rough
from tests.faults.rough import Emr, Hook
from tests.faults.writers import Writers
from tests.start.served import Place, Served, free_port
from tests.webhooks.receivers import receiving

EVENTS = int(os.environ.get("KILL_EVENTS", "400"))
TROUBLES = [rough.behave, rough.behave, rough.hang, rough.fail_at_random, rough.drop]
VICTIMS = ["web", "worker", "sender", "beat", "valkey", "postgres"]
# Writing and killing, then the backlog.
PATIENCE = 240 + EVENTS / 20

pytestmark = [pytest.mark.timeout(2 * PATIENCE), pytest.mark.xdist_group("serve")]

# A partner for each receiver, told of the patients of the demo's practice from the next event on.
_ARRANGE = """
import json, sys, time
from partners.models import Practice
from tests.factories import ApiKeyFactory, PartnerFactory
from tests.webhooks.rows import subscribe
from webhooks import dispatch
from webhooks.models import LogEntry
practice = Practice.objects.get(ppass="DemoOffice")
while LogEntry.objects.filter(log_id=None).exists():
    dispatch.publish()
secrets = []
for number, url in enumerate(json.loads(%r)):
    partner = PartnerFactory.create(name=f"Receiver {number}")
    ApiKeyFactory.create(practice=practice, partner=partner)
    secrets.append(subscribe(practice, partner, url).plain_secret)
last = LogEntry.objects.order_by("-log_id").values_list("log_id", flat=True).first()
print(json.dumps({"secrets": secrets, "last": last or 0}))
"""


@pytest.fixture
def served(place: Place) -> Served:
    """The platform, allowed to send to loopback."""
    served = place.serve(
        PORT=str(free_port()),
        RATE_LIMIT="1000000",
        WEBHOOKS_ALLOW_HTTP="true",
        WEBHOOKS_ALLOWED_NETWORKS="127.0.0.0/8",
    )
    served.wait_until_ready()
    return served


@pytest.fixture
def calm() -> threading.Event:
    """From then on every receiver behaves."""
    return threading.Event()


@pytest.fixture
def hooks(calm: threading.Event) -> Iterator[list[tuple[str, Hook]]]:
    """The receivers, with their addresses."""
    with ExitStack() as stack:
        started = []
        for trouble in TROUBLES:
            receiver = stack.enter_context(receiving())
            hook = Hook(calm, trouble)
            receiver.answer = hook.answer
            started.append((receiver.url, hook))
        yield started
        calm.set()


class Clock(threading.Thread):
    """Lets days go by in seconds: retries that are due only later are due now."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._is_over = threading.Event()

    def end(self) -> None:
        self._is_over.set()
        self.join()

    def run(self) -> None:
        while not self._is_over.wait(0.5):
            ask(
                "UPDATE webhooks_delivery SET next_attempt_at = now()"
                " WHERE status = 'pending' AND next_attempt_at > now()"
            )
            ask("UPDATE webhooks_subscription SET held_until = NULL WHERE held_until > now()")


def ask(statement: str) -> list[Any] | None:
    """The rows, as staff see them; None while PostgreSQL is away."""
    try:
        with psycopg.connect(
            embedded.database_url(), options="-c role=emr_staff", connect_timeout=5
        ) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []
    except psycopg.OperationalError:
        return None


def kill(place: Place, served: Served, victim: str) -> bool:
    """Kill -9; whether there was anything to kill."""
    try:
        if victim == "postgres":
            place.kill(postgres.running())
        elif victim == "valkey":
            place.kill(valkey.running())
        else:
            place.kill(served.child(victim))
    except AssertionError:  # it is down already
        return False
    if victim == "sender":
        # Nobody else holds a lease. That of the dead runs out after a minute: now.
        ask("UPDATE webhooks_delivery SET lease_until = now() WHERE lease_until IS NOT NULL")
    return True


def test_every_event_arrives_whatever_is_killed(
    place: Place, served: Served, hooks: list[tuple[str, Hook]], calm: threading.Event
):
    arranged = arrange(place, hooks)
    kills: Counter[str] = Counter()
    labels = itertools.count(10_000_000)
    emr = [Emr(embedded.database_url(), "DemoOffice", labels) for _ in range(2)]
    clock = Clock()
    clock.start()
    began = time.monotonic()

    with Writers(served, count=1) as writers:
        for each in emr:
            each.start()
        while written(writers, emr) < EVENTS or len(kills) < len(VICTIMS):
            assert time.monotonic() - began < PATIENCE, (writers.summary(), kills)
            time.sleep(random.uniform(1, 3))
            # Each once, then any.
            victim = random.choice([name for name in VICTIMS if name not in kills] or VICTIMS)
            if kill(place, served, victim):
                kills[victim] += 1
        for each in emr:
            each.end()
    wrote_for = time.monotonic() - began
    calm.set()

    expected = wait_until_all_arrived(served, hooks, arranged["last"])
    clock.end()
    took = time.monotonic() - began

    in_log = {label for _, label in expected}
    for acknowledged in (writers.acknowledged, *(each.acknowledged for each in emr)):
        assert set(acknowledged) - in_log == set()
    numbers = [log_id for log_id, _ in expected]
    assert numbers == list(range(arranged["last"] + 1, arranged["last"] + len(numbers) + 1))
    for _, hook in hooks:
        assert hook.wrong == []
        assert {
            log_id: facts.get("label", facts.get("PatientID"))
            for log_id, facts in hook.objects.items()
        } == dict(expected)
    tell(kills, expected, hooks, wrote_for, took)
    served.stop()
    assert place.processes() == {}


def arrange(place: Place, hooks: list[tuple[str, Hook]]) -> dict[str, Any]:
    """Subscribe each; the last number before that."""
    script = _ARRANGE % json.dumps([url for url, _ in hooks])
    done = place.manage("shell", "--no-imports", "-c", script)
    assert done.returncode == 0, done.stderr
    arranged: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    for (_, hook), secret in zip(hooks, arranged["secrets"], strict=True):
        hook.secret = secret
    return arranged


def written(writers: Writers, emr: list[Emr]) -> int:
    return len(writers.acknowledged) + sum(len(each.acknowledged) for each in emr)


def wait_until_all_arrived(
    served: Served, hooks: list[tuple[str, Hook]], last: int
) -> list[tuple[int, int]]:
    """Number and object of every event in the log, once each was answered and written down."""
    deadline = time.monotonic() + PATIENCE
    while True:
        events = ask(
            "SELECT log_id, object_id FROM webhooks_log"
            f" WHERE log_id IS NULL OR log_id > {last} ORDER BY log_id"
        )
        pending = ask("SELECT count(*) FROM webhooks_delivery WHERE status <> 'delivered'")
        if events is not None and pending == [(0,)]:
            wanted = {log_id for log_id, _ in events}
            if all(hook.acknowledged == wanted for _, hook in hooks):
                return events
        assert time.monotonic() < deadline, (
            pending,
            [len(hook.acknowledged) for _, hook in hooks],
            len(events or []),
            served.said[-3000:],
        )
        time.sleep(0.5)


def tell(
    kills: Counter[str],
    expected: list[Any],
    hooks: list[tuple[str, Hook]],
    wrote_for: float,
    took: float,
) -> None:
    copies = sum((hook.copies for _, hook in hooks), Counter())
    repeats = copies.total() - len(expected) * len(hooks)
    print(  # noqa: T201
        f"{len(expected)} events to {len(hooks)} receivers, {kills.total()} kills ({dict(kills)})"
        f" in {wrote_for:.0f} s, all arrived after {took:.0f} s; {repeats} repeats, same ids"
    )
