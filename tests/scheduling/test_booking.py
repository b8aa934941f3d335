"""Booking visits."""

import datetime
import re
from dataclasses import replace
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from partners import tenancy
from scheduling import booking
from scheduling.models import Resource, Visit, VisitEvent, VisitType
from scheduling.refusals import SlotTaken
from tests.scheduling.bookings import (
    DAY,
    NOW,
    against,
    book,
    cancel,
    events,
    move,
    times,
    visits,
    wish,
)
from tests.scheduling.factories import Calendar, TimeOffFactory, at, open_calendar, span


def test_book_writes_what_was_asked_for(calendar: Calendar, staff: Any) -> None:
    visit = book(calendar, complaint="Follow-up", notes="Via API", api_key_id=7)

    during = span(at(calendar.practice, "2026-03-09", "10:00"), 30)
    with staff():
        assert Visit.objects.values().get() == {
            "id": visit.pk,
            "practice_id": calendar.practice.pk,
            "person_id": calendar.person.pk,
            "provider_id": calendar.provider.pk,
            "visit_type_id": calendar.visit_type.pk,
            "room_id": calendar.room.pk,
            "during": during,
            "starts_at": during.lower,
            "provider_during": during,
            "provider_busy": during,
            "status": "booked",
            "complaint": "Follow-up",
            "notes": "Via API",
            "cancel_reason": "",
            "api_key_id": 7,
            "is_overbooked": False,
            "created_at": NOW,
            "updated_at": NOW,
        }
    assert visit.visit_type.name == "Consult"


def test_each_write_is_told_once(calendar: Calendar) -> None:
    visit = book(calendar)
    move(visit, calendar, "11:00")
    cancel(visit)

    ids = {
        "VisitID": visit.pk,
        "PatientID": calendar.person.pk,
        "ProviderID": calendar.provider.pk,
    }
    assert events() == [
        ("Encounters", f"visit.{what}", visit.pk, ids)
        for what in ("booked", "rescheduled", "cancelled")
    ]


def test_type_is_named_without_regard_to_case(calendar: Calendar) -> None:
    assert book(calendar, visit_type="cONSULT").visit_type_id == calendar.visit_type.pk


def test_part_of_the_provider_takes_only_that(calendar: Calendar) -> None:
    visit = book(
        calendar,
        duration_minutes=60,
        provider_time=datetime.time(10, 15),
        provider_duration_minutes=20,
    )

    assert visit.during == span(at(calendar.practice, "2026-03-09", "10:00"), 60)
    assert visit.provider_during == span(at(calendar.practice, "2026-03-09", "10:15"), 20)


def test_taken_names_all_that_is_in_the_way_and_the_next_slots(calendar: Calendar) -> None:
    book(calendar)

    with pytest.raises(SlotTaken) as taken:
        book(calendar, "10:15")

    assert [conflict.wire for conflict in taken.value.conflicts] == [
        {"resource": "provider", "reason": "visit", "ProviderID": calendar.provider.pk},
        {"resource": "room", "reason": "room", "RoomID": calendar.room.pk},
    ]
    assert times(taken) == [
        f"03-09 {each}" for each in ("10:30", "10:45", "11:00", "11:15", "11:30")
    ]
    assert len(visits()) == 1
    assert len(events()) == 1


def test_every_alternative_can_be_booked_also_on_other_days(calendar: Calendar) -> None:
    with pytest.raises(SlotTaken) as taken:
        book(calendar, "16:45")

    assert against(taken) == [("hours", "hours")]
    assert times(taken)[0] == "03-10 09:00"
    for slot in taken.value.alternatives[::2]:
        book(calendar, date=slot.date, time=slot.time)


def test_alternatives_keep_the_shape_of_the_visit(our_practice: Any) -> None:
    calendar = open_calendar(our_practice, opens="09:00", closes="10:00", buffer_after_minutes=15)
    shape: dict[str, Any] = {"duration_minutes": 60, "provider_duration_minutes": 15}
    book(calendar, "09:00", provider_time=datetime.time(9, 0), **shape)

    with pytest.raises(SlotTaken) as taken:
        book(calendar, "09:00", provider_time=datetime.time(9, 0), **shape)

    # The provider attends the beginning only, but the room is needed for an hour.
    assert times(taken)[:3] == ["03-10 09:00", "03-10 09:15", "03-10 09:30"]


@pytest.mark.parametrize(("days", "known"), [(2, 5), (40, 5), (100, 5), (200, 0)])
def test_alternatives_are_looked_for_in_a_bounded_time(
    calendar: Calendar, days: int, known: int, django_assert_max_num_queries: Any
) -> None:
    start = at(calendar.practice, "2026-03-09", "00:00")
    TimeOffFactory.create(provider=calendar.provider, during=span(start, days * 1440))

    with django_assert_max_num_queries(12), pytest.raises(SlotTaken) as taken:
        book(calendar)

    assert against(taken) == [("hours", "timeOff")]
    assert len(taken.value.alternatives) == known


