"""A place of its own for embedded servers, and processes that use them."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from emrapi.embedded import folders, postgres, processes, valkey

PROJECT = Path(__file__).resolve().parents[2]


@dataclass
class Place:
    """One EMBEDDED_HOME; the servers in it are started and seen from other processes."""

    folder: Path
    environment: str = "development"
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def home(self) -> Path:
        return self.folder / ("test" if self.environment == "test" else "main")

    def variables(self, **more: str) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "EMBEDDED_HOME": str(self.folder),
            "EMR_ENV": self.environment,
            "PYTHONPATH": str(PROJECT),
            **more,
        }

    def run(self, code: str, python: str = sys.executable, **more: Any) -> str:
        """Run Python code to its end, `embedded` imported; answers what it printed."""
        variables = self.variables(**more.pop("variables", {}))
        done = subprocess.run(
            [python, "-c", f"from emrapi import embedded\n{code}"],
            env=variables,
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            **more,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def hold(self) -> subprocess.Popen[str]:
        """A process that holds a lease until it is told to end, or is killed."""
        code = "from emrapi import embedded; embedded.ensure(); print('held', flush=True); input()"
        holder = subprocess.Popen(
            [sys.executable, "-c", code],
            env=self.variables(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.started.append(holder)
        return holder

    def pids(self) -> tuple[int | None, int | None]:
        return postgres.running(), valkey.running()

    def start(self) -> tuple[int | None, int | None]:
        """Start both servers from here, without a lease."""
        with folders.locked():
            postgres.start()
            valkey.start()
        return self.pids()

    def sql(self, statement: str) -> Any:
        import psycopg

        with psycopg.connect(postgres.database_url(), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else None

    def kill(self, *pids: int | None) -> None:
        """Kill them outright, and wait until they are gone."""
        for pid in pids:
            assert pid is not None
            with suppress(ProcessLookupError):  # it may have gone with another one
                os.kill(pid, signal.SIGKILL)
        while any(is_alive(pid) for pid in pids if pid is not None):
            time.sleep(0.01)

    def secrets(self) -> dict[str, str]:
        return dict(json.loads((self.home / "secrets.json").read_text()))


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """As development would have it: durable, with Valkey's log on disk."""
    # Not pytest's own folder, which root's servers, running as nobody, could not enter.
    folder = Path(tempfile.mkdtemp(prefix="emr-"))
    folder.chmod(0o711)
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("EMBEDDED_HOME", str(folder))
    monkeypatch.setenv("EMR_ENV", "development")
    made = Place(folder)
    yield made
    for process in made.started:
        process.kill()
        process.communicate()
    run_dir = folders.run_dir()
    for pid in postgres_family(made) | {valkey.running()}:
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, 9)
    shutil.rmtree(folder)
    shutil.rmtree(run_dir, ignore_errors=True)


def postgres_family(place: Place) -> set[int]:
    """The postmaster of the place, and whatever works in its data without one."""
    data = str(place.home / "postgres")
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if str((entry / "cwd").readlink()).startswith(data):
                found.add(int(entry.name))
    if (pid := postgres.running()) is not None:
        found.add(pid)
    return found


def is_alive(pid: int) -> bool:
    return bool(processes.command_line(pid))
