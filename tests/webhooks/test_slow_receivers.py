"""Receivers that dawdle: each kind is given up in time."""

import socket
from contextlib import suppress

import pytest

from tests.webhooks.doors import NAME, TOTAL, authority, door, outcome, post, resolver, trusting
from tests.webhooks.misbehaving import SLOW, never_answering, never_reading
from tests.webhooks.receivers import behaving
from tests.webhooks.resolver import resolver_that_waits
from webhooks import lines

__all__ = ["authority", "door", "resolver", "trusting"]


@pytest.mark.parametrize("behave", SLOW)
def test_slow_receiver_is_given_up_at_the_deadline(door, behave):
    with behaving(behave) as url:
        answer, seconds = post(door, url, b"x" * 10_000_000 if behave is never_reading else b"{}")

    assert (answer.status_code, answer.unreachable) == (None, True)
    assert answer.error in (
        "It all took too long.",
        "Waited 0.6 s for an answer.",
        "Waited 0.6 s for the request to be read.",
    )
    assert seconds < TOTAL + 0.4


def test_slow_handshake_is_given_up(trusting, resolver, monkeypatch):
    monkeypatch.setattr(lines, "READ_SECONDS", 0.3)
    with behaving(never_answering) as url:
        answer, seconds = post(trusting, url.replace("http://127.0.0.1", f"https://{NAME}"))

    assert answer.error == "Waited 0.3 s for the TLS handshake."
    assert seconds < 0.7


def test_connection_that_is_never_accepted_is_given_up(door):
    """The queue of a listener that accepts nobody is full; one more waits."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listening:
        port = listening.getsockname()[1]
        waiting = []
        for _ in range(4):
            caller = socket.socket()
            caller.setblocking(False)
            with suppress(BlockingIOError):
                caller.connect(("127.0.0.1", port))
            waiting.append(caller)
        answer, seconds = post(door, f"http://127.0.0.1:{port}/")
        for caller in waiting:
            caller.close()

    assert outcome(answer) == (None, "", "Waited 0.6 s for a connection.", True)
    assert seconds < 1.0


def test_name_servers_that_do_not_answer_are_given_up(door, monkeypatch):
    held = resolver_that_waits(monkeypatch)

    answer, seconds = post(door, f"https://{NAME}/")
    held.set()

    assert outcome(answer) == (None, "", "The name servers did not answer in time.", True)
    assert seconds < 1.0
