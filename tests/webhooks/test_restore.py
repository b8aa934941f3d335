"""A database that was dumped and restored goes on as if nothing had happened."""

import json
import os
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection

from emrapi import embedded
from emrapi.embedded.binaries import postgres_programs
from partners import tenancy
from tests.process import manage
from tests.webhooks.factories import happen
from tests.webhooks.rows import subscribe
from webhooks.dispatch import LEAP
from webhooks.models import Delivery

pytestmark = pytest.mark.skipif(
    bool(os.environ.get("DATABASE_URL")), reason="needs a superuser, which the embedded server has"
)

LOOPBACK = {"WEBHOOKS_ALLOW_HTTP": "true", "WEBHOOKS_ALLOWED_NETWORKS": "127.0.0.0/8"}


def url_of(database: str) -> str:
    return urlsplit(embedded.database_url())._replace(path=f"/{database}").geturl()


def run(program: str, *arguments: str) -> None:
    """A program of PostgreSQL's, as a superuser."""
    host = embedded.client_environment()["PGHOST"]
    command = [str(postgres_programs() / program), "-U", "postgres", "-h", host, *arguments]
    subprocess.run(command, check=True, timeout=120)


@pytest.fixture
def dump(database: None, tmp_path: Path) -> Callable[[], None]:
    """Dump the test's database, as it is now."""
    name = connection.settings_dict["NAME"]
    return lambda: run("pg_dump", "-Fc", "-f", str(tmp_path / "dump"), name)


@pytest.fixture
def restore(tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Restore the dump into a new database; its address."""
    name = f"{connection.settings_dict['NAME']}_restored"

    def bring_back() -> str:
        run("createdb", "-O", "emrapi", name)
        run("pg_restore", "--exit-on-error", "-d", name, str(tmp_path / "dump"))
        return url_of(name)

    yield bring_back
    run("dropdb", "--force", "--if-exists", name)


@pytest.fixture
def subscription(our_practice: Any, partner: Any, make_key: Any, receiver: Any) -> Any:
    """The partner's subscription at our practice."""
    make_key(our_practice)
    return subscribe(our_practice, partner, receiver.url)


def dispatch(**where: str) -> None:
    done = manage("dispatch_webhooks", "--once", **LOOPBACK, **where)
    assert (done.returncode, done.stderr) == (0, "")


def arrived(receiver: Any) -> list[tuple[str, int]]:
    """Id and patient of all that came."""
    bodies = [json.loads(request.body) for request in receiver.requests]
    return [(body["id"], body["data"]["PatientID"]) for body in bodies]


def write(url: str, ppass: str, *patients: int) -> None:
    """Events by plain SQL."""
    with psycopg.connect(url, options="-c role=emr_log_writer") as opened:
        for patient in patients:
            opened.execute(
                "INSERT INTO webhooks_log (practice_id, scope, event, data)"
                " SELECT id, 'Patients', 'patient.created', jsonb_build_object('PatientID', %s)"
                " FROM partners_practice WHERE ppass = %s",
                [patient, ppass],
            )


def test_nothing_is_lost_or_told_again_after_a_move(
    subscription, our_practice, receiver, dump, restore
):
    happen(our_practice, 1, 2)
    dispatch()
    receiver.answers(503)
    happen(our_practice, 3)
    dispatch()
    receiver.answers(200)
    happen(our_practice, 4)
    with tenancy.acting_as(tenancy.STAFF):
        Delivery.objects.filter(log_id=3).update(next_attempt_at="2026-01-01T00:00:00Z")
    before = sorted(arrived(receiver))

    dump()
    moved = restore()
    write(moved, "DemoOffice", 5)
    dispatch(database_url=moved)
    dispatch(database_url=moved)

    assert before == [("evt_1", 1), ("evt_2", 2), ("evt_3", 3)]
    assert sorted(arrived(receiver)[3:]) == sorted(
        [("evt_3", 3), (f"evt_{LEAP + 4}", 4), (f"evt_{LEAP + 5}", 5)]
    )
    status = json.loads(manage("webhook_status", "--json", database_url=moved).stdout)
    assert (status["all"]["unnumbered"], status["all"]["pending"]) == (0, 0)
    assert status["practices"][0]["lastLogId"] == LEAP + 5


def test_number_given_after_the_backup_is_given_to_no_other_event(
    subscription, our_practice, receiver, dump, restore
):
    happen(our_practice, 1)
    dispatch()
    dump()
    happen(our_practice, 2, 3)
    dispatch()
    assert sorted(arrived(receiver)) == [("evt_1", 1), ("evt_2", 2), ("evt_3", 3)]

    restored = restore()
    write(restored, "DemoOffice", 4, 5)
    dispatch(database_url=restored)

    ids = Counter(event_id for event_id, _ in arrived(receiver))
    assert sorted(arrived(receiver)[3:]) == [(f"evt_{LEAP + 2}", 4), (f"evt_{LEAP + 3}", 5)]
    assert set(ids.values()) == {1}


def test_dump_in_the_midst_of_writing_has_each_event_whole(
    subscription, our_practice, receiver, dump, restore
):
    is_over = threading.Event()
    written = []

    def go_on_writing() -> None:
        number = 0
        while not is_over.is_set():
            number += 1
            write(url_of(connection.settings_dict["NAME"]), "DemoOffice", number)
            written.append(number)

    writer = threading.Thread(target=go_on_writing)
    writer.start()
    try:
        while len(written) < 20:
            is_over.wait(0.01)
        committed = list(written)
        dispatch()
        dump()
    finally:
        is_over.set()
        writer.join()
    told = len(receiver.requests)

    restored = restore()
    dispatch(database_url=restored)

    everything = arrived(receiver)
    assert {patient for _, patient in everything} >= set(committed)
    # Told again is what was dumped without its delivery being over, and never under its old id
    # with another content.
    by_id: dict[str, set[int]] = {}
    for event_id, patient in everything:
        by_id.setdefault(event_id, set()).add(patient)
    assert {len(patients) for patients in by_id.values()} == {1}
    assert len(everything) == len(set(everything))
    with psycopg.connect(restored, options="-c role=emr_staff") as opened:
        (unnumbered, events) = opened.execute(
            "SELECT count(*) FILTER (WHERE log_id IS NULL), count(*) FROM webhooks_log"
        ).fetchone()
    assert unnumbered == 0
    assert len(everything) == events >= told
