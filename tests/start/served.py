"""The whole platform, started as a person would start it, in a place of its own."""

import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from tests import place as places
from tests.place import PROJECT

# A generous limit for a machine that is busy with other tests; a healthy start takes a tenth of it.
PATIENCE = 90.0


class Place(places.Place):
    """A place to run the platform and its commands in."""

    def __init__(self, like: "Place | None" = None) -> None:
        """A new place, or one with all that lies in another, in which nothing runs."""
        super().__init__()
        self.served: list[Served] = []
        if like:
            subprocess.run(["/bin/cp", "-a", like.home, self.home], check=True)

    def manage(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=PROJECT,
            env=self.variables(**variables),
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )

    def serve(self, **variables: str) -> "Served":
        """`manage.py serve`, started and not waited for."""
        started = Served(self, **variables)
        self.served.append(started)
        return started

    def remove(self) -> None:
        """What was started from here is collected too."""
        for served in self.served:
            served.process.kill()
            served.process.wait()
        super().remove()


class Served:
    """A running `manage.py serve`; `lines` is what it has printed so far."""

    def __init__(self, place: Place, **variables: str) -> None:
        self.place = place
        self.lines: list[str] = []
        self._started_at = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=PROJECT,
            env=place.variables(**variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as pipe:
            for line in pipe:
                self.lines.append(line.rstrip("\n"))

    def wait_for(self, text: str, seconds: float = PATIENCE, times: int = 1) -> str:
        """The first line, now or later, that holds the text; or the second, or the third."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = [line for line in list(self.lines) if text in line]
            if len(found) >= times:
                return found[times - 1]
            assert self.process.poll() is None or self._reader.is_alive(), self.said
            time.sleep(0.02)
        raise AssertionError(f"{text!r} was not said within {seconds} s:\n{self.said}")

    def wait_until_ready(self) -> float:
        """The seconds from the command to the start screen's last line."""
        self.wait_for("Ctrl-C ends it.")
        return time.monotonic() - self._started_at

    def stop(self, number: signal.Signals = signal.SIGINT) -> float:
        """Ask it to end; the seconds that it took."""
        asked_at = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(PATIENCE)
        self._reader.join(5)
        return time.monotonic() - asked_at

    @property
    def said(self) -> str:
        return "\n".join(self.lines)

    @property
    def port(self) -> int:
        found = re.search(r"http://127\.0\.0\.1:(\d+)", self.wait_for("  API "))
        assert found is not None
        return int(found[1])

    def shown(self, label: str) -> str:
        """What the start screen shows beside the label."""
        return self.wait_for(f"  {label} ").strip().removeprefix(label).strip()

    def pasted(self) -> str:
        """The three lines of the start screen."""
        first = next(n for n, line in enumerate(self.lines) if line.startswith("TOKEN="))
        return "\n".join(self.lines[first : first + 3])

    def get(self, path: str, timeout: float = 10) -> tuple[int, Any]:
        """Status and JSON of a GET."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def child(self, name: str) -> int:
        """The process id of web, worker, sender or beat."""
        mark = {
            "web": "emrapi.management.web",
            "worker": "--queues celery",
            "sender": "--queues webhooks",
            "beat": " beat ",
        }[name]
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        found = [
            pid for pid in children.split() if mark in self.place.processes().get(int(pid), "")
        ]
        assert len(found) == 1, self.place.processes()
        return int(found[0])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
