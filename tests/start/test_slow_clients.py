"""Clients that send their bodies slowly, or not to the end."""

import json
import socket
import time
from contextlib import ExitStack

import pytest

from tests.faults.writers import Writers
from tests.start.served import Served

# As many as the web server must bear without a proxy in front of it.
SLOW_CLIENTS = 20

pytestmark = [pytest.mark.timeout(400), pytest.mark.xdist_group("serve")]


def test_unfinished_bodies_do_not_hold_up_an_innocent_request(running: Served):
    token_path = f"/v1/{running.shown('Practice')}/auth/token"
    with ExitStack() as slow_clients:
        for _ in range(SLOW_CLIENTS):
            client = slow_clients.enter_context(_connect(running))
            client.sendall(_head(token_path, length=1000) + b'{"apiKey": ')
        time.sleep(1)

        asked_at = time.monotonic()
        answer = running.get("/readyz")
        seconds = time.monotonic() - asked_at

    assert answer[0] == 200
    # A second for a machine that is busy; without enough threads it would be all eternity.
    assert seconds < 5


def test_body_that_breaks_off_writes_nothing(running: Served):
    writers = Writers(running)
    before = writers.stored(running)
    person = json.dumps({"FirstName": "Broken", "LastName": "Off"}).encode()
    with _connect(running) as client:
        client.sendall(_head(writers.path, length=len(person) + 100, **writers.headers) + person)
        time.sleep(0.5)
    time.sleep(1)

    assert writers.stored(running) == before


def _connect(running: Served) -> socket.socket:
    return socket.create_connection(("127.0.0.1", running.port), timeout=10)


def _head(path: str, *, length: int, **headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Length: {length}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if "Content-Type" not in headers:
        lines.append("Content-Type: application/json")
    return "\r\n".join([*lines, "", ""]).encode()
