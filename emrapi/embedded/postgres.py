"""The embedded PostgreSQL: one cluster, one database, one login that is not a superuser."""

import os
import pwd
import secrets
import shutil
import signal
import time
from pathlib import Path
from urllib.parse import quote

from emrapi.embedded import processes
from emrapi.embedded.binaries import postgres_programs
from emrapi.embedded.folders import (
    EmbeddedError,
    home,
    in_tests,
    make_private,
    run_dir,
)

NAME = "postgres"
_MAJOR = "18"
_LOGIN = _DATABASE = "emrapi"
# What a production login needs too, and no more: it owns the tables, makes the serving roles and,
# for the tests, a database. A superuser would walk past every row-level policy unnoticed.
_FIRST_STATEMENTS = f"""\
CREATE ROLE {_LOGIN} LOGIN CREATEROLE CREATEDB;
CREATE DATABASE {_DATABASE} OWNER {_LOGIN};
"""
_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    # A container's /dev/shm is often 64 MB.
    "dynamic_shared_memory_type": "mmap",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # No replica reads this log; crash safety needs no more.
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
_STILL_IN_USE = "pre-existing shared memory block"
# Tests end with their data; nothing else may trade durability for speed.
_TEST_OPTIONS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def database_url() -> str:
    """DATABASE_URL, else the embedded server's address in libpq's form."""
    return os.environ.get("DATABASE_URL") or (
        f"postgresql://{_LOGIN}@/{_DATABASE}?host={quote(str(run_dir()), safe='/')}"
    )


def client_environment() -> dict[str, str]:
    """What psql and its like need in their environment to be found and to find the server."""
    return {
        "PATH": f"{os.environ.get('PATH', os.defpath)}{os.pathsep}{postgres_programs()}",
        "PGHOST": str(run_dir()),
    }


def running() -> int | None:
    """The postmaster's process id, while there is one."""
    return processes.recorded(_data() / "postmaster.pid", program="postgres", argument=_data())


def start(seconds: float = 60) -> bool:
    """Make the cluster if it is new, start it if it is down, return when it takes connections.

    Answers whether it was down. The caller holds the home's lock.
    """
    pid = running()
    if pid is not None and processes.wait_until(_is_ready, pid=pid, log=_log(), seconds=seconds):
        return False
    make_private(run_dir())
    _make_cluster()
    _start_server(seconds)
    return True


def stop() -> None:
    # Fast: transactions that are under way are rolled back. Immediate, when that takes too long: no
    # less safe, but the next start has to read the log again.
    processes.end(running, gently=signal.SIGINT, hard=signal.SIGQUIT, seconds=6)


def _data() -> Path:
    return home() / "postgres"


def _log() -> Path:
    return home() / "postgres.log"


def _is_ready() -> bool:
    """PostgreSQL's own word, in the last line of its pid file, once it takes connections."""
    try:
        return (_data() / "postmaster.pid").read_text().splitlines()[7].strip() == "ready"
    except (OSError, IndexError):
        return False


def _make_cluster() -> None:
    """A cluster appears whole, under its name, or not at all."""
    if (_data() / "PG_VERSION").exists():
        found = (_data() / "PG_VERSION").read_text().strip()
        if found != _MAJOR:
            raise EmbeddedError(
                f"{_data()} was made by PostgreSQL {found}, and {_MAJOR} is embedded now. Dump it "
                "with the older release and load it again, or remove it to start afresh."
            )
        return
    _refuse_unknown_user()
    for left in home().glob("unfinished-*"):
        shutil.rmtree(left, ignore_errors=True)
    # A new name each time: what is left of a killed initdb may still be writing under the old one.
    unfinished, log = home() / f"unfinished-{secrets.token_hex(4)}", home() / "initdb.log"
    make_private(unfinished)
    log.unlink(missing_ok=True)
    programs = postgres_programs()
    initdb: list[str | Path] = [programs / "initdb", "-D", unfinished, "-U", "postgres"]
    initdb += ["--encoding=UTF8", "--locale=C"]
    initdb += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    # Nobody but the servers' account gets as far as the socket.
    initdb += ["--auth-local=trust", "--auth-host=reject"]
    processes.run([*initdb, "--no-sync"] if in_tests() else initdb, log=log)
    processes.run(
        [programs / "postgres", "--single", "-D", unfinished, "postgres"],
        log=log,
        stdin=_FIRST_STATEMENTS,
    )
    unfinished.rename(_data())


def _refuse_unknown_user() -> None:
    """A container may run us as any number; initdb wants one with a name."""
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        raise EmbeddedError(
            f"PostgreSQL makes no data for user {os.geteuid()}, who is not in the password file. "
            "Add the user there, or set DATABASE_URL to a server of your own."
        ) from None


def _start_server(seconds: float) -> None:
    options = _OPTIONS | (_TEST_OPTIONS if in_tests() else {})
    command: list[str | Path] = [postgres_programs() / "postgres", "-D", _data(), "-k", run_dir()]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    deadline = time.monotonic() + seconds
    while not _comes_up(command, deadline - time.monotonic()):
        reason = processes.end_of(_log())
        # Queries of a killed server run on until they notice; the data is theirs until then.
        if _STILL_IN_USE not in "".join(reason.splitlines()[-4:]) or time.monotonic() > deadline:
            raise EmbeddedError(f"PostgreSQL did not start:\n{reason}")
        time.sleep(0.2)


def _comes_up(command: list[str | Path], seconds: float) -> bool:
    _forget_dead_server()
    pid = processes.start(command, log=_log())
    return processes.wait_until(_is_ready, pid=pid, log=_log(), seconds=seconds)


def _forget_dead_server() -> None:
    """Remove what a killed server left behind.

    PostgreSQL refuses to start while the id that it finds there is alive, though by now it may be
    another process's. Whether a process of the dead server still writes to the data it knows by
    other means: their shared memory.
    """
    socket = run_dir() / ".s.PGSQL.5432"
    for leftover in (_data() / "postmaster.pid", socket.with_name(f"{socket.name}.lock"), socket):
        leftover.unlink(missing_ok=True)
