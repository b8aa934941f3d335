"""The clock of requests, which is the database's, set to what a test needs."""

import dataclasses
import datetime
from typing import Any

import pytest

from partners import authentication


class Clock:
    """`clock.set("2026-03-09T07:00:00-04:00")`: what `now` is for every request from then on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now: datetime.datetime | None = None
        enter = authentication.enter

        def enter_then(key_id: int, request_id: str) -> Any:
            caller = enter(key_id, request_id)
            if caller is None or self.now is None:
                return caller
            return dataclasses.replace(caller, now=self.now)

        monkeypatch.setattr(authentication, "enter", enter_then)

    def set(self, instant: str) -> None:
        """An instant in ISO 8601, with its zone."""
        self.now = datetime.datetime.fromisoformat(instant)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The real one until it is set."""
    return Clock(monkeypatch)
