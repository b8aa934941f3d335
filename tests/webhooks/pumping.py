"""A pump that is started, watched and ended."""

from collections import Counter
from contextlib import contextmanager

import pytest
from django.db import connection

from tests.webhooks.rows import now_is
from webhooks.outgoing import Door
from webhooks.pump import Pump


@pytest.fixture
def door(loopback):
    door = Door(total_seconds=2.0)
    yield door
    door.close()


@contextmanager
def as_sender():
    """Connections have the sender's role from the start, as in its process."""
    options = connection.settings_dict["OPTIONS"]
    kept = options["options"]
    connection.close()
    options["options"] = "-c timezone=UTC -c role=emr_sender"
    try:
        yield
    finally:
        connection.close()
        options["options"] = kept


@pytest.fixture
def run(door, database):
    """Run a pump until nothing is due."""

    def run(pump=None, **options):
        with as_sender():
            return (pump or Pump(door)).run(**{"idle_seconds": 0.0, "seconds": 20.0, **options})

    return run


def statuses(deliveries):
    return Counter(now_is(each).status for each in deliveries)
