"""Whatever commits late: no event is skipped, and none gets a second number.

Sixteen writers, with transactions of any length and rollbacks among them, write while two
publishers number the log, a reader follows it by number, and another one, the control, by order of
insertion. LOG_EVENTS=50000 makes a long one of it.
"""

import itertools
import os
import random
import threading
import time
from typing import Any

import psycopg
import pytest
from django.db import connection

from partners import tenancy
from tests.faults.crowds import Crowd, connect
from tests.webhooks.factories import SubscriptionFactory
from webhooks import dispatch

EVENTS = int(os.environ.get("LOG_EVENTS", "4000"))
WRITERS = 16

pytestmark = pytest.mark.timeout(120 + EVENTS // 50)

_WRITE = (
    "INSERT INTO webhooks_log (practice_id, scope, event, object_id)"
    " VALUES (%s, 'Claims', 'claim.paid', %s)"
)


class Writers(Crowd):
    """`committed` holds practice and label of every event that they were told is written."""

    def __init__(self, practices: list[int]) -> None:
        super().__init__()
        self._practices = practices
        self.committed: list[tuple[int, int]] = []
        for seed in range(WRITERS):
            self.start(self._write, random.Random(seed), iter(range(seed, EVENTS, WRITERS)))

    def _write(self, chance: random.Random, labels: Any) -> None:
        with connect(tenancy.LOG_WRITER) as own:
            while batch := list(itertools.islice(labels, chance.randint(1, 8))):
                practice_id = chance.choice(self._practices)
                is_kept = chance.random() > 0.1
                with own.transaction():
                    for label in batch:
                        own.execute(_WRITE, [practice_id, label])
                        if chance.random() < 0.2:
                            time.sleep(chance.uniform(0, 0.01))
                    if not is_kept:
                        raise psycopg.Rollback
                if is_kept:
                    self.committed.extend((practice_id, label) for label in batch)


class Readers(Crowd):
    """Who polls goes on from the highest that was there; until `end`, and then once more."""

    def __init__(self) -> None:
        super().__init__()
        self._is_over = threading.Event()

    def follow(self, column: str) -> list[tuple[int, int]]:
        """What is read by this column: its value and the label of each event, as they come."""
        seen: list[tuple[int, int]] = []
        self.start(self._follow, column, seen)
        return seen

    def publish(self) -> None:
        """Number and hand out all the time."""
        self.start(self._publish)

    def end(self) -> None:
        self._is_over.set()
        self.join()

    def _follow(self, column: str, seen: list[tuple[int, int]]) -> None:
        last = 0
        with connect(tenancy.SENDER) as own:
            while True:
                is_last_look = self._is_over.is_set()
                rows = own.execute(
                    f"SELECT {column}, object_id FROM webhooks_log WHERE {column} > %s"
                    f" ORDER BY {column} LIMIT 500",
                    [last],
                ).fetchall()
                seen += rows
                if rows:
                    last = rows[-1][0]
                elif is_last_look:
                    return
                else:
                    time.sleep(0.002)

    def _publish(self) -> None:
        while not self._is_over.is_set():
            with tenancy.acting_as(tenancy.SENDER):
                done = dispatch.publish()
            if not done:
                time.sleep(0.002)


def test_every_committed_event_is_dispatched_once_and_in_the_order_of_its_number(
    our_practice, other_practice, partner, make_key
):
    subscriptions = {}
    for practice in (our_practice, other_practice):
        make_key(practice)
        subscriptions[practice.pk] = SubscriptionFactory.create(
            practice=practice, partner=partner
        ).pk
    began = time.monotonic()

    readers = Readers()
    readers.publish()
    readers.publish()
    by_number, by_insertion = readers.follow("log_id"), readers.follow("id")
    writers = Writers(list(subscriptions))
    writers.join()
    while rows("SELECT 1 FROM webhooks_log WHERE log_id IS NULL LIMIT 1"):
        time.sleep(0.01)
    readers.end()

    committed = {label: practice_id for practice_id, label in writers.committed}
    stored = rows("SELECT log_id, object_id FROM webhooks_log ORDER BY log_id")
    assert sorted(label for _, label in stored) == sorted(committed)
    assert [log_id for log_id, _ in stored] == list(range(1, len(committed) + 1))
    # Each was read once, by its one number, and none after a higher one.
    assert by_number == stored
    assert rows("SELECT log_id, subscription_id FROM webhooks_delivery ORDER BY log_id") == [
        (log_id, subscriptions[committed[label]]) for log_id, label in stored
    ]
    # The control, without which this test might be unable to fail.
    lost = committed.keys() - {label for _, label in by_insertion}
    assert lost
    tell(len(committed), len(lost), time.monotonic() - began)


def rows(statement: str) -> list[Any]:
    with tenancy.acting_as(tenancy.STAFF), connection.cursor() as cursor:
        cursor.execute(statement)
        found: list[Any] = cursor.fetchall()
        return found


def tell(events: int, lost: int, seconds: float) -> None:
    print(  # noqa: T201
        f"{events} events committed by {WRITERS} writers in {seconds:.1f} s"
        f" ({events / seconds:.0f}/s): all dispatched, each once;"
        f" the reader by insertion lost {lost}"
    )
