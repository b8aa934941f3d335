"""Embedded servers in a place of their own, and processes that use them."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from emrapi.embedded import folders, postgres, valkey
from tests import place as places
from tests.place import PROJECT


class Place(places.Place):
    """The servers in it are started and seen from this process too."""

    def __init__(self) -> None:
        super().__init__()
        self.started: list[subprocess.Popen[str]] = []

    def variables(self, **more: str) -> dict[str, str]:
        """With the project to be imported from any folder."""
        return super().variables(**{"PYTHONPATH": str(PROJECT), **more})

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
        # Ctrl-C is to count also where it is ignored, as it is by background jobs.
        code = (
            "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
            " from emrapi import embedded; embedded.ensure(); print('held', flush=True); input()"
        )
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
        """Of PostgreSQL and of Valkey."""
        return postgres.running(), valkey.running()

    def start(self) -> tuple[int | None, int | None]:
        """Start both servers from here, without a lease."""
        with folders.locked():
            postgres.start()
            valkey.start()
        return self.pids()

    def sql(self, statement: str) -> Any:
        """The rows that the statement gives, if it gives any."""
        with psycopg.connect(postgres.database_url(), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else None

    def secrets(self) -> dict[str, str]:
        """What lies in the file of the secrets."""
        return dict(json.loads((self.home / "secrets.json").read_text()))

    def remove(self) -> None:
        """Those that were started from here are collected too."""
        for process in self.started:
            process.kill()
            process.communicate()
        super().remove()


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """As development would have it: durable, with Valkey's log on disk."""
    made = Place()
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("EMBEDDED_HOME", str(made.folder))
    monkeypatch.setenv("EMR_ENV", "development")
    yield made
    made.remove()
    shutil.rmtree(folders.run_dir(), ignore_errors=True)
