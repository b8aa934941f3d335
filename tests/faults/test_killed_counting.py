"""Whoever counts calls may be killed at any moment: each call is in the figures once."""

import os
import random
import subprocess
import sys
import time
from urllib.parse import urlsplit

from django.db import connection

from dashboard.models import DayUsage, HourUsage, MinuteUsage, UncountedCalls
from emrapi import embedded
from tests.dashboard.rows import call, count, write
from tests.process import PROJECT

ROUNDS, BATCHES, SIZE = 4, 25, 40
_COUNT = """
from dashboard import counting
counting.BATCH = 15
print("counting", flush=True)
while True:
    counting.count_batch()
"""


def counter() -> "subprocess.Popen[str]":
    """A process that does nothing but count, in small portions."""
    url = urlsplit(embedded.database_url())
    return subprocess.Popen(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", _COUNT],
        cwd=PROJECT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "emrapi.settings",
            "DATABASE_ROLE": "emr_worker",
            "DATABASE_URL": url._replace(path=f"/{connection.settings_dict['NAME']}").geturl(),
            "REDIS_URL": embedded.redis_url(),
        },
        stdout=subprocess.PIPE,
        text=True,
    )


def test_killed_counters_count_each_call_once(database, staff):
    chance = random.Random(3)
    half_counted = 0

    for _ in range(ROUNDS):
        with counter() as process:
            assert process.stdout.readline() == "counting\n"
            for number in range(BATCHES):
                write(*[call(duration_ms=float(number * n), status=200 + n) for n in range(SIZE)])
            time.sleep(chance.random() / 20)
            process.kill()
        with staff():
            half_counted += UncountedCalls.objects.exists()

    deadline = time.monotonic() + 60
    while count() or _waits(staff):
        assert time.monotonic() < deadline
    assert half_counted > 0
    for model in (MinuteUsage, HourUsage, DayUsage):
        with staff():
            whole = model.objects.filter(practice_id=0, partner_id=0, endpoint="*")
            counted = sum(whole.values_list("calls", flat=True))
        assert counted == ROUNDS * BATCHES * SIZE, model


def _waits(staff):
    with staff():
        return UncountedCalls.objects.exists()
