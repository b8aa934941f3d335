"""The pump: from the log to the receivers, and who waits for whom."""

import pytest
from django.db import connection

from tests.webhooks.factories import happen
from tests.webhooks.rows import now_is, subscribe
from webhooks.outgoing import Door
from webhooks.pump import Pump


@pytest.fixture
def run(loopback):
    """Run a pump of its own as the sender does."""

    def run(pump=None, **options):
        pump = pump or Pump(Door())
        connection.close()
        kept, connection.settings_dict["OPTIONS"]["options"] = (
            connection.settings_dict["OPTIONS"]["options"],
            "-c timezone=UTC -c role=emr_sender",
        )
        try:
            return pump.run(**{"idle_seconds": 0.0, "seconds": 20.0, **options})
        finally:
            connection.close()
            connection.settings_dict["OPTIONS"]["options"] = kept

    return run


def statuses(*rows):
    return [now_is(row).status for row in rows]


def test_events_of_the_log_reach_their_receivers(
    run, receiver, our_practice, other_practice, partner, make_key
):
    for practice in (our_practice, other_practice):
        make_key(practice)
        subscribe(practice, partner, receiver.url)
    happen(our_practice, 1, 2, 3)
    happen(other_practice, 4)

    assert run() == 4

    practices = sorted(request.body.split(b'"practice":"')[1][:5] for request in receiver.requests)
    assert practices == [b"DemoO", b"DemoO", b"DemoO", b"Other"]
    assert run() == 0
    assert len(receiver.requests) == 4
