"""Times that are kept for a few minutes."""

import datetime
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection

from partners import tenancy
from scheduling import holds
from scheduling.models import Hold
from scheduling.refusals import OutOfBounds, Refused, SlotTaken, TooManyHolds, Unknown
from scheduling.tasks import forget_expired_holds
from tests.scheduling.bookings import NOW, against, book, events, hold, move, times, visits
from tests.scheduling.factories import Calendar, HoldFactory, at, open_calendar, span

LATER = NOW + datetime.timedelta(minutes=4, seconds=59)
TOO_LATE = NOW + datetime.timedelta(minutes=5)


def rows() -> list[Hold]:
    """Every row."""
    with tenancy.acting_as(tenancy.STAFF):
        return list(Hold.objects.order_by("id"))


def test_hold_keeps_provider_and_room_for_five_minutes(calendar: Calendar) -> None:
    hold(calendar)

    [row] = rows()
    during = span(at(calendar.practice, "2026-03-09", "10:00"), 30)
    assert (row.during, row.provider_during, row.provider_busy) == (during, during, during)
    assert (row.room_id, row.expires_at, row.api_key_id) == (calendar.room.pk, TOO_LATE, 7)
    assert events() == []
    with pytest.raises(SlotTaken) as taken:
        book(calendar, "10:15", now=LATER)
    assert [conflict.wire for conflict in taken.value.conflicts] == [
        {"resource": "hold", "reason": "hold", "ProviderID": calendar.provider.pk},
        {"resource": "hold", "reason": "hold", "RoomID": calendar.room.pk},
    ]
    assert times(taken)[0] == "03-09 10:30"
    book(calendar, "10:15", now=TOO_LATE)


def test_hold_is_refused_as_a_booking_would_be(calendar: Calendar) -> None:
    book(calendar)

    with pytest.raises(SlotTaken) as taken:
        hold(calendar)
    with pytest.raises(OutOfBounds):
        hold(calendar, date=datetime.date(2026, 3, 1))
    with pytest.raises(Unknown):
        hold(calendar, visit_type="Surgery")

    assert against(taken) == [("provider", "visit"), ("room", "room")]
    assert len(taken.value.alternatives) == 5
    assert rows() == []


def test_holds_keep_each_other_off(calendar: Calendar) -> None:
    hold(calendar)

    with pytest.raises(SlotTaken):
        hold(calendar, "10:15")
    hold(calendar, "10:30")

    assert len(rows()) == 2


def test_room_that_is_held_is_not_given_to_another_provider(our_practice: Any) -> None:
    calendar = open_calendar(our_practice, providers=2, rooms=1)
    hold(calendar)

    with pytest.raises(SlotTaken) as taken:
        book(replace(calendar, providers=calendar.providers[1:]))

    assert [conflict.wire for conflict in taken.value.conflicts] == [
        {"resource": "hold", "reason": "hold", "RoomID": calendar.room.pk}
    ]


def test_of_two_rooms_each_is_named_for_what_takes_it(our_practice: Any) -> None:
    calendar = open_calendar(our_practice, providers=3, rooms=2)
    each = [replace(calendar, providers=[provider]) for provider in calendar.providers]
    book(each[0])
    hold(each[1])

    with pytest.raises(SlotTaken) as taken:
        book(each[2])

    first, second = (room.pk for room in calendar.rooms)
    assert [conflict.wire for conflict in taken.value.conflicts] == [
        {"resource": "room", "reason": "room", "RoomID": first},
        {"resource": "hold", "reason": "hold", "RoomID": second},
    ]


def test_room_that_a_visit_takes_and_a_hold_keeps_is_taken(our_practice: Any) -> None:
    calendar = open_calendar(our_practice, providers=3, rooms=1)
    each = [replace(calendar, providers=[provider]) for provider in calendar.providers]
    book(each[0], "10:00")
    hold(each[1], "10:30")

    with pytest.raises(SlotTaken) as taken:
        book(each[2], "10:15")

    assert against(taken) == [("room", "room")]


def test_hold_lasts_to_its_last_instant(calendar: Calendar) -> None:
    hold(calendar)

    with pytest.raises(SlotTaken):
        book(calendar, now=TOO_LATE - datetime.timedelta(microseconds=1))
    book(calendar, now=TOO_LATE)


@pytest.fixture
def two_at_once(settings: Any) -> None:
    """A key may hold two times."""
    settings.HOLDS_PER_KEY = 2


def test_key_has_its_share_of_holds(two_at_once: None, calendar: Calendar, staff: Any) -> None:
    hold(calendar, "10:00")
    hold(calendar, "11:00", now=LATER)

    with pytest.raises(TooManyHolds) as many:
        hold(calendar, "12:00", now=LATER)

    assert (many.value.live, many.value.first_ends_at) == (2, TOO_LATE)
    assert len(rows()) == 2
    # Its own share is left to another key, and to this one as its holds end.
    hold(calendar, "12:00", now=LATER, api_key_id=8)
    hold(calendar, "13:00", now=TOO_LATE)


