"""Calls to arrange tests with, written as the web server writes them."""

import datetime
from typing import Any

from dashboard import counting
from dashboard.calls import Call, writer
from partners import tenancy

NOON = datetime.datetime(2026, 3, 9, 12, 0, tzinfo=datetime.UTC)
TAGS = "v1/<ppass:ppass>/tags"


def call(**facts: Any) -> Call:
    """A call of partner 2 for practice 3, unless said otherwise."""
    usual = {
        "at": NOON,
        "method": "GET",
        "route": TAGS,
        "path": "/v1/DemoOffice/tags",
        "status": 200,
        "duration_ms": 3.0,
        "key_id": 1,
        "partner_id": 2,
        "practice_id": 3,
        "ip": "203.0.113.7",
        "request_id": "r",
        "bytes_in": 0,
        "bytes_out": 10,
    }
    return Call(**usual | facts)


def write(*calls: Call) -> None:
    """Have them in the log."""
    writer._waiting.extend(calls)
    writer.flush()


def count() -> int:
    """Bring the figures up to date, as the worker does."""
    with tenancy.acting_as(tenancy.WORKER):
        return counting.count()
