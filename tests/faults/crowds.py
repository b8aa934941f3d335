"""Many at work on one database, each on a connection of its own."""

import threading
from collections.abc import Callable
from typing import Any

import psycopg
from django.db import connection


def connect(role: str) -> psycopg.Connection[Any]:
    """A connection to the test database, as anybody's client would open it."""
    parameters = connection.get_connection_params()
    for name in ("context", "cursor_factory", "options"):
        parameters.pop(name, None)
    return psycopg.connect(**parameters, autocommit=True, options=f"-c role={role}")


class Crowd:
    """Threads that are waited for together; what went wrong in any of them is told by `join`."""

    def __init__(self) -> None:
        self._threads: list[threading.Thread] = []
        self._errors: list[BaseException] = []

    def start(self, work: Callable[..., None], *values: Any) -> None:
        """One more."""

        def run() -> None:
            try:
                work(*values)
            except BaseException as error:  # noqa: BLE001 - told by `join`
                self._errors.append(error)
            finally:
                connection.close()

        self._threads.append(threading.Thread(target=run))
        self._threads[-1].start()

    def join(self) -> None:
        """Until all are done."""
        for thread in self._threads:
            thread.join()
        self._threads.clear()
        assert self._errors == []
