"""Who starts the servers, and when they stop."""

import os
import signal
import time

import pytest

from emrapi.embedded import lease
from emrapi.embedded.processes import has_ended
from tests.embedded.conftest import Place


def test_addresses_and_secrets_start_nothing_and_import_no_framework(place: Place):
    printed = place.run(
        "import sys\n"
        "embedded.database_url(), embedded.redis_url(), embedded.celery_url()\n"
        "embedded.install_secrets()\n"
        "print({'django', 'celery', 'psycopg', 'redis'} & set(sys.modules))"
    )

    assert printed == "set()"
    assert place.pids() == (None, None)
    assert not (place.home / "postgres").exists()


def test_servers_stop_with_the_process_that_needed_them(place: Place):
    printed = place.run("print(embedded.ensure(), embedded.ensure())")

    assert printed == "['postgres', 'valkey'] []"
    assert place.pids() == (None, None)


def test_eight_starters_at_once_share_one_server_until_the_last_ends(place: Place):
    holders = [place.hold() for _ in range(8)]
    for holder in holders:
        assert holder.stdout.readline() == "held\n"
    postgres, valkey = place.pids()
    assert postgres is not None
    assert valkey is not None

    for holder in holders[:6]:
        holder.communicate("\n")
    holders[6].kill()
    holders[6].wait()

    assert place.pids() == (postgres, valkey)

    holders[7].communicate("\n")

    assert place.pids() == (None, None)
    assert has_ended(postgres)
    assert has_ended(valkey)


def test_servers_that_lost_their_holder_end_with_the_next_one(place: Place):
    holder = place.hold()
    assert holder.stdout.readline() == "held\n"
    pids = place.pids()
    holder.kill()
    holder.wait()

    assert place.pids() == pids
    assert place.run("print(embedded.ensure())") == "[]"
    assert place.pids() == (None, None)


def test_ensure_starts_again_what_was_killed(place: Place):
    printed = place.run(
        "import os\n"
        "from emrapi.embedded import postgres, valkey\n"
        "embedded.ensure()\n"
        "os.kill(postgres.running(), 9)\n"
        "os.kill(valkey.running(), 9)\n"
        "while postgres.running() or valkey.running(): pass\n"
        "print(embedded.ensure())"
    )

    assert printed == "['postgres', 'valkey']"


@pytest.mark.parametrize(
    ("variables", "started"),
    [
        ({"DATABASE_URL": "postgresql://elsewhere/emr"}, "['valkey']"),
        ({"REDIS_URL": "redis://elsewhere/0"}, "['postgres']"),
        ({"DATABASE_URL": "postgresql://elsewhere/emr", "REDIS_URL": "redis://elsewhere/0"}, "[]"),
    ],
)
def test_server_whose_address_is_given_is_not_started(
    place: Place, variables: dict[str, str], started: str
):
    assert place.run("print(embedded.ensure())", variables=variables) == started
    assert (place.home / "postgres").exists() == ("postgres" in started)
    assert (place.home / "valkey").exists() == ("valkey" in started)


def test_forked_child_keeps_the_lease_but_does_not_give_it_back(place: Place):
    printed = place.run(
        "import os, sys\n"
        "from emrapi.embedded import postgres\n"
        "embedded.ensure()\n"
        "if (child := os.fork()) == 0: sys.exit(0)\n"
        "os.waitpid(child, 0)\n"
        "print(postgres.running() is not None)"
    )

    assert printed == "True"
    assert place.pids() == (None, None)


def test_interrupt_at_the_terminal_does_not_reach_the_servers(place: Place):
    holder = place.hold()
    assert holder.stdout.readline() == "held\n"
    postgres, valkey = place.pids()

    assert os.getsid(postgres) not in {os.getsid(0), os.getsid(holder.pid)}
    assert os.getsid(valkey) not in {os.getsid(0), os.getsid(holder.pid)}

    holder.send_signal(signal.SIGINT)
    holder.wait()
    deadline = time.monotonic() + 5
    while place.pids() != (None, None) and time.monotonic() < deadline:
        time.sleep(0.05)

    # The interrupted process itself ends in order and gives its lease back.
    assert place.pids() == (None, None)


def test_release_without_a_lease_does_nothing(place: Place, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lease, "_held", None)

    lease.release()

    assert not place.home.exists()
