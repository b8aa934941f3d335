"""Servers killed under a platform at work: clear refusals, recovery by itself, nothing lost."""

from collections.abc import Callable

import pytest

from emrapi.embedded import postgres, valkey
from tests.faults.writers import Writers
from tests.start.served import Place, Served, free_port

pytestmark = [pytest.mark.timeout(400), pytest.mark.xdist_group("serve")]


@pytest.fixture
def start(place: Place) -> Callable[[], Served]:
    """Start the platform, without a limit on the rate of calls."""
    port = str(free_port())

    def start_and_wait() -> Served:
        served = place.serve(PORT=port, RATE_LIMIT="1000000")
        served.wait_until_ready()
        return served

    return start_and_wait


def test_killed_postgresql_gives_clear_503s_and_comes_back_with_every_write(
    place: Place, start: Callable[[], Served]
):
    served = start()

    with Writers(served) as writers:
        for times in (1, 2, 3):
            writers.wait_for_more(20)
            refused = len(writers.refusals)
            place.kill(postgres.running())
            served.wait_for("postgres | was gone; started again", times=times)
            writers.wait_for_more(20)
            assert len(writers.refusals) > refused

    for status, content_type, problem in writers.refusals:
        assert (status, content_type) == (503, "application/problem+json")
        assert problem["status"] == 503
        assert problem.keys() >= {"type", "title", "detail", "requestId"}
        assert "psycopg" not in str(problem)
    assert writers.broken == []
    assert set(writers.acknowledged) - writers.stored(served) == set()
    served.stop()
    assert place.processes() == {}


def test_killed_valkey_loses_no_write_and_comes_back(place: Place, start: Callable[[], Served]):
    served = start()

    with Writers(served) as writers:
        for times in (1, 2, 3):
            writers.wait_for_more(20)
            place.kill(valkey.running())
            writers.wait_for_more(20)
            served.wait_for("valkey   | was gone; started again", times=times)

    assert {status for status, _, _ in writers.refusals} <= {503}
    assert writers.broken == []
    assert set(writers.acknowledged) - writers.stored(served) == set()
    assert served.get("/readyz")[0] == 200
    served.stop()
    assert place.processes() == {}


def test_everything_killed_at_once_keeps_every_write(place: Place, start: Callable[[], Served]):
    served = start()

    with Writers(served) as writers:
        writers.wait_for_more(60)
        place.kill(*place.processes())

    again = start()
    assert set(writers.acknowledged) - writers.stored(again) == set()