def test_next_room_is_taken_when_the_first_is_not_free(our_practice: Any) -> None:
    calendar = open_calendar(our_practice, providers=3, rooms=2)
    calendars = [replace(calendar, providers=[each]) for each in calendar.providers]

    rooms = [book(each).room_id for each in calendars[:2]]
    with pytest.raises(SlotTaken) as taken:
        book(calendars[2])

    assert rooms == [room.pk for room in calendar.rooms]
    assert [(c.resource, c.room_id) for c in taken.value.conflicts] == [
        ("room", room.pk) for room in calendar.rooms
    ]


def test_room_out_of_use_is_not_given(our_practice: Any, staff: Any) -> None:
    calendar = open_calendar(our_practice, rooms=1)
    with staff():
        Resource.objects.update(is_active=False)

    with pytest.raises(SlotTaken) as taken:
        book(calendar)

    assert [conflict.wire for conflict in taken.value.conflicts] == [
        {"resource": "room", "reason": "room"}
    ]
    assert times(taken) == []


def test_type_without_rooms_needs_none(our_practice: Any) -> None:
    calendar = open_calendar(our_practice, rooms=0)

    assert book(calendar).room_id is None


def test_touching_visits_are_no_conflict_but_buffers_are(our_practice: Any) -> None:
    calendar = open_calendar(our_practice, buffer_before_minutes=5, buffer_after_minutes=10)
    book(calendar, "10:00")

    for time in ("10:30", "10:40", "09:30", "09:20"):
        with pytest.raises(SlotTaken) as taken:
            book(calendar, time)
        assert ("provider", "visit") in against(taken)
    # Buffers are kept on both sides: 10 minutes after the one, 5 before the other.
    book(calendar, "10:45")
    book(calendar, "09:15")


def test_buffers_of_a_visit_are_those_of_its_day_of_booking(our_practice: Any, staff: Any) -> None:
    calendar = open_calendar(our_practice, buffer_after_minutes=30)
    book(calendar, "10:00")
    with staff():
        VisitType.objects.update(buffer_after_minutes=0)

    with pytest.raises(SlotTaken):
        book(calendar, "10:45")
    book(calendar, "11:00")


def test_staff_overbook_on_purpose_and_are_named(calendar: Calendar, staff: Any) -> None:
    first = book(calendar)
    facts = wish(calendar, "10:15")

    with (
        tenancy.acting_as(tenancy.STAFF, staff="maria"),
        tenancy.within_practice(calendar.practice.pk),
    ):
        second = booking.overbook(**facts)

    assert (second.is_overbooked, second.room_id) == (True, first.room_id)
    with staff():
        context = VisitEvent.objects.get(id=second.pk).pgh_context
    assert context == {"staff": "maria"}
    assert [event for _, event, *_ in events()] == ["visit.booked"] * 2
    # It takes the provider's time as any other does.
    with pytest.raises(SlotTaken):
        book(calendar, "10:30")
    # Moved to where there is room it is one like the others.
    move(second, calendar, "12:00")
    assert not second.is_overbooked


def test_serving_role_cannot_overbook(calendar: Calendar) -> None:
    with (
        pytest.raises(DatabaseError, match="row-level security"),
        tenancy.within_practice(calendar.practice.pk),
    ):
        booking.overbook(**wish(calendar))

    assert visits() == []


def test_booking_takes_few_queries_however_full_the_calendar(
    calendar: Calendar, django_assert_num_queries: Any
) -> None:
    for number in range(2):
        with django_assert_num_queries(11):
            book(calendar, f"{10 + number}:00")
        for hour in range(6):
            book(calendar, f"{10 + hour}:30", date=DAY + datetime.timedelta(days=number))


@pytest.mark.usefixtures("fresh_tables")
def test_a_patient_is_looked_for_in_one_partition(our_practice: Any) -> None:
    calendar = open_calendar(our_practice)
    with CaptureQueriesContext(connection) as seen:
        book(calendar)

    asked = [each["sql"] for each in seen if "prospects_person" in each["sql"]]
    with tenancy.within_practice(our_practice.pk), connection.cursor() as cursor:
        for statement in asked:
            cursor.execute(f"EXPLAIN {statement}")
            plan = " ".join(line for (line,) in cursor.fetchall())
            assert len(set(re.findall(r"prospects_person_\w*\d+", plan))) == 1, plan
    assert asked
