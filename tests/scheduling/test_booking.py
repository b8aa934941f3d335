"""Booking, cancelling and moving visits."""

import datetime
import threading
import time as clock
from dataclasses import replace
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from partners import tenancy
from scheduling import booking
from scheduling.models import Provider, Resource, Visit, VisitEvent, VisitType
from scheduling.refusals import (
    BadDuration,
    BadWallTime,
    NotAllowed,
    OutOfBounds,
    PartOutside,
    Refused,
    SlotTaken,
    Unknown,
    WrongStatus,
)
from tests.scheduling.factories import (
    Calendar,
    CalendarRulesFactory,
    TimeOffFactory,
    VisitFactory,
    VisitTypeFactory,
    at,
    open_calendar,
    span,
)
from webhooks.models import LogEntry

NOW = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)
DAY = datetime.date(2026, 3, 9)


@pytest.fixture
def calendar(our_practice: Any) -> Calendar:
    """One provider and one room, from nine to five."""
    return open_calendar(our_practice)


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


@pytest.mark.parametrize(
    ("facts", "error", "field", "code"),
    [
        ({"duration_minutes": 0}, BadDuration, "VisitDuration", "out_of_range"),
        ({"duration_minutes": 1441}, BadDuration, "VisitDuration", "out_of_range"),
        ({"provider_duration_minutes": 0}, BadDuration, "ProviderDuration", "out_of_range"),
        ({"provider_duration_minutes": 31}, PartOutside, "ProviderDuration", "outside"),
        ({"provider_time": datetime.time(9, 59)}, PartOutside, "ProviderTime", "outside"),
        ({"provider_time": datetime.time(10, 15)}, PartOutside, "ProviderTime", "outside"),
        ({"provider_time": datetime.time(10, 30)}, PartOutside, "ProviderTime", "outside"),
        ({"visit_type": "Surgery"}, Unknown, "VisitType", "does_not_exist"),
        ({"person_id": 2**62}, Unknown, "PatientID", "does_not_exist"),
        ({"provider_id": 2**62}, Unknown, "ProviderID", "does_not_exist"),
        ({"date": datetime.date(2026, 3, 1)}, OutOfBounds, "VisitTime", "past"),
        ({"date": datetime.date.min}, OutOfBounds, "VisitTime", "past"),
        ({"date": datetime.date.max}, OutOfBounds, "VisitDate", "horizon"),
        (
            {"date": datetime.date.max, "provider_time": datetime.time(9)},
            PartOutside,
            "ProviderTime",
            "outside",
        ),
        # Clocks go forward at two.
        (
            {"date": datetime.date(2026, 3, 8), "time": datetime.time(2, 30)},
            BadWallTime,
            "VisitTime",
            "skipped",
        ),
        (
            {
                "date": datetime.date(2026, 3, 8),
                "time": datetime.time(1, 30),
                "duration_minutes": 240,
                "provider_time": datetime.time(2, 30),
            },
            BadWallTime,
            "ProviderTime",
            "skipped",
        ),
    ],
)
def test_what_cannot_be_names_its_field_and_writes_nothing(
    calendar: Calendar, facts: dict[str, Any], error: type[Refused], field: str, code: str
) -> None:
    with pytest.raises(error) as refused:
        book(calendar, **facts)

    assert (refused.value.field, refused.value.code) == (field, code)
    assert refused.value.message.endswith(".")
    assert visits() == []
    assert events() == []


def test_notice_and_horizon_are_to_the_second(our_practice: Any) -> None:
    calendar = open_calendar(our_practice, opens="00:00", closes="00:00")
    CalendarRulesFactory.create(
        practice=our_practice, minimum_notice_minutes=60, horizon_days=1, grid_minutes=60
    )
    # Seven in the morning in New York.
    soon = {"date": NOW.date(), "time": datetime.time(7, 59, 59)}

    with pytest.raises(OutOfBounds) as early:
        book(calendar, **soon)
    with pytest.raises(OutOfBounds) as late:
        book(calendar, date=datetime.date(2026, 3, 4), time=datetime.time(0))

    assert (early.value.code, late.value.code) == ("notice", "horizon")
    book(calendar, **{**soon, "time": datetime.time(8)})
    book(calendar, date=datetime.date(2026, 3, 3), time=datetime.time(23, 30))


def test_second_that_has_begun_is_past(our_practice: Any) -> None:
    calendar = open_calendar(our_practice, opens="00:00", closes="00:00")
    seven = {"date": NOW.date(), "time": datetime.time(7)}

    with pytest.raises(OutOfBounds):
        book(calendar, now=NOW + datetime.timedelta(microseconds=1), **seven)
    book(calendar, **seven)


def test_inactive_provider_or_type_is_not_there(calendar: Calendar, staff: Any) -> None:
    for model, field in ((Provider, "ProviderID"), (VisitType, "VisitType")):
        with staff():
            model.objects.update(is_active=False)
        with pytest.raises(Unknown) as refused:
            book(calendar)
        assert refused.value.field == field
        with staff():
            model.objects.update(is_active=True)


def test_provider_must_give_the_type(calendar: Calendar) -> None:
    other = VisitTypeFactory.create(practice=calendar.practice, name="Laser")

    with pytest.raises(NotAllowed) as refused:
        book(calendar, visit_type=other.name)

    assert refused.value.field == "ProviderID"


