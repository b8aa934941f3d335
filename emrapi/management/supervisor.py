"""Web, worker, sender and beat under one roof, and the embedded servers under them."""

import http.client
import ipaddress
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from types import FrameType

from emrapi import embedded
from emrapi.management import web
from emrapi.management.children import Child
from emrapi.management.console import Console

# In the order of stopping: how many seconds after the signal each is killed if it still runs. The
# web server is asked to end when the others have; the servers come last, and all of it is to be
# over within ten.
_STOP_SECONDS = {"beat": 2.0, "worker": 4.0, "sender": 4.5, "web": 7.0}
# How long the others wait for a web server that does not get ready.
_ALONE_SECONDS = 15.0
# How long before a server that could not be started again is tried once more.
_RETRY_SECONDS = 5.0


def reachable(host: str) -> str:
    """The address under which this machine itself reaches a server that listens on `host`."""
    try:
        return "127.0.0.1" if ipaddress.ip_address(host).is_unspecified else host
    except ValueError:
        return host


class Supervisor:
    """Runs the processes until a signal ends it; `ready` is called once the API answers."""

    def __init__(
        self, *, host: str, port: int, console: Console, ready: Callable[[], None]
    ) -> None:
        self._console = console
        self._ready = ready
        self._address = reachable(host), port
        self._stopping = threading.Event()
        # The addresses are handed down, so the children hold no lease and start no server.
        addresses = {
            "DATABASE_URL": embedded.database_url(),
            "REDIS_URL": embedded.redis_url(),
            # For the links in letters, unless PUBLIC_URL says better.
            "SERVED_AT": f"http://{self._address[0]}:{port}",
        }
        celery = [sys.executable, "-m", "celery", "--app", "emrapi", "--quiet"]
        worker = [*celery, "worker", "--without-gossip", "--without-mingle", "--without-heartbeat"]
        schedule = str(embedded.home() / "beat-schedule")
        concurrency = os.environ.get("WORKER_PROCESSES") or "2"
        commands = {
            "web": [sys.executable, "-m", web.__name__],
            "worker": [*worker, "--queues", "celery", "--concurrency", concurrency],
            # It has threads of its own for the requests.
            "sender": [*worker, "--queues", "webhooks", "--pool", "solo"]
            + ["--hostname", "sender@%h"],
            "beat": [*celery, "beat", "--schedule", schedule, "--pidfile", ""],
        }
        own = {
            "web": {"DATABASE_ROLE": "emr_web", "HOST": host, "PORT": str(port)},
            "sender": {"DATABASE_ROLE": "emr_sender"},
        }
        self._children = {
            name: Child(
                name, command, addresses | own.get(name, {"DATABASE_ROLE": "emr_worker"}), console
            )
            for name, command in commands.items()
        }

    def run(self) -> None:
        """Start everything and keep it running until SIGINT, SIGTERM or SIGHUP."""
        servers = threading.Thread(target=self._keep_servers_running, daemon=True)
        servers.start()
        try:
            self._run_until_ready(time.monotonic() + _ALONE_SECONDS)
            while not self._stopping.is_set():
                for child in self._children.values():
                    child.keep_running()
                time.sleep(0.1)
        finally:
            self._stopping.set()
            self._stop()
            servers.join()

    def _run_until_ready(self, others_start_at: float) -> None:
        """The web server starts alone, so that it is ready sooner; but not for ever."""
        while not self._stopping.is_set():
            others_wait = time.monotonic() < others_start_at
            for child in [self._children["web"]] if others_wait else self._children.values():
                child.keep_running()
            if self._answers():
                self._ready()
                return
            time.sleep(0.1)

    def stop_on_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._stopping.is_set():
            # A second time: whoever asks does not want to wait.
            for child in self._children.values():
                child.kill()
        self._stopping.set()

    def _stop(self) -> None:
        asked_at = time.monotonic()
        for name in ("beat", "worker", "sender"):
            self._children[name].ask_to_end()
        for name, seconds in _STOP_SECONDS.items():
            self._children[name].stop(asked_at + seconds)

    def _keep_servers_running(self) -> None:
        while not self._stopping.wait(0.5):
            try:
                for started in embedded.ensure():
                    self._console.line(started, "was gone; started again")
            except (embedded.EmbeddedError, OSError, subprocess.SubprocessError) as error:
                self._console.line("start", f"{error}\nTrying again.")
                self._stopping.wait(_RETRY_SECONDS)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(*self._address, timeout=1)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
