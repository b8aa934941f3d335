"""A standby takes over, a little behind: nothing is lost, and no number means two events."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

from emrapi.embedded import processes
from emrapi.embedded.binaries import postgres_programs
from emrapi.embedded.folders import make_home, make_private
from tests.place import Place
from tests.start import served
from tests.webhooks.receivers import Receiver, receiving
from webhooks.dispatch import LEAP

pytestmark = pytest.mark.timeout(400)

_ARRANGE = """
from tests.factories import ApiKeyFactory, PartnerFactory, PracticeFactory
from tests.webhooks.rows import subscribe
practice = PracticeFactory.create(ppass="DemoOffice")
key = ApiKeyFactory.create(practice=practice, partner=PartnerFactory.create())
subscribe(practice, key.partner, "%s")
"""
_TEXT = ("--encoding=UTF8", "--locale=C")
_LOGIN = ("CREATE ROLE emrapi LOGIN CREATEROLE", "CREATE DATABASE emrapi OWNER emrapi")


class Cluster:
    """A PostgreSQL of its own in the place, that can be copied and followed."""

    def __init__(self, place: Place, name: str) -> None:
        self.data, self.sockets = place.folder / name, place.folder / f"{name}-run"
        self.log = place.folder / f"{name}.log"
        self.pid = 0
        for folder in (self.data, self.sockets):
            make_private(folder)

    def run(self, program: str, *arguments: str | Path) -> None:
        processes.run([postgres_programs() / program, *arguments], log=self.log)

    def start(self) -> None:
        options = "listen_addresses= wal_level=replica max_wal_senders=4 fsync=off".split()
        command: list[str | Path] = [postgres_programs() / "postgres", "-D", self.data]
        command += ["-k", self.sockets, "-c", "unix_socket_permissions=0700"]
        for option in options:
            command += ["-c", option]
        self.pid = processes.start(command, log=self.log)
        until(self._answers)

    def url(self, user: str = "emrapi") -> str:
        return f"postgresql://{user}@/emrapi?host={quote(str(self.sockets), safe='/')}"

    def ask(self, statement: str, role: str = "") -> Any:
        options = f"-c role={role}" if role else ""
        user = "emrapi" if role else "postgres"
        with psycopg.connect(self.url(user), options=options, autocommit=True) as opened:
            cursor = opened.execute(statement)
            return cursor.fetchone()[0] if cursor.description else None

    def _answers(self) -> bool:
        try:
            with psycopg.connect(self.url("postgres").replace("/emrapi?", "/postgres?")):
                return True
        except psycopg.OperationalError:
            return False


def until(condition: Any) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[served.Place]:
    made = served.Place()
    for name, value in made.variables().items():
        monkeypatch.setenv(name, value)
    make_home()
    yield made
    made.remove()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as started:
        yield started


@pytest.fixture
def primary(place: served.Place, receiver: Receiver) -> Cluster:
    """The platform's database, with a partner who is told of everything."""
    cluster = Cluster(place, "primary")
    cluster.run("initdb", "-D", cluster.data, "-U", "postgres", "--auth=trust", "--no-sync", *_TEXT)
    cluster.start()
    with psycopg.connect(
        cluster.url("postgres").replace("/emrapi?", "/postgres?"), autocommit=True
    ) as opened:
        for statement in _LOGIN:
            opened.execute(statement)
    manage(place, cluster, "migrate", "--verbosity", "0")
    manage(place, cluster, "shell", "--no-imports", "-c", _ARRANGE % receiver.url)
    return cluster


@pytest.fixture
def standby(place: served.Place, primary: Cluster) -> Cluster:
    """A copy that follows the primary."""
    cluster = Cluster(place, "standby")
    cluster.run(
        "pg_basebackup", "-D", cluster.data, "-R", "--checkpoint=fast", "--no-sync",
        "-h", primary.sockets, "-U", "postgres",
    )  # fmt: skip
    cluster.start()
    return cluster


def manage(place: served.Place, cluster: Cluster, *arguments: str) -> None:
    done = place.manage(
        *arguments,
        DATABASE_URL=cluster.url(),
        WEBHOOKS_ALLOW_HTTP="true",
        WEBHOOKS_ALLOWED_NETWORKS="127.0.0.0/8",
    )
    assert (done.returncode, done.stderr) == (0, "")


def write(cluster: Cluster, *patients: int) -> None:
    for patient in patients:
        cluster.ask(
            "INSERT INTO webhooks_log (practice_id, scope, event, data)"
            f" SELECT id, 'Patients', 'patient.created', '{{\"PatientID\": {patient}}}'"
            " FROM partners_practice WHERE ppass = 'DemoOffice'",
            role="emr_log_writer",
        )


def arrived(receiver: Receiver) -> list[tuple[str, int]]:
    bodies = [json.loads(request.body) for request in receiver.requests]
    return sorted((body["id"], body["data"]["PatientID"]) for body in bodies)


def test_standby_goes_on_and_gives_no_number_twice(
    place: served.Place, primary: Cluster, standby: Cluster, receiver: Receiver
):
    write(primary, 1, 2)
    manage(place, primary, "dispatch_webhooks", "--once")
    write(primary, 3)
    position = primary.ask("SELECT pg_current_wal_lsn()")
    until(lambda: standby.ask(f"SELECT pg_last_wal_replay_lsn() >= '{position}'"))
    # From here on the standby hears nothing: what is told now is told by the primary alone.
    standby.run("pg_ctl", "stop", "-D", standby.data, "-m", "fast")
    write(primary, 4)
    manage(place, primary, "dispatch_webhooks", "--once")
    before = arrived(receiver)
    place.kill(primary.pid)

    standby.start()
    assert standby.ask("SELECT pg_promote()") is True
    write(standby, 5)
    manage(place, standby, "dispatch_webhooks", "--once")

    assert before == [("evt_1", 1), ("evt_2", 2), ("evt_3", 3), ("evt_4", 4)]
    # The third had not been handed out where the standby stopped; 4 was lost with the primary.
    assert arrived(receiver) == sorted([*before, (f"evt_{LEAP + 3}", 3), (f"evt_{LEAP + 4}", 5)])
