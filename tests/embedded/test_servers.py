"""Embedded servers: what they are for, and that they start again whatever was done to them."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
import redis

from emrapi.embedded import EmbeddedError, folders, postgres, processes, valkey
from tests.embedded.conftest import Place

SERVER_OPTIONS = "fsync synchronous_commit full_page_writes".split()


def test_login_is_no_superuser_and_may_do_what_a_deployment_may(place: Place):
    place.start()

    row = place.sql(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,"
        " current_setting('server_version_num')::int / 10000"
        " FROM pg_roles WHERE rolname = current_user"
    )
    for extension in ("btree_gist", "citext", "pg_trgm", "unaccent"):
        place.sql(f"CREATE EXTENSION {extension}")

    assert row == [(False, False, True, True, 18)]


def test_servers_listen_on_no_port_and_keep_others_out(place: Place):
    place.start()

    assert place.sql("SHOW listen_addresses") == [("",)]
    assert folders.run_dir().stat().st_mode & 0o777 == 0o700
    with redis.Redis.from_url(valkey.redis_url()) as client:
        assert client.config_get("port") == {"port": "0"}
    for log in place.home.glob("*.log"):
        assert log.stat().st_mode & 0o077 == 0


def test_development_data_is_durable(place: Place):
    place.start()

    assert [place.sql(f"SHOW {name}") for name in SERVER_OPTIONS] == [[("on",)]] * 3
    with redis.Redis.from_url(valkey.redis_url()) as client:
        assert client.config_get("appendonly") == {"appendonly": "yes"}


def test_test_data_is_fast_and_has_a_home_of_its_own(place: Place, monkeypatch: pytest.MonkeyPatch):
    place.start()
    development = place.pids()
    monkeypatch.setenv("EMR_ENV", "test")

    tests = place.start()

    assert [place.sql(f"SHOW {name}") for name in SERVER_OPTIONS] == [[("off",)]] * 3
    assert tests != development
    valkey.stop()
    postgres.stop()
    monkeypatch.setenv("EMR_ENV", "development")
    assert place.pids() == development


def test_killed_servers_start_again_and_lost_nothing(place: Place):
    before = place.start()
    place.sql("CREATE TABLE kept (n int)")
    place.sql("INSERT INTO kept SELECT generate_series(1, 1000)")
    with redis.Redis.from_url(valkey.redis_url()) as client:
        client.set("kept", "yes")
    place.kill(*before)

    after = place.start()

    assert set(after).isdisjoint(before)
    assert place.sql("SELECT count(*) FROM kept") == [(1000,)]
    with redis.Redis.from_url(valkey.redis_url()) as client:
        assert client.get("kept") == b"yes"


def test_postmaster_killed_under_a_busy_backend_starts_again(place: Place):
    place.start()
    code = (
        "import psycopg, sys\n"
        "connection = psycopg.connect(sys.argv[1])\n"
        "connection.execute('SELECT count(*) FROM generate_series(1, 30000000)')"
    )
    busy = subprocess.Popen(
        [sys.executable, "-c", code, postgres.database_url()], stderr=subprocess.DEVNULL, text=True
    )
    place.started.append(busy)
    working = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%00000)'"
    while place.sql(working) == [(0,)]:
        time.sleep(0.02)
    place.kill(postgres.running())

    place.start()

    assert place.sql("SELECT 1") == [(1,)]


def test_everything_killed_at_once_starts_again(place: Place):
    holder = place.hold()
    assert holder.stdout.readline() == "held\n"
    place.sql("CREATE TABLE kept AS SELECT 1 AS n")
    place.kill(holder.pid, valkey.running(), *place.processes())

    place.start()

    assert place.sql("SELECT n FROM kept") == [(1,)]


@pytest.mark.parametrize("moment", ["base", "PG_VERSION", "global/pg_control"])
def test_killed_first_start_leaves_no_half_cluster(place: Place, moment: str):
    starter = place.hold()
    deadline = time.monotonic() + 60
    cluster = place.home / "postgres"
    while not cluster.exists() and not list(place.home.glob(f"unfinished-*/{moment}")):
        assert time.monotonic() < deadline
    place.kill(starter.pid, *_those_who_make_a_cluster(place))

    place.start()

    assert place.sql("SELECT current_database()") == [("emrapi",)]
    # What has outlived its initdb by a moment may have written once more; the next start clears it.
    assert len(list(place.home.glob("unfinished-*"))) <= 1


def test_recycled_process_ids_do_not_keep_the_servers_down(place: Place):
    place.start()
    recorded = (place.home / "postgres" / "postmaster.pid").read_text().splitlines()
    place.kill(*place.pids())
    # As after a container's restart: the ids belong to an innocent process of the same account.
    owner = folders.account()
    innocent = subprocess.Popen(["/bin/sleep", "60"], user=owner.pw_uid if owner else None)
    place.started.append(innocent)
    recorded[0] = str(innocent.pid)
    (place.home / "postgres" / "postmaster.pid").write_text("\n".join(recorded) + "\n")
    (folders.run_dir() / ".s.PGSQL.5432.lock").write_text("\n".join(recorded[:5]) + "\n")
    (folders.run_dir() / "valkey.pid").write_text(f"{innocent.pid}\n")

    started = place.start()

    assert None not in started
    assert innocent.pid not in started
    assert innocent.poll() is None


def test_broken_pid_files_are_ignored(place: Place):
    place.start()
    place.kill(*place.pids())
    (place.home / "postgres" / "postmaster.pid").write_text("")
    (folders.run_dir() / "valkey.pid").write_text("not a number")

    assert None not in place.start()


def test_cluster_of_another_release_is_refused(place: Place):
    place.start()
    postgres.stop()
    (place.home / "postgres" / "PG_VERSION").write_text("17\n")

    with folders.locked(), pytest.raises(EmbeddedError, match="made by PostgreSQL 17"):
        postgres.start()


def _those_who_make_a_cluster(place: Place) -> list[int]:
    running = [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]
    mark = f"{place.home}/unfinished-"
    return [pid for pid in running if any(mark in part for part in processes.command_line(pid))]
