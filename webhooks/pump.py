"""The sender's engine: one loop that owns the database, and threads that own the requests.

The loop publishes, claims what is due for whoever is free, and settles what has come back, many at
a time. The threads know no database; one that waits for a slow receiver keeps nobody else waiting.
"""

import functools
import threading
import time
from collections import Counter
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import TypeVar

import structlog
from django.db import Error, connection

from webhooks import dispatch, notices, waking
from webhooks.claiming import LEASE_SECONDS, Due, claim, give_back
from webhooks.delivery import send
from webhooks.outcomes import Outcome, settle
from webhooks.outgoing import TOTAL_SECONDS, Answer, Door, door

# Threads that are at work; for each that has waited for its receiver so long there is another one,
# up to the most: an idle thread costs little, and hundreds of receivers may hang at one moment.
THREADS, _MOST_THREADS = 64, 512
_LONG_SECONDS = 0.5
# Claimed beyond that, so that no thread waits for the database.
_AHEAD = 192
# Whoever has waited for a thread so long is left to the next claim: its lease must outlast it.
_LONGEST_WAIT = LEASE_SECONDS - TOTAL_SECONDS - 5
# How long to wait for an answer before looking for new work, while there is some or was just now.
_PAUSE_SECONDS = 0.01
# How often to look for deliveries whose time has come, and to say that we are awake.
_LOOK_SECONDS, _AWAKE_SECONDS = 0.1, 0.5
_IDLE_SECONDS = 1.0
# A run ends even though there is more to do, for the queue has other tasks; the next one goes on.
_RUN_SECONDS = 30.0
# What is under way when the process has to end may take so long; the rest is sent again later. Who
# ends it waits for four seconds and a half.
_PARTING_SECONDS = 2.0

T = TypeVar("T")

_log = structlog.get_logger(__name__)


class Pump:
    """Delivers what is due. Requests live on between runs, so one process has one pump."""

    def __init__(self, through: Door | None = None, *, threads: int = THREADS) -> None:
        self._door = through or door()
        self._most = threads
        # By thread: since when it waits for a receiver, or 0.
        self._since: list[float] = []
        # With the latest time at which each may begin.
        self._jobs: SimpleQueue[tuple[Due, float]] = SimpleQueue()
        self._done: SimpleQueue[Outcome] = SimpleQueue()
        self._has_come = threading.Event()
        self._late: SimpleQueue[Due] = SimpleQueue()
        # Answered, but not written down yet.
        self._unsettled: list[Outcome] = []
        # Claimed and not settled, by subscription.
        self._busy: Counter[int] = Counter()
        self._look_at = self._say_at = 0.0
        self._is_once, self._publishes = False, True

    @property
    def under_way(self) -> int:
        """How many deliveries are claimed and not settled."""
        return self._busy.total()

    def run(
        self,
        *,
        seconds: float = _RUN_SECONDS,
        idle_seconds: float = _IDLE_SECONDS,
        is_ending: Callable[[], bool] = lambda: False,
        is_once: bool = False,
    ) -> int:
        """Work until nothing has been due for a while; returns how many attempts were made.

        A run that finds nothing at all ends at once: it comes every second. `is_ending` says that
        the process has to end: then nothing more is begun. With `is_once` events that come while it
        works are left to the next run, so that it has an end also beside busy writers.
        """
        begun = time.monotonic()
        worked_at = begun - idle_seconds
        self._look_at = self._say_at = 0.0
        self._is_once, self._publishes = is_once, True
        attempts = 0
        try:
            while not is_ending() and time.monotonic() - begun < seconds:
                self._stay_awake()
                has_begun = self._begin()
                attempts += (settled := self._settle(_PAUSE_SECONDS))
                if has_begun or settled or self.under_way:
                    worked_at = time.monotonic()
                elif time.monotonic() - worked_at >= idle_seconds:
                    waking.fall_asleep()
                    self._look_at = self._say_at = 0.0
                    if not self._begin():
                        return attempts
            return attempts + (self._part() if is_ending() else 0)
        except Error:
            # What is unsettled stays so until the next run, on a new connection.
            connection.close()
            raise

    def _stay_awake(self) -> None:
        if time.monotonic() >= self._say_at:
            waking.stay_awake()
            self._say_at = time.monotonic() + _AWAKE_SECONDS

    def _begin(self) -> bool:
        """Publish, claim, hand to the threads; whether there was anything."""
        published = dispatch.publish() if self._publishes else 0
        if self._is_once and published < dispatch.BATCH:
            self._publishes = False  # what was committed when this began is handed out
        if not published and time.monotonic() < self._look_at:
            return False
        most = min(self._most + self._waiting(), _MOST_THREADS)
        free = most + _AHEAD - self.under_way
        claimed = claim(free, busy=self._busy) if free > 0 else []
        # Whatever was taken or comes back may make room for more.
        self._look_at = 0.0 if claimed else time.monotonic() + _LOOK_SECONDS
        for due in claimed:
            self._busy[due.subscription_id] += 1
            self._jobs.put((due, time.monotonic() + _LONGEST_WAIT))
        while len(self._since) < min(most, self.under_way):
            self._since.append(0.0)
            number = len(self._since) - 1
            threading.Thread(target=self._work, args=(number,), name="sender", daemon=True).start()
        return bool(published or claimed)

    def _waiting(self) -> int:
        """How many threads are held by receivers that take long."""
        long_ago = time.monotonic() - _LONG_SECONDS
        return sum(0 < since < long_ago for since in self._since)

    def _work(self, number: int) -> None:
        while True:
            due, latest = self._jobs.get()
            if time.monotonic() > latest:
                self._late.put(due)
                continue
            self._since[number] = time.monotonic()
            try:
                outcome = send(due, self._door)
            except Exception:  # noqa: BLE001 - our fault; it costs neither thread nor delivery
                _log.exception("webhook_not_sent", delivery=due.delivery_id)
                outcome = Outcome(due, Answer(None, "", 0, "We failed to send it."))
            self._since[number] = 0.0
            self._done.put(outcome)
            self._has_come.set()

    def _settle(self, wait_seconds: float) -> int:
        """Wait for an answer, and write down all that are there; returns how many those were."""
        # Not by the queue's own timeout: in Python 3.11 that may wait for ever (_queuemodule.c lets
        # what is left of it fall below zero, which means no timeout).
        self._has_come.wait(wait_seconds)
        self._has_come.clear()
        self._unsettled += _all_in(self._done)
        notices.tell(settle(self._unsettled))
        settled, self._unsettled = self._unsettled, []
        self._forget([*(outcome.due for outcome in settled), *_all_in(self._late)])
        if settled:
            self._look_at = 0.0
        return len(settled)

    def _forget(self, over: list[Due]) -> None:
        self._busy.subtract(due.subscription_id for due in over)
        self._busy += Counter()  # drops those at zero

    def _part(self) -> int:
        """Give back what has not left, and wait a little for what has."""
        unsent = [due for due, _ in _all_in(self._jobs)]
        give_back(unsent)
        self._forget(unsent)
        attempts, deadline = 0, time.monotonic() + _PARTING_SECONDS
        while self.under_way > 0 and time.monotonic() < deadline:
            attempts += self._settle(0.1)
        return attempts


def _all_in(queue: SimpleQueue[T]) -> list[T]:
    """All that is in a queue, at once."""
    found = []
    try:
        while True:
            found.append(queue.get_nowait())
    except Empty:
        return found


@functools.cache
def the_pump() -> Pump:
    """The pump of this process."""
    return Pump()
