"""Booking, holding, cancelling and moving, as requests do; and what came of it."""

import datetime
from typing import Any

import pytest

from partners import tenancy
from scheduling import booking, holds
from scheduling.models import Hold, Visit
from scheduling.refusals import SlotTaken
from tests.scheduling.factories import Calendar
from webhooks.models import LogEntry

NOW = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)
DAY = datetime.date(2026, 3, 9)


def wish(calendar: Calendar, time: str | datetime.time = "10:00", **facts: Any) -> dict[str, Any]:
    """What is said to book half an hour."""
    return {
        "practice_id": calendar.practice.pk,
        "person_id": calendar.person.pk,
        "provider_id": calendar.provider.pk,
        "visit_type": calendar.visit_type.name,
        "date": DAY,
        "time": datetime.time.fromisoformat(time) if isinstance(time, str) else time,
        "duration_minutes": 30,
        "now": NOW,
        "time_zone": calendar.practice.time_zone,
        **facts,
    }


def book(calendar: Calendar, time: str | datetime.time = "10:00", **facts: Any) -> Visit:
    """Book as a request does."""
    with tenancy.within_practice(calendar.practice.pk):
        return booking.book(**wish(calendar, time, **facts))


def hold(calendar: Calendar, time: str = "10:00", **facts: Any) -> Hold:
    """Hold as a request does."""
    said = wish(calendar, time, **{"api_key_id": 7, **facts})
    del said["person_id"]
    with tenancy.within_practice(calendar.practice.pk):
        return holds.hold(**said)


def move(visit: Visit, calendar: Calendar, time: str, **facts: Any) -> None:
    """Reschedule as a request does."""
    with tenancy.within_practice(calendar.practice.pk):
        booking.reschedule(
            visit=visit,
            **{
                "date": DAY,
                "time": datetime.time.fromisoformat(time),
                "now": NOW,
                "time_zone": calendar.practice.time_zone,
                **facts,
            },
        )


def cancel(visit: Visit, reason: str = "") -> None:
    """Cancel as a request does."""
    with tenancy.within_practice(visit.practice_id):
        booking.cancel(visit=visit, reason=reason, now=NOW)


def events() -> list[tuple[str, str, int, dict[str, int]]]:
    """What the log has been told."""
    with tenancy.acting_as(tenancy.STAFF):
        entries = LogEntry.objects.order_by("id")
        return list(entries.values_list("scope", "event", "object_id", "data"))


def visits() -> list[Visit]:
    """Every row."""
    with tenancy.acting_as(tenancy.STAFF):
        return list(Visit.objects.order_by("id"))


def against(taken: pytest.ExceptionInfo[SlotTaken]) -> list[tuple[str, str]]:
    """What stood against it."""
    return [(conflict.resource, conflict.reason) for conflict in taken.value.conflicts]


def times(taken: pytest.ExceptionInfo[SlotTaken]) -> list[str]:
    """Which other times were offered."""
    return [f"{slot.date:%m-%d} {slot.time:%H:%M}" for slot in taken.value.alternatives]
