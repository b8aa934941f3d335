"""What is told of an event: one body, the same whether it is pushed or pulled."""

import datetime
from typing import Any

import orjson

TEST_EVENT = "webhook.test"


def event_id(log_id: int) -> str:
    """The id that an event keeps however often it is sent."""
    return f"evt_{log_id}"


def body_of(
    *, log_id: int, event: str, occurred_at: datetime.datetime, ppass: str, data: str
) -> dict[str, Any]:
    """The body of an event, for orjson; `data` is JSON already, as PostgreSQL gives it.

    It is not read here: whatever numbers an SQL client has written in it, they go out as they are.
    """
    return _body(event_id(log_id), event, occurred_at, ppass, orjson.Fragment(data))


def body_of_test(*, delivery_id: int, occurred_at: datetime.datetime, ppass: str) -> dict[str, Any]:
    """The body of a test, of which the log knows nothing."""
    return _body(f"test_{delivery_id}", TEST_EVENT, occurred_at, ppass, {})


def _body(
    message_id: str, event: str, at: datetime.datetime, ppass: str, data: Any
) -> dict[str, Any]:
    timestamp = at.astimezone(datetime.UTC).isoformat(timespec="milliseconds")
    return {
        "id": message_id,
        "type": event,
        "timestamp": timestamp.removesuffix("+00:00") + "Z",
        "practice": ppass,
        "data": data,
    }