def test_share_is_free_again_when_a_hold_is_used_or_given_up(
    two_at_once: None, calendar: Calendar
) -> None:
    first, second = hold(calendar, "10:00"), hold(calendar, "11:00")

    book(calendar, hold_id=first.pk, api_key_id=7)
    hold(calendar, "12:00")
    with tenancy.within_practice(calendar.practice.pk):
        holds.release(second)
    hold(calendar, "13:00")

    with pytest.raises(TooManyHolds):
        hold(calendar, "14:00")


def test_taken_time_is_told_before_the_share(two_at_once: None, calendar: Calendar) -> None:
    for time in ("10:00", "11:00"):
        hold(calendar, time)

    with pytest.raises(SlotTaken):
        hold(calendar, "10:15")


def test_share_of_none_is_a_refusal_too(settings: Any, calendar: Calendar) -> None:
    settings.HOLDS_PER_KEY = 0

    with pytest.raises(TooManyHolds) as many:
        hold(calendar)

    assert (many.value.live, many.value.first_ends_at) == (0, None)


def test_holding_takes_few_queries_however_many_are_live(
    calendar: Calendar, django_assert_num_queries: Any
) -> None:
    for number in range(10, 14):
        with django_assert_num_queries(11):
            hold(calendar, f"{number}:00")


def test_visit_does_not_move_into_a_hold(calendar: Calendar) -> None:
    visit = book(calendar, "12:00")
    hold(calendar)

    with pytest.raises(SlotTaken):
        move(visit, calendar, "10:15")


@pytest.mark.parametrize(("time", "minutes"), [("10:00", 30), ("10:10", 20), ("10:00", 15)])
def test_own_hold_becomes_a_visit(calendar: Calendar, time: str, minutes: int) -> None:
    mine = hold(calendar)

    visit = book(calendar, time, duration_minutes=minutes, hold_id=mine.pk, api_key_id=7, now=LATER)

    assert visit.room_id == calendar.room.pk
    assert rows() == []
    assert [v.pk for v in visits()] == [visit.pk]


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"api_key_id": 8}, "does_not_exist"),
        ({"api_key_id": None}, "does_not_exist"),
        ({"now": TOO_LATE}, "does_not_exist"),
        ({"hold_id": 2**62}, "does_not_exist"),
        ({"time": "10:15"}, "mismatch"),
        ({"time": "14:00"}, "mismatch"),
        ({"duration_minutes": 31}, "mismatch"),
    ],
)
def test_hold_that_does_not_fit_is_refused_and_kept(
    calendar: Calendar, facts: dict[str, Any], code: str
) -> None:
    mine = hold(calendar)

    with pytest.raises(Refused) as refused:
        book(calendar, **{"hold_id": mine.pk, "api_key_id": 7, "now": LATER, **facts})

    assert (refused.value.field, refused.value.code) == ("HoldID", code)
    assert [row.pk for row in rows()] == [mine.pk]
    assert visits() == []


def test_hold_for_one_provider_is_none_for_another(our_practice: Any) -> None:
    calendar = open_calendar(our_practice, providers=2, rooms=2)
    mine = hold(calendar)

    with pytest.raises(Refused) as refused:
        book(replace(calendar, providers=calendar.providers[1:]), hold_id=mine.pk, api_key_id=7)

    assert refused.value.code == "mismatch"


def test_hold_of_another_practice_is_not_there(calendar: Calendar, other_practice: Any) -> None:
    theirs = hold(open_calendar(other_practice))

    with pytest.raises(Unknown):
        book(calendar, hold_id=theirs.pk, api_key_id=7)

    assert len(rows()) == 1


def test_own_hold_stays_when_the_visit_is_refused(calendar: Calendar, staff: Any) -> None:
    mine = hold(calendar)
    with staff():
        # Staff have given the room away since.
        calendar.room.is_active = False
        calendar.room.save()

    with pytest.raises(SlotTaken):
        book(calendar, hold_id=mine.pk, api_key_id=7)

    assert [row.pk for row in rows()] == [mine.pk]


def test_release_gives_the_time_back_and_may_come_twice(calendar: Calendar) -> None:
    mine = hold(calendar)

    for _ in range(2):
        with tenancy.within_practice(calendar.practice.pk):
            holds.release(Hold(pk=mine.pk, practice_id=mine.practice_id))

    assert rows() == []
    book(calendar)


def test_expired_holds_of_all_practices_are_forgotten(
    calendar: Calendar, other_practice: Any, staff: Any
) -> None:
    now = datetime.datetime.now(datetime.UTC)
    kept = []
    for each in (calendar, open_calendar(other_practice)):
        for minutes in (-60, -6, -1, 60):
            row = HoldFactory.create(
                provider=each.provider,
                visit_type=each.visit_type,
                during=span(NOW, 30),
                expires_at=now + datetime.timedelta(minutes=minutes),
            )
            # What has just expired may still be asked for by a request that began before.
            kept += [row.pk] if minutes >= -1 else []

    connection.close()
    with tenancy.acting_as(tenancy.WORKER):
        assert forget_expired_holds() == 4

    assert [row.pk for row in rows()] == kept
