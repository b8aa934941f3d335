"""The embedded Valkey: cache, rate limits and the broker of the background work."""

import os
import signal
import socket
from pathlib import Path
from urllib.parse import quote

from emrapi.embedded import processes
from emrapi.embedded.binaries import valkey_server
from emrapi.embedded.folders import EmbeddedError, home, in_tests, make_private, run_dir

NAME = "valkey"


def redis_url() -> str:
    """REDIS_URL, else the embedded server's address in redis-py's form."""
    return os.environ.get("REDIS_URL") or f"unix://{quote(str(_socket()), safe='/')}?db=0"


def celery_url() -> str:
    """The same server in the form that Celery's transport understands."""
    url = redis_url()
    if url.startswith("unix://"):
        return url.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=")
    return url


def running() -> int | None:
    """The server's process id, while there is one."""
    return processes.recorded(_pid_file(), program="valkey-server", argument=_socket())


def start(seconds: float = 60) -> bool:
    """Start the server if it is down, return when it answers.

    Answers whether it was down. The caller holds the home's lock.
    """
    pid = running()
    if pid is not None and processes.wait_until(_answers, pid=pid, log=_log(), seconds=seconds):
        return False
    make_private(run_dir())
    make_private(_data())
    for leftover in (_pid_file(), _socket()):
        leftover.unlink(missing_ok=True)
    pid = processes.start(_command(), log=_log())
    if not processes.wait_until(_answers, pid=pid, log=_log(), seconds=seconds):
        raise EmbeddedError(f"Valkey did not start:\n{processes.end_of(_log())}")
    return True


def stop() -> None:
    processes.end(running, gently=signal.SIGTERM, hard=signal.SIGKILL, seconds=6)


def _command() -> list[str | Path]:
    options: dict[str, str | Path] = {
        "port": "0",
        "unixsocket": _socket(),
        "unixsocketperm": "700",
        "dir": _data(),
        "pidfile": _pid_file(),
        # The process keeps the command line by which `running` knows it.
        "set-proc-title": "no",
        "save": "",
        "appendonly": "no" if in_tests() else "yes",
        # A broker must refuse work rather than drop some that it has accepted.
        "maxmemory-policy": "noeviction",
    }
    command: list[str | Path] = [valkey_server()]
    for name, value in options.items():
        command += [f"--{name}", value]
    return command


def _answers() -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(2)
        try:
            connection.connect(str(_socket()))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def _socket() -> Path:
    return run_dir() / "valkey.sock"


def _data() -> Path:
    return home() / "valkey"


def _pid_file() -> Path:
    return run_dir() / "valkey.pid"


def _log() -> Path:
    return home() / "valkey.log"
