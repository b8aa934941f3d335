"""What runs beside the web server: it gives signs of life, and counts what was called."""

import http.client
import json
import os
import signal
import time
from typing import Any

import pytest

from tests.start.served import PATIENCE, Place, Served

pytestmark = [pytest.mark.timeout(400), pytest.mark.xdist_group("serve")]

_AGES = "import json; from emrapi import heartbeats; print(json.dumps(heartbeats.ages()))"
_COUNTED = (
    "from dashboard.models import DayUsage;"
    "of_tags = DayUsage.objects.filter(endpoint__endswith='/tags', status=401);"
    "found = of_tags.filter(practice_id=0, partner_id=0).values_list('calls', flat=True);"
    "print(found.first() or 0)"
)


def told(place: Place, code: str) -> Any:
    done = place.manage("shell", "--no-imports", "-c", code)
    assert done.stderr == ""
    return json.loads(done.stdout)


def until(place: Place, code: str, fits: Any) -> Any:
    deadline = time.monotonic() + PATIENCE
    while not fits(found := told(place, code)):
        assert time.monotonic() < deadline, found
    return found


def test_calls_are_counted_and_everybody_is_heard(running: Served) -> None:
    place = running.place
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
    for _ in range(7):
        connection.request("GET", "/v1/DemoOffice/tags")
        assert connection.getresponse().read()
    connection.close()

    until(place, _COUNTED, lambda calls: calls == 7)
    ages = until(place, _AGES, lambda ages: len(ages) == 3)
    assert {name.split("@")[0] for name in ages} == {"celery", "sender", "beat"}
    (worker,) = [name for name in ages if name.startswith("celery@")]

    pids = [pid for pid, said in place.processes().items() if "--queues celery" in said]
    try:
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        until(place, _AGES, lambda ages: ages[worker] > 6)
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
    until(place, _AGES, lambda ages: ages[worker] < 4)
