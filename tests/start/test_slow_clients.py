"""Clients that send their bodies slowly, or not to the end."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.faults.writers import Writers
from tests.start.served import Place, Served, free_port

# As many as the web server must bear without a proxy in front of it.
SLOW_CLIENTS = 20

pytestmark = [pytest.mark.timeout(400), pytest.mark.xdist_group("serve")]


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    place = Place()
    try:
        started = place.serve(PORT=str(free_port()))
        started.wait_until_ready()
        yield started
    finally:
        place.remove()


def test_unfinished_bodies_do_not_hold_up_an_innocent_request(served: Served):
    token_path = f"/v1/{served.shown('Practice')}/auth/token"
    with ExitStack() as slow_clients:
        for _ in range(SLOW_CLIENTS):
            client = slow_clients.enter_context(_connect(served))
            client.sendall(_head(token_path, length=1000) + b'{"apiKey": ')
        time.sleep(1)

        asked_at = time.monotonic()
        answer = served.get("/readyz")
        seconds = time.monotonic() - asked_at

    assert answer[0] == 200
    # A second for a machine that is busy; without enough threads it would be all eternity.
    assert seconds < 5


def test_body_that_breaks_off_writes_nothing(served: Served):
    writers = Writers(served)
    before = writers.stored(served)
    person = json.dumps({"FirstName": "Broken", "LastName": "Off"}).encode()
    with _connect(served) as client:
        client.sendall(_head(writers.path, length=len(person) + 100, **writers.headers) + person)
        time.sleep(0.5)
    time.sleep(1)

    assert writers.stored(served) == before


def _connect(served: Served) -> socket.socket:
    return socket.create_connection(("127.0.0.1", served.port), timeout=10)


def _head(path: str, *, length: int, **headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Length: {length}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if "Content-Type" not in headers:
        lines.append("Content-Type: application/json")
    return "\r\n".join([*lines, "", ""]).encode()
