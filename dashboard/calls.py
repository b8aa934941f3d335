"""The call log's writer: off the request's path, in batches, and emptied before a process ends."""

import datetime
import os
import threading
import time
from collections import deque
from multiprocessing.util import Finalize
from typing import Any, NamedTuple

import structlog
from django.db import DatabaseError, InterfaceError, connection
from prometheus_client import Counter

_log = structlog.get_logger(__name__)
lost = Counter("emr_call_log_lost", "Calls not logged because the database was away for too long")

BATCH = 1000
# What is kept in memory while the database is away; beyond it the oldest are dropped and counted.
MOST_WAITING = 100_000
FLUSH_SECONDS = 0.25

_INSERT = """
INSERT INTO dashboard_apicall (at, method, route, path, status, duration_ms, key_id, partner_id,
                               practice_id, ip, request_id, bytes_in, bytes_out)
SELECT * FROM unnest(%s::timestamptz[], %s::text[], %s::text[], %s::text[], %s::int[], %s::float8[],
                     %s::bigint[], %s::bigint[], %s::bigint[], %s::inet[], %s::text[],
                     %s::bigint[], %s::bigint[])
"""


class Call(NamedTuple):
    """One row, in the order of the columns."""

    at: datetime.datetime
    method: str
    route: str
    path: str
    status: int
    duration_ms: float
    key_id: int | None
    partner_id: int | None
    practice_id: int | None
    ip: str | None
    request_id: str
    bytes_in: int
    bytes_out: int


class CallWriter:
    """A queue in memory and one thread that empties it."""

    def __init__(self) -> None:
        self._waiting: deque[Call] = deque()
        self._writing = threading.Lock()
        self._wake = threading.Event()
        self._owner = 0
        self._thread: threading.Thread | None = None
        self._stopping = False

    def record(self, call: Call) -> None:
        """Take a call to be written soon; costs the request next to nothing."""
        self._waiting.append(call)
        if self._owner != os.getpid():
            self._start()
        if len(self._waiting) >= BATCH:
            self._wake.set()

    def flush(self) -> None:
        """Write all that waits, now, on this thread.

        Raises DatabaseError if that cannot be done; the rows are then still waiting.
        """
        with self._writing:
            while batch := self._take():
                try:
                    self._write(batch)
                except (DatabaseError, InterfaceError):
                    self._waiting.extendleft(reversed(batch))
                    raise

    def stop(self, patience: float = 5.0) -> None:
        """Write what waits before the process ends, for at most `patience` seconds."""
        self._stopping = True
        self._wake.set()
        until = time.monotonic() + patience
        while self._waiting and time.monotonic() < until:
            try:
                self.flush()
            except (DatabaseError, InterfaceError):
                connection.close()
                time.sleep(0.2)
        if self._thread is not None:
            self._thread.join(patience)
        if self._waiting:
            _log.error("call_log_lost", calls=len(self._waiting))

    def _start(self) -> None:
        with self._writing:
            if self._owner == os.getpid():
                return
            self._owner = os.getpid()
            self._thread = threading.Thread(target=self._run, name="call-log", daemon=True)
            self._thread.start()
            # atexit is not run in a web server's child processes; this is, after the last request.
            Finalize(None, self.stop, exitpriority=10)

    def _run(self) -> None:
        while not self._stopping:
            self._wake.wait(FLUSH_SECONDS)
            self._wake.clear()
            try:
                self.flush()
            except (DatabaseError, InterfaceError) as error:
                connection.close()
                self._drop_excess()
                _log.warning("call_log_waits", calls=len(self._waiting), error=type(error).__name__)
                time.sleep(1)
        connection.close()

    def _take(self) -> list[Call]:
        return [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]

    def _drop_excess(self) -> None:
        while len(self._waiting) > MOST_WAITING:
            self._waiting.popleft()
            lost.inc()

    def _write(self, batch: list[Call]) -> None:
        columns: list[list[Any]] = [list(column) for column in zip(*batch, strict=True)]
        used = {call.key_id for call in batch if call.key_id is not None}
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, columns)
            if used:
                cursor.execute("SELECT partners_touch_keys(%s)", [sorted(used)])


writer = CallWriter()