def test_across_midnight_if_the_hours_allow_it(our_practice: Any) -> None:
    calendar = open_calendar(our_practice, opens="22:00", closes="02:00")

    visit = book(
        calendar,
        "23:45",
        provider_time=datetime.time(0, 5),
        provider_duration_minutes=10,
    )

    assert visit.during == span(at(our_practice, "2026-03-09", "23:45"), 30)
    assert visit.provider_during == span(at(our_practice, "2026-03-10", "00:05"), 10)
    # The lock of either day is the other's too.
    with pytest.raises(SlotTaken):
        book(calendar, "00:10", date=datetime.date(2026, 3, 10))


def test_across_midnight_is_refused_when_the_hours_end_there(our_practice: Any) -> None:
    calendar = open_calendar(our_practice, opens="20:00", closes="00:00")

    with pytest.raises(SlotTaken) as taken:
        book(calendar, "23:45")

    assert against(taken) == [("hours", "hours")]


def test_autumn_hour_is_the_first_and_lengths_are_true(our_practice: Any) -> None:
    calendar = open_calendar(our_practice, opens="00:00", closes="00:00")

    visit = book(calendar, "01:30", date=datetime.date(2026, 11, 1), duration_minutes=90)

    start = datetime.datetime(2026, 11, 1, 5, 30, tzinfo=datetime.UTC)
    assert visit.during == span(start, 90)


def test_cancel_gives_the_time_back(calendar: Calendar) -> None:
    visit = book(calendar)

    cancel(visit, "Ill")

    assert [(v.status, v.cancel_reason, v.updated_at) for v in visits()] == [
        ("cancelled", "Ill", NOW)
    ]
    assert visit.status == "cancelled"
    book(calendar)


@pytest.mark.parametrize("status", ["completed", "no_show", "cancelled"])
def test_visit_that_is_over_is_neither_cancelled_nor_moved(
    calendar: Calendar, staff: Any, status: str
) -> None:
    visit = book(calendar)
    with staff():
        Visit.objects.update(status=status)

    with pytest.raises(WrongStatus):
        cancel(visit)
    with pytest.raises(WrongStatus):
        move(visit, calendar, "12:00")

    assert [v.status for v in visits()] == [status]
    assert len(events()) == 1


def test_move_keeps_shape_and_may_overlap_its_old_time(calendar: Calendar) -> None:
    visit = book(
        calendar,
        duration_minutes=60,
        provider_time=datetime.time(10, 15),
        provider_duration_minutes=20,
    )

    move(visit, calendar, "10:30")

    [row] = visits()
    assert row.during == visit.during == span(at(calendar.practice, "2026-03-09", "10:30"), 60)
    assert row.provider_during == span(at(calendar.practice, "2026-03-09", "10:45"), 20)


def test_move_from_between_an_earlier_visit_and_nothing(calendar: Calendar) -> None:
    book(calendar, "09:00")
    visit = book(calendar, "10:00")

    with pytest.raises(SlotTaken) as closed:
        move(visit, calendar, "17:00")
    with pytest.raises(SlotTaken) as taken:
        move(visit, calendar, "09:15")
    move(visit, calendar, "12:00")

    assert (against(closed), times(closed)[0]) == ([("hours", "hours")], "03-10 09:00")
    assert times(taken)[0] == "03-09 09:30"
    assert visits()[1].during == span(at(calendar.practice, "2026-03-09", "12:00"), 30)


def test_move_to_another_length_takes_another_part(calendar: Calendar) -> None:
    visit = book(calendar)

    move(visit, calendar, "12:00", duration_minutes=45)

    during = span(at(calendar.practice, "2026-03-09", "12:00"), 45)
    assert (visit.during, visit.provider_during) == (during, during)


def test_move_that_fails_keeps_the_old_time(calendar: Calendar) -> None:
    book(calendar, "11:00")
    visit = book(calendar)
    before = visits()[1]

    with pytest.raises(SlotTaken) as taken:
        move(visit, calendar, "10:45")
    with pytest.raises(OutOfBounds):
        move(visit, calendar, "10:45", date=datetime.date(2026, 3, 1))
    with pytest.raises(BadWallTime):
        move(visit, calendar, "02:30", date=datetime.date(2026, 3, 8))

    # 10:00 to 10:30 is its own, and so not in its way; later ones come first.
    assert times(taken)[0] == "03-09 11:30"
    after = visits()[1]
    assert (after.during, after.updated_at) == (before.during, before.updated_at)
    assert len(events()) == 2


def test_move_of_a_visit_whose_type_is_not_given_any_more(calendar: Calendar, staff: Any) -> None:
    visit = book(calendar)
    with staff():
        VisitType.objects.update(is_active=False)

    move(visit, calendar, "12:00")

    assert visit.during.lower == at(calendar.practice, "2026-03-09", "12:00")


def test_constraint_that_slips_through_a_move_is_taken(calendar: Calendar) -> None:
    visit = book(calendar)
    is_written = threading.Event()

    def sql_client() -> None:
        with transaction.atomic():
            VisitFactory.create(
                provider=calendar.provider,
                visit_type=calendar.visit_type,
                during=span(at(calendar.practice, "2026-03-09", "12:00"), 30),
            )
            is_written.set()
            clock.sleep(0.3)
        connection.close()

    thread = threading.Thread(target=sql_client)
    thread.start()
    is_written.wait(5)
    with pytest.raises(SlotTaken) as taken:
        move(visit, calendar, "12:15")
    thread.join()

    assert against(taken) == [("provider", "visit")]
    assert visits()[0].during.lower == at(calendar.practice, "2026-03-09", "10:00")


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
