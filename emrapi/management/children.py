"""A process that is started again, ever more patiently, when it dies."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from emrapi.management import tethered
from emrapi.management.console import Console

_FIRST_DELAY, _LONGEST_DELAY = 0.5, 30.0
# One that has lived this long and dies begins again with the first delay.
_SETTLED = 30.0


class Child:
    """One supervised process, in a group of its own so that a Ctrl-C does not reach it."""

    def __init__(
        self, name: str, command: list[str], environment: dict[str, str], console: Console
    ) -> None:
        self.name = name
        self._command = [sys.executable, "-S", tethered.__file__, str(os.getpid()), *command]
        self._environment = os.environ | environment | {"PYTHONUNBUFFERED": "1"}
        self._console = console
        self._process: subprocess.Popen[bytes] | None = None
        self._is_asked = False
        self._started_at = 0.0
        self._start_at = 0.0
        self._delay = _FIRST_DELAY

    def keep_running(self) -> None:
        """Start it when it is due, notice when it has ended; to be called again and again.

        Must be called in the main thread: on Linux the process ends with the thread that made it.
        """
        now = time.monotonic()
        if self._process is None:
            if now >= self._start_at:
                self._start(now)
        elif (code := self._process.poll()) is not None:
            self._end_group()
            if now - self._started_at > _SETTLED:
                self._delay = _FIRST_DELAY
            self._console.line(
                self.name, f"ended ({_reason(code)}); starting again in {self._delay:g} s"
            )
            self._start_at = now + self._delay
            self._delay = min(self._delay * 2, _LONGEST_DELAY)
            self._process = None

    def ask_to_end(self) -> None:
        """Ask it, once, and do not wait; `stop` does."""
        if self._process is not None and not self._is_asked:
            self._is_asked = True
            with suppress(ProcessLookupError):
                self._process.terminate()

    def stop(self, deadline: float) -> None:
        """Ask it to end, and make it at the deadline (of time.monotonic)."""
        if self._process is None:
            return
        self.ask_to_end()
        try:
            self._process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._console.line(self.name, "did not end in time; killed")
        finally:
            self._end_group()
            self._process.wait()
            self._process = None

    def kill(self) -> None:
        """End it at once; `stop`, which may be waiting for it, then returns."""
        self._end_group()

    def _start(self, now: float) -> None:
        self._process = subprocess.Popen(
            self._command,
            cwd=Path(settings.BASE_DIR),
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._started_at, self._is_asked = now, False
        threading.Thread(
            target=self._console.copy, args=(self.name, self._process.stdout), daemon=True
        ).start()

    def _end_group(self) -> None:
        """What it started must not outlive it: a server's orphans would keep its port."""
        if self._process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)


def _reason(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name
