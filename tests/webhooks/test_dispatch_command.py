"""The command that hands out and sends."""

import json
import signal
import subprocess
import sys
import time

from tests.process import PROJECT, environment, manage
from tests.webhooks.factories import happen
from tests.webhooks.operators import subscription, theirs

__all__ = ["subscription", "theirs"]

LOOPBACK = {"WEBHOOKS_ALLOW_HTTP": "true", "WEBHOOKS_ALLOWED_NETWORKS": "127.0.0.0/8"}


def test_dispatch_once_hands_out_and_sends_what_there_is(
    subscription, theirs, our_practice, other_practice, receiver
):
    happen(our_practice, 1, 2)
    happen(other_practice, 3)

    first = manage("dispatch_webhooks", "--once", "--json", **LOOPBACK)
    second = manage("dispatch_webhooks", "--once", **LOOPBACK)

    assert (first.returncode, first.stderr) == (0, "")
    assert json.loads(first.stdout) == {"attempts": 3}
    assert second.stdout == "0 attempts made.\n"
    assert sorted(json.loads(each.body)["data"]["PatientID"] for each in receiver.requests) == [
        1,
        2,
        3,
    ]


def test_dispatch_goes_on_until_it_is_interrupted(subscription, our_practice, receiver):
    process = subprocess.Popen(
        [sys.executable, "manage.py", "dispatch_webhooks", "--json"],
        cwd=PROJECT,
        env=environment(**LOOPBACK),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        for number in (1, 2):
            happen(our_practice, number)
            deadline = time.monotonic() + 60
            while len(receiver.requests) < number:
                assert time.monotonic() < deadline
                time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()

    assert process.returncode == 0
    assert json.loads(out) == {"attempts": 2}


def test_dispatch_says_so_when_the_database_is_away(database):
    done = manage(
        "dispatch_webhooks", "--once", database_url="postgresql://nobody@127.0.0.1:1/nowhere"
    )

    assert done.returncode == 1
    assert done.stderr.startswith("dispatch_webhooks: The database does not answer")


def test_sender_that_freezes_while_it_hands_out_is_ended_by_the_database(database):
    done = manage(
        "shell", "--no-imports", "-c",
        "from django.db import connection as c;"
        "print(c.cursor().execute('SELECT current_user, current_setting(%s)',"
        " ['idle_in_transaction_session_timeout']).fetchone())",
        DATABASE_ROLE="emr_sender",
    )  # fmt: skip

    assert done.stdout == "('emr_sender', '20s')\n"
