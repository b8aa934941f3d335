"""Cancelling and moving visits."""

import datetime
import threading
import time as clock
from typing import Any

import pytest
from django.db import connection, transaction

from scheduling.models import Visit, VisitType
from scheduling.refusals import BadWallTime, OutOfBounds, SlotTaken, WrongStatus
from tests.scheduling.bookings import NOW, against, book, cancel, events, move, times, visits
from tests.scheduling.factories import Calendar, VisitFactory, at, span


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
