"""Booking, cancelling and moving visits."""

import datetime
from typing import Any

import pytest

from partners import tenancy
from scheduling import booking
from scheduling.models import Visit
from tests.scheduling.factories import Calendar, at, open_calendar

NOW = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)
DAY = datetime.date(2026, 3, 9)


@pytest.fixture
def calendar(our_practice: Any) -> Calendar:
    """One provider and one room, from nine to five."""
    return open_calendar(our_practice)


def wish(calendar: Calendar, time: str = "10:00", **facts: Any) -> dict[str, Any]:
    """What is said to book half an hour."""
    return {
        "practice_id": calendar.practice.pk,
        "person_id": calendar.person.pk,
        "provider_id": calendar.provider.pk,
        "visit_type": calendar.visit_type.name,
        "date": DAY,
        "time": datetime.time.fromisoformat(time),
        "duration_minutes": 30,
        "now": NOW,
        "time_zone": calendar.practice.time_zone,
        **facts,
    }


def book(calendar: Calendar, time: str = "10:00", **facts: Any) -> Visit:
    """Book as a request does."""
    with tenancy.within_practice(calendar.practice.pk):
        return booking.book(**wish(calendar, time, **facts))


def test_book_writes_what_was_asked_for(calendar: Calendar, staff: Any) -> None:
    visit = book(calendar, complaint="Follow-up", notes="Via API", api_key_id=7)

    start = at(calendar.practice, "2026-03-09", "10:00")
    with staff():
        row = Visit.objects.values().get()
    assert row["id"] == visit.pk
