"""Doors for outgoing calls that give up soon, and those behind them."""

import time

import pytest

from tests.webhooks.certificates import Authority
from tests.webhooks.resolver import Resolver
from webhooks import lines
from webhooks.outgoing import Door

NAME = "hooks.partner.example"
TOTAL = 1.0


@pytest.fixture
def door(loopback, monkeypatch):
    monkeypatch.setattr(lines, "READ_SECONDS", 0.6)
    monkeypatch.setattr(lines, "CONNECT_SECONDS", 0.6)
    door = Door(total_seconds=TOTAL)
    yield door
    door.close()


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def trusting(loopback, authority):
    """A door that trusts the tests' own authority."""
    door = Door(ca_file=str(authority.ca_file))
    yield door
    door.close()


@pytest.fixture
def resolver(monkeypatch):
    resolver = Resolver(monkeypatch)
    resolver.leads(NAME, ["127.0.0.1"])
    return resolver


def post(door, url, body=b'{"a":1}'):
    """The answer, and the seconds that it took."""
    begun = time.monotonic()
    return door.post(url, body, {"X-Test": "yes"}), time.monotonic() - begun


def outcome(answer):
    return answer.status_code, answer.body, answer.error, answer.unreachable
