"""Receivers that behave badly until all is calm, and an EMR that writes events all the while."""

import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import orjson
import psycopg

from tests.webhooks.receivers import Request
from webhooks import signing

Answer = tuple[int, dict[str, str], bytes]
_OK: Answer = (200, {}, b"")


class Hook:
    """What one receiver got: events that it has answered with 200, and how often each came.

    `wrong` holds whatever should never come: a bad signature, an event under another id or with
    another body than before.
    """

    def __init__(self, calm: threading.Event, trouble: Callable[["Hook"], Answer]) -> None:
        self.calm = calm
        self.secret = ""
        self.acknowledged: set[int] = set()
        self.copies: Counter[int] = Counter()
        self.wrong: list[Any] = []
        self._trouble = trouble
        self._bodies: dict[int, bytes] = {}
        self._lock = threading.Lock()

    def answer(self, request: Request) -> Answer:
        """Take it down, then behave."""
        log_id = self._take(request)
        answer = _OK if self.calm.is_set() else self._trouble(self)
        if answer is _OK:
            self.acknowledged.add(log_id)
        return answer

    def _take(self, request: Request) -> int:
        log_id = int(request.headers["x-officepro-event-id"])
        body = orjson.loads(request.body)
        with self._lock:
            self.copies[log_id] += 1
            first = self._bodies.setdefault(log_id, request.body)
        is_same = first == request.body
        if not (is_same and body["id"] == request.headers["webhook-id"] == f"evt_{log_id}"):
            self.wrong.append((log_id, first, request))
        try:
            signing.verify(self.secret, headers=request.headers, body=request.body, now=time.time())
        except signing.BadSignature as error:
            self.wrong.append((error, request))
        return log_id

    @property
    def objects(self) -> dict[int, Any]:
        """Numbers of events, and what each said that it was about."""
        return {log_id: orjson.loads(body)["data"] for log_id, body in self._bodies.items()}


def behave(_: Hook) -> Answer:
    """As one should."""
    return _OK


def hang(hook: Hook) -> Answer:
    """No answer, for longer than anybody waits."""
    hook.calm.wait(15)
    raise ConnectionError


def fail_at_random(_: Hook) -> Answer:
    """Now and then, 500."""
    return (500, {}, b"out of order") if random.random() < 0.3 else _OK


def drop(_: Hook) -> Answer:
    """Now and then the line is cut, though the event was taken in."""
    if random.random() < 0.1:
        raise ConnectionError
    return _OK


class Emr(threading.Thread):
    """Writes events by plain SQL; `acknowledged` holds the labels of what was surely committed."""

    def __init__(self, database_url: str, ppass: str, labels: "itertools.count[int]") -> None:
        super().__init__(daemon=True)
        self._url, self._ppass, self._labels = database_url, ppass, labels
        self._is_over = threading.Event()
        self.acknowledged: list[int] = []
        self.failures = 0

    def end(self) -> None:
        self._is_over.set()
        self.join()

    def run(self) -> None:
        while not self._is_over.is_set():
            try:
                with psycopg.connect(
                    self._url, options="-c role=emr_log_writer", connect_timeout=5, autocommit=True
                ) as connection:
                    while not self._is_over.wait(0.05):
                        self._write(connection)
            except psycopg.OperationalError:
                self.failures += 1
                time.sleep(0.1)

    def _write(self, connection: psycopg.Connection[Any]) -> None:
        batch = list(itertools.islice(self._labels, random.randint(1, 4)))
        with connection.transaction():
            for label in batch:
                connection.execute(
                    "INSERT INTO webhooks_log (practice_id, scope, event, object_id, data)"
                    " SELECT id, 'Patients', 'patient.merged', %s, jsonb_build_object('label', %s)"
                    " FROM partners_practice WHERE ppass = %s",
                    [label, label, self._ppass],
                )
        self.acknowledged += batch
