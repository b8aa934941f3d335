"""Start a server so that it belongs to nobody, see whether it runs, end it."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from emrapi.embedded.folders import EmbeddedError, account, home

_LOG_LIMIT = 5_000_000
_PROC = Path("/proc")


def run(command: Sequence[str | Path], *, log: Path, stdin: str = "") -> None:
    """Run a program as the servers' account to its end.

    Raises EmbeddedError with the end of its log when it fails.
    """
    with _append(log) as output:
        done = subprocess.run(
            [str(part) for part in command],
            input=stdin.encode(),
            stdout=output,
            stderr=output,
            check=False,
            **_surroundings(),
        )
    if done.returncode:
        raise EmbeddedError(f"{Path(command[0]).name} failed:\n{end_of(log)}")


def start(command: Sequence[str | Path], *, log: Path) -> int:
    """Start a server as nobody's child and return its process id.

    The shell in between ends at once, so the server outlives the process that happened to need it
    first, is never its zombie, and no Ctrl-C at a terminal reaches it.
    """
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
    with _append(log) as output:
        started = subprocess.run(
            ["/bin/sh", "-c", '"$@" </dev/null >&2 & echo $!', "sh", *map(str, command)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=output,
            check=True,
            start_new_session=True,
            **_surroundings(),
        )
    return int(started.stdout)


def recorded(pid_file: Path, *, program: str, argument: Path) -> int | None:
    """The process id in the file's first line, if that process is still the one that wrote it.

    A container that starts again hands out the same ids to other processes, so the id alone says
    nothing: the process must be `program`, started with `argument`.
    """
    try:
        pid = int(pid_file.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None
    command = command_line(pid)
    is_ours = bool(command) and Path(command[0]).name == program and str(argument) in command
    return pid if is_ours else None


def command_line(pid: int) -> list[str]:
    """The program and arguments of a process; empty for a dead one and for a zombie."""
    if (_PROC / "self").exists():
        with suppress(OSError):
            return os.fsdecode((_PROC / str(pid) / "cmdline").read_bytes()).split("\0")[:-1]
        return []
    import psutil

    try:
        return list(psutil.Process(pid).cmdline())
    except psutil.Error:
        return []


def has_ended(pid: int) -> bool:
    """Also of a zombie, which in a container nobody may ever reap.

    An empty command line is no proof: a process has none for a moment while it becomes another
    program.
    """
    if not (_PROC / "self").exists():
        return not command_line(pid)
    try:
        # The state follows the program's name, which is in brackets and may hold anything.
        state = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state in "ZX"


def end(running: Callable[[], int | None], *, gently: int, hard: int, seconds: float) -> None:
    """Ask the server to stop; make it when it has not within the time, and kill it after all."""
    asked_at = time.monotonic()
    steps = [(0.0, gently), (seconds, hard), (seconds + 5, signal.SIGKILL)]
    while (pid := running()) is not None:
        if steps and time.monotonic() - asked_at >= steps[0][0]:
            with suppress(ProcessLookupError):
                os.kill(pid, steps.pop(0)[1])
        time.sleep(0.02)


def wait_until(ready: Callable[[], bool], *, pid: int | None, log: Path, seconds: float) -> bool:
    """Wait for a server; False when the process ended first.

    Raises EmbeddedError with the end of its log when it takes too long.
    """
    deadline = time.monotonic() + seconds
    while not ready():
        if pid is not None and has_ended(pid):
            return False
        if time.monotonic() > deadline:
            raise EmbeddedError(f"Not ready within {seconds:.0f} s. {log} ends:\n{end_of(log)}")
        time.sleep(0.02)
    return True


def end_of(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:] if log.exists() else ""


def _append(log: Path) -> BinaryIO:
    # PostgreSQL's log quotes statements, so it is as private as the data.
    return os.fdopen(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab")


def _surroundings() -> dict[str, Any]:
    owner = account()
    identity: dict[str, Any] = (
        {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
    )
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "HOME": str(home())}
    return {"cwd": home(), "env": environment, "umask": 0o077, **identity}
